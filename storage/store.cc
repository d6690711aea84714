// SPDX-License-Identifier: Apache-2.0
#include "storage/store.h"

#include <algorithm>
#include <utility>

#include "base/errors.h"
#include "storage/change_log.h"
#include "storage/embedded_ledger.h"
#include "storage/engine.h"
#include "storage/folder.h"
#include "storage/follower.h"
#include "storage/generation.h"
#include "storage/ledger_tables.h"
#include "storage/published.h"
#include "storage/snapshot.h"
#include "storage/store_meta.h"

namespace souk::storage {

struct Store::Impl {
  Impl(std::unique_ptr<Folder> opened_folder, std::shared_ptr<Engine> engine, const StoreMeta& meta,
       const StoreOptions& store_options)
      : options(store_options),
        folder(std::move(opened_folder)),
        identity(Identity(meta.epoch, folder->generation())),
        epoch(meta.epoch),
        published(std::move(engine), epoch, meta.applied, meta.oldest,
                  {options.recent_changes_max, options.recent_changes_bytes_max}, options.row_cache_bytes) {}

  static std::string Identity(const std::string& epoch, uint64_t generation) {
    return generation == 0 ? epoch : epoch + "." + std::to_string(generation);
  }
  std::shared_ptr<Engine> engine() const { return published.current()->shared_engine(); }

  const StoreOptions options;
  std::unique_ptr<Folder> folder;
  const std::string identity;
  const std::string epoch;
  Published published;
  // The one of the two that there is.
  std::unique_ptr<EmbeddedLedger> embedded;
  std::unique_ptr<LedgerLink> elsewhere;
  std::unique_ptr<Follower> follower;
};

namespace {

// The rows of a store that is its own ledger.
StatusOr<std::shared_ptr<Engine>> OpenRows(const StoreOptions& options, Folder& folder) {
  EngineOptions engine_options = OptionsFor(options, folder.rows_directory());
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
    RETURN_IF_ERROR(BecomeOwnHistory(*engine));
    RETURN_IF_ERROR(folder.ForgetCopy());
  }
  return engine;
}

// Opens the rows that there are, and looks whether they can be used.
StatusOr<std::shared_ptr<Engine>> OpenWhole(const StoreOptions& options, const Folder& folder) {
  ASSIGN_OR_RETURN(std::shared_ptr<Engine> engine, Engine::Open(OptionsFor(options, folder.rows_directory())));
  RETURN_IF_ERROR(LoadMeta(*engine, options.directory.string()).status());
  return engine;
}

// The rows of a store that follows a ledger.
StatusOr<std::shared_ptr<Engine>> OpenFollowed(const StoreOptions& options, Ledger& ledger, std::string_view epoch,
                                               Folder& folder) {
  // Nobody serves yet: who wants the node to end ends its process.
  const auto stopping = [] { return false; };
  if (!folder.complete()) return FillGeneration(options, ledger, epoch, folder, stopping);
  RETURN_IF_ERROR(folder.CheckRoom());
  auto engine = OpenWhole(options, folder);
  const bool ledger_answers = !epoch.empty();
  // Rows that never were a follower's are somebody's only truth: whoever mistypes --ledger must not lose them.
  const bool was_filled = folder.generation() > 0;
  if (engine.status().code() != Code::kDataLoss || !ledger_answers || !was_filled) return engine;
  options.on_relist(engine.status());
  return FillGeneration(options, ledger, epoch, folder, stopping);
}

}  // namespace

