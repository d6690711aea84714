// SPDX-License-Identifier: Apache-2.0
// The store of one node: the ledger and its fold into current state and history, in one folder on disk. With the
// embedded ledger, the change record and the folded rows go into one synced batch, so they can't differ.
//
// Thread-safe. A store that was opened owns its folder (lock file) until it is destroyed.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "storage/change.h"
#include "storage/ledger.h"
#include "storage/view.h"

namespace rocksdb {
class Env;
}

namespace souk::storage {

struct StoreOptions {
  std::filesystem::path directory;
  // Block cache; the mozilla-mesh (2,190 products) fits into a fraction of it.
  size_t block_cache_bytes = size_t{32} * 1024 * 1024;
  // Newest rows kept decoded (storage/row_cache.h): enough for some thousand products that are asked for often, and
  // small beside the rest of an idle node. 0: none.
  size_t row_cache_bytes = size_t{16} * 1024 * 1024;
  // Changes kept in memory for followers, so that live ones don't read the disk.
  size_t recent_changes_max = 8192;
  // Memory for them, roughly; older ones are read from the disk.
  size_t recent_changes_bytes_max = size_t{16} * 1024 * 1024;
  // False only in tests and benchmarks that measure what fsync costs.
  bool sync = true;
  // The operating system, for tests that make it fail; must outlive the store. Null: the machine's.
  rocksdb::Env* env = nullptr;
  // Called once, by whoever reads, when something read is found damaged. Null: nobody.
  std::function<void(const Status&)> on_damage = nullptr;
};

class Store {
 public:
  // FAILED_PRECONDITION if another process holds the folder, DATA_LOSS if the store is damaged (the message says what
  // and points to restore), UNAVAILABLE if the disk can't be read.
  static StatusOr<std::unique_ptr<Store>> Open(const StoreOptions& options, const Clock& clock);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  Ledger& ledger();
  // What Ledger::Commit() does for each transaction, all at once: they share the wait and the sync of the disk. Results
  // in their order.
  std::vector<StatusOr<Revision>> CommitEach(std::vector<Transaction> transactions, Deadline deadline);
  // Identity of this history, for revision tokens.
  const std::string& epoch() const;

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
  // OK, or the first damage (DATA_LOSS) that was found while reading since the opening.
  Status damage() const;

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
