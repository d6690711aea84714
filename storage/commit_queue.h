// SPDX-License-Identifier: Apache-2.0
// Group commit: who comes while nobody is at work works at once, on their own thread; the others line up, and a thread
// of the queue's own works on everything that stands there as one batch, while the next ones gather. One sync of the
// disk then serves many, and nobody waits for company. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
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
  explicit CommitQueue(Work work);
  ~CommitQueue();
  CommitQueue(const CommitQueue&) = delete;
  CommitQueue& operator=(const CommitQueue&) = delete;

  // Lines all of them up at once, in their order, and returns when each has its result: that of the work,
  // DEADLINE_EXCEEDED if nobody had taken it by the deadline (then it certainly was not and never will be worked on),
  // or UNAVAILABLE after Close().
  void Submit(std::span<PendingCommit> commits, Deadline deadline);

  // Refuses from now on; what is queued is still done.
  void Close();

 private:
  // One caller. A lock of its own, so that those who wake up don't stand in line for a common one.
  struct Waiter {
    size_t left = 0;  // of its commits, without a result
    std::mutex mutex;
    std::condition_variable changed;
  };
  struct Place {
    PendingCommit* commit;
    Waiter* waiter;
  };

  void Run();
  // True: the caller is at work, alone, until Leave().
  bool TryEnter(std::span<const PendingCommit> commits);
  void Leave();
  std::vector<Place> Take();
  // Takes back what nobody has taken; returns how many those are.
  size_t Withdraw(const Waiter& waiter);

  const Work work_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Place> queue_;
  bool working_ = false;
  bool closed_ = false;
  bool stopping_ = false;
  std::thread worker_;
};

// What a ledger with a queue does for Ledger::CommitEach(): checks each transaction, lets `prepare` complete what is to
// be lined up (in the caller's thread), lines all of them up at once, and waits. Results in their order.
std::vector<StatusOr<Revision>> CommitThrough(CommitQueue& queue, std::vector<Transaction> transactions,
                                              Deadline deadline, const std::function<void(PendingCommit&)>& prepare);

}  // namespace souk::storage
