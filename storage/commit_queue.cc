// SPDX-License-Identifier: Apache-2.0
#include "storage/commit_queue.h"

#include <utility>

#include "base/errors.h"
#include "storage/transaction_check.h"

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

void CommitQueue::Submit(std::span<PendingCommit> commits, Deadline deadline) {
  if (commits.empty()) return;
  if (TryEnter(commits)) {
    std::vector<PendingCommit*> batch;
    batch.reserve(commits.size());
    for (PendingCommit& commit : commits) batch.push_back(&commit);
    work_(batch);
    return Leave();
  }
  Waiter self;
  self.left = commits.size();
  {
    const std::lock_guard lock(mutex_);
    if (closed_) {
      for (PendingCommit& commit : commits) commit.result = errors::ShuttingDown();
      return;
    }
    // Whoever is at work, or has lined up in front, sees to it that the worker comes.
    if (queue_.empty() && !working_) filled_.notify_one();
    for (PendingCommit& commit : commits) queue_.push_back({&commit, &self});
  }
  std::unique_lock lock(self.mutex);
  if (self.changed.wait_until(lock, deadline, [&] { return self.left == 0; })) return;
  lock.unlock();
  const size_t withdrawn = Withdraw(self);
  // The rest is being worked on: the outcome comes soon, and is better than not knowing.
  lock.lock();
  self.left -= withdrawn;
  self.changed.wait(lock, [&] { return self.left == 0; });
}

bool CommitQueue::TryEnter(std::span<const PendingCommit> commits) {
  size_t bytes = 0;
  for (const PendingCommit& commit : commits) bytes += commit.bytes;
  if (commits.size() > kBatchCommitsMax || bytes > kBatchBytesMax) return false;
  const std::lock_guard lock(mutex_);
  if (closed_ || working_ || !queue_.empty()) return false;
  working_ = true;
  return true;
}

void CommitQueue::Leave() {
  bool more = false;
  {
    const std::lock_guard lock(mutex_);
    working_ = false;
    more = !queue_.empty() || stopping_;
  }
  if (more) filled_.notify_one();
}

size_t CommitQueue::Withdraw(const Waiter& waiter) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(queue_, [&](const Place& place) {
    if (place.waiter != &waiter) return false;
    place.commit->result = errors::DeadlineExceeded("the change");
    return true;
  });
}

std::vector<CommitQueue::Place> CommitQueue::Take() {
  std::vector<Place> taken;
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [&] { return !working_ && (stopping_ || !queue_.empty()); });
  working_ = !queue_.empty();
  size_t bytes = 0;
  while (!queue_.empty() && taken.size() < kBatchCommitsMax && bytes < kBatchBytesMax) {
    bytes += queue_.front().commit->bytes;
    taken.push_back(queue_.front());
    queue_.pop_front();
  }
  return taken;
}

void CommitQueue::Run() {
  while (true) {
    const std::vector<Place> taken = Take();
    if (taken.empty()) return;  // stopping, and nobody is left
    std::vector<PendingCommit*> batch;
    batch.reserve(taken.size());
    for (const Place& place : taken) batch.push_back(place.commit);
    work_(batch);
    Leave();
    for (const auto& [commit, waiter] : taken) {
      // Under its lock: once it sees that all is done, the waiter is gone.
      const std::lock_guard lock(waiter->mutex);
      if (--waiter->left == 0) waiter->changed.notify_one();
    }
  }
}

void CommitQueue::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

std::vector<StatusOr<Revision>> CommitThrough(CommitQueue& queue, std::vector<Transaction> transactions,
                                              Deadline deadline, const std::function<void(PendingCommit&)>& prepare) {
  std::vector<StatusOr<Revision>> results;
  std::vector<PendingCommit> commits;
  std::vector<size_t> places;
  for (Transaction& transaction : transactions) {
    const Status checked = CheckTransaction(transaction);
    results.emplace_back(checked.ok() ? StatusOr<Revision>(Revision{0}) : StatusOr<Revision>(checked));
    if (!checked.ok()) continue;
    PendingCommit& commit = commits.emplace_back();
    commit.bytes = BytesOf(transaction);
    commit.transaction = std::move(transaction);
    prepare(commit);
    places.push_back(results.size() - 1);
  }
  queue.Submit(commits, deadline);
  for (size_t i = 0; i < commits.size(); ++i) results[places[i]] = std::move(commits[i].result);
  return results;
}

}  // namespace souk::storage
