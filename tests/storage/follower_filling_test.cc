// SPDX-License-Identifier: Apache-2.0
// When the rows of a follower are filled anew, and what is left of that on the disk.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/errors.h"
#include "storage/engine.h"
#include "storage/record.h"
#include "storage/rows.h"
#include "tests/storage/follower_fixture.h"

namespace souk::storage {
namespace {

using souk::testing::OpenStore;
using souk::testing::PutTeam;
using souk::testing::RegisterLine;
using souk::testing::SimpleModel;
using souk::testing::Soon;

// Where the first block of a table file has rows.
constexpr std::streamoff kDataBlock = 64;

// Flips a byte in the middle of each table file of a node's rows.
void DamageTables(const std::filesystem::path& node) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(node)) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(kDataBlock);
    const char byte = static_cast<char>(file.get());
    file.seekp(kDataBlock);
    file.put(static_cast<char>(~byte));
  }
}

TEST_F(FollowerTest, ACompactionThatOvertookItMakesItListAnewBesideWhatItServes) {
  auto node = Follow("node");
  CommitEverything();
  ExpectCaughtUp(*node);
  const std::string identity = node->identity();
  node.reset();
  ASSERT_TRUE(PutTeam(*truth_, "two").ok());
  ASSERT_TRUE(RegisterLine(*truth_, SimpleModel("ads", "views")).ok());
  ASSERT_TRUE(truth_->ledger().Compact(truth_->applied()).ok());
  wire_.Cut(errors::Unreachable("the ledger", "cut"));
  EXPECT_EQ(TryFollow("new").status().code(), Code::kUnavailable) << "there is nothing to serve";
  node = Follow("node");
  EXPECT_TRUE(*node->Current(everything_).FindLine(kOrders));
  wire_.Mend();
  ExpectCaughtUp(*node);
  EXPECT_EQ(Describe(node->Current(everything_)), Describe(Follow("fresh")->Current(everything_)));
  EXPECT_EQ(node->generation(), 1U);
  EXPECT_EQ(node->follower()->relists, 1U);
  EXPECT_EQ(node->follower()->gaps, 0U);
  EXPECT_EQ(node->Changes(1, 10, Soon()).status().code(), Code::kOutOfRange);
  node.reset();
  EXPECT_NE(Follow("node")->identity(), identity) << "an index on disk is of other rows";
}

TEST_F(FollowerTest, AMissingRevisionMakesItListAnewAndAViewKeepsWhatItSaw) {
  const auto node = Follow("node");
  CommitEverything();
  ExpectCaughtUp(*node);
  std::optional<View> held = node->Current(everything_);
  const std::string seen = Describe(*held);
  ErrorDetail gap;
  gap.reason = kRevisionMissing;
  wire_.FailOnce({Code::kOutOfRange, "a gap", std::move(gap)});
  wire_.AwaitARound();
  EXPECT_EQ(node->follower()->gaps, 1U);
  EXPECT_EQ(node->follower()->relists, 1U);
  EXPECT_EQ(node->generation(), 1U);
  EXPECT_EQ(Describe(*held), seen);
  EXPECT_EQ(Describe(node->Current(everything_)), seen);
  ASSERT_TRUE(PutTeam(*truth_, "two").ok());
  ExpectCaughtUp(*node);
  EXPECT_EQ(Generations(), 2) << "the other one is still read";
  EXPECT_TRUE(node->FillAnew(errors::DataLoss("once more"), Soon()).ok());
  EXPECT_EQ(Describe(*held), seen) << "whatever happens meanwhile";
  held.reset();
  wire_.AwaitARound();
  wire_.AwaitARound();
  EXPECT_EQ(Generations(), 1) << "nobody reads the others";
}

TEST_F(FollowerTest, ARecordThatDoesNotFollowIsNoticedThoughNoRevisionIsMissing) {
  const auto node = Follow("node");
  CommitEverything();
  ExpectCaughtUp(*node);
  // Another history with as many revisions: nothing but the chain tells them apart.
  Transaction stray;
  stray.write_id = "stray";
  store::v1::EntityHead head;
  head.set_number(6);
  AppendRecord(stray, souk::testing::RegistrationRecord(SimpleModel("ads", "clicks", "2.0.0")), &head, 0);
  stray.guards.clear();
  ASSERT_TRUE(truth_->ledger().Commit(std::move(stray), Soon()).ok());
  ExpectCaughtUp(*node);
  EXPECT_EQ(node->follower()->gaps, 1U);
  EXPECT_EQ(node->follower()->relists, 1U);
}

TEST_F(FollowerTest, AFillingEndsWhenTheNodeDoes) {
  auto node = Follow("node");
  CommitEverything();
  ExpectCaughtUp(*node);
  wire_.HoldLists(true);
  const int lists = wire_.lists;
  wire_.FailOnce({Code::kOutOfRange, "a gap"});
  wire_.AwaitLists(lists + 1);
  node->Shutdown();  // does not wait for a list that does not come
  node.reset();
  wire_.HoldLists(false);
  ExpectCaughtUp(*Follow("node"));
}

