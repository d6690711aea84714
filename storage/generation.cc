// SPDX-License-Identifier: Apache-2.0
#include "storage/generation.h"

#include <algorithm>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "storage/fold_batch.h"
#include "storage/ledger_keys.h"
#include "storage/ledger_tables.h"
#include "storage/origin.h"
#include "storage/rows.h"

namespace souk::storage {
namespace {

// Bytes of listed values that go into one batch.
constexpr size_t kBatchBytes = size_t{4} * 1024 * 1024;
// Revisions folded in one batch; each has at most the bytes of a transaction.
constexpr size_t kFoldRevisions = 32;

// Writes what is listed: every value, and for each record a note in the log of revisions, which puts them into the
// order in which they were written; for each imported revision too, which had a time of its own. The engine sorts: they
// need not fit into memory.
class ListWriter {
 public:
  explicit ListWriter(Engine& engine) : engine_(engine), batch_(engine.NewBatch()) {}

  Status Add(const KeyState& key) {
    batch_->Put(rows::LedgerValue(key.key), rows::Stamp(key.modified, key.value));
    bytes_ += key.key.size() + key.value.size();
    const bool folded = ParseRecordKey(key.key) || IsBrokenHead(key.key, key.value);
    if (folded || IsOriginKey(key.key)) RETURN_IF_ERROR(Note(key));
    return bytes_ < kBatchBytes ? Status::Ok() : Flush();
  }

  Status Flush() {
    RETURN_IF_ERROR(engine_.Write(*batch_));
    batch_ = engine_.NewBatch();
    bytes_ = 0;
    return Status::Ok();
  }

 private:
  Status Note(const KeyState& key) {
    const std::string row = rows::LedgerLog(key.modified);
    ASSIGN_OR_RETURN(std::optional<std::string> noted, batch_->Get(row));
    store::v1::LedgerRevision note;
    note.set_revision(key.modified);
    note.add_writes()->set_key(key.key);
    // Serialized messages merge when they are put one behind the other.
    std::string bytes = noted ? std::move(*noted) : std::string();
    note.AppendToString(&bytes);
    batch_->Put(row, bytes);
    return Status::Ok();
  }

  Engine& engine_;
  std::unique_ptr<EngineBatch> batch_;
  size_t bytes_ = 0;
};

StatusOr<Revision> WriteList(Ledger& ledger, Engine& engine, const Ledger::Stopping& stopping) {
  ListWriter writer(engine);
  Status fault;
  const auto add = [&](const KeyState& key) {
    fault = writer.Add(key);
    return fault.ok();
  };
  ASSIGN_OR_RETURN(const Revision revision, ledger.ListUnlessStopping({}, add, stopping));
  RETURN_IF_ERROR(fault);
  RETURN_IF_ERROR(writer.Flush());
  return revision;
}

// Folds what was noted, and turns each note into the row that remembers the revision's time.
StatusOr<store::v1::AppliedState> FoldNoted(Engine& engine, const Ledger::Stopping& stopping) {
  store::v1::AppliedState applied;
  while (true) {
    if (stopping()) return errors::Cancelled();
    ASSIGN_OR_RETURN(const auto revisions,
                     ReadLog(engine, nullptr, applied.revision(), kFoldRevisions, /*with_values=*/true));
    if (revisions.empty()) return applied;
    FoldBatch batch(engine, applied);
    for (LedgerRevision revision : revisions) {
      std::vector<PreparedRecord> records = PrepareRecords(revision.writes);
      revision.time_us = TimeOf(revision.writes, records, batch.applied().time_us());
      RETURN_IF_ERROR(batch.Fold(revision, std::move(records)));
      batch.rows().Delete(rows::LedgerLog(revision.revision));
      batch.rows().Put(rows::Time(revision.time_us, revision.revision), "");
    }
    RETURN_IF_ERROR(batch.Write());
    applied = batch.applied();
  }
}

StatusOr<std::shared_ptr<Engine>> Fill(const StoreOptions& options, Ledger& ledger, std::string_view epoch,
                                       Folder& folder, const Ledger::Stopping& stopping) {
  const uint64_t generation = folder.generation() + 1;
  EngineOptions engine_options = OptionsFor(options, Folder::RowsDirectory(folder.directory(), generation));
  engine_options.create = true;
  engine_options.sync = false;
  RETURN_IF_ERROR(folder.CheckRoom());
  ASSIGN_OR_RETURN(std::shared_ptr<Engine> engine, Engine::Open(engine_options));
  RETURN_IF_ERROR(InitializeFollower(*engine, epoch));
  ASSIGN_OR_RETURN(const Revision listed, WriteList(ledger, *engine, stopping));
  ASSIGN_OR_RETURN(store::v1::AppliedState applied, FoldNoted(*engine, stopping));
  applied.set_revision(listed);
  const std::unique_ptr<EngineBatch> end = engine->NewBatch();
  end->Put(rows::kOldest, rows::RevisionValue(listed));
  end->Put(rows::kApplied, applied.SerializeAsString());
  RETURN_IF_ERROR(engine->Write(*end));
  RETURN_IF_ERROR(engine->FlushLog());
  RETURN_IF_ERROR(folder.SetGeneration(generation));
  RETURN_IF_ERROR(folder.MarkComplete());
  return engine;
}

}  // namespace

EngineOptions OptionsFor(const StoreOptions& options, const std::filesystem::path& directory) {
  EngineOptions engine_options;
  engine_options.directory = directory;
  engine_options.block_cache_bytes = options.block_cache_bytes;
  engine_options.sync = options.sync;
  engine_options.env = options.env;
  engine_options.on_damage = options.on_damage;
  return engine_options;
}

StatusOr<std::shared_ptr<Engine>> FillGeneration(const StoreOptions& options, Ledger& ledger, std::string_view epoch,
                                                 Folder& folder, const Ledger::Stopping& stopping) {
  const uint64_t generation = folder.generation() + 1;
  RETURN_IF_ERROR(folder.RemoveRows(generation));  // of a filling that a crash cut short
  auto engine = Fill(options, ledger, epoch, folder, stopping);
  if (engine.ok() || folder.generation() == generation) return engine;
  const Status ignored = folder.RemoveRows(generation);  // the next one looks again
  static_cast<void>(ignored);
  return engine;
}

StatusOr<StoreMeta> ReadFollowed(const StoreOptions& options) {
  const std::string directory = options.directory.string();
  ASSIGN_OR_RETURN(const std::unique_ptr<Folder> folder, Folder::Open(options.directory));
  if (!folder->complete()) return errors::OtherHistory(directory, "it is empty");
  EngineOptions engine_options = OptionsFor(options, folder->rows_directory());
  engine_options.read_only = true;
  ASSIGN_OR_RETURN(const std::shared_ptr<Engine> engine, Engine::Open(engine_options));
  ASSIGN_OR_RETURN(StoreMeta meta, LoadMeta(*engine, directory));
  if (!meta.follows) return errors::OtherHistory(directory, "it holds a ledger of its own");
  return meta;
}

int64_t TimeOf(const std::vector<LedgerWrite>& writes, const std::vector<PreparedRecord>& records, int64_t before) {
  if (const auto origin = OriginTimeOf(writes)) return std::max(before, *origin);
  int64_t time_us = before;
  for (const PreparedRecord& record : records) {
    if (record.unpacked) time_us = std::max(time_us, record.unpacked->record.time_us());
  }
  return time_us;
}

}  // namespace souk::storage
