// SPDX-License-Identifier: Apache-2.0
// Words in which the checks of the ledger suite are written. Not thread-safe, Commit() excepted.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/storage/ledger_suite.h"
#include "tests/support/records.h"

namespace souk::storage::suite {

using Values = std::map<std::string, std::string>;

class Script {
 public:
  explicit Script(Ledger& ledger) : ledger_(ledger) {}

  Ledger& ledger() { return ledger_; }
  Violations Finish() { return std::move(violations_); }

  void Expect(bool holds, const std::string& otherwise) {
    if (!holds) violations_.push_back(otherwise);
  }

  static Transaction Make(std::vector<Guard> guards, const Values& writes) {
    static std::atomic<uint64_t> ids = 0;
    Transaction transaction;
    transaction.guards = std::move(guards);
    for (const auto& [key, value] : writes) transaction.writes.push_back({key, value});
    transaction.write_id = "suite-" + std::to_string(++ids);
    return transaction;
  }

  StatusOr<Revision> Commit(std::vector<Guard> guards, const Values& writes) {
    return ledger_.Commit(Make(std::move(guards), writes), testing::Soon());
  }

  // A commit that nothing speaks against; 0 and a violation if it fails all the same.
  Revision MustCommit(const Values& writes, std::vector<Guard> guards = {}) {
    const auto revision = Commit(std::move(guards), writes);
    if (!revision.ok()) {
      violations_.push_back("a commit failed: " + revision.status().ToString());
      return 0;
    }
    return *revision;
  }

  void ExpectCode(const Status& status, Code code, const std::string& what) {
    Expect(status.code() == code, what + ": expected " + std::string(CodeName(code)) + ", got " + status.ToString());
  }

  std::vector<KeyState> List(std::string_view prefix, Revision at = 0) {
    std::vector<KeyState> keys;
    const auto listed = ledger_.List(prefix, at, [&](const KeyState& key) {
      keys.push_back(key);
      return true;
    });
    Expect(listed.ok(), "List(" + std::string(prefix) + ") failed: " + listed.status().ToString());
    return keys;
  }

  Values ValuesOf(std::string_view prefix, Revision at = 0) {
    Values values;
    for (const KeyState& key : List(prefix, at)) values[key.key] = key.value;
    return values;
  }

  std::vector<LedgerRevision> Feed(Revision after, size_t revisions_max) {
    const auto feed = ledger_.Feed(after, revisions_max, testing::Soon());
    Expect(feed.ok(), "Feed(" + std::to_string(after) + ") failed: " + feed.status().ToString());
    return feed.ok() ? *feed : std::vector<LedgerRevision>();
  }

  static std::string MetadataOf(const Status& status, std::string_view key) {
    for (const auto& [name, value] : status.detail().metadata) {
      if (name == key) return value;
    }
    return {};
  }

 private:
  Ledger& ledger_;
  Violations violations_;
};

}  // namespace souk::storage::suite