TEST_F(FollowerTest, RowsThatDontFitAreFilledAnewAtTheOpening) {
  auto node = Follow("node");
  CommitEverything();
  ExpectCaughtUp(*node);
  const std::string seen = Describe(node->Current(everything_));
  node.reset();
  Tamper([](EngineBatch& batch) { batch.Delete(rows::kOldest); });
  wire_.Cut(errors::Unreachable("the ledger", "cut"));
  EXPECT_EQ(TryFollow("node").status().code(), Code::kDataLoss) << "there is nobody to have them from";
  wire_.Mend();
  node = Follow("node");
  ExpectCaughtUp(*node);
  EXPECT_EQ(Describe(node->Current(everything_)), seen);
}

TEST_F(FollowerTest, ADamagedRowThatTheFeedMeetsIsHealed) {
  auto node = Follow("node");
  CommitEverything();
  ExpectCaughtUp(*node);
  node.reset();
  Tamper([](EngineBatch& batch) { batch.Put(rows::Line(kOrders), "no line"); });
  node = Follow("node");
  EXPECT_EQ(node->generation(), 0U) << "nobody has looked";
  ASSERT_TRUE(RegisterLine(*truth_, SimpleModel("sales", "orders", "1.2.0")).ok());
  ExpectCaughtUp(*node);
  EXPECT_EQ(node->generation(), 1U);
  EXPECT_EQ(node->follower()->relists, 1U);
  EXPECT_EQ(Describe(node->Current(everything_)), Describe(Follow("fresh")->Current(everything_)));
}

TEST_F(FollowerTest, DamageThatAReaderMeetsIsHealed) {
  CommitEverything();
  const std::string node_folder = folder_ / "node";
  auto node = Follow("node");
  const std::string seen = Describe(node->Current(everything_));
  // A copy has everything in table files.
  ASSERT_TRUE(node->Checkpoint(folder_ / "copy").ok());
  node.reset();
  for (const auto& entry : std::filesystem::directory_iterator(node_folder)) {
    if (!entry.path().filename().string().starts_with("rocksdb")) continue;
    std::filesystem::remove_all(entry);
    std::filesystem::copy(folder_ / "copy" / "rocksdb", entry, std::filesystem::copy_options::recursive);
  }
  DamageTables(node_folder);
  node = Follow("node");
  // The opening may have met it already.
  uint64_t checked = 0;
  static_cast<void>(node->Current(everything_).VerifyChains(&checked));
  ASSERT_TRUE(PutTeam(*truth_, "two").ok());
  ExpectCaughtUp(*node);
  wire_.AwaitARound();
  wire_.AwaitARound();
  EXPECT_GE(relists_, 1) << "there was nothing to heal";
  EXPECT_TRUE(node->damage().ok()) << node->damage().ToString();
  EXPECT_TRUE(node->Current(everything_).VerifyChains(&checked).ok());
  EXPECT_GT(checked, 0U);
}

TEST_F(FollowerTest, ItIsFilledAnewOnDemand) {
  const auto node = Follow("node");
  CommitEverything();
  ExpectCaughtUp(*node);
  EXPECT_TRUE(node->FillAnew(errors::DataLoss("for a test"), Soon()).ok());
  EXPECT_EQ(node->generation(), 1U);
  EXPECT_EQ(Describe(node->Current(everything_)), Describe(Follow("fresh")->Current(everything_)));
  node->Shutdown();
  EXPECT_EQ(node->FillAnew(errors::DataLoss("for a test"), Soon()).code(), Code::kCancelled);
  EXPECT_EQ(truth_->FillAnew(errors::DataLoss("for a test"), Soon()).code(), Code::kInternal);
}

TEST_F(FollowerTest, AListThatIsCutShortLeavesWhatWasThere) {
  const auto node = Follow("node");
  CommitEverything();
  ExpectCaughtUp(*node);
  const std::string seen = Describe(node->Current(everything_));
  wire_.Cut({Code::kOutOfRange, "gone"});  // the list fails too
  wire_.AwaitARound();
  EXPECT_EQ(Describe(node->Current(everything_)), seen);
  EXPECT_EQ(node->generation(), 0U);
  EXPECT_FALSE(node->follower()->connected.ok());
  wire_.Mend();
  ASSERT_TRUE(PutTeam(*truth_, "two").ok());
  ExpectCaughtUp(*node);
}

TEST_F(FollowerTest, AFillingThatWasCutShortIsBegunAnew) {
  // Another history's rows, where the new ones go.
  OpenStore(folder_ / "another", manual_).reset();
  std::filesystem::create_directories(folder_ / "node");
  std::filesystem::copy(folder_ / "another" / "rocksdb", folder_ / "node" / "rocksdb-1",
                        std::filesystem::copy_options::recursive);
  CommitEverything();
  const auto node = Follow("node");
  ExpectCaughtUp(*node);
  EXPECT_EQ(Describe(node->Current(everything_)), Describe(Follow("fresh")->Current(everything_)));
}

TEST_F(FollowerTest, AFillingThatFailsLeavesNothingOnTheDisk) {
  const auto node = Follow("node");
  CommitEverything();
  ExpectCaughtUp(*node);
  wire_.Cut({Code::kOutOfRange, "gone"});  // the list fails too
  wire_.AwaitARound();
  node->Shutdown();
  EXPECT_EQ(Generations(), 1);
}

}  // namespace
}  // namespace souk::storage
