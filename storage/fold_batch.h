// SPDX-License-Identifier: Apache-2.0
// Whole revisions on their way into the store: the ledger's rows, what is folded from them, and how far the store then
// is, all in one batch of the engine. Either everybody sees them, or nothing of them is there. Not thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "souk/store/v1/records.pb.h"
#include "storage/engine.h"
#include "storage/fold.h"
#include "storage/ledger.h"
#include "storage/published.h"

namespace souk::storage {

class FoldBatch {
 public:
  // Goes on from `applied`. The engine must outlive it.
  FoldBatch(Engine& engine, store::v1::AppliedState applied);

  // The next revision, with the records among its writes. After an error nothing of it is in the batch.
  Status Add(const LedgerRevision& revision, std::vector<PreparedRecord> records);
  // The same for a revision whose ledger rows are there already.
  Status Fold(const LedgerRevision& revision, std::vector<PreparedRecord> records);

  // What the store will have applied.
  const store::v1::AppliedState& applied() const { return applied_; }
  // Reads see what was added.
  RowAccess& rows() { return *rows_; }
  bool empty() const { return changes_.empty(); }

  // Writes everything, durable as the engine is, and publishes it. The batch is used up.
  Status Write(Published& published);
  // Writes everything into rows that nobody reads yet.
  Status Write();

 private:
  Engine& engine_;
  std::unique_ptr<EngineBatch> rows_;
  store::v1::AppliedState applied_;
  std::vector<std::shared_ptr<const Change>> changes_;
  std::vector<std::string> changed_rows_;  // those that the cache must drop
};

}  // namespace souk::storage
