// SPDX-License-Identifier: Apache-2.0
// The store as a whole: opening, following, waiting, copying.
#include "storage/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/visibility.h"
#include "storage/record.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace souk::storage {
namespace {

using souk::testing::ContractOf;
using souk::testing::OpenStore;
using souk::testing::PutDomain;
using souk::testing::PutTeam;
using souk::testing::RegisterLine;
using souk::testing::SetLineState;
using souk::testing::SimpleModel;
using souk::testing::Soon;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const LineName kOrders{"sales", "orders", 1};

class StoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<Store> Open() { return OpenStore(folder_ / "store", clock_); }
  std::unique_ptr<Store> OpenForgetful() {
    StoreOptions options;
    options.directory = folder_ / "store";
    options.recent_changes_max = 2;
    auto store = Store::Open(options, clock_);
    EXPECT_TRUE(store.ok()) << store.status().ToString();
    return std::move(*store);
  }
  // One of everything that can happen.
  static void FillWithEverything(Store& store) {
    EXPECT_TRUE(PutTeam(store, "one").ok());
    EXPECT_TRUE(PutDomain(store, "sales", "one").ok());
    EXPECT_TRUE(RegisterLine(store, SimpleModel("sales", "orders")).ok());
    EXPECT_TRUE(RegisterLine(store, SimpleModel("sales", "orders", "1.1.0")).ok());
    EXPECT_TRUE(SetLineState(store, kOrders, v1::PRODUCT_STATE_DEPRECATED).ok());
    EXPECT_TRUE(RegisterLine(store, SimpleModel("ads", "clicks"), v1::PRODUCT_STATE_DRAFT).ok());
    EXPECT_TRUE(SetLineState(store, kOrders, v1::PRODUCT_STATE_RETIRED).ok());
    Transaction mark;
    mark.write_id = "mark";
    mark.writes = {{"claim/contract/x", "1"}, {"record/teams/odd/0000000000000001", "not a record"}};
    EXPECT_TRUE(store.ledger().Commit(std::move(mark), Soon()).ok());
    EXPECT_TRUE(PutTeam(store, "one").ok());
  }

  souk::testing::TempDir folder_;
  ManualClock clock_{1'000'000};
  AllowAll everything_;
};

std::string Describe(const Change& change) {
  std::string text = std::to_string(change.revision) + "@" + std::to_string(change.time_us);
  for (const EntityDelta& delta : change.deltas) {
    text += " " + delta.action + " " + delta.entity + "#" + std::to_string(delta.number) + " by " + delta.actor +
            " for " + delta.reason;
    if (delta.line) text += " line " + delta.line->SerializeAsString();
    if (delta.other) text += " other " + delta.other->SerializeAsString();
  }
  return text;
}

std::vector<std::string> Describe(const StatusOr<std::vector<Change>>& changes) {
  EXPECT_TRUE(changes.ok()) << changes.status().ToString();
  std::vector<std::string> out;
  if (changes.ok()) {
    for (const Change& change : *changes) out.push_back(Describe(change));
  }
  return out;
}

TEST_F(StoreTest, CommitsEachTransactionForItself) {
  const auto store = Open();
  const auto writes = [](const std::string& key, const std::string& write_id) {
    Transaction transaction;
    transaction.guards = {{key, "", 0}};
    transaction.writes = {{key, "1"}};
    transaction.write_id = write_id;
    return transaction;
  };
  std::vector<Transaction> transactions = {writes("a", "w1"), writes("a", "w2"), Transaction(), writes("b", "w3")};
  const auto revisions = store->ledger().CommitEach(std::move(transactions), Soon());
  ASSERT_EQ(revisions.size(), 4U);
  EXPECT_EQ(*revisions[0], 1U);
  EXPECT_EQ(revisions[1].status().code(), Code::kAborted) << "the one in front has moved its guard";
  EXPECT_EQ(revisions[2].status().code(), Code::kInvalidArgument);
  EXPECT_EQ(*revisions[3], 2U);
  EXPECT_EQ(store->applied(), 2U);
  EXPECT_THAT(store->ledger().CommitEach({}, Soon()), IsEmpty());
}

