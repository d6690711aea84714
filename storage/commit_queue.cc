// SPDX-License-Identifier: Apache-2.0
#include "storage/commit_queue.h"

#include <algorithm>

#include "base/errors.h"

namespace souk::storage {
namespace {

// Transactions and bytes of one batch: more no longer makes the sync cheaper for each, but everybody's wait longer.
constexpr size_t kBatchCommitsMax = 256;
constexpr size_t kBatchBytesMax = size_t{4} * 1024 * 1024;

}  // namespace

Status CommitQueue::Submit(PendingCommit& commit, Deadline deadline) {
  Waiter self{&commit, Stage::kQueued, {}};
  std::unique_lock lock(mutex_);
  if (closed_) return errors::ShuttingDown();
  queue_.push_back(&self);
  if (!led_) {
    led_ = true;
    self.stage = Stage::kLeading;
  }
  while (self.stage == Stage::kQueued) {
    if (self.changed.wait_until(lock, deadline) == std::cv_status::timeout && self.stage == Stage::kQueued) {
      queue_.erase(std::find(queue_.begin(), queue_.end(), &self));
      return errors::DeadlineExceeded("the change");
    }
  }
  while (self.stage == Stage::kTaken) self.changed.wait(lock);
  if (self.stage == Stage::kLeading) Lead(lock);
  return Status::Ok();
}

void CommitQueue::Lead(std::unique_lock<std::mutex>& lock) {
  std::vector<Waiter*> taken;
  std::vector<PendingCommit*> batch;
  size_t bytes = 0;
  // The leader stands at the front, so that its own commit is always among them.
  while (!queue_.empty() && batch.size() < kBatchCommitsMax && (batch.empty() || bytes < kBatchBytesMax)) {
    Waiter* waiter = queue_.front();
    queue_.pop_front();
    waiter->stage = Stage::kTaken;
    bytes += waiter->commit->bytes;
    batch.push_back(waiter->commit);
    taken.push_back(waiter);
  }
  lock.unlock();
  work_(batch);
  lock.lock();
  // The next leader first: it works while the others wake up.
  if (queue_.empty()) {
    led_ = false;
  } else {
    queue_.front()->stage = Stage::kLeading;
    queue_.front()->changed.notify_one();
  }
  // Under the lock: a waiter that sees that it is done takes its condition variable away.
  for (Waiter* waiter : taken) {
    waiter->stage = Stage::kDone;
    waiter->changed.notify_one();
  }
}

void CommitQueue::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

}  // namespace souk::storage
