// SPDX-License-Identifier: Apache-2.0
// A store that follows a ledger which is elsewhere: it equals any other, and says how it goes.
#include "storage/follower.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/errors.h"
#include "tests/storage/follower_fixture.h"

namespace souk::storage {
namespace {

using souk::testing::OpenStore;
using souk::testing::PutTeam;
using souk::testing::RegisterLine;
using souk::testing::SimpleModel;
using souk::testing::Soon;

TEST_F(FollowerTest, ANodeThatIsFilledFromAListEqualsOneThatFollowedAllTheTime) {
  const auto early = Follow("early");
  CommitEverything();
  ExpectCaughtUp(*early);
  const auto late = Follow("late");
  EXPECT_EQ(late->applied(), truth_->applied()) << "a new folder is filled before it is opened";
  EXPECT_EQ(DescribeAll(*late), DescribeAll(*early));
  EXPECT_EQ(late->epoch(), truth_->epoch());
  uint64_t checked = 0;
  uint64_t expected = 0;
  EXPECT_EQ(*late->Current(everything_).VerifyChains(&checked), *truth_->Current(everything_).VerifyChains(&expected));
  EXPECT_EQ(checked, expected);
  const auto first_time = early->Current(everything_).FindLine(kOrders);
  EXPECT_EQ(*late->RevisionAt((*first_time)->update_us()), *early->RevisionAt((*first_time)->update_us()));
}

TEST_F(FollowerTest, WhatIsCommittedThroughItIsSeenInIt) {
  const auto node = Follow("node");
  const auto revision = RegisterLine(*node, SimpleModel("sales", "orders"));
  ASSERT_TRUE(revision.ok()) << revision.status().ToString();
  ASSERT_TRUE(node->WaitApplied(*revision, Soon()).ok());
  EXPECT_TRUE(*node->Current(everything_).FindLine(kOrders));
  const auto changes = node->Changes(node->oldest(), 10, Soon());
  ASSERT_TRUE(changes.ok());
  ASSERT_EQ(changes->size(), 1U);
  EXPECT_EQ(changes->front().deltas.front().action, "register");
}

TEST_F(FollowerTest, ARestartGoesOnFromWhereItWas) {
  auto node = Follow("node");
  CommitEverything();
  ExpectCaughtUp(*node);
  const std::string before = DescribeAll(*node);
  const std::string identity = node->identity();
  const int lists = wire_.lists;
  node.reset();
  node = Follow("node");
  EXPECT_EQ(DescribeAll(*node), before);
  EXPECT_EQ(node->identity(), identity);
  ASSERT_TRUE(PutTeam(*truth_, "two").ok());
  ExpectCaughtUp(*node);
  EXPECT_EQ(wire_.lists, lists) << "nothing was listed again";
}

TEST_F(FollowerTest, ACutWireIsToldAndWhatIsThereGoesOnBeingRead) {
  const auto node = Follow("node");
  CommitEverything();
  ExpectCaughtUp(*node);
  EXPECT_TRUE(node->follower()->connected.ok());
  wire_.Cut(errors::Unreachable("the ledger", "cut"));
  wire_.AwaitARound();
  EXPECT_EQ(node->follower()->connected.code(), Code::kUnavailable);
  ASSERT_TRUE(PutTeam(*truth_, "two").ok());
  EXPECT_LT(node->applied(), truth_->applied());
  EXPECT_TRUE(*node->Current(everything_).FindLine(kOrders));
  wire_.Mend();
  ExpectCaughtUp(*node);
  wire_.AwaitARound();
  EXPECT_TRUE(node->follower()->connected.ok());
  EXPECT_EQ(node->follower()->resumes, 1U);
}

TEST_F(FollowerTest, ItLagsWhereTheLedgerHasMoreAndNotWhereTheLastCommitIsLongAgo) {
  CommitEverything();  // by the ledger's clock decades ago
  const auto node = Follow("node");
  ExpectCaughtUp(*node);
  EXPECT_EQ(node->follower()->lag.count(), 0);
  wire_.HoldFeeds(true);
  ASSERT_TRUE(PutTeam(*truth_, "two").ok());
  ASSERT_TRUE(node->ledger().Head(Soon()).ok());
  EXPECT_GT(node->follower()->lag.count(), 0);
  wire_.HoldFeeds(false);
  ExpectCaughtUp(*node);
  EXPECT_EQ(node->follower()->lag.count(), 0);
}

TEST_F(FollowerTest, AFolderOfAnotherHistoryIsRefused) {
  Follow("node").reset();
  truth_ = OpenStore(folder_ / "another truth", manual_);
  const auto other = TryFollow("node");
  EXPECT_EQ(other.status().code(), Code::kFailedPrecondition);
  EXPECT_EQ(other.status().reason(), "OTHER_HISTORY");
  EXPECT_EQ(TryFollow("truth").status().reason(), "OTHER_HISTORY") << "it holds a ledger of its own";
  StoreOptions alone;
  alone.directory = folder_ / "node";
  EXPECT_EQ(Store::Open(alone, clock_).status().reason(), "OTHER_HISTORY") << "it has no ledger";
}

TEST_F(FollowerTest, ABackupOfItOpensAsAHistoryOfItsOwn) {
  const auto node = Follow("node");
  CommitEverything();
  ExpectCaughtUp(*node);
  ASSERT_TRUE(node->Checkpoint(folder_ / "backup").ok());
  StoreOptions options;
  options.directory = folder_ / "backup";
  auto alone = Store::Open(options, clock_);
  ASSERT_TRUE(alone.ok()) << alone.status().ToString();
  EXPECT_NE((*alone)->epoch(), node->epoch());
  EXPECT_EQ(Describe((*alone)->Current(everything_)), Describe(node->Current(everything_)));
  EXPECT_TRUE(RegisterLine(**alone, SimpleModel("ads", "views")).ok());
  EXPECT_FALSE((*alone)->follower().has_value());
}

}  // namespace
}  // namespace souk::storage