TEST_F(StoreTest, EverythingIsThereAgainWhenItIsOpenedAgain) {
  std::string epoch;
  std::vector<std::string> changes;
  {
    const auto store = Open();
    FillWithEverything(*store);
    epoch = store->epoch();
    changes = Describe(store->Changes(0, 100, Soon()));
    EXPECT_EQ(changes.size(), 9U);
    EXPECT_EQ(store->live_lines(), 1U);
    EXPECT_EQ(store->quarantined(), 1U);
  }
  const auto store = Open();
  EXPECT_EQ(store->epoch(), epoch);
  EXPECT_EQ(store->applied(), 9U);
  EXPECT_EQ(store->live_lines(), 1U);
  EXPECT_EQ(store->quarantined(), 1U);
  EXPECT_EQ(Describe(store->Changes(0, 100, Soon())), changes) << "told from the disk as it was told from memory";
  EXPECT_EQ((*store->Current(everything_).FindLine(kOrders))->state(), v1::PRODUCT_STATE_RETIRED);
  uint64_t checked = 0;
  const auto next = RegisterLine(*store, SimpleModel("ads", "views"));
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(*next, 10U);
  EXPECT_THAT(*store->Current(everything_).VerifyChains(&checked), ::testing::Each(HasSubstr("teams/odd")));
}

TEST_F(StoreTest, AFolderHasOneOwner) {
  auto store = Open();
  StoreOptions options;
  options.directory = folder_ / "store";
  const auto second = Store::Open(options, clock_);
  ASSERT_EQ(second.status().code(), Code::kFailedPrecondition);
  EXPECT_EQ(second.status().reason(), "FOLDER_IN_USE");
  EXPECT_THAT(second.status().message(), HasSubstr((folder_ / "store").string()));
  EXPECT_THAT(second.status().message(), HasSubstr("process " + std::to_string(getpid())));
  EXPECT_FALSE(second.status().detail().remedy.empty());
  store.reset();
  EXPECT_TRUE(Store::Open(options, clock_).ok());
}

TEST_F(StoreTest, AFolderThatCantBeMadeIsSaidSo) {
  std::ofstream(folder_ / "file") << "x";
  StoreOptions options;
  options.directory = folder_ / "file" / "store";
  EXPECT_EQ(Store::Open(options, clock_).status().code(), Code::kUnavailable);
}

TEST_F(StoreTest, StoresHaveEpochsOfTheirOwn) {
  const auto one = OpenStore(folder_ / "one", clock_);
  const auto two = OpenStore(folder_ / "two", clock_);
  EXPECT_EQ(one->epoch().size(), 16U);
  EXPECT_NE(one->epoch(), two->epoch());
}

TEST_F(StoreTest, ChangesFromMemoryAndFromDiskAreTheSame) {
  std::vector<std::string> remembered;
  {
    const auto store = Open();
    FillWithEverything(*store);
    remembered = Describe(store->Changes(0, 100, Soon()));
  }
  const auto store = OpenForgetful();
  EXPECT_EQ(Describe(store->Changes(0, 100, Soon())), remembered);
  // Across the border between the two, one at a time.
  ASSERT_TRUE(PutTeam(*store, "two").ok());
  ASSERT_TRUE(PutTeam(*store, "three").ok());
  ASSERT_TRUE(PutTeam(*store, "four").ok());
  Revision after = 0;
  for (Revision expected = 1; expected <= store->applied(); ++expected) {
    const auto changes = store->Changes(after, 1, Soon());
    ASSERT_TRUE(changes.ok() && changes->size() == 1U);
    EXPECT_EQ(changes->front().revision, expected);
    if (expected <= remembered.size()) {
      EXPECT_EQ(Describe(changes->front()), remembered[expected - 1]);
    }
    after = expected;
  }
}

TEST_F(StoreTest, ManyFollowersSeeEveryChangeOnceAndInOrder) {
  const auto store = OpenForgetful();
  constexpr Revision kChanges = 60;
  std::vector<std::thread> followers;
  std::vector<Revision> reached(4, 0);
  for (size_t i = 0; i < reached.size(); ++i) {
    followers.emplace_back([&, i] {
      while (reached[i] < kChanges) {
        const auto changes = store->Changes(reached[i], 1 + i * 3, Soon());
        if (!changes.ok() || changes->empty()) return;
        for (const Change& change : *changes) {
          if (change.revision != reached[i] + 1) return;
          reached[i] = change.revision;
        }
      }
    });
  }
  for (Revision i = 0; i < kChanges; ++i) ASSERT_TRUE(PutTeam(*store, "t" + std::to_string(i % 5)).ok());
  for (std::thread& follower : followers) follower.join();
  EXPECT_THAT(reached, ::testing::Each(kChanges));
}

