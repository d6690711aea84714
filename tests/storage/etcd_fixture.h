// SPDX-License-Identifier: Apache-2.0
// For tests of the ledger in etcd: a real etcd for each, and nodes' ledgers on it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "storage/etcd/etcd_ledger.h"
#include "tests/storage/ledger_suite.h"
#include "tests/storage/ledger_suite_script.h"
#include "tests/support/etcd.h"
#include "tests/support/records.h"
#include "tests/support/temp_directory.h"

namespace souk::storage::etcd {

class Server {
 public:
  Server() : etcd_(*support::Etcd::Start({folder_ / "etcd"})) {}
  support::Etcd& etcd() { return *etcd_; }

 private:
  support::TempDirectory folder_;
  std::unique_ptr<support::Etcd> etcd_;
};

class EtcdSubject final : public suite::Subject {
 public:
  EtcdSubject() : ledger_(OpenAt({server_.etcd().endpoint()})) {}
  Ledger& ledger() override { return *ledger_; }
  support::Etcd& etcd() { return server_.etcd(); }
  // Another node's.
  std::unique_ptr<EtcdLedger> Another() { return OpenAt({etcd().endpoint()}); }
  std::unique_ptr<EtcdLedger> OpenAt(std::vector<std::string> endpoints) {
    EtcdOptions options;
    options.client.endpoints = std::move(endpoints);
    return *EtcdLedger::Open(options, clock_, souk::testing::Soon());
  }

 private:
  SystemClock clock_;
  Server server_;
  std::unique_ptr<EtcdLedger> ledger_;
};

class EtcdLedgerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!support::Etcd::IsInstalled()) GTEST_SKIP() << "there is no etcd; ./dev test installs it";
    subject_ = std::make_unique<EtcdSubject>();
  }
  EtcdSubject& subject() { return *subject_; }
  Ledger& ledger() { return subject_->ledger(); }
  std::map<std::string, Revision> Keys() {
    std::map<std::string, Revision> keys;
    for (const KeyState& state : suite::Script(ledger()).List("key/")) keys[state.key.substr(4)] = state.modified;
    return keys;
  }
  // Writes under the prefix of Souk, as somebody who is no node.
  Revision PutBeside(const std::string& key, const std::string& value) {
    SystemClock clock;
    Client client({{subject().etcd().endpoint()}}, clock);
    etcdserverpb::PutRequest put;
    put.set_key(std::string(kLedgerPrefix) + key);
    put.set_value(value);
    const auto written = client.Put(put, souk::testing::Soon());
    EXPECT_TRUE(written.ok()) << written.status().ToString();
    return written.ok() ? static_cast<Revision>(written->header().revision()) : 0;
  }
  // Somebody else writes to the same etcd, and it is compacted up to there.
  void WriteBesideAndCompact() {
    SystemClock clock;
    Client client({{subject().etcd().endpoint()}}, clock);
    etcdserverpb::PutRequest put;
    put.set_key("/zzz");
    const auto theirs = client.Put(put, souk::testing::Soon());
    ASSERT_TRUE(theirs.ok()) << theirs.status().ToString();
    etcdserverpb::CompactionRequest compaction;
    compaction.set_revision(theirs->header().revision());
    compaction.set_physical(true);
    ASSERT_TRUE(client.Compact(compaction, souk::testing::Soon()).ok());
  }

 private:
  std::unique_ptr<EtcdSubject> subject_;
};

}  // namespace souk::storage::etcd
