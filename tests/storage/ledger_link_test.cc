// SPDX-License-Identifier: Apache-2.0
// The way to a ledger that is elsewhere: shared barriers, and quick refusals while it does not answer.
#include "storage/ledger_link.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>

#include "base/errors.h"
#include "storage/store.h"
#include "tests/support/records.h"
#include "tests/support/remote_ledger.h"
#include "tests/support/temp_dir.h"

namespace souk::storage {
namespace {

using souk::testing::Now;
using souk::testing::OpenStore;
using souk::testing::PutTeam;
using souk::testing::RemoteLedger;
using souk::testing::Soon;

constexpr int64_t kSecondUs = 1'000'000;

class LedgerLinkTest : public ::testing::Test {
 protected:
  static Transaction Mark() {
    Transaction transaction;
    transaction.write_id = "mark";
    transaction.writes = {{"layer/mark", "1"}};
    return transaction;
  }

  souk::testing::TempDir folder_;
  ManualClock clock_{kSecondUs};
  souk::testing::Wire wire_;
  std::unique_ptr<Store> truth_ = OpenStore(folder_ / "truth", clock_);
  LedgerLink link_{std::make_unique<RemoteLedger>(truth_->ledger(), wire_), *truth_->ledger().Status(Soon()), clock_};
};

TEST_F(LedgerLinkTest, WhoAsksWhileABarrierIsUnderWayWaitsForTheNext) {
  wire_.HoldHeads(true);
  auto first = std::async(std::launch::async, [&] { return link_.Head(Soon()); });
  wire_.AwaitHeads(1);
  const Revision later = *PutTeam(*truth_, "one");
  EXPECT_EQ(link_.Head(Now()).status().code(), Code::kUnavailable);
  EXPECT_EQ(wire_.heads(), 1) << "nobody asks beside the one that is under way";
  auto second = std::async(std::launch::async, [&] { return link_.Head(Soon()); });
  wire_.HoldHeads(false);
  EXPECT_TRUE(first.get().ok());
  EXPECT_EQ(*second.get(), later);
  EXPECT_EQ(wire_.heads(), 2) << "the answer to a question from before is none";
}

TEST_F(LedgerLinkTest, ABarrierThatFailsIsNobodysAnswer) {
  wire_.Cut(errors::Unreachable("the ledger", "cut"));
  EXPECT_FALSE(link_.Head(Soon()).ok());
  wire_.Mend();
  const Revision revision = *PutTeam(*truth_, "one");
  EXPECT_EQ(*link_.Head(Soon()), revision);
}

TEST_F(LedgerLinkTest, AMomentOfSilenceIsTriedThroughAndALongerOneRefused) {
  EXPECT_FALSE(link_.silence());
  link_.Lost(errors::Unreachable("the ledger", "cut"));
  EXPECT_TRUE(link_.silence());
  EXPECT_TRUE(link_.Head(Soon()).ok()) << "a member went; another answers";
  clock_.AdvanceUs(2 * kSecondUs);
  EXPECT_EQ(link_.silence(), std::chrono::seconds(2));
  EXPECT_EQ(link_.Head(Soon()).status().reason(), "LEDGER_UNREACHABLE");
  EXPECT_EQ(link_.Commit(Mark(), Soon()).status().reason(), "LEDGER_UNREACHABLE");
  EXPECT_EQ(link_.Resolve("mark", Soon()).status().reason(), "LEDGER_UNREACHABLE");
  const auto status = link_.Status(Soon());
  ASSERT_TRUE(status.ok());
  EXPECT_FALSE(status->writable);
  EXPECT_NE(status->not_writable_reason, "");
  EXPECT_TRUE(link_.Feed(0, 1, Now()).ok()) << "the follower always tries";
  link_.Connected();
  EXPECT_TRUE(link_.Commit(Mark(), Soon()).ok());
  EXPECT_TRUE(link_.Status(Soon())->writable);
  FollowerStatus described;
  link_.Describe(described);
  EXPECT_TRUE(described.connected.ok());
  EXPECT_EQ(described.resumes, 1U);
}

TEST_F(LedgerLinkTest, AFeedThatTellsNothingIsNoWordOfTheLedger) {
  EXPECT_TRUE(link_.Feed(truth_->applied(), 1, Now()).ok());
  EXPECT_EQ(wire_.heads(), 0) << "it has just been heard of";
  clock_.AdvanceUs(kSecondUs);
  EXPECT_TRUE(link_.Feed(truth_->applied(), 1, Now()).ok());
  EXPECT_EQ(wire_.heads(), 1) << "it is asked whether it is there";
  EXPECT_TRUE(link_.Feed(truth_->applied(), 1, Now()).ok());
  EXPECT_EQ(wire_.heads(), 1) << "it has answered";
  // Packets are lost: the feed keeps silent, and so does whatever is asked.
  wire_.HoldFeeds(true);
  wire_.CutAllButFeeds(errors::Unreachable("the ledger", "no answer"));
  for (int i = 0; i < 3; ++i) {
    clock_.AdvanceUs(kSecondUs);
    EXPECT_EQ(link_.Feed(truth_->applied(), 1, Now()).status().code(), Code::kUnavailable);
  }
  link_.Lost(errors::Unreachable("the ledger", "no answer"));
  EXPECT_EQ(link_.silence(), std::chrono::seconds(3)) << "since the last word, not since the last try";
}

TEST_F(LedgerLinkTest, AStatusThatCantBeHadIsTheLastOneThatWas) {
  wire_.Cut(errors::Unreachable("the ledger", "cut"));
  const auto status = link_.Status(Soon());
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(status->epoch, truth_->epoch());
  EXPECT_FALSE(status->writable);
}

}  // namespace
}  // namespace souk::storage
