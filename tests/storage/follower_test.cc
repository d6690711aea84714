// SPDX-License-Identifier: Apache-2.0
// A store that follows a ledger which is elsewhere: here that of another store in the same process, behind a wire that
// can be cut.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/errors.h"
#include "base/visibility.h"
#include "storage/engine.h"
#include "storage/record.h"
#include "storage/rows.h"
#include "storage/store.h"
#include "tests/support/records.h"
#include "tests/support/remote_ledger.h"
#include "tests/support/temp_dir.h"

namespace souk::storage {
namespace {

using souk::testing::OpenStore;
using souk::testing::PutDomain;
using souk::testing::PutTeam;
using souk::testing::RegisterLine;
using souk::testing::RemoteLedger;
using souk::testing::SetLineState;
using souk::testing::SimpleModel;
using souk::testing::Soon;

const LineName kOrders{"sales", "orders", 1};
// Where the first block of a table file has rows.
constexpr std::streamoff kDataBlock = 64;

class FollowerTest : public ::testing::Test {
 protected:
  // One of everything that can happen.
  void CommitEverything() {
    EXPECT_TRUE(PutTeam(*truth_, "one").ok());
    EXPECT_TRUE(PutDomain(*truth_, "sales", "one").ok());
    EXPECT_TRUE(RegisterLine(*truth_, SimpleModel("sales", "orders")).ok());
    EXPECT_TRUE(RegisterLine(*truth_, SimpleModel("sales", "orders", "1.1.0")).ok());
    EXPECT_TRUE(SetLineState(*truth_, kOrders, v1::PRODUCT_STATE_DEPRECATED).ok());
    EXPECT_TRUE(RegisterLine(*truth_, SimpleModel("ads", "clicks"), v1::PRODUCT_STATE_DRAFT).ok());
    Transaction mark;
    mark.write_id = "mark";
    mark.writes = {{"claim/contract/x", "1"}, {"record/teams/odd/0000000000000001", "not a record"}};
    EXPECT_TRUE(truth_->ledger().Commit(std::move(mark), Soon()).ok());
    EXPECT_TRUE(SetLineState(*truth_, kOrders, v1::PRODUCT_STATE_RETIRED).ok());
  }

  StatusOr<std::unique_ptr<Store>> TryFollow(const std::string& folder) {
    StoreOptions options;
    options.directory = folder_ / folder;
    options.on_relist = [this](const Status& /*reason*/) { ++relists_; };
    return Store::Follow(options, std::make_unique<RemoteLedger>(truth_->ledger(), wire_), clock_, Soon());
  }
  std::unique_ptr<Store> Follow(const std::string& folder) {
    auto store = TryFollow(folder);
    EXPECT_TRUE(store.ok()) << store.status().ToString();
    return std::move(*store);
  }
  void ExpectCaughtUp(const Store& store) {
    const Status caught_up = store.WaitApplied(truth_->applied(), Soon());
    EXPECT_TRUE(caught_up.ok()) << caught_up.ToString();
    EXPECT_EQ(store.applied(), truth_->applied());
  }

  // Of the node's rows, on disk.
  int Generations() {
    int generations = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "node")) {
      if (entry.path().filename().string().starts_with("rocksdb")) ++generations;
    }
    return generations;
  }

  // Everything that a view answers, as text.
  std::string Describe(const View& view) {
    std::string text;
    const auto add = [&](const auto& state) {
      text += state.ShortDebugString() + "\n";
      return true;
    };
    EXPECT_TRUE(view.ForEachLine("", "", add).ok());
    EXPECT_TRUE(view.ForEachDomain("", add).ok());
    EXPECT_TRUE(view.ForEachTeam("", add).ok());
    EXPECT_TRUE(view.ForEachRecord(kOrders.ToString(), 0,
                                   [&](const store::v1::ChangeRecord& record, Revision at) {
                                     text += std::to_string(at) + " " + record.ShortDebugString() + "\n";
                                     return true;
                                   })
                    .ok());
    if (view.historic()) return text;
    const auto owned = view.OwnedBy("ada@example.com");
    EXPECT_TRUE(owned.ok());
    for (const OwnedLine& line : *owned) text += line.line.ToString() + "\n";
    EXPECT_TRUE(view.ForEachLedgerKey("",
                                      [&](const KeyState& key) {
                                        text += std::to_string(key.modified) + " " + key.key + "\n";
                                        return true;
                                      })
                    .ok());
    return text;
  }
  // At every revision since the first.
  std::string DescribeAll(const Store& store) {
    std::string text = Describe(store.Current(everything_));
    for (Revision revision = 1; revision <= store.applied(); ++revision) {
      text += "-- " + std::to_string(revision) + "\n" + Describe(*store.At(revision, everything_));
    }
    text += std::to_string(store.live_lines()) + " live, " + std::to_string(store.quarantined()) + " quarantined\n";
    return text;
  }

  souk::testing::TempDir folder_;
  ManualClock manual_{1'000'000};
  SystemClock clock_;
  AllowAll everything_;
  souk::testing::Wire wire_;
  std::atomic<int> relists_ = 0;
  std::unique_ptr<Store> truth_ = OpenStore(folder_ / "truth", manual_);
};

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

// Changes the rows of a node behind its back, while it does not run.
void Tamper(const std::filesystem::path& node, const std::function<void(EngineBatch& batch)>& change) {
  EngineOptions options;
  for (const auto& entry : std::filesystem::directory_iterator(node)) {
    if (entry.is_directory() && entry.path().filename().string().starts_with("rocksdb")) options.directory = entry;
  }
  const auto engine = Engine::Open(options);
  ASSERT_TRUE(engine.ok()) << engine.status().ToString();
  const auto batch = (*engine)->NewBatch();
  change(*batch);
  ASSERT_TRUE((*engine)->Write(*batch).ok());
}

TEST_F(FollowerTest, RowsThatDontFitAreFilledAnewAtTheOpening) {
  auto node = Follow("node");
  CommitEverything();
  ExpectCaughtUp(*node);
  const std::string seen = Describe(node->Current(everything_));
  node.reset();
  Tamper(folder_ / "node", [](EngineBatch& batch) { batch.Delete(rows::kOldest); });
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
  Tamper(folder_ / "node", [](EngineBatch& batch) { batch.Put(rows::Line(kOrders), "no line"); });
  node = Follow("node");
  EXPECT_EQ(node->generation(), 0U) << "nobody has looked";
  ASSERT_TRUE(RegisterLine(*truth_, SimpleModel("sales", "orders", "1.2.0")).ok());
  ExpectCaughtUp(*node);
  EXPECT_EQ(node->generation(), 1U);
  EXPECT_EQ(node->follower()->relists, 1U);
  EXPECT_EQ(Describe(node->Current(everything_)), Describe(Follow("fresh")->Current(everything_)));
}

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
