// SPDX-License-Identifier: Apache-2.0
// Keeps the rows of a node up to a ledger that is elsewhere: a thread of its own folds the feed, whole revisions, many
// in one batch together with how far it is; a restart goes on from there. Rows are not synced: what a power loss takes
// from them is told again by the ledger.
//
// Where the feed can't go on (revisions are compacted or missing, or the ledger has gone back), and where rows are
// found damaged or different, whoever finds it, they are filled anew from a list, beside those that serve; so are rows
// that an older program made of a ledger which it did not understand. While the ledger does not answer, what is there
// goes on being served. Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "storage/comparison.h"
#include "storage/folder.h"
#include "storage/follower_status.h"
#include "storage/ledger.h"
#include "storage/ledger_link.h"
#include "storage/published.h"
#include "storage/store_options.h"

namespace souk::storage {

class Follower {
 public:
  // Starts. All but the options must outlive it; nobody else may publish, or write to the folder.
  Follower(LedgerLink& ledger, const StoreOptions& options, Folder& folder, Published& published, const Clock& clock);
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  // Ends the thread; idempotent.
  void Stop();
  FollowerStatus status() const;
  // Fills the rows anew, for that reason; returns when it is done. DEADLINE_EXCEEDED: it goes on; CANCELLED after
  // Stop().
  Status Refill(const Status& reason, Deadline deadline);

 private:
  struct Round {
    Status status;
    bool must_fill = false;  // the rows are of no more use; the status says why
  };

  void Run();
  // One round: what the feed has.
  Round Follow();
  // OK, or why the rows must be filled anew whatever the feed has.
  Status Sound() const;
  Status Apply(std::vector<LedgerRevision> revisions);
  // OK, or how the rows differ from the ledger.
  Status Compare();
  // What there is that is not understood.
  void TellUndecodable(const Engine& engine) const;
  Status FillAnew(const Status& reason);
  // Replaced generations that nobody reads any more leave the disk.
  void RemoveUnread();

  LedgerLink& ledger_;
  const StoreOptions options_;
  Folder& folder_;
  Published& published_;
  const Clock& clock_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopping_ = false;
  FollowerStatus status_;  // without what the link knows
  Status wanted_;          // not OK: why somebody wants the rows filled anew
  // Of its thread only: rows that were replaced and are still on disk.
  struct Replaced {
    uint64_t generation;
    std::weak_ptr<Engine> rows;
  };
  std::vector<Replaced> replaced_;
  Comparison comparison_;
  std::thread thread_;
};

}  // namespace souk::storage
