// SPDX-License-Identifier: Apache-2.0
// Rows that differ from the ledger though nothing was missing in its feed: they are found, and filled anew.
#include "storage/comparison.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "storage/ledger_keys.h"
#include "storage/rows.h"
#include "tests/storage/follower_fixture.h"

namespace souk::storage {
namespace {

using souk::testing::PutTeam;
using souk::testing::Soon;

// More than two slices hold.
constexpr int kKeys = 2'100;
constexpr int kKeysAtOnce = 100;

class ComparisonTest : public FollowerTest {
 protected:
  ComparisonTest() { pace_ = {std::chrono::milliseconds(0), std::chrono::milliseconds(0)}; }

  void CommitMany() {
    for (int i = 0; i < kKeys; i += kKeysAtOnce) {
      Transaction many;
      many.write_id = "many-" + std::to_string(i);
      for (int j = i; j < i + kKeysAtOnce; ++j) many.writes.push_back({"claim/id/" + std::to_string(j), "1"});
      ASSERT_TRUE(truth_->ledger().Commit(std::move(many), Soon()).ok());
    }
  }
  // Rounds are begun by feeds, so that some feeds later one is over.
  void AwaitComparisons(const Store& node, uint64_t more) {
    const uint64_t until = node.follower()->comparisons + more;
    while (node.follower()->comparisons < until) wire_.AwaitARound();
  }
  void ExpectMended(const std::function<void(EngineBatch& rows)>& change) {
    CommitEverything();
    CommitMany();
    auto node = Follow("node");
    ExpectCaughtUp(*node);
    const std::string seen = Describe(node->Current(everything_));
    node.reset();
    Tamper(change);
    node = Follow("node");
    AwaitComparisons(*node, 1);
    EXPECT_EQ(node->follower()->differences, 1U);
    EXPECT_EQ(node->follower()->relists, 1U);
    EXPECT_EQ(Describe(node->Current(everything_)), seen);
    AwaitComparisons(*node, 2);
    EXPECT_EQ(node->follower()->differences, 1U) << "once is enough";
    EXPECT_TRUE(node->follower()->connected.ok());
  }
};

TEST_F(ComparisonTest, RowsThatAreRightAreComparedAgainAndAgainAndLeftAlone) {
  CommitEverything();
  const auto node = Follow("node");
  CommitMany();
  ExpectCaughtUp(*node);
  AwaitComparisons(*node, 2);
  ASSERT_TRUE(PutTeam(*truth_, "two").ok());
  ExpectCaughtUp(*node);
  AwaitComparisons(*node, 2);
  EXPECT_EQ(node->follower()->differences, 0U);
  EXPECT_EQ(node->follower()->relists, 0U);
}

TEST_F(ComparisonTest, ARowThatIsMissingIsFoundAndMended) {
  ExpectMended([](EngineBatch& rows) { rows.Delete(rows::LedgerValue("claim/id/1234")); });
}

TEST_F(ComparisonTest, ARowThatIsNotInTheLedgerIsFoundAndMended) {
  ExpectMended([](EngineBatch& rows) { rows.Put(rows::LedgerValue("zzz"), rows::Stamp(3, "never written")); });
}

TEST_F(ComparisonTest, AnEventThatWasMissedIsFoundAndMended) {
  // What is left where the newest write of a key was not told: its value of before.
  ExpectMended([](EngineBatch& rows) { rows.Put(rows::LedgerValue(HeadKey("teams/one")), rows::Stamp(0, "")); });
}

TEST_F(ComparisonTest, ALedgerThatDoesNotAnswerIsNoDifference) {
  CommitEverything();
  const auto node = Follow("node");
  ExpectCaughtUp(*node);
  // What it has reached is compacted away and superseded: the list of it can't be had.
  ASSERT_TRUE(PutTeam(*truth_, "two").ok());
  ASSERT_TRUE(truth_->ledger().Compact(truth_->applied()).ok());
  ExpectCaughtUp(*node);
  AwaitComparisons(*node, 1);
  EXPECT_EQ(node->follower()->differences, 0U);
}

}  // namespace
}  // namespace souk::storage
