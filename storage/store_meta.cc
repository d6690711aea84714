// SPDX-License-Identifier: Apache-2.0
#include "storage/store_meta.h"

#include <optional>

#include "base/errors.h"
#include "base/random_id.h"
#include "storage/ledger_tables.h"
#include "storage/rows.h"

namespace souk::storage {
namespace {

constexpr std::string_view kFormatNow = "1";

StatusOr<std::string> Required(const Engine& engine, std::string_view key) {
  ASSIGN_OR_RETURN(std::optional<std::string> value, engine.Get(key, nullptr));
  if (!value)
    return errors::DataLoss("the store lacks its row \"" + std::string(key.substr(1)) + "\"; restore it from a backup");
  return std::move(*value);
}

// Every revision is in the same batch as its log entry, so that the log ends where the store says it ends.
Status CheckLog(const Engine& engine, const StoreMeta& meta) {
  const std::string begin(1, rows::kLedgerLog);
  ASSIGN_OR_RETURN(const auto last, engine.Last(begin, rows::PrefixEnd(begin), nullptr));
  const Revision revision = last ? rows::ParseRevision(last->key.substr(1)).value_or(0) : meta.oldest;
  if (revision != meta.applied.revision()) {
    return errors::DataLoss("the store is at revision " + std::to_string(meta.applied.revision()) +
                            " but its log ends at " + std::to_string(revision) + "; restore it from a backup");
  }
  return Status::Ok();
}

Status Initialize(Engine& engine, std::string_view epoch, bool follows) {
  const std::unique_ptr<EngineBatch> batch = engine.NewBatch();
  batch->Put(rows::kFormat, kFormatNow);
  batch->Put(rows::kEpoch, epoch);
  batch->Put(rows::kOldest, rows::RevisionValue(0));
  batch->Put(rows::kApplied, store::v1::AppliedState().SerializeAsString());
  if (follows) batch->Put(rows::kFollows, "");
  return engine.Write(*batch);
}

}  // namespace

Status InitializeMeta(Engine& engine) { return Initialize(engine, RandomId(), /*follows=*/false); }

Status InitializeFollower(Engine& engine, std::string_view epoch) {
  return Initialize(engine, epoch, /*follows=*/true);
}

Status BecomeOwnHistory(Engine& engine) {
  const std::unique_ptr<EngineBatch> batch = engine.NewBatch();
  batch->Put(rows::kEpoch, RandomId());
  batch->Delete(rows::kFollows);
  return engine.Write(*batch);
}

Status Touch(Engine& engine) {
  const std::unique_ptr<EngineBatch> batch = engine.NewBatch();
  batch->Put(rows::kFormat, kFormatNow);
  const Status written = engine.Write(*batch);
  return written.code() == Code::kResourceExhausted ? Status::Ok() : written;
}

StatusOr<bool> IsEmpty(const Engine& engine) {
  ASSIGN_OR_RETURN(const auto first, engine.First(std::string(1, '\0'), std::string(1, '\xff'), nullptr));
  return !first.has_value();
}

StatusOr<StoreMeta> LoadMeta(const Engine& engine, std::string_view directory) {
  ASSIGN_OR_RETURN(const std::string format, Required(engine, rows::kFormat));
  if (format != kFormatNow) return errors::FormatUnknown(directory, format);
  StoreMeta meta;
  ASSIGN_OR_RETURN(meta.epoch, Required(engine, rows::kEpoch));
  ASSIGN_OR_RETURN(const auto follows, engine.Get(rows::kFollows, nullptr));
  meta.follows = follows.has_value();
  ASSIGN_OR_RETURN(const std::string applied, Required(engine, rows::kApplied));
  ASSIGN_OR_RETURN(const std::string oldest, Required(engine, rows::kOldest));
  const auto oldest_revision = rows::ParseRevision(oldest);
  if (!oldest_revision || !meta.applied.ParseFromString(applied)) {
    return errors::DataLoss("the rows about the store itself can't be read; restore it from a backup");
  }
  meta.oldest = *oldest_revision;
  RETURN_IF_ERROR(CheckLog(engine, meta));
  return meta;
}

}  // namespace souk::storage
