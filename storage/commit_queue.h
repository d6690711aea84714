// SPDX-License-Identifier: Apache-2.0
// Group commit: concurrent callers line up, and one of them at a time, the leader, does the work of everybody in front
// of it. One sync of the disk then serves many. Nobody waits for company: a lone caller leads at once. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "storage/fold.h"
#include "storage/ledger.h"

namespace souk::storage {

// A transaction on its way.
struct PendingCommit {
  Transaction transaction;
  std::vector<PreparedRecord> records;
  size_t bytes = 0;
  StatusOr<Revision> result = Revision{0};
};

class CommitQueue {
 public:
  // Called by one thread at a time, with commits in the order in which they came; sets every result.
  using Work = std::function<void(const std::vector<PendingCommit*>& batch)>;
  explicit CommitQueue(Work work) : work_(std::move(work)) {}

  // Returns when the work on it is done. DEADLINE_EXCEEDED if no leader had taken it by the deadline: then it certainly
  // was not and never will be worked on. UNAVAILABLE after Close().
  Status Submit(PendingCommit& commit, Deadline deadline);

  // Refuses from now on; what is queued is still done.
  void Close();

 private:
  enum class Stage { kQueued, kLeading, kTaken, kDone };
  struct Waiter {
    PendingCommit* commit;
    Stage stage = Stage::kQueued;
    std::condition_variable changed;
  };

  void Lead(std::unique_lock<std::mutex>& lock);

  const Work work_;
  std::mutex mutex_;
  std::deque<Waiter*> queue_;
  bool led_ = false;
  bool closed_ = false;
};

}  // namespace souk::storage
