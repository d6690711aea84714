// SPDX-License-Identifier: Apache-2.0
// What the clients of one episode share: the nodes, the lines about which they quarrel, the newest token that any of
// them was given, and the history that they write. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "client/lib/client.h"
#include "tests/chaos/history/history.h"
#include "tests/chaos/violations.h"
#include "tests/support/bundles.h"

namespace souk::chaos {

// Of a token; 0 for an empty one.
Revision RevisionOf(const std::string& token);

class Stage {
 public:
  // Words for lines are counted from `first_word` on.
  Stage(std::vector<std::string> addresses, size_t first_word, Violations& violations);

  size_t nodes() const { return pinned_.size(); }
  // Asks that node only, once: each outcome is to be seen.
  client::Client& PinnedTo(size_t node) { return *pinned_[node]; }
  // Asks whichever answers, several times.
  client::Client& any() { return *any_; }
  // The same nodes for readers of the feed; the first of each is another one.
  client::Client& watching(size_t first) { return *watching_[first]; }
  Violations& violations() { return violations_; }

  static Moment Now();

  // One of the lines, not registered yet perhaps; without version and reads.
  support::Sample SomeLine(std::mt19937_64& random) const;
  // The line has ended: another takes its place.
  void Replace(const support::Sample& line);
  // Contracts of other lines, some of them.
  std::vector<std::string> SomeContracts(std::mt19937_64& random, const support::Sample& but) const;
  // "1.7.0", never the same.
  std::string NewVersion();
  // A reason that is never the same.
  std::string NewReason();

  std::string newest_token() const;
  void OfferToken(const std::string& token);

  // Counts an acknowledged write of a pinned client.
  void Record(Operation operation);
  uint64_t written_at(size_t node) const { return written_[node]; }
  // What went wrong with calls, for people: "UNAVAILABLE LEDGER_UNREACHABLE" and how often.
  void CountError(const Status& status);

  // When all clients have ended.
  std::vector<Operation> TakeOperations();
  std::vector<std::string> LineNames() const;
  size_t words_used() const;
  std::map<std::string, uint64_t> errors() const;

 private:
  support::Sample NewLine();  // has the mutex

  std::vector<std::unique_ptr<client::Client>> pinned_;
  std::unique_ptr<client::Client> any_;
  std::vector<std::unique_ptr<client::Client>> watching_;
  Violations& violations_;
  std::vector<std::atomic<uint64_t>> written_;
  std::atomic<uint64_t> marks_{0};

  mutable std::mutex mutex_;
  size_t next_word_;
  std::vector<support::Sample> lines_;
  std::vector<std::string> names_;  // of all lines there ever were
  std::string newest_token_;
  std::vector<Operation> operations_;
  std::map<std::string, uint64_t> errors_;
};

}  // namespace souk::chaos
