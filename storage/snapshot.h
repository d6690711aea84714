// SPDX-License-Identifier: Apache-2.0
// What was newest at one moment: the rows and the numbers that belong to them. Made once for every applied batch,
// shared by all its readers, released by the last. Immutable; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "souk/store/v1/records.pb.h"
#include "storage/engine.h"
#include "storage/ledger.h"
#include "storage/row_cache.h"

namespace souk::storage {

class Snapshot {
 public:
  Snapshot(std::shared_ptr<Engine> engine, uint64_t generation, std::shared_ptr<RowCache> cache, std::string epoch,
           store::v1::AppliedState applied, Revision oldest)
      : engine_(std::move(engine)),
        generation_(generation),
        cache_(std::move(cache)),
        rows_(engine_->TakeSnapshot()),
        epoch_(std::move(epoch)),
        applied_(std::move(applied)),
        oldest_(oldest) {}

  // The same state, with a log that starts later. The rows stay those of this snapshot: newer ones may already be
  // written that nobody has published yet.
  std::shared_ptr<const Snapshot> WithOldest(Revision oldest) const {
    auto copy = std::make_shared<Snapshot>(*this);
    copy->oldest_ = oldest;
    return copy;
  }

  const Engine& engine() const { return *engine_; }
  // For who looks after the rows; it outlives the snapshot with them.
  const std::shared_ptr<Engine>& shared_engine() const { return engine_; }
  // Grows each time that the rows were filled anew instead of being brought up to date.
  uint64_t generation() const { return generation_; }
  // Shared with the snapshots before and behind this one; to be asked with the revision of this one.
  RowCache& cache() const { return *cache_; }
  const EngineSnapshot* rows() const { return rows_.get(); }
  const std::string& epoch() const { return epoch_; }
  const store::v1::AppliedState& applied() const { return applied_; }
  Revision revision() const { return applied_.revision(); }
  // The log starts after this revision.
  Revision oldest() const { return oldest_; }

 private:
  std::shared_ptr<Engine> engine_;
  uint64_t generation_;
  std::shared_ptr<RowCache> cache_;
  std::shared_ptr<const EngineSnapshot> rows_;
  std::string epoch_;
  store::v1::AppliedState applied_;
  Revision oldest_;
};

}  // namespace souk::storage
