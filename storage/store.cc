// SPDX-License-Identifier: Apache-2.0
#include "storage/store.h"

#include <algorithm>
#include <utility>

#include "base/errors.h"
#include "storage/change_log.h"
#include "storage/embedded_ledger.h"
#include "storage/engine.h"
#include "storage/folder.h"
#include "storage/ledger_tables.h"
#include "storage/published.h"
#include "storage/snapshot.h"
#include "storage/store_meta.h"

namespace souk::storage {

struct Store::Impl {
  Impl(std::unique_ptr<Folder> opened_folder, std::shared_ptr<Engine> opened_engine, const StoreMeta& meta,
       const StoreOptions& store_options, const Clock& clock)
      : options(store_options),
        folder(std::move(opened_folder)),
        engine(std::move(opened_engine)),
        epoch(meta.epoch),
        published(engine, epoch, meta.applied, meta.oldest,
                  {options.recent_changes_max, options.recent_changes_bytes_max}, options.row_cache_bytes),
        ledger(*engine, published, clock) {}

  const StoreOptions options;
  std::unique_ptr<Folder> folder;
  std::shared_ptr<Engine> engine;
  const std::string epoch;
  Published published;
  EmbeddedLedger ledger;
};

namespace {

StatusOr<std::shared_ptr<Engine>> OpenRows(const StoreOptions& options, Folder& folder) {
  EngineOptions engine_options;
  engine_options.directory = folder.rows_directory();
  engine_options.block_cache_bytes = options.block_cache_bytes;
  engine_options.sync = options.sync;
  engine_options.env = options.env;
  engine_options.on_damage = options.on_damage;
  engine_options.create = !folder.complete();
  RETURN_IF_ERROR(folder.CheckRoom());
  ASSIGN_OR_RETURN(std::shared_ptr<Engine> engine, Engine::Open(engine_options));
  if (!folder.complete()) {
    // Either nothing is there yet, or the first opening was cut short behind the one batch that makes a store.
    ASSIGN_OR_RETURN(const bool empty, IsEmpty(*engine));
    if (empty) RETURN_IF_ERROR(InitializeMeta(*engine));
    RETURN_IF_ERROR(folder.MarkComplete());
  }
  if (folder.is_copy()) {
    RETURN_IF_ERROR(RenewEpoch(*engine));
    RETURN_IF_ERROR(folder.ForgetCopy());
  }
  return engine;
}

}  // namespace

StatusOr<std::unique_ptr<Store>> Store::Open(const StoreOptions& options, const Clock& clock) {
  ASSIGN_OR_RETURN(std::unique_ptr<Folder> folder, Folder::Open(options.directory));
  ASSIGN_OR_RETURN(std::shared_ptr<Engine> engine, OpenRows(options, *folder));
  ASSIGN_OR_RETURN(const StoreMeta meta, LoadMeta(*engine, options.directory.string()));
  RETURN_IF_ERROR(Touch(*engine));
  if (meta.applied.revision() < folder->reached()) {
    return errors::DataLoss("the store was closed at revision " + std::to_string(folder->reached()) +
                            " but its files end at " + std::to_string(meta.applied.revision()) +
                            "; restore it from a backup");
  }
  auto impl = std::make_unique<Impl>(std::move(folder), std::move(engine), meta, options, clock);
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Store::~Store() {
  Shutdown();
  // What can't be written here is missed only if the files are damaged before the next time.
  const Status ignored = impl_->folder->SetReached(applied());
  static_cast<void>(ignored);
}

Ledger& Store::ledger() { return impl_->ledger; }
std::vector<StatusOr<Revision>> Store::CommitEach(std::vector<Transaction> transactions, Deadline deadline) {
  return impl_->ledger.CommitEach(std::move(transactions), deadline);
}
const std::string& Store::epoch() const { return impl_->epoch; }

View Store::Current(const Visibility& visibility) const {
  auto snapshot = impl_->published.current();
  const Revision revision = snapshot->revision();
  return {std::move(snapshot), revision, /*historic=*/false, visibility};
}

StatusOr<View> Store::At(Revision revision, const Visibility& visibility) const {
  auto snapshot = impl_->published.current();
  if (revision > snapshot->revision()) return errors::RevisionInFuture(RevisionToken(revision, impl_->epoch));
  const bool historic = revision < snapshot->revision();
  return View(std::move(snapshot), revision, historic, visibility);
}

StatusOr<Revision> Store::RevisionAt(int64_t time_us) const {
  const auto snapshot = impl_->published.current();
  ASSIGN_OR_RETURN(const auto revision, NewestAt(snapshot->engine(), snapshot->rows(), time_us));
  // There is no first revision to name: nothing had happened yet.
  if (!revision) return errors::RevisionCompacted(RevisionToken(1, impl_->epoch));
  return *revision;
}

Revision Store::applied() const { return impl_->published.current()->revision(); }

Status Store::WaitApplied(Revision revision, Deadline deadline) const {
  if (revision == 0) return Status::Ok();
  ASSIGN_OR_RETURN(const bool applied, impl_->published.WaitBeyond(revision - 1, deadline));
  return applied ? Status::Ok() : errors::RevisionNotApplied("store");
}

StatusOr<std::vector<Change>> Store::Changes(Revision after, size_t revisions_max, Deadline deadline) const {
  while (true) {
    if (impl_->published.shut_down()) return errors::Cancelled();
    const auto snapshot = impl_->published.current();
    if (after < snapshot->oldest()) {
      return errors::RevisionCompacted(RevisionToken(snapshot->oldest(), impl_->epoch));
    }
    if (after < snapshot->revision() && revisions_max > 0) {
      const auto recent = impl_->published.Recent(after, revisions_max);
      if (!recent) return ReadChanges(*snapshot, after, revisions_max);
      std::vector<Change> changes;
      changes.reserve(recent->size());
      for (const auto& change : *recent) changes.push_back(*change);
      return changes;
    }
    ASSIGN_OR_RETURN(const bool newer, impl_->published.WaitBeyond(after, deadline));
    if (!newer || revisions_max == 0) return std::vector<Change>();
  }
}

Revision Store::oldest() const { return impl_->published.current()->oldest(); }
uint64_t Store::live_lines() const { return impl_->published.current()->applied().live_lines(); }
uint64_t Store::quarantined() const { return impl_->published.current()->applied().quarantined(); }

Status Store::damage() const { return impl_->engine->damage(); }

Status Store::FlushLog() { return impl_->engine->FlushLog(); }

StatusOr<Revision> Store::Checkpoint(const std::filesystem::path& directory) {
  std::error_code error;
  if (std::filesystem::exists(directory, error)) return errors::FolderExists(directory.string());
  std::filesystem::create_directories(directory, error);
  if (error) return errors::Unreachable(directory.string(), error.message());
  const std::filesystem::path rows_directory = Folder::RowsDirectory(directory);
  RETURN_IF_ERROR(impl_->engine->Checkpoint(rows_directory));
  RETURN_IF_ERROR(Folder::MarkCopy(directory));
  // Commits go on while it is taken: only the copy itself knows what it holds. Reading it proves that it opens, too.
  EngineOptions options;
  options.directory = rows_directory;
  options.read_only = true;
  options.env = impl_->options.env;
  ASSIGN_OR_RETURN(const std::shared_ptr<Engine> copy, Engine::Open(options));
  ASSIGN_OR_RETURN(const StoreMeta meta, LoadMeta(*copy, directory.string()));
  return meta.applied.revision();
}

uint64_t Store::size_bytes() const { return impl_->engine->size_bytes(); }

void Store::Shutdown() {
  impl_->ledger.Close();
  impl_->published.Shutdown();
}

}  // namespace souk::storage
