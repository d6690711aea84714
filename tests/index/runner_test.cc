// SPDX-License-Identifier: Apache-2.0
// The runner over a real store and a projection that fails, blocks and counts as the test tells it.
#include "index/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/errors.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace souk::index {
namespace {

using souk::testing::Now;
using souk::testing::RegisterLine;
using souk::testing::SimpleModel;
using souk::testing::Soon;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Keeps the revisions that it was shown, in memory that may "survive" the runner.
class FakeProjection final : public Projection {
 public:
  std::string_view name() const override { return "fake"; }

  ProjectionStatus status() const override {
    const std::lock_guard lock(mutex_);
    ProjectionStatus status;
    status.applied = applied_;
    status.discarded = discarded_;
    return status;
  }

  Status Apply(const std::vector<storage::Change>& changes) override {
    const std::lock_guard lock(mutex_);
    ++applies_;
    if (!apply_faults_.empty()) {
      const std::function<Status()> fault = apply_faults_.front();
      apply_faults_.pop_front();
      const Status status = fault();
      if (!status.ok()) return status;
    }
    for (const storage::Change& change : changes) {
      if (change.revision <= applied_) continue;
      gaps_ += change.revision == applied_ + 1 ? 0 : 1;
      applied_ = change.revision;
    }
    return Status::Ok();
  }

  Status Rebuild(const storage::View& view) override {
    std::function<void()> during;
    {
      const std::lock_guard lock(mutex_);
      ++rebuilds_;
      during = during_rebuild_;
      if (rebuild_faults_ > 0) {
        --rebuild_faults_;
        return rebuild_fault_;
      }
    }
    if (during) during();
    const std::lock_guard lock(mutex_);
    applied_ = view.revision();
    return Status::Ok();
  }

  Status Persist() override {
    const std::lock_guard lock(mutex_);
    ++persists_;
    if (persist_faults_ > 0) {
      --persist_faults_;
      return errors::Internal("a test's persist");
    }
    persisted_ = applied_;
    return Status::Ok();
  }

  template <typename T>
  T Get(T FakeProjection::*member) const {
    const std::lock_guard lock(mutex_);
    return this->*member;
  }

  template <typename T>
  void Set(T FakeProjection::*member, T value) {
    const std::lock_guard lock(mutex_);
    this->*member = value;
  }

  mutable std::mutex mutex_;
  storage::Revision applied_ = 0;
  storage::Revision persisted_ = 0;
  int applies_ = 0;
  int rebuilds_ = 0;
  int persists_ = 0;
  int gaps_ = 0;
  std::deque<std::function<Status()>> apply_faults_;
  int rebuild_faults_ = 0;
  Status rebuild_fault_ = errors::Internal("a test's rebuild");
  std::string discarded_;
  int persist_faults_ = 0;
  std::function<void()> during_rebuild_;
};

RunnerOptions Quick() {
  RunnerOptions options;
  options.poll = std::chrono::milliseconds(1);
  options.retry = std::chrono::milliseconds(1);
  options.idle_before_persist = std::chrono::milliseconds(1);
  return options;
}

class RunnerTest : public ::testing::Test {
 protected:
  RunnerTest() : store_(souk::testing::OpenStore(folder_ / "store", clock_)) {}

  storage::Revision Register(std::string_view product) {
    const auto revision = RegisterLine(*store_, SimpleModel("sales", product));
    EXPECT_TRUE(revision.ok()) << revision.status().ToString();
    return revision.ok() ? *revision : 0;
  }

  // Waits, without a clock of its own, until something that the runner does has happened.
  template <typename Happened>
  void Await(const Happened& happened) {
    const Deadline deadline = Soon();
    while (!happened() && clock_.Monotonic() < deadline) std::this_thread::yield();
    EXPECT_TRUE(happened());
  }

  RunnerOptions Reporting(RunnerOptions options = Quick()) {
    options.report = [this](const RunnerReport& report) {
      const std::lock_guard lock(reports_mutex_);
      reports_.push_back((report.fault ? "fault: " : "well: ") + report.text);
    };
    return options;
  }
  std::vector<std::string> Reports() {
    const std::lock_guard lock(reports_mutex_);
    return reports_;
  }

