// SPDX-License-Identifier: Apache-2.0
// The runner: following, building anew, persisting, stopping.
#include "index/runner.h"

#include <future>
#include <string>
#include <thread>
#include <vector>

#include "tests/index/runner_fixture.h"
#include "tests/support/remote_ledger.h"

namespace souk::index {
namespace {

using souk::testing::Now;
using souk::testing::RegisterLine;
using souk::testing::SimpleModel;
using souk::testing::Soon;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(RunnerTest, FollowsWhatIsThereAndWhatComes) {
  const storage::Revision before = Register("before");
  ProjectionRunner runner(projection_, *store_, clock_, Quick());
  EXPECT_EQ(runner.condition(), "replaying");
  EXPECT_EQ(&runner.projection(), &projection_);
  runner.Start();
  EXPECT_TRUE(runner.WaitApplied(before, Soon()).ok());
  for (int i = 0; i < 100; ++i) {
    const storage::Revision revision = Register("p" + std::to_string(i));
    ASSERT_TRUE(runner.WaitApplied(revision, Soon()).ok());
    EXPECT_GE(projection_.status().applied, revision);
  }
  Await([&] { return runner.condition() == "serving"; });
  EXPECT_EQ(projection_.Get(&FakeProjection::gaps_), 0);
  EXPECT_EQ(projection_.Get(&FakeProjection::rebuilds_), 0);
}

TEST_F(RunnerTest, AWaiterIsWokenByTheApplyAndByNothingElse) {
  ProjectionRunner runner(projection_, *store_, clock_, Quick());
  runner.Start();
  const Status late = runner.WaitApplied(1, Now());
  EXPECT_EQ(late.code(), Code::kUnavailable);
  EXPECT_EQ(late.reason(), "REVISION_NOT_APPLIED");
  EXPECT_THAT(late.message(), HasSubstr("fake"));
  auto waiter = std::async(std::launch::async, [&] { return runner.WaitApplied(1, Soon()); });
  Register("orders");
  EXPECT_TRUE(waiter.get().ok());
}

TEST_F(RunnerTest, RebuildsOnDemandWhileItServes) {
  ProjectionRunner runner(projection_, *store_, clock_, Quick());
  runner.Start();
  const storage::Revision revision = Register("orders");
  ASSERT_TRUE(runner.WaitApplied(revision, Soon()).ok());
  std::promise<void> begun;
  std::promise<void> go_on;
  projection_.during_rebuild_ = [&] {
    begun.set_value();
    go_on.get_future().wait();
  };
  auto rebuild = std::async(std::launch::async, [&] { return runner.Rebuild(Soon()); });
  begun.get_future().wait();
  EXPECT_EQ(runner.condition(), "rebuilding");
  EXPECT_TRUE(runner.WaitApplied(revision, Now()).ok());  // what serves is still there
  {
    const std::lock_guard lock(projection_.mutex_);
    projection_.during_rebuild_ = nullptr;
  }
  EXPECT_EQ(runner.Rebuild(Now()).code(), Code::kDeadlineExceeded);
  go_on.set_value();
  EXPECT_TRUE(rebuild.get().ok());
  // The one that was asked for in the middle begins after this one.
  Await([&] { return projection_.Get(&FakeProjection::rebuilds_) == 2; });
}

TEST_F(RunnerTest, AWantedRebuildThatFailsSaysWhyAndLeavesWhatServes) {
  ProjectionRunner runner(projection_, *store_, clock_, Quick());
  runner.Start();
  ASSERT_TRUE(runner.WaitApplied(Register("orders"), Soon()).ok());
  projection_.Set(&FakeProjection::rebuild_faults_, 1);
  EXPECT_EQ(runner.Rebuild(Soon()).code(), Code::kInternal);
  EXPECT_TRUE(runner.WaitApplied(Register("returns"), Soon()).ok());
  EXPECT_EQ(projection_.Get(&FakeProjection::rebuilds_), 1);
}

TEST_F(RunnerTest, AnIndexAheadOfTheStoreIsBuiltAnew) {
  const storage::Revision revision = Register("orders");
  projection_.applied_ = revision + 5;
  ProjectionRunner runner(projection_, *store_, clock_, Quick());
  runner.Start();
  Await([&] { return projection_.status().applied == revision; });
  EXPECT_EQ(projection_.Get(&FakeProjection::rebuilds_), 1);
}

TEST_F(RunnerTest, AnEmptyProjectionIsBuiltFromTheLines) {
  RunnerOptions options = Quick();
  options.replay_revisions_max = 2;
  for (const char* product : {"orders", "returns", "visits"}) Register(product);
  ProjectionRunner runner(projection_, *store_, clock_, options);
  runner.Start();
  EXPECT_TRUE(runner.WaitApplied(store_->applied(), Soon()).ok());
  EXPECT_EQ(projection_.Get(&FakeProjection::rebuilds_), 1);
  EXPECT_EQ(projection_.Get(&FakeProjection::applies_), 0);
}

TEST_F(RunnerTest, MoreChangesThanLinesAreNotReplayed) {
  RunnerOptions options = Quick();
  options.replay_revisions_max = 2;
  projection_.applied_ = Register("orders");
  for (int i = 0; i < 3; ++i) Register("orders");
  {
    ProjectionRunner runner(projection_, *store_, clock_, options);
    runner.Start();
    EXPECT_TRUE(runner.WaitApplied(store_->applied(), Soon()).ok());
    EXPECT_EQ(projection_.Get(&FakeProjection::rebuilds_), 1);
  }
  for (const char* product : {"returns", "visits", "carts"}) Register(product);  // fewer than there are lines now
  ProjectionRunner runner(projection_, *store_, clock_, options);
  runner.Start();
  EXPECT_TRUE(runner.WaitApplied(store_->applied(), Soon()).ok());
  EXPECT_EQ(projection_.Get(&FakeProjection::rebuilds_), 1);
  EXPECT_EQ(projection_.Get(&FakeProjection::gaps_), 0);
}

TEST_F(RunnerTest, ChangesThatAreNoLongerKeptMeanARebuild) {
  const storage::Revision revision = Register("orders");
  Register("returns");
  ASSERT_TRUE(store_->ledger().Compact(revision).ok());
  ProjectionRunner runner(projection_, *store_, clock_, Quick());
  runner.Start();
  EXPECT_TRUE(runner.WaitApplied(store_->applied(), Soon()).ok());
  EXPECT_EQ(projection_.Get(&FakeProjection::rebuilds_), store_->oldest() > 0 ? 1 : 0);
}

TEST_F(RunnerTest, RowsThatAreFilledAnewMeanARebuildEvenAtTheSameRevision) {
  souk::testing::Wire wire;
  storage::StoreOptions options;
  options.directory = folder_ / "follower";
  const auto follower = storage::Store::Follow(
      options, std::make_unique<souk::testing::RemoteLedger>(store_->ledger(), wire), clock_, Soon());
  ASSERT_TRUE(follower.ok()) << follower.status().ToString();
  ProjectionRunner runner(projection_, **follower, clock_, Quick());
  runner.Start();
  ASSERT_TRUE(runner.WaitApplied(Register("orders"), Soon()).ok());
  ErrorDetail gap;
  gap.reason = storage::kRevisionMissing;
  wire.FailOnce({Code::kOutOfRange, "a gap", std::move(gap)});
  Await([&] { return projection_.Get(&FakeProjection::rebuilds_) == 1; });
  EXPECT_TRUE(runner.WaitApplied(Register("returns"), Soon()).ok());
  EXPECT_EQ(projection_.Get(&FakeProjection::gaps_), 0);
  runner.Stop();
}

TEST_F(RunnerTest, PersistsWhenIdleAndTriesAgain) {
  projection_.persist_faults_ = 1;
  ProjectionRunner runner(projection_, *store_, clock_, Quick());
  runner.Start();
  const storage::Revision revision = Register("orders");
  Await([&] { return projection_.Get(&FakeProjection::persisted_) == revision; });
  EXPECT_EQ(projection_.Get(&FakeProjection::persists_), 2);
}

TEST_F(RunnerTest, PersistsAfterSoManyRevisionsHoweverBusyItIs) {
  RunnerOptions options;  // whose times are far away
  options.persist_revisions_max = 3;
  options.apply_revisions_max = 1;
  options.idle_before_persist = std::chrono::hours(1);
  options.persist_interval = std::chrono::hours(1);
  for (int i = 0; i < 7; ++i) Register("p" + std::to_string(i));
  ProjectionRunner runner(projection_, *store_, clock_, options);
  runner.Start();
  ASSERT_TRUE(runner.WaitApplied(7, Soon()).ok());
  Await([&] { return projection_.Get(&FakeProjection::persisted_) == 6; });
  runner.Stop();
  EXPECT_EQ(projection_.Get(&FakeProjection::persisted_), 7U);  // and so does Stop
  EXPECT_EQ(projection_.Get(&FakeProjection::persists_), 3);
}

TEST_F(RunnerTest, StopEndsEveryWaitAndIsIdempotent) {
  ProjectionRunner runner(projection_, *store_, clock_, Quick());
  runner.Start();
  runner.Start();  // once is enough
  const storage::Revision revision = Register("orders");
  auto waiter = std::async(std::launch::async, [&] { return runner.WaitApplied(revision + 1, Soon()); });
  ASSERT_TRUE(runner.WaitApplied(revision, Soon()).ok());
  runner.Stop();
  EXPECT_EQ(waiter.get().reason(), "SHUTTING_DOWN");
  EXPECT_EQ(projection_.persisted_, revision);
  runner.Stop();
  runner.Start();  // stopped is stopped
  EXPECT_EQ(runner.WaitApplied(revision + 1, Soon()).code(), Code::kUnavailable);
  EXPECT_EQ(runner.Rebuild(Soon()).reason(), "SHUTTING_DOWN");
  EXPECT_TRUE(runner.WaitApplied(revision, Now()).ok());
}

TEST_F(RunnerTest, TheStoresShutdownEndsTheThreadAfterAPersist) {
  RunnerOptions options = Quick();
  options.idle_before_persist = std::chrono::hours(1);
  ProjectionRunner runner(projection_, *store_, clock_, options);
  runner.Start();
  const storage::Revision revision = Register("orders");
  ASSERT_TRUE(runner.WaitApplied(revision, Soon()).ok());
  store_->Shutdown();
  Await([&] { return projection_.Get(&FakeProjection::persisted_) == revision; });
  runner.Stop();
  EXPECT_EQ(projection_.persists_, 1);
}

TEST_F(RunnerTest, StopMayComeInTheMiddleOfARebuild) {
  ProjectionRunner runner(projection_, *store_, clock_, Quick());
  runner.Start();
  std::promise<void> begun;
  std::promise<void> go_on;
  projection_.during_rebuild_ = [&] {
    begun.set_value();
    go_on.get_future().wait();
  };
  auto rebuild = std::async(std::launch::async, [&] { return runner.Rebuild(Soon()); });
  begun.get_future().wait();
  auto stop = std::async(std::launch::async, [&] { runner.Stop(); });
  EXPECT_EQ(rebuild.get().reason(), "SHUTTING_DOWN");
  go_on.set_value();
  stop.get();
}

}  // namespace
}  // namespace souk::index
