// SPDX-License-Identifier: Apache-2.0
// The store of one node: the fold of a ledger into current state and history, in one folder on disk. The ledger may be
// embedded: then the change record and the folded rows go into one synced batch, so they can't differ. Or it is
// elsewhere, and the store follows it (storage/follower.h).
//
// Thread-safe. A store that was opened owns its folder (lock file) until it is destroyed.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "storage/change.h"
#include "storage/follower_status.h"
#include "storage/ledger.h"
#include "storage/store_options.h"
#include "storage/view.h"

namespace souk::storage {

class Store {
 public:
  // FAILED_PRECONDITION if another process holds the folder, DATA_LOSS if the store is damaged (the message says what
  // and points to restore), UNAVAILABLE if the disk can't be read.
  // FAILED_PRECONDITION (OTHER_HISTORY) too, if it is the store of a follower.
  static StatusOr<std::unique_ptr<Store>> Open(const StoreOptions& options, const Clock& clock);
  // Follows a ledger that is elsewhere. A new folder is first filled with what the ledger holds; a known one goes on
  // from where it was, may still be behind, and is served though the ledger does not answer. What Open() says,
  // FAILED_PRECONDITION (OTHER_HISTORY) if the folder is of another history, UNAVAILABLE if a new one can't be filled.
  static StatusOr<std::unique_ptr<Store>> Follow(const StoreOptions& options, std::unique_ptr<Ledger> ledger,
                                                 const Clock& clock, Deadline deadline);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  Ledger& ledger();
  // Identity of this history, for revision tokens.
  const std::string& epoch() const;
  // True if the ledger is elsewhere, where others may write to it too.
  bool follows() const;
  // Nothing while everything that was acknowledged comes here. Else since when the ledger does not answer: what is read
  // may be so old.
  std::optional<std::chrono::milliseconds> silence() const;
  // How the following goes; nothing with an embedded ledger.
  std::optional<FollowerStatus> follower() const;
  // Grows when the rows were filled anew instead of being brought up to date; revisions may then have gone back. Who
  // derives something from changes must begin anew: ask before Changes() or Current(), and again after.
  uint64_t generation() const;
  // Identity of the rows that were opened, for what is derived from them and kept on disk: the same history, and not
  // filled anew since.
  const std::string& identity() const;

  // Newest applied state.
  View Current(const Visibility& visibility) const;
  // OUT_OF_RANGE (REVISION_IN_FUTURE) above the applied revision. History is never compacted away: only drafts' may be.
  StatusOr<View> At(Revision revision, const Visibility& visibility) const;
  // Newest revision whose time is <= time_us. OUT_OF_RANGE before the first. Compaction takes nothing away here.
  StatusOr<Revision> RevisionAt(int64_t time_us) const;

  Revision applied() const;
  // UNAVAILABLE (REVISION_NOT_APPLIED) at the deadline.
  Status WaitApplied(Revision revision, Deadline deadline) const;

  // Whole revisions after `after`, in order, at most `revisions_max`; waits for the first until the deadline, then
  // none. OUT_OF_RANGE (REVISION_COMPACTED) if no longer kept. CANCELLED once Shutdown() was called.
  StatusOr<std::vector<Change>> Changes(Revision after, size_t revisions_max, Deadline deadline) const;
  Revision oldest() const;

  // Number of lines that are not retired.
  uint64_t live_lines() const;
  // Number of records that could not be folded: a newer version wrote them, or they are damaged. Their bytes are kept.
  uint64_t quarantined() const;
  // Number of lines, domains and teams whose newest content, or head, is not understood for that reason.
  uint64_t undecodable() const;
  // OK, or the first damage (DATA_LOSS) that was found while reading since the opening, or since the rows of a follower
  // were filled anew for it.
  Status damage() const;

  // Of a follower: fills its rows anew from the ledger, for that reason, and returns when they serve.
  // DEADLINE_EXCEEDED: it goes on; CANCELLED after Shutdown(). Damage that reading finds needs no such call.
  Status FillAnew(const Status& reason, Deadline deadline);

  // Makes everything acknowledged safe against power loss, before an index commits a revision.
  Status FlushLog();
  // A consistent copy in a new folder; returns the revision that it holds. Opened as a store, the copy is a history of
  // its own: it gets a new epoch. ALREADY_EXISTS if the folder exists.
  StatusOr<Revision> Checkpoint(const std::filesystem::path& directory);
  uint64_t size_bytes() const;

  // Wakes every waiter with CANCELLED; reads still work.
  void Shutdown();

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace souk::storage
