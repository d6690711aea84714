// SPDX-License-Identifier: Apache-2.0
#include "storage/fold_batch.h"

#include <utility>

#include "storage/changed_rows.h"
#include "storage/ledger_tables.h"
#include "storage/rows.h"

namespace souk::storage {

FoldBatch::FoldBatch(Engine& engine, store::v1::AppliedState applied)
    : engine_(engine), rows_(engine.NewBatch()), applied_(std::move(applied)) {}

Status FoldBatch::Add(const LedgerRevision& revision, std::vector<PreparedRecord> records) {
  rows_->Mark();
  Status added = WriteLedgerRevision(revision, *rows_);
  if (added.ok()) added = Fold(revision, std::move(records));
  if (!added.ok()) rows_->RollBack();
  return added;
}

Status FoldBatch::Fold(const LedgerRevision& revision, std::vector<PreparedRecord> records) {
  store::v1::AppliedState applied = applied_;
  applied.set_revision(revision.revision);
  applied.set_time_us(revision.time_us);
  auto change = std::make_shared<Change>();
  change->revision = revision.revision;
  change->time_us = revision.time_us;
  ChangedRows rows(*rows_, changed_rows_);
  RETURN_IF_ERROR(FoldRevision(std::move(records), rows, applied, *change));
  applied_ = std::move(applied);
  changes_.push_back(std::move(change));
  return Status::Ok();
}

Status FoldBatch::Write(Published& published) {
  RETURN_IF_ERROR(Write());
  published.Publish(applied_, std::move(changes_), changed_rows_);
  return Status::Ok();
}

Status FoldBatch::Write() {
  rows_->Put(rows::kApplied, applied_.SerializeAsString());
  return engine_.Write(*rows_);
}

}  // namespace souk::storage