  std::mutex reports_mutex_;
  std::vector<std::string> reports_;
  souk::testing::TempDir folder_;
  SystemClock clock_;
  std::unique_ptr<storage::Store> store_;
  FakeProjection projection_;
};

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

TEST_F(RunnerTest, AFailedApplyIsHealedByBuildingAnew) {
  projection_.apply_faults_ = {[] { return errors::Internal("a test's apply"); }};
  ProjectionRunner runner(projection_, *store_, clock_, Quick());
  runner.Start();
  EXPECT_TRUE(runner.WaitApplied(Register("orders"), Soon()).ok());
  EXPECT_EQ(projection_.Get(&FakeProjection::rebuilds_), 1);
  EXPECT_TRUE(runner.WaitApplied(Register("returns"), Soon()).ok());
  EXPECT_EQ(projection_.Get(&FakeProjection::gaps_), 0);
}

TEST_F(RunnerTest, AnExceptionIsAFaultLikeAnyOther) {
  projection_.apply_faults_ = {[]() -> Status { throw std::runtime_error("a test's exception"); }};
  ProjectionRunner runner(projection_, *store_, clock_, Quick());
  runner.Start();
  EXPECT_TRUE(runner.WaitApplied(Register("orders"), Soon()).ok());
  EXPECT_EQ(projection_.Get(&FakeProjection::rebuilds_), 1);
}

TEST_F(RunnerTest, ARebuildThatFailsIsToldAndTriedAgain) {
  projection_.apply_faults_ = {[] { return errors::Internal("a test's apply"); }};
  projection_.rebuild_faults_ = 1;
  RunnerOptions slow_retry = Quick();
  slow_retry.retry = std::chrono::hours(1);
  ProjectionRunner runner(projection_, *store_, clock_, slow_retry);
  runner.Start();
  const storage::Revision revision = Register("orders");
  Await([&] { return runner.condition().find("rebuild failed") != std::string::npos; });
  EXPECT_THAT(runner.condition(), HasSubstr("a test's rebuild"));
  EXPECT_FALSE(runner.WaitApplied(revision, Now()).ok());
  EXPECT_TRUE(runner.Rebuild(Soon()).ok());  // a wish does not wait for the next try
  EXPECT_TRUE(runner.WaitApplied(revision, Soon()).ok());
  Await([&] { return runner.condition() == "serving"; });
}

TEST_F(RunnerTest, AFaultIsReportedOnceAndSoIsItsEnd) {
  projection_.apply_faults_ = {[] { return errors::Internal("a test's apply"); }};
  projection_.rebuild_faults_ = 50;
  ProjectionRunner runner(projection_, *store_, clock_, Reporting());
  runner.Start();
  EXPECT_TRUE(runner.follows());
  EXPECT_TRUE(runner.WaitApplied(Register("orders"), Soon()).ok());
  Await([&] { return runner.follows() && runner.condition() == "serving"; });
  EXPECT_THAT(Reports(), ElementsAre(HasSubstr("fault: apply failed: "), HasSubstr("fault: rebuild failed: "),
                                     HasSubstr("well: built anew"), HasSubstr("well: follows")));
  EXPECT_EQ(runner.faults(), 2U);
  EXPECT_EQ(runner.rebuilds(), 1U);
}

TEST_F(RunnerTest, ADamagedStoreEndsEveryWaitAtOnce) {
  projection_.apply_faults_ = {[] { return errors::Internal("a test's apply"); }};
  projection_.rebuild_faults_ = 1000;
  projection_.rebuild_fault_ = errors::DataLoss("a test's damage");
  ProjectionRunner runner(projection_, *store_, clock_, Quick());
  runner.Start();
  EXPECT_EQ(runner.WaitApplied(Register("orders"), Soon()).code(), Code::kDataLoss);
  EXPECT_FALSE(runner.follows());
  EXPECT_THAT(runner.condition(), HasSubstr("a test's damage"));
}

TEST_F(RunnerTest, WhatWasThrownAwayAtTheOpeningIsReportedAndSoIsItsReplacement) {
  projection_.discarded_ = "a test's damage";
  ProjectionRunner runner(projection_, *store_, clock_, Reporting());
  runner.Start();
  Await([&] { return Reports().size() == 2; });
  EXPECT_THAT(Reports(), ElementsAre(HasSubstr("a test's damage"), HasSubstr("well: built anew")));
}

TEST_F(RunnerTest, APersistThatFailsShowsUntilOneSucceedsAndReadersGoOn) {
  projection_.persist_faults_ = 1000000;
  ProjectionRunner runner(projection_, *store_, clock_, Reporting());
  runner.Start();
  EXPECT_TRUE(runner.WaitApplied(Register("orders"), Soon()).ok());
  Await([&] { return runner.condition().find("persist failed") != std::string::npos; });
  EXPECT_TRUE(runner.follows());
  projection_.Set(&FakeProjection::persist_faults_, 0);
  Register("returns");
  Await([&] { return runner.condition() == "serving" && Reports().size() == 2; });
  EXPECT_THAT(Reports(), ElementsAre(HasSubstr("fault: persist failed"), HasSubstr("well: persisted again")));
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
