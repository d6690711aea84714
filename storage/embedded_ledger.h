// SPDX-License-Identifier: Apache-2.0
// The ledger of a single node, in the same RocksDB as what is folded from it: a transaction and its rows are one synced
// batch, so that they can't differ. Concurrent commits share one sync. Revisions are consecutive.
//
// Nothing in memory moves before the batch is on the disk: a failed write leaves no trace.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "storage/commit_queue.h"
#include "storage/engine.h"
#include "storage/ledger.h"
#include "storage/published.h"

namespace souk::storage {

class EmbeddedLedger final : public Ledger {
 public:
  // All must outlive it.
  EmbeddedLedger(Engine& engine, Published& published, const Clock& clock);

  StatusOr<LedgerStatus> Status(Deadline deadline) override;
  // In their order, where they meet.
  std::vector<StatusOr<Revision>> CommitEach(std::vector<Transaction> transactions, Deadline deadline) override;
  StatusOr<std::optional<Revision>> Resolve(std::string_view write_id, Deadline deadline) override;
  StatusOr<Revision> Head(Deadline deadline) override;
  StatusOr<Revision> ListUnlessStopping(const Listing& listing, const Visitor& visit,
                                        const Stopping& stopping) override;
  StatusOr<std::vector<LedgerRevision>> Feed(Revision after, size_t revisions_max, Deadline deadline) override;
  souk::Status Compact(Revision until) override;

  // Refuses commits from now on.
  void Close();

 private:
  struct Batch;
  void CommitBatch(const std::vector<PendingCommit*>& commits);
  StatusOr<bool> Holds(const Guard& guard, Batch& batch) const;
  souk::Status Add(PendingCommit& commit, Batch& batch);

  Engine& engine_;
  Published& published_;
  const Clock& clock_;
  std::mutex compact_mutex_;  // one compaction at a time
  CommitQueue queue_;
};

}  // namespace souk::storage
