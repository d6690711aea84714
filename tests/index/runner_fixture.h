// SPDX-License-Identifier: Apache-2.0
// A runner's surroundings: a real store and a projection that fails, blocks and counts as the test tells it.
#pragma once

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
#include "index/runner.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace souk::index {

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

inline RunnerOptions Quick() {
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
    const auto revision = souk::testing::RegisterLine(*store_, souk::testing::SimpleModel("sales", product));
    EXPECT_TRUE(revision.ok()) << revision.status().ToString();
    return revision.ok() ? *revision : 0;
  }

  // Waits, without a clock of its own, until something that the runner does has happened.
  template <typename Happened>
  void Await(const Happened& happened) {
    const Deadline deadline = souk::testing::Soon();
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

}  // namespace souk::index
