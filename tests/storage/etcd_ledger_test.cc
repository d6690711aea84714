// SPDX-License-Identifier: Apache-2.0
// The behaviour suite on the ledger in etcd, and what only a ledger beyond the network has to get right. A real etcd
// for each test: compaction is for all of it.
#include "storage/etcd/etcd_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "storage/etcd/list.h"
#include "storage/etcd/opening.h"
#include "tests/storage/etcd_fixture.h"

namespace souk::storage::etcd {
namespace {

using suite::Script;
using suite::Values;
using ::testing::IsEmpty;

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

TEST_F(EtcdLedgerTest, AListEndsWhenItIsToldToThoughEtcdKeepsSilent) {
  Script(ledger()).MustCommit({{"key/a", "1"}, {"key/b", "1"}});
  SystemClock clock;
  Client client({{subject().etcd().endpoint()}}, clock);
  const KeySpace keys("/souk/v1/");
  const auto visit = [](const KeyState& /*key*/) { return true; };
  bool stop = false;
  const auto stopping = [&stop] { return std::exchange(stop, true); };  // at the second question
  const Revision head = *ledger().Head(souk::testing::Soon());
  ASSERT_TRUE(ListAt(
                  client, keys, {.at = head}, visit, [] { return false; }, clock)
                  .ok());
  subject().etcd().Hang();
  EXPECT_EQ(ListAt(client, keys, {.at = head}, visit, stopping, clock).code(), Code::kCancelled);
  subject().etcd().GoOn();
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

TEST_F(EtcdLedgerTest, AMemberThatTookARequestAndHangsIsLeftForOneThatAnswers) {
  const support::TempDirectory folder;
  const auto members = *support::Etcd::StartMembers({.directory = folder / "etcd"}, 3);
  SystemClock clock;
  ClientOptions options;
  for (const auto& member : members) options.endpoints.push_back(member->endpoint());
  Client client(options, clock);
  etcdserverpb::PutRequest put;
  put.set_key("/key");
  ASSERT_TRUE(client.Put(put, souk::testing::Soon()).ok());
  members[client.member()]->Hang();
  // Less than the fifteen seconds after which a connection that keeps silent is given up.
  const auto written = client.Put(put, clock.Monotonic() + std::chrono::seconds(12));
  EXPECT_TRUE(written.ok()) << written.status().ToString();
}

TEST_F(EtcdLedgerTest, WithoutEtcdAWriteIsRefusedAndNothingIsUnknown) {
  SystemClock clock;
  EtcdOptions options;
  options.client.endpoints = {"127.0.0.1:1"};
  const auto opened = EtcdLedger::Open(options, clock, clock.Monotonic() + std::chrono::seconds(1));
  EXPECT_EQ(opened.status().code(), Code::kUnavailable) << opened.status().ToString();
}

TEST_F(EtcdLedgerTest, AChangeThatNoNodeMadeIsToldAsItIsAndTheFeedGoesOn) {
  const Revision begin = Script(ledger()).MustCommit({{"key/a", "1"}});
  const Revision smuggled = PutBeside("k/key/b", "smuggled in");
  auto feed = Script(ledger()).Feed(begin, 10);
  ASSERT_EQ(feed.size(), 1U);
  EXPECT_TRUE(feed[0].foreign);
  EXPECT_EQ(feed[0].revision, smuggled);
  EXPECT_EQ(feed[0].writes[0].value, "smuggled in");
  // A list tells the same, and who begins there misses nothing, and takes nothing for lost.
  const auto other = subject().Another();
  EXPECT_EQ(*other->List("", 0, [](const KeyState&) { return true; }), smuggled);
  const auto nothing = other->Feed(smuggled, 10, SystemClock().Monotonic());
  ASSERT_TRUE(nothing.ok()) << nothing.status().ToString();
  EXPECT_THAT(*nothing, IsEmpty());
  const Revision next = Script(ledger()).MustCommit({{"key/b", "2"}}, {{"key/b", "", smuggled}});
  for (Ledger* each : {&ledger(), static_cast<Ledger*>(other.get())}) {
    feed = Script(*each).Feed(smuggled, 10);
    ASSERT_EQ(feed.size(), 1U);
    EXPECT_EQ(feed[0].revision, next);
    EXPECT_FALSE(feed[0].foreign);
  }
}

TEST_F(EtcdLedgerTest, ATransactionThatCantBeReadIsToldWithWhatItWrote) {
  const Revision begin = Script(ledger()).MustCommit({{"key/a", "1"}});
  PutBeside("seq", "\xff of tomorrow");
  const Revision next = Script(ledger()).MustCommit({{"key/a", "2"}});
  const auto feed = Script(ledger()).Feed(begin, 10);
  ASSERT_EQ(feed.size(), 1U);
  EXPECT_EQ(feed[0].revision, next);
}

TEST_F(EtcdLedgerTest, AKeyThatSomebodyRemovedEndsTheFeed) {
  if (!support::Etcd::HasTools()) GTEST_SKIP() << "there is no etcdctl";
  const Revision begin = Script(ledger()).MustCommit({{"key/a", "1"}});
  ASSERT_TRUE(subject().etcd().Delete("/souk/v1/k/key/a").ok());
  const auto feed = ledger().Feed(begin, 10, souk::testing::Soon());
  EXPECT_EQ(feed.status().code(), Code::kDataLoss);
  EXPECT_THAT(feed.status().message(), ::testing::HasSubstr("/souk/v1/k/key/a"));
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