StatusOr<std::unique_ptr<Store>> Store::Open(const StoreOptions& options, const Clock& clock) {
  const std::string directory = options.directory.string();
  ASSIGN_OR_RETURN(std::unique_ptr<Folder> folder, Folder::Open(options.directory));
  ASSIGN_OR_RETURN(std::shared_ptr<Engine> engine, OpenRows(options, *folder));
  ASSIGN_OR_RETURN(const StoreMeta meta, LoadMeta(*engine, directory));
  if (meta.follows) return errors::OtherHistory(directory, "it follows the ledger of a cluster, and none is named");
  RETURN_IF_ERROR(Touch(*engine));
  if (meta.applied.revision() < folder->reached()) {
    return errors::DataLoss("the store was closed at revision " + std::to_string(folder->reached()) +
                            " but its files end at " + std::to_string(meta.applied.revision()) +
                            "; restore it from a backup");
  }
  auto impl = std::make_unique<Impl>(std::move(folder), std::move(engine), meta, options);
  impl->embedded = std::make_unique<EmbeddedLedger>(*impl->engine(), impl->published, clock);
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

StatusOr<std::unique_ptr<Store>> Store::Follow(const StoreOptions& options, std::unique_ptr<Ledger> ledger,
                                               const Clock& clock, Deadline deadline) {
  const std::string directory = options.directory.string();
  StoreOptions unsynced = options;
  unsynced.sync = false;  // what a power loss takes, the ledger tells again
  ASSIGN_OR_RETURN(std::unique_ptr<Folder> folder, Folder::Open(options.directory));
  const StatusOr<LedgerStatus> told = ledger->Status(deadline);
  // Where it does not answer, a folder that was followed before is served as it is.
  if (!told.ok() && !folder->complete()) return told.status();
  LedgerStatus status = told.ok() ? *told : LedgerStatus{"not reached yet", "", 0, 0, true, ""};
  ASSIGN_OR_RETURN(std::shared_ptr<Engine> engine, OpenFollowed(unsynced, *ledger, status.epoch, *folder));
  ASSIGN_OR_RETURN(const StoreMeta meta, LoadMeta(*engine, directory));
  if (!told.ok()) {
    status.epoch = meta.epoch;
    status.head = meta.applied.revision();
  }
  if (!meta.follows) return errors::OtherHistory(directory, "it holds a ledger of its own");
  if (meta.epoch != status.epoch) {
    return errors::OtherHistory(directory, "it is of history " + meta.epoch + ", the ledger of " + status.epoch);
  }
  RETURN_IF_ERROR(Touch(*engine));
  folder->RemoveOtherRows();
  auto impl = std::make_unique<Impl>(std::move(folder), std::move(engine), meta, unsynced);
  impl->elsewhere = std::make_unique<LedgerLink>(std::move(ledger), status, clock);
  impl->follower = std::make_unique<Follower>(*impl->elsewhere, impl->options, *impl->folder, impl->published, clock);
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Store::~Store() {
  Shutdown();
  if (impl_->follower) return;  // what its files lack, the ledger has
  // What can't be written here is missed only if the files are damaged before the next time.
  const Status ignored = impl_->folder->SetReached(applied());
  static_cast<void>(ignored);
}

Ledger& Store::ledger() {
  if (impl_->embedded) return *impl_->embedded;
  return *impl_->elsewhere;
}

const std::string& Store::epoch() const { return impl_->epoch; }
const std::string& Store::identity() const { return impl_->identity; }

bool Store::follows() const { return impl_->follower != nullptr; }

std::optional<std::chrono::milliseconds> Store::silence() const {
  return impl_->elsewhere ? impl_->elsewhere->silence() : std::nullopt;
}

std::optional<FollowerStatus> Store::follower() const {
  if (!impl_->follower) return std::nullopt;
  return impl_->follower->status();
}

uint64_t Store::generation() const { return impl_->published.current()->generation(); }

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

uint64_t Store::undecodable() const { return impl_->published.current()->applied().undecodable(); }

Status Store::damage() const { return impl_->engine()->damage(); }

Status Store::FillAnew(const Status& reason, Deadline deadline) {
  if (!impl_->follower) return errors::Internal("a store that is its own ledger can't be filled anew");
  return impl_->follower->Refill(reason, deadline);
}

Status Store::FlushLog() { return impl_->engine()->FlushLog(); }

StatusOr<Revision> Store::Checkpoint(const std::filesystem::path& directory) {
  std::error_code error;
  if (std::filesystem::exists(directory, error)) return errors::FolderExists(directory.string());
  std::filesystem::create_directories(directory, error);
  if (error) return errors::Unreachable(directory.string(), error.message());
  const std::filesystem::path rows_directory = Folder::RowsDirectory(directory);
  RETURN_IF_ERROR(impl_->engine()->Checkpoint(rows_directory));
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

uint64_t Store::size_bytes() const { return impl_->engine()->size_bytes(); }

void Store::Shutdown() {
  if (impl_->embedded) impl_->embedded->Close();
  impl_->published.Shutdown();
  if (impl_->follower) impl_->follower->Stop();
}

}  // namespace souk::storage
