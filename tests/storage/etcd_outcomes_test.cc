// SPDX-License-Identifier: Apache-2.0
// What became of a transaction: answers that are lost, compactions that hide it, clusters that are others than they
// were.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <map>
#include <thread>
#include <utility>

#include "storage/etcd/group.h"
#include "tests/storage/etcd_fixture.h"

namespace souk::storage::etcd {
namespace {

using suite::Script;
using suite::Values;

using EtcdOutcomesTest = EtcdLedgerTest;

// Commits one key after the other until told to stop; keeps what was acknowledged, and what is not known.
struct Writer {
  std::map<std::string, Revision> acknowledged;
  std::vector<std::string> unknown;

  void Run(Ledger& ledger, const std::string& name, const std::atomic<bool>& stop) {
    for (int i = 0; !stop; ++i) {
      Transaction transaction;
      transaction.write_id = name + "-" + std::to_string(i);
      transaction.writes.push_back({"key/" + transaction.write_id, "x"});
      transaction.guards.push_back({transaction.writes[0].key, "", 0});
      const std::string write_id = transaction.write_id;
      const auto revision = ledger.Commit(std::move(transaction), souk::testing::Soon());
      if (revision.ok()) acknowledged[write_id] = *revision;
      if (revision.status().code() == Code::kUnknown) unknown.push_back(write_id);
    }
  }
};

// Who resolves an outcome while etcd goes away may write the fence and never hear of it.
TEST_F(EtcdOutcomesTest, AFenceWhoseAnswerWasLostHoldsNobodyUpForEver) {
  ASSERT_EQ(ledger().Resolve("nothing", souk::testing::Soon()).status().code(), Code::kUnknown);
  SystemClock clock;
  Client client({{subject().etcd().endpoint()}}, clock);
  etcdserverpb::RangeRequest fences;
  fences.set_key(KeySpace(EtcdOptions().prefix).Fence(""));
  fences.set_range_end(fences.key() + "~");
  const auto found = client.Range(fences, souk::testing::Soon());
  ASSERT_TRUE(found.ok() && found->kvs_size() == 1);
  etcdserverpb::PutRequest lost;
  lost.set_key(found->kvs(0).key());
  ASSERT_TRUE(client.Put(lost, souk::testing::Soon()).ok());
  Transaction transaction;
  transaction.write_id = "after";
  transaction.writes.push_back({"key/after", "x"});
  const auto revision = ledger().Commit(std::move(transaction), souk::testing::Soon());
  EXPECT_TRUE(revision.ok()) << revision.status().ToString();
}

// etcd takes the request and does not answer: what becomes of it nobody here knows.
std::string CommitUnanswered(Ledger& ledger, support::Etcd& etcd) {
  EXPECT_GT(Script(ledger).MustCommit({{"key/before", "1"}}), 0U);  // it is connected
  Transaction lost = Script::Make({}, {{"key/lost", "1"}});
  const std::string write_id = lost.write_id;
  etcd.Hang();
  EXPECT_EQ(ledger.Commit(std::move(lost), souk::testing::Soon()).status().code(), Code::kUnknown);
  etcd.GoOn();
  return write_id;
}

TEST_F(EtcdOutcomesTest, WhatIsAcknowledgedSurvivesAKillAndWhatIsUnknownIsFoundOut) {
  constexpr int kWriters = 8;
  constexpr int kKills = 3;
  constexpr size_t kCommitsBetween = 40;
  std::array<Writer, kWriters> writers;
  for (int kill = 0; kill < kKills; ++kill) {
    std::atomic<bool> stop = false;
    std::vector<std::thread> threads;
    for (int i = 0; i < kWriters; ++i) {
      threads.emplace_back(
          [&, i] { writers[i].Run(ledger(), "w" + std::to_string(i) + "." + std::to_string(kill), stop); });
    }
    // Killed in the middle of it: once so many more are there.
    const Revision begin = *ledger().Head(souk::testing::Soon());
    Revision at = begin;
    size_t seen = 0;
    while (seen < kCommitsBetween) {
      const auto feed = ledger().Feed(at, 256, souk::testing::Soon());
      ASSERT_TRUE(feed.ok()) << feed.status().ToString();
      for (const LedgerRevision& revision : *feed) seen += revision.writes.size();
      if (!feed->empty()) at = feed->back().revision;
    }
    ASSERT_TRUE(subject().etcd().KillAndRestart().ok());
    stop = true;
    for (std::thread& thread : threads) thread.join();
  }
  const std::map<std::string, Revision> keys = Keys();
  size_t accounted = 0;
  for (const Writer& writer : writers) {
    for (const auto& [write_id, revision] : writer.acknowledged) {
      ASSERT_TRUE(keys.contains(write_id)) << write_id << " was acknowledged and is lost";
      EXPECT_EQ(keys.at(write_id), revision);
      ++accounted;
    }
    for (const std::string& write_id : writer.unknown) {
      const auto resolved = ledger().Resolve(write_id, souk::testing::Soon());
      ASSERT_TRUE(resolved.ok()) << resolved.status().ToString();
      EXPECT_EQ(resolved->has_value(), keys.contains(write_id)) << write_id;
      if (!*resolved) continue;
      EXPECT_EQ(**resolved, keys.at(write_id));
      ++accounted;
    }
  }
  EXPECT_EQ(accounted, keys.size()) << "something was written that nobody was told of";
}

TEST_F(EtcdOutcomesTest, ATransactionThatIsOnItsWayWhenItIsGivenUpNeverHappens) {
  // As Resolve() does when an answer was lost: then whatever this object sent before must be refused.
  Group group;
  PendingCommit late;
  late.transaction = Script::Make({}, {{"key/late", "1"}});
  ASSERT_TRUE(group.Add(late));
  const KeySpace keys("/souk/v1/");
  SystemClock clock;
  Client client({{subject().etcd().endpoint()}}, clock);
  Fence fence{keys.Fence("this"), 0};
  const auto on_its_way = group.Request(keys, fence, clock.NowUs());
  etcdserverpb::PutRequest raise;
  raise.set_key(fence.key);
  const auto raised = client.Put(raise, souk::testing::Soon());
  ASSERT_TRUE(raised.ok());
  const auto answers = client.Txns({on_its_way}, souk::testing::Soon());
  ASSERT_TRUE(answers[0].ok()) << answers[0].status().ToString();
  EXPECT_FALSE(answers[0]->succeeded());
  EXPECT_EQ(group.Refuse(*answers[0]).size(), 1U) << "it goes again, behind the fence";
  fence.written = raised->header().revision();
  EXPECT_TRUE(client.Txns({group.Request(keys, fence, clock.NowUs())}, souk::testing::Soon())[0]->succeeded());
}

TEST_F(EtcdOutcomesTest, WhatACompactionHidesIsNotTakenForNotWritten) {
  const std::string lost = CommitUnanswered(ledger(), subject().etcd());
  // Others go on, and what they wrote before the last is forgotten: the one in question, too, if it was written.
  const auto other = subject().Another();
  Script there(*other);
  ASSERT_GT(there.MustCommit({{"key/a", "1"}}), 0U);
  ASSERT_GT(there.MustCommit({{"key/a", "2"}}), 0U);
  ASSERT_TRUE(other->Compact(*other->Head(souk::testing::Soon())).ok());
  ASSERT_GT(there.MustCommit({{"key/a", "3"}}), 0U);
  const auto resolved = ledger().Resolve(lost, souk::testing::Soon());
  EXPECT_EQ(resolved.status().code(), Code::kUnknown) << "it is not known, and nobody may write it once more";
  EXPECT_EQ(ledger().Resolve(lost, souk::testing::Soon()).status().code(), Code::kUnknown) << "asked again, too";
}

TEST_F(EtcdOutcomesTest, WhatItDidNotSendIsFoundOrUnknownAndNeverNotWritten) {
  const auto other = subject().Another();
  const Transaction theirs = Script::Make({}, {{"key/a", "1"}});
  const auto revision = other->Commit(theirs, souk::testing::Soon());
  ASSERT_TRUE(revision.ok());
  EXPECT_EQ(**ledger().Resolve(theirs.write_id, souk::testing::Soon()), *revision);
  EXPECT_EQ(ledger().Resolve("on its way", souk::testing::Soon()).status().code(), Code::kUnknown);
}

TEST_F(EtcdOutcomesTest, ATransactionThatAnotherClusterTookIsUnknown) {
  SystemClock clock;
  Client client({{subject().etcd().endpoint()}}, clock);
  etcdserverpb::TxnRequest write;
  write.add_success()->mutable_request_put()->set_key("/key");
  ASSERT_TRUE(client.Txns({write}, souk::testing::Soon())[0].ok());
  ASSERT_TRUE(subject().etcd().ReplaceByAnother().ok());
  etcdserverpb::RangeRequest read;
  read.set_key("/key");
  EXPECT_EQ(client.Range(read, souk::testing::Soon()).status().reason(), kOtherCluster) << "it is connected there";
  EXPECT_EQ(client.Txns({write}, souk::testing::Soon())[0].status().code(), Code::kUnknown) << "it was written there";
  // A guard that holds nowhere: certainly not written.
  etcdserverpb::Compare& compare = *write.add_compare();
  compare.set_key("/key");
  compare.set_result(etcdserverpb::Compare::GREATER);
  compare.set_version(9);
  EXPECT_EQ(client.Txns({write}, souk::testing::Soon())[0].status().code(), Code::kUnavailable);
}

TEST_F(EtcdOutcomesTest, AnotherClusterWithTheSameHistoryIsTakenAndListedAnew) {
  const Revision before = Script(ledger()).MustCommit({{"key/a", "1"}});
  const std::string epoch = ledger().Status(souk::testing::Soon())->epoch;
  ASSERT_TRUE(subject().etcd().ReplaceByAnother().ok());
  // As an operator does who puts back a copy under another name.
  SystemClock clock;
  Client client({{subject().etcd().endpoint()}}, clock);
  etcdserverpb::PutRequest put;
  put.set_key(KeySpace("/souk/v1/").epoch());
  put.set_value(epoch);
  ASSERT_TRUE(client.Put(put, souk::testing::Soon()).ok());
  const auto other = subject().Another();
  // The ledger is longer than it was: that alone tells nothing.
  Revision head = 0;
  while (head <= before) head = Script(*other).MustCommit({{"key/b", "1"}});
  EXPECT_EQ(ledger().Feed(before, 10, souk::testing::Soon()).status().reason(), kRevisionMissing);
  EXPECT_EQ(*ledger().Head(souk::testing::Soon()), head);
  EXPECT_EQ(Script(ledger()).ValuesOf(""), (Values{{"key/b", "1"}}));
  EXPECT_TRUE(ledger().Feed(head, 10, souk::testing::Now()).ok()) << "from there on it is followed";
  EXPECT_GT(Script(ledger()).MustCommit({{"key/a", "2"}}), head);
}

TEST_F(EtcdOutcomesTest, AnotherClusterWithAnotherHistoryIsRefused) {
  const Revision before = Script(ledger()).MustCommit({{"key/a", "1"}});
  ASSERT_TRUE(subject().etcd().ReplaceByAnother().ok());
  const auto other = subject().Another();
  EXPECT_EQ(ledger().Feed(before, 10, souk::testing::Soon()).status().reason(), "OTHER_HISTORY");
  EXPECT_EQ(ledger().Head(souk::testing::Soon()).status().reason(), kOtherCluster) << "it is no answer of this ledger";
  EXPECT_EQ(ledger().Commit(Script::Make({}, {{"key/b", "1"}}), souk::testing::Soon()).status().code(),
            Code::kUnavailable);
  EXPECT_EQ(Script(*other).ValuesOf(""), Values());
}

}  // namespace
}  // namespace souk::storage::etcd
