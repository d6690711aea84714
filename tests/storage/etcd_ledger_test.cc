// SPDX-License-Identifier: Apache-2.0
// The behaviour suite on the ledger in etcd, and what only a ledger beyond the network has to get right. A real etcd
// for each test: compaction is for all of it.
#include "storage/etcd/etcd_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <array>
#include <atomic>
#include <map>
#include <thread>
#include <utility>

#include "storage/etcd/list.h"
#include "storage/etcd/opening.h"
#include "tests/storage/ledger_suite.h"
#include "tests/storage/ledger_suite_script.h"
#include "tests/support/etcd.h"
#include "tests/support/records.h"
#include "tests/support/temp_directory.h"

namespace souk::storage::etcd {
namespace {

using suite::Script;
using suite::Values;
using ::testing::IsEmpty;

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

class EtcdLedgerSuite : public ::testing::TestWithParam<suite::Check> {};

TEST_P(EtcdLedgerSuite, Holds) {
  if (!support::Etcd::IsInstalled()) GTEST_SKIP() << "there is no etcd; ./dev test installs it";
  EtcdSubject subject;
  EXPECT_THAT(GetParam().run(subject.ledger()), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Etcd, EtcdLedgerSuite, ::testing::ValuesIn(suite::AllChecks()),
                         [](const ::testing::TestParamInfo<suite::Check>& info) {
                           return std::string(info.param.name);
                         });

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
    for (const KeyState& state : Script(ledger()).List("key/")) keys[state.key.substr(4)] = state.modified;
    return keys;
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

TEST_F(EtcdLedgerTest, WhatIsAcknowledgedSurvivesAKillAndWhatIsUnknownIsFoundOut) {
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

TEST_F(EtcdLedgerTest, ATransactionThatIsOnItsWayWhenItIsGivenUpNeverHappens) {
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

// Who resolves an outcome while etcd goes away may write the fence and never hear of it.
TEST_F(EtcdLedgerTest, AFenceWhoseAnswerWasLostHoldsNobodyUpForEver) {
  ASSERT_TRUE(ledger().Resolve("nothing", souk::testing::Soon()).ok());
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
  etcd.process().Signal(SIGSTOP);
  EXPECT_EQ(ledger.Commit(std::move(lost), souk::testing::Soon()).status().code(), Code::kUnknown);
  etcd.process().Signal(SIGCONT);
  return write_id;
}

TEST_F(EtcdLedgerTest, WhatACompactionHidesIsNotTakenForNotWritten) {
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

TEST_F(EtcdLedgerTest, WhatItDidNotSendIsFoundOrUnknownAndNeverNotWritten) {
  const auto other = subject().Another();
  const Transaction theirs = Script::Make({}, {{"key/a", "1"}});
  const auto revision = other->Commit(theirs, souk::testing::Soon());
  ASSERT_TRUE(revision.ok());
  EXPECT_EQ(**ledger().Resolve(theirs.write_id, souk::testing::Soon()), *revision);
  EXPECT_EQ(ledger().Resolve("on its way", souk::testing::Soon()).status().code(), Code::kUnknown);
}

TEST_F(EtcdLedgerTest, ATransactionThatAnotherClusterTookIsUnknown) {
  SystemClock clock;
  Client client({{subject().etcd().endpoint()}}, clock);
  etcdserverpb::TxnRequest write;
  write.add_success()->mutable_request_put()->set_key("/key");
  ASSERT_TRUE(client.Txns({write}, souk::testing::Soon())[0].ok());
  ASSERT_TRUE(subject().etcd().ReplaceByAnother().ok());
  EXPECT_EQ(client.Txns({write}, souk::testing::Soon())[0].status().code(), Code::kUnknown) << "it was written there";
  etcdserverpb::RangeRequest read;
  read.set_key("/key");
  EXPECT_EQ(client.Range(read, souk::testing::Soon()).status().reason(), kOtherCluster);
  // A guard that holds nowhere: certainly not written.
  etcdserverpb::Compare& compare = *write.add_compare();
  compare.set_key("/key");
  compare.set_result(etcdserverpb::Compare::GREATER);
  compare.set_version(9);
  EXPECT_EQ(client.Txns({write}, souk::testing::Soon())[0].status().code(), Code::kUnavailable);
}

TEST_F(EtcdLedgerTest, AnotherClusterWithTheSameHistoryIsTakenAndListedAnew) {
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

TEST_F(EtcdLedgerTest, AnotherClusterWithAnotherHistoryIsRefused) {
  const Revision before = Script(ledger()).MustCommit({{"key/a", "1"}});
  ASSERT_TRUE(subject().etcd().ReplaceByAnother().ok());
  const auto other = subject().Another();
  EXPECT_EQ(ledger().Feed(before, 10, souk::testing::Soon()).status().reason(), "OTHER_HISTORY");
  EXPECT_EQ(ledger().Head(souk::testing::Soon()).status().reason(), kOtherCluster) << "it is no answer of this ledger";
  EXPECT_EQ(ledger().Commit(Script::Make({}, {{"key/b", "1"}}), souk::testing::Soon()).status().code(),
            Code::kUnavailable);
  EXPECT_EQ(Script(*other).ValuesOf(""), Values());
}

TEST_F(EtcdLedgerTest, AListEndsWhenItIsToldToThoughEtcdKeepsSilent) {
  Script(ledger()).MustCommit({{"key/a", "1"}, {"key/b", "1"}});
  SystemClock clock;
  Client client({{subject().etcd().endpoint()}}, clock);
  const KeySpace keys("/souk/v1/");
  const auto visit = [](const KeyState& /*key*/) { return true; };
  bool stop = false;
  const auto stopping = [&stop] { return std::exchange(stop, true); };  // at the second question
  const Revision head = *ledger().Head(souk::testing::Soon());
  ASSERT_TRUE(ListAt(client, keys, {"", head, visit, [] { return false; }}, clock).ok());
  subject().etcd().process().Signal(SIGSTOP);
  EXPECT_EQ(ListAt(client, keys, {"", head, visit, stopping}, clock).code(), Code::kCancelled);
  subject().etcd().process().Signal(SIGCONT);
}

TEST_F(EtcdLedgerTest, ManyLargeValuesAreListedInPagesThatFit) {
  // A first page of them is more than a message holds.
  constexpr int kKeys = 560;
  constexpr int kKeysAtOnce = 10;
  const std::string large(size_t{128} * 1024, 'x');
  for (int i = 0; i < kKeys; i += kKeysAtOnce) {
    Values values;
    for (int j = i; j < i + kKeysAtOnce; ++j) values["key/" + std::to_string(j)] = large;
    ASSERT_GT(Script(ledger()).MustCommit(values), 0U);
  }
  const Values listed = Script(ledger()).ValuesOf("key/");
  EXPECT_EQ(listed.size(), static_cast<size_t>(kKeys));
  for (const auto& [key, value] : listed) ASSERT_EQ(value.size(), large.size()) << key;
}

TEST_F(EtcdLedgerTest, ConcurrentCommitsGoInTogetherUnlessTheyTouch) {
  Group group;
  std::array<PendingCommit, 5> commits;
  commits[0].transaction = Script::Make({{"a", "", 0}}, {{"a", "1"}});
  commits[1].transaction = Script::Make({{"b", "", 0}, {"common/", "common0", 0}}, {{"b", "1"}});
  commits[2].transaction = Script::Make({{"a", "", 0}}, {{"c", "1"}});  // guards what the first writes
  commits[3].transaction = Script::Make({}, {{"common/x", "1"}});       // writes into a range that the second guards
  commits[4].transaction = Script::Make({}, {{"b", "2"}});              // writes what the second writes
  EXPECT_TRUE(group.Add(commits[0]));
  EXPECT_TRUE(group.Add(commits[1]));
  EXPECT_FALSE(group.Add(commits[2]));
  EXPECT_FALSE(group.Add(commits[3]));
  EXPECT_FALSE(group.Add(commits[4]));
  EXPECT_EQ(group.members().size(), 2U);
}

TEST_F(EtcdLedgerTest, TwoNodesSeeEachOthersChangesAndGuards) {
  const auto other = subject().Another();
  Script here(ledger());
  Script there(*other);
  const Revision first = here.MustCommit({{"key/a", "1"}});
  EXPECT_EQ(there.ValuesOf("key/"), (Values{{"key/a", "1"}}));
  EXPECT_EQ(there.Commit({{"key/a", "", 0}}, {{"key/a", "2"}}).status().code(), Code::kAborted);
  const Revision second = there.MustCommit({{"key/a", "2"}}, {{"key/a", "", first}});
  const auto feed = here.Feed(first, 10);
  ASSERT_EQ(feed.size(), 1U);
  EXPECT_EQ(feed[0].revision, second);
  EXPECT_EQ(ledger().Status(souk::testing::Soon())->epoch, other->Status(souk::testing::Soon())->epoch);
  EXPECT_THAT(here.Finish(), IsEmpty());
  EXPECT_THAT(there.Finish(), IsEmpty());
}

TEST_F(EtcdLedgerTest, AMemberThatIsNotThereIsPassedOver) {
  // Port 1 of loopback: nobody listens there.
  const auto ledger = subject().OpenAt({"127.0.0.1:1", subject().etcd().endpoint()});
  Script script(*ledger);
  script.MustCommit({{"key/a", "1"}});
  EXPECT_THAT(script.Finish(), IsEmpty());
}

TEST_F(EtcdLedgerTest, WithoutEtcdAWriteIsRefusedAndNothingIsUnknown) {
  SystemClock clock;
  EtcdOptions options;
  options.client.endpoints = {"127.0.0.1:1"};
  const auto opened = EtcdLedger::Open(options, clock, clock.Monotonic() + std::chrono::seconds(1));
  EXPECT_EQ(opened.status().code(), Code::kUnavailable) << opened.status().ToString();
}

TEST_F(EtcdLedgerTest, AChangeThatNoNodeMadeEndsTheFeed) {
  const Revision begin = Script(ledger()).MustCommit({{"key/a", "1"}});
  SystemClock clock;
  Client client({{subject().etcd().endpoint()}}, clock);
  etcdserverpb::PutRequest put;
  put.set_key(KeySpace("/souk/v1/").Value("key/a"));
  put.set_value("smuggled in");
  ASSERT_TRUE(client.Put(put, souk::testing::Soon()).ok());
  EXPECT_EQ(ledger().Feed(begin, 10, souk::testing::Soon()).status().code(), Code::kDataLoss);
}

TEST_F(EtcdLedgerTest, AForeignPrefixBesideOursIsLeftAloneAndDoesNotDisturb) {
  SystemClock clock;
  Client client({{subject().etcd().endpoint()}}, clock);
  const Revision begin = Script(ledger()).MustCommit({{"key/a", "1"}});
  etcdserverpb::PutRequest put;
  for (const char* key : {"/souk/v0/k/key/a", "/souk/v10", "/zzz", "a"}) {
    put.set_key(key);
    put.set_value("theirs");
    ASSERT_TRUE(client.Put(put, souk::testing::Soon()).ok());
  }
  EXPECT_EQ(*ledger().Head(souk::testing::Soon()), begin) << "the head is of our own writes";
  const Revision next = Script(ledger()).MustCommit({{"key/a", "2"}});
  EXPECT_EQ(Script(ledger()).Feed(begin, 10).size(), 1U);
  EXPECT_EQ(Script(ledger()).ValuesOf(""), (Values{{"key/a", "2"}}));
  EXPECT_GT(next, begin + 4);
  etcdserverpb::RangeRequest range;
  range.set_key("/zzz");
  EXPECT_EQ(client.Range(range, souk::testing::Soon())->kvs(0).value(), "theirs");
}

TEST_F(EtcdLedgerTest, ACompactionThatPassesWhatOthersWroteTakesNothingAway) {
  const Revision begin = Script(ledger()).MustCommit({{"key/a", "1"}});
  WriteBesideAndCompact();
  EXPECT_EQ(Script(ledger()).ValuesOf(""), (Values{{"key/a", "1"}})) << "the newest state can be listed";
  Script(ledger()).MustCommit({{"key/a", "2"}});
  EXPECT_EQ(ledger().Feed(begin, 10, souk::testing::Soon()).status().code(), Code::kOutOfRange)
      << "the ledger has gone on since: what lies between can't be told any more";
}

TEST_F(EtcdLedgerTest, AFeedGoesOnBehindACompactionThatPassedItsEnd) {
  const Revision begin = Script(ledger()).MustCommit({{"key/a", "1"}});
  WriteBesideAndCompact();
  const SystemClock clock;
  const auto nothing = ledger().Feed(begin, 10, clock.Monotonic() + std::chrono::seconds(1));
  ASSERT_TRUE(nothing.ok()) << nothing.status().ToString();
  EXPECT_TRUE(nothing->empty());
  const Revision next = Script(ledger()).MustCommit({{"key/a", "2"}});
  const auto told = Script(ledger()).Feed(begin, 10);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].revision, next);
}

TEST(EtcdVersionTest, VersionsThatLoseDataAreRefused) {
  for (const char* version : {"3.4.22", "3.4.23", "3.5.6", "3.5.33", "3.6.14", "3.7.1", "4.0.0", "3.6.0-rc.1"}) {
    EXPECT_TRUE(IsSoundVersion(version)) << version;
  }
  for (const char* version : {"", "nonsense", "2.3.8", "3.3.27", "3.4.21", "3.5.0", "3.5.5"}) {
    EXPECT_FALSE(IsSoundVersion(version)) << version;
  }
}

}  // namespace
}  // namespace souk::storage::etcd
