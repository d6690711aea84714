// SPDX-License-Identifier: Apache-2.0
// What a node waits for before it serves, where its ledger is elsewhere.
#include "server/store_opening.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>

#include "base/errors.h"
#include "tests/support/records.h"
#include "tests/support/remote_ledger.h"
#include "tests/support/temp_dir.h"

namespace souk::server {
namespace {

using souk::testing::PutTeam;
using souk::testing::Soon;

class CatchUpTest : public ::testing::Test {
 protected:
  std::unique_ptr<storage::Store> Follow() {
    storage::StoreOptions options;
    options.directory = folder_ / "node";
    return *storage::Store::Follow(options, std::make_unique<souk::testing::RemoteLedger>(truth_->ledger(), wire_),
                                   clock_, Soon());
  }

  souk::testing::TempDir folder_;
  SystemClock clock_;
  souk::testing::Wire wire_;
  std::unique_ptr<storage::Store> truth_ = souk::testing::OpenStore(folder_ / "truth", clock_);
};

TEST_F(CatchUpTest, WaitsForWhatWasAcknowledgedElsewhere) {
  const auto node = Follow();
  wire_.HoldFeeds(true);
  ASSERT_TRUE(PutTeam(*truth_, "one").ok());
  auto caught_up = std::async(std::launch::async, [&] { return CatchUp(*node, clock_, Soon()); });
  wire_.AwaitHeads(1);
  wire_.HoldFeeds(false);
  EXPECT_TRUE(caught_up.get().ok());
  EXPECT_EQ(node->applied(), truth_->applied());
}

TEST_F(CatchUpTest, GoesOnWithWhatThereIsWhereTheLedgerGoesAwayMeanwhile) {
  const auto node = Follow();
  wire_.HoldFeeds(true);
  ASSERT_TRUE(PutTeam(*truth_, "one").ok());
  wire_.HoldHeads(true);
  auto caught_up = std::async(std::launch::async, [&] { return CatchUp(*node, clock_, Soon()); });
  wire_.AwaitHeads(2);  // this question, and that of the follower, which hears nothing
  wire_.Cut(errors::Unreachable("the ledger", "cut"));
  wire_.HoldHeads(false);
  const Status status = caught_up.get();
  EXPECT_TRUE(status.ok()) << status.ToString();
  EXPECT_LT(node->applied(), truth_->applied());
  EXPECT_TRUE(node->silence());
}

}  // namespace
}  // namespace souk::server
