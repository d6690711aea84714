// SPDX-License-Identifier: Apache-2.0
// Group commit, with work that the test holds back.
#include "storage/commit_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/support/records.h"

namespace souk::storage {
namespace {

using souk::testing::Now;
using souk::testing::Soon;
using ::testing::ElementsAre;

// Work that numbers what it is given, and waits at a gate before each batch.
class Gate {
 public:
  CommitQueue::Work work() {
    return [this](const std::vector<PendingCommit*>& batch) {
      std::unique_lock lock(mutex_);
      sizes_.push_back(batch.size());
      changed_.notify_all();
      changed_.wait(lock, [this] { return passes_ > 0; });
      --passes_;
      for (PendingCommit* commit : batch) commit->result = ++revision_;
    };
  }
  void Open(int batches) {
    const std::lock_guard lock(mutex_);
    passes_ += batches;
    changed_.notify_all();
  }
  // Returns once so many batches have been taken.
  void AwaitTaken(size_t batches) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return sizes_.size() >= batches; });
  }
  std::vector<size_t> sizes() {
    const std::lock_guard lock(mutex_);
    return sizes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int passes_ = 0;
  Revision revision_ = 0;
  std::vector<size_t> sizes_;
};

constexpr int kMany = 1000;

Status SubmitOne(CommitQueue& queue, PendingCommit& commit, Deadline deadline) {
  queue.Submit({&commit, 1}, deadline);
  return commit.result.status();
}

TEST(CommitQueueTest, ALoneCommitIsDoneAtOnce) {
  Gate gate;
  gate.Open(kMany);
  CommitQueue queue(gate.work());
  PendingCommit commit;
  ASSERT_TRUE(SubmitOne(queue, commit, Soon()).ok());
  EXPECT_EQ(*commit.result, 1U);
}

TEST(CommitQueueTest, ThoseWhoWaitAreDoneTogether) {
  Gate gate;
  CommitQueue queue(gate.work());
  constexpr size_t kCommits = 20;
  std::atomic<size_t> submitted = 0;
  std::vector<std::thread> threads;
  std::vector<Revision> revisions(kCommits + 1, 0);
  const auto submit = [&](size_t i) {
    PendingCommit commit;
    ++submitted;
    if (SubmitOne(queue, commit, Soon()).ok()) revisions[i] = *commit.result;
  };
  threads.emplace_back(submit, 0);
  gate.AwaitTaken(1);
  for (size_t i = 1; i <= kCommits; ++i) threads.emplace_back(submit, i);
  gate.Open(kMany);
  for (std::thread& thread : threads) thread.join();
  std::sort(revisions.begin(), revisions.end());
  for (size_t i = 0; i <= kCommits; ++i) EXPECT_EQ(revisions[i], i + 1) << "each is done once";
  EXPECT_EQ(gate.sizes().front(), 1U);
}

TEST(CommitQueueTest, ADeadlineInTheQueueMeansCertainlyNotDone) {
  Gate gate;
  CommitQueue queue(gate.work());
  PendingCommit first;
  std::thread worker([&] { EXPECT_TRUE(SubmitOne(queue, first, Soon()).ok()); });
  gate.AwaitTaken(1);
  PendingCommit late;
  EXPECT_EQ(SubmitOne(queue, late, Now()).code(), Code::kDeadlineExceeded);
  gate.Open(kMany);
  worker.join();
  PendingCommit next;
  ASSERT_TRUE(SubmitOne(queue, next, Soon()).ok());
  EXPECT_EQ(*next.result, 2U) << "the late one was never worked on";
  EXPECT_THAT(gate.sizes(), ElementsAre(1, 1));
}

TEST(CommitQueueTest, SeveralOfOneCallerKeepTheirOrder) {
  Gate gate;
  gate.Open(kMany);
  CommitQueue queue(gate.work());
  constexpr size_t kCommits = 600;  // more than one batch
  std::vector<PendingCommit> commits(kCommits);
  queue.Submit(commits, Soon());
  for (size_t i = 0; i < kCommits; ++i) EXPECT_EQ(*commits[i].result, i + 1);
  EXPECT_GT(gate.sizes().size(), 1U);
}

TEST(CommitQueueTest, AtTheDeadlineAllOfOneCallerAreWithdrawn) {
  Gate gate;
  CommitQueue queue(gate.work());
  PendingCommit first;
  std::thread worker([&] { EXPECT_TRUE(SubmitOne(queue, first, Soon()).ok()); });
  gate.AwaitTaken(1);
  std::vector<PendingCommit> late(3);
  queue.Submit(late, Now());
  for (const PendingCommit& commit : late) EXPECT_EQ(commit.result.status().code(), Code::kDeadlineExceeded);
  gate.Open(kMany);
  worker.join();
  PendingCommit next;
  ASSERT_TRUE(SubmitOne(queue, next, Soon()).ok());
  EXPECT_EQ(*next.result, 2U) << "the late ones were never worked on";
}

TEST(CommitQueueTest, OnceTakenTheOutcomeIsAwaitedPastTheDeadline) {
  Gate gate;
  CommitQueue queue(gate.work());
  PendingCommit commit;
  Status status(Code::kCancelled, "not done yet");
  std::thread worker([&] { status = SubmitOne(queue, commit, Soon() - std::chrono::seconds(29)); });
  gate.AwaitTaken(1);
  gate.Open(1);
  worker.join();
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(*commit.result, 1U);
}

TEST(CommitQueueTest, AClosedQueueRefusesButFinishes) {
  Gate gate;
  auto queue = std::make_unique<CommitQueue>(gate.work());
  PendingCommit first;
  std::thread worker([&] { EXPECT_TRUE(SubmitOne(*queue, first, Soon()).ok()); });
  gate.AwaitTaken(1);
  queue->Close();
  PendingCommit refused;
  EXPECT_EQ(SubmitOne(*queue, refused, Soon()).code(), Code::kUnavailable);
  gate.Open(kMany);
  worker.join();
  EXPECT_EQ(*first.result, 1U);
  queue.reset();
}

TEST(CommitQueueTest, BatchesAreBounded) {
  Gate gate;
  gate.Open(kMany);
  CommitQueue queue(gate.work());
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      PendingCommit commit;
      commit.bytes = size_t{3} * 1024 * 1024;
      EXPECT_TRUE(SubmitOne(queue, commit, Soon()).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const size_t size : gate.sizes()) EXPECT_LE(size, 2U);
}

}  // namespace
}  // namespace souk::storage