TEST_F(StoreTest, ChangesAndWaitersEndAtTheirDeadline) {
  const auto store = Open();
  EXPECT_THAT(*store->Changes(0, 10, souk::testing::Now()), IsEmpty());
  EXPECT_EQ(store->WaitApplied(1, souk::testing::Now()).reason(), "REVISION_NOT_APPLIED");
  ASSERT_TRUE(PutTeam(*store, "one").ok());
  EXPECT_TRUE(store->WaitApplied(1, souk::testing::Now()).ok());
  EXPECT_TRUE(store->WaitApplied(0, souk::testing::Now()).ok());
}

TEST_F(StoreTest, ShutdownWakesWaitersAndReadsGoOn) {
  const auto store = Open();
  ASSERT_TRUE(RegisterLine(*store, SimpleModel("sales", "orders")).ok());
  Status followed;
  Status waited;
  Status fed;
  std::thread follower([&] { followed = store->Changes(1, 10, Soon()).status(); });
  std::thread waiter([&] { waited = store->WaitApplied(2, Soon()); });
  std::thread feeder([&] { fed = store->ledger().Feed(1, 10, Soon()).status(); });
  store->Shutdown();
  follower.join();
  waiter.join();
  feeder.join();
  EXPECT_EQ(followed.code(), Code::kCancelled);
  EXPECT_EQ(waited.code(), Code::kCancelled);
  EXPECT_EQ(fed.code(), Code::kCancelled);
  EXPECT_NE(*store->Current(everything_).FindLine(kOrders), nullptr);
  EXPECT_EQ(PutTeam(*store, "late").status().code(), Code::kUnavailable);
}

