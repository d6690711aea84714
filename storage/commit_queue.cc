// SPDX-License-Identifier: Apache-2.0
#include "storage/commit_queue.h"

#include <algorithm>
#include <utility>

#include "base/errors.h"

namespace souk::storage {
namespace {

// Transactions and bytes of one batch: more no longer makes the sync cheaper for each, but everybody's wait longer.
constexpr size_t kBatchCommitsMax = 256;
constexpr size_t kBatchBytesMax = size_t{4} * 1024 * 1024;

}  // namespace

CommitQueue::CommitQueue(Work work) : work_(std::move(work)), worker_([this] { Run(); }) {}

CommitQueue::~CommitQueue() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    stopping_ = true;
  }
  filled_.notify_one();
  worker_.join();
}

Status CommitQueue::Submit(PendingCommit& commit, Deadline deadline) {
  Waiter self;
  self.commit = &commit;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return errors::ShuttingDown();
    queue_.push_back(&self);
    // With others in front, the worker knows already.
    if (queue_.size() == 1) filled_.notify_one();
  }
  std::unique_lock lock(self.mutex);
  if (self.changed.wait_until(lock, deadline, [&] { return self.done; })) return Status::Ok();
  lock.unlock();
  {
    const std::lock_guard queue_lock(mutex_);
    const auto it = std::find(queue_.begin(), queue_.end(), &self);
    if (it != queue_.end()) {
      queue_.erase(it);
      return errors::DeadlineExceeded("the change");
    }
  }
  // It is being worked on: the outcome comes soon, and is better than not knowing.
  lock.lock();
  self.changed.wait(lock, [&] { return self.done; });
  return Status::Ok();
}

std::vector<CommitQueue::Waiter*> CommitQueue::Take() {
  std::vector<Waiter*> taken;
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
  size_t bytes = 0;
  while (!queue_.empty() && taken.size() < kBatchCommitsMax && bytes < kBatchBytesMax) {
    bytes += queue_.front()->commit->bytes;
    taken.push_back(queue_.front());
    queue_.pop_front();
  }
  return taken;
}

void CommitQueue::Run() {
  while (true) {
    const std::vector<Waiter*> taken = Take();
    if (taken.empty()) return;  // stopping, and nobody is left
    std::vector<PendingCommit*> batch;
    batch.reserve(taken.size());
    for (const Waiter* waiter : taken) batch.push_back(waiter->commit);
    work_(batch);
    for (Waiter* waiter : taken) {
      // Under its lock: once it sees that it is done, the waiter is gone.
      const std::lock_guard lock(waiter->mutex);
      waiter->done = true;
      waiter->changed.notify_one();
    }
  }
}

void CommitQueue::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

}  // namespace souk::storage
