// SPDX-License-Identifier: Apache-2.0
// The newest state that everybody sees, the changes that led there, and those who wait for the next ones. One writer
// publishes; any number of threads read and wait. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "storage/change.h"
#include "storage/snapshot.h"

namespace souk::storage {

// How much is kept in memory for followers; whichever is reached first.
struct RecentLimits {
  size_t changes_max = 0;
  size_t bytes_max = 0;
};

class Published {
 public:
  Published(std::shared_ptr<Engine> engine, std::string epoch, const store::v1::AppliedState& applied, Revision oldest,
            RecentLimits limits, size_t row_cache_bytes);

  std::shared_ptr<const Snapshot> current() const;

  // A new state and the changes between; both are seen at once. The cache drops the changed rows before.
  void Publish(const store::v1::AppliedState& applied, std::vector<std::shared_ptr<const Change>> changes,
               const std::vector<std::string>& changed_rows);
  // Other rows from now on, filled anew up to a state: a new generation, whose log begins there. Revisions may have
  // gone back. Those who hold a snapshot keep the old rows.
  void Renew(std::shared_ptr<Engine> engine, const store::v1::AppliedState& applied);
  // Moves the begin of the log; followers that are behind it are told so from now on.
  void PublishOldest(Revision oldest);

  // True once something newer than `after` is there; false at the deadline. CANCELLED after Shutdown().
  StatusOr<bool> WaitBeyond(Revision after, Deadline deadline) const;

  // Changes after `after` in order, or nothing if some of them are no longer in memory.
  std::optional<std::vector<std::shared_ptr<const Change>>> Recent(Revision after, size_t changes_max) const;

  // Ends all waiting, now and from now on.
  void Shutdown();
  bool shut_down() const;

 private:
  struct Kept {
    std::shared_ptr<const Change> change;
    size_t bytes;
  };
  void Swap(std::shared_ptr<const Snapshot>& snapshot);
  void Keep(std::vector<std::shared_ptr<const Change>> changes);

  const std::string epoch_;
  const RecentLimits limits_;
  const size_t row_cache_bytes_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::shared_ptr<Engine> engine_;
  std::shared_ptr<RowCache> cache_;
  uint64_t generation_ = 0;

  // A plain mutex held for a pointer copy: std::atomic<std::shared_ptr> of GCC 12 spins on a lock of its own, which
  // ThreadSanitizer can't see.
  mutable std::mutex snapshot_mutex_;
  std::shared_ptr<const Snapshot> snapshot_;

  // Of mutex_ again.
  std::deque<Kept> recent_;
  size_t recent_bytes_ = 0;
  Revision recent_after_;  // recent_ holds everything after this revision
  Revision applied_;
  bool shut_down_ = false;
};

}  // namespace souk::storage
