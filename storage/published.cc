// SPDX-License-Identifier: Apache-2.0
#include "storage/published.h"

#include <utility>

#include "base/errors.h"

namespace souk::storage {
namespace {

// A message in memory takes several times its serialized bytes: small strings and pointers.
constexpr size_t kMemoryFactor = 4;
constexpr size_t kChangeOverheadBytes = 512;

size_t MemoryOf(const Change& change) {
  size_t bytes = kChangeOverheadBytes;
  for (const EntityDelta& delta : change.deltas) bytes += kMemoryFactor * delta.state_bytes;
  return bytes;
}

}  // namespace

Published::Published(std::shared_ptr<Engine> engine, std::string epoch, const store::v1::AppliedState& applied,
                     Revision oldest, RecentLimits limits, size_t row_cache_bytes)
    : epoch_(std::move(epoch)),
      limits_(limits),
      row_cache_bytes_(row_cache_bytes),
      engine_(std::move(engine)),
      cache_(std::make_shared<RowCache>(row_cache_bytes, applied.revision())),
      snapshot_(std::make_shared<const Snapshot>(engine_, generation_, cache_, epoch_, applied, oldest)),
      recent_after_(applied.revision()),
      applied_(applied.revision()) {}

std::shared_ptr<const Snapshot> Published::current() const {
  const std::lock_guard lock(snapshot_mutex_);
  return snapshot_;
}

void Published::Publish(const store::v1::AppliedState& applied, std::vector<std::shared_ptr<const Change>> changes,
                        const std::vector<std::string>& changed_rows) {
  std::shared_ptr<const Snapshot> snapshot;
  {
    const std::lock_guard lock(mutex_);
    snapshot = std::make_shared<const Snapshot>(engine_, generation_, cache_, epoch_, applied, current()->oldest());
    Keep(std::move(changes));
    applied_ = applied.revision();
    cache_->Advance(applied.revision(), changed_rows);
    Swap(snapshot);
  }
  changed_.notify_all();
  // `snapshot` is the old one now: if nobody reads it any more it is released here, outside the locks.
}

void Published::Renew(std::shared_ptr<Engine> engine, const store::v1::AppliedState& applied) {
  std::shared_ptr<const Snapshot> snapshot;
  {
    const std::lock_guard lock(mutex_);
    engine_ = std::move(engine);
    cache_ = std::make_shared<RowCache>(row_cache_bytes_, applied.revision());
    ++generation_;
    recent_.clear();
    recent_bytes_ = 0;
    recent_after_ = applied_ = applied.revision();
    snapshot = std::make_shared<const Snapshot>(engine_, generation_, cache_, epoch_, applied, applied_);
    Swap(snapshot);
  }
  changed_.notify_all();
}

void Published::PublishOldest(Revision oldest) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const Snapshot> snapshot = current()->WithOldest(oldest);
  Swap(snapshot);
}

void Published::Swap(std::shared_ptr<const Snapshot>& snapshot) {
  const std::lock_guard lock(snapshot_mutex_);
  snapshot_.swap(snapshot);
}

StatusOr<bool> Published::WaitBeyond(Revision after, Deadline deadline) const {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, deadline, [&] { return shut_down_ || applied_ > after; });
  if (applied_ > after) return true;
  if (shut_down_) return errors::Cancelled();
  return false;
}

std::optional<std::vector<std::shared_ptr<const Change>>> Published::Recent(Revision after, size_t changes_max) const {
  const std::lock_guard lock(mutex_);
  if (after < recent_after_) return std::nullopt;
  // Revisions grow: the first one that is newer is found by halving.
  auto low = recent_.begin();
  auto high = recent_.end();
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (middle->change->revision > after) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  std::vector<std::shared_ptr<const Change>> out;
  for (; low != recent_.end() && out.size() < changes_max; ++low) out.push_back(low->change);
  return out;
}

void Published::Keep(std::vector<std::shared_ptr<const Change>> changes) {
  for (std::shared_ptr<const Change>& change : changes) {
    const size_t bytes = MemoryOf(*change);
    recent_.push_back({std::move(change), bytes});
    recent_bytes_ += bytes;
  }
  while (recent_.size() > limits_.changes_max || (recent_bytes_ > limits_.bytes_max && !recent_.empty())) {
    recent_after_ = recent_.front().change->revision;
    recent_bytes_ -= recent_.front().bytes;
    recent_.pop_front();
  }
}

void Published::Shutdown() {
  {
    const std::lock_guard lock(mutex_);
    shut_down_ = true;
  }
  changed_.notify_all();
}

bool Published::shut_down() const {
  const std::lock_guard lock(mutex_);
  return shut_down_;
}

}  // namespace souk::storage