TEST_F(StoreTest, TimesLeadToRevisions) {
  const auto store = Open();
  EXPECT_EQ(store->RevisionAt(5'000'000).status().code(), Code::kOutOfRange);
  const auto put = [&](int64_t advance_us) {
    clock_.AdvanceUs(advance_us);
    ASSERT_TRUE(PutTeam(*store, "one").ok());
  };
  put(0);          // revision 1 at 1,000,000
  put(500'000);    // revision 2 at 1,500,000
  put(0);          // revision 3 at the same time
  put(-900'000);   // revision 4: the clock was set back, time goes on
  put(2'000'000);  // revision 5 at 2,600,000
  const auto check = [&] {
    EXPECT_EQ(store->RevisionAt(999'999).status().code(), Code::kOutOfRange);
    EXPECT_EQ(store->RevisionAt(-1).status().code(), Code::kOutOfRange);
    EXPECT_EQ(*store->RevisionAt(1'000'000), 1U);
    EXPECT_EQ(*store->RevisionAt(1'499'999), 1U);
    EXPECT_EQ(*store->RevisionAt(1'500'000), 4U);
    EXPECT_EQ(*store->RevisionAt(2'599'999), 4U);
    EXPECT_EQ(*store->RevisionAt(2'600'000), 5U);
    EXPECT_EQ(*store->RevisionAt(9'000'000), 5U);
  };
  check();
  for (const Revision until : {Revision{1}, Revision{3}, Revision{5}}) {
    ASSERT_TRUE(store->ledger().Compact(until).ok());
    check();
  }
}

TEST_F(StoreTest, CompactionEndsWhatCanBeFollowed) {
  auto store = Open();
  FillWithEverything(*store);
  ASSERT_TRUE(store->ledger().Compact(5).ok());
  EXPECT_EQ(store->oldest(), 5U);
  const auto gone = store->Changes(4, 10, Soon());
  EXPECT_EQ(gone.status().code(), Code::kOutOfRange);
  EXPECT_EQ(gone.status().reason(), "REVISION_COMPACTED");
  EXPECT_EQ(store->Changes(5, 10, Soon())->size(), 4U);
  store.reset();
  store = Open();
  EXPECT_EQ(store->oldest(), 5U);
  EXPECT_EQ(store->Changes(4, 10, Soon()).status().code(), Code::kOutOfRange);
  EXPECT_EQ(store->Changes(5, 10, Soon())->size(), 4U);
  EXPECT_EQ((*store->At(3, everything_)->FindLine(kOrders))->model().version(), "1.0.0") << "history stays";
  ASSERT_TRUE(store->ledger().Compact(store->applied()).ok());
  store.reset();
  EXPECT_EQ(Open()->applied(), 9U) << "a log that was dropped whole is no damage";
}

TEST_F(StoreTest, ACheckpointIsAStoreOfItsOwn) {
  const auto store = Open();
  FillWithEverything(*store);
  const auto copied = store->Checkpoint(folder_ / "copy");
  ASSERT_TRUE(copied.ok()) << copied.status().ToString();
  EXPECT_EQ(*copied, 9U);
  EXPECT_EQ(store->Checkpoint(folder_ / "copy").status().code(), Code::kAlreadyExists);
  ASSERT_TRUE(PutTeam(*store, "later").ok());

  std::string epoch;
  {
    const auto copy = OpenStore(folder_ / "copy", clock_);
    EXPECT_EQ(copy->applied(), 9U);
    EXPECT_NE(copy->epoch(), store->epoch());
    EXPECT_EQ(copy->Changes(0, 100, Soon())->size(), 9U);
    ASSERT_TRUE(PutTeam(*copy, "other").ok());
    epoch = copy->epoch();
  }
  EXPECT_EQ(OpenStore(folder_ / "copy", clock_)->epoch(), epoch);
}

TEST_F(StoreTest, ACheckpointUnderWritesIsWhole) {
  const auto store = Open();
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; !done; ++i) ASSERT_TRUE(RegisterLine(*store, SimpleModel("d" + std::to_string(i % 9), "p")).ok());
  });
  for (int i = 0; i < 3; ++i) {
    const Revision before = store->applied();
    const auto copied = store->Checkpoint(folder_ / ("copy" + std::to_string(i)));
    ASSERT_TRUE(copied.ok()) << copied.status().ToString();
    EXPECT_GE(*copied, before);
    const auto copy = OpenStore(folder_ / ("copy" + std::to_string(i)), clock_);
    EXPECT_EQ(copy->applied(), *copied);
    uint64_t checked = 0;
    EXPECT_THAT(*copy->Current(everything_).VerifyChains(&checked), IsEmpty());
    EXPECT_EQ(checked, *copied);
  }
  done = true;
  writer.join();
}

TEST_F(StoreTest, AStoreThatLostItsFilesIsNotANewOne) {
  { Open(); }
  const auto engine_folder = folder_ / "store";
  EXPECT_TRUE(std::filesystem::exists(engine_folder / "STORE"));
  std::filesystem::remove_all(engine_folder / "rocksdb");
  StoreOptions options;
  options.directory = engine_folder;
  const auto opened = Store::Open(options, clock_);
  EXPECT_EQ(opened.status().code(), Code::kDataLoss);
  EXPECT_FALSE(std::filesystem::exists(engine_folder / "rocksdb" / "CURRENT"));
}

TEST_F(StoreTest, SizeAndFlush) {
  const auto store = Open();
  const uint64_t before = store->size_bytes();
  FillWithEverything(*store);
  EXPECT_TRUE(store->FlushLog().ok());
  EXPECT_GE(store->size_bytes(), before);
}

// A second store that is fed from the first one's feed must hold the same rows in the end, history included.
TEST_F(StoreTest, ReplayingTheFeedGivesTheSameViews) {
  const auto store = Open();
  FillWithEverything(*store);
  ManualClock other_clock{0};
  const auto replica = OpenStore(folder_ / "replica", other_clock);
  const auto fed = store->ledger().Feed(0, 100, Soon());
  for (const LedgerRevision& revision : *fed) {
    other_clock.AdvanceUs(revision.time_us - other_clock.NowUs());
    Transaction transaction;
    transaction.write_id = revision.write_id;
    transaction.writes = revision.writes;
    ASSERT_EQ(*replica->ledger().Commit(std::move(transaction), Soon()), revision.revision);
  }
  EXPECT_EQ(Describe(replica->Changes(0, 100, Soon())), Describe(store->Changes(0, 100, Soon())));
}

}  // namespace
}  // namespace souk::storage
