// SPDX-License-Identifier: Apache-2.0
#include "storage/embedded_ledger.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/errors.h"
#include "storage/fold.h"
#include "storage/fold_batch.h"
#include "storage/ledger_tables.h"
#include "storage/origin.h"
#include "storage/rows.h"
#include "storage/transaction_check.h"

namespace souk::storage {

// Transactions that go to the disk together, and what was written by those in front.
struct EmbeddedLedger::Batch {
  FoldBatch fold;
  std::map<std::string, Revision, std::less<>> written;
  // Newest write on the disk in each guarded range. Nobody else writes ledger keys while a batch is put together, and
  // most transactions guard the same range: it is looked through once.
  std::map<std::pair<std::string, std::string>, Revision> newest_in_range;
  std::vector<std::pair<PendingCommit*, Revision>> accepted;
};

namespace {

// Revision of the newest write of any key in [begin, end); 0 if there is none.
StatusOr<Revision> NewestInRange(const Engine& engine, const std::string& begin, const std::string& end) {
  Revision newest = 0;
  bool readable = true;
  RETURN_IF_ERROR(engine.Scan(rows::LedgerValue(begin), rows::LedgerValue(end), nullptr,
                              [&](std::string_view, std::string_view value) {
                                const auto stamped = rows::ParseStamped(value);
                                readable = stamped.has_value();
                                if (readable) newest = std::max(newest, stamped->modified);
                                return readable;
                              }));
  if (!readable) return errors::DataLoss("a row of the ledger can't be read: " + begin);
  return newest;
}

}  // namespace

EmbeddedLedger::EmbeddedLedger(Engine& engine, Published& published, const Clock& clock)
    : engine_(engine),
      published_(published),
      clock_(clock),
      queue_([this](const std::vector<PendingCommit*>& commits) { CommitBatch(commits); }) {}

StatusOr<LedgerStatus> EmbeddedLedger::Status(Deadline /*deadline*/) {
  const auto snapshot = published_.current();
  LedgerStatus status;
  status.kind = "embedded";
  status.epoch = snapshot->epoch();
  status.head = snapshot->revision();
  status.oldest = snapshot->oldest();
  const souk::Status writable = engine_.writable();
  status.writable = writable.ok();
  status.not_writable_reason = writable.message();
  return status;
}

std::vector<StatusOr<Revision>> EmbeddedLedger::CommitEach(std::vector<Transaction> transactions, Deadline deadline) {
  // Prepared by the committer, rather than by the one thread that commits for all.
  return CommitThrough(queue_, std::move(transactions), deadline,
                       [](PendingCommit& commit) { commit.records = PrepareRecords(commit.transaction.writes); });
}

void EmbeddedLedger::CommitBatch(const std::vector<PendingCommit*>& commits) {
  Batch batch{FoldBatch(engine_, published_.current()->applied()), {}, {}, {}};
  for (PendingCommit* commit : commits) {
    const souk::Status added = Add(*commit, batch);
    if (!added.ok()) commit->result = added;
  }
  if (batch.accepted.empty()) return;
  const souk::Status written = batch.fold.Write(published_);
  for (const auto& [commit, revision] : batch.accepted) {
    commit->result = written.ok() ? StatusOr<Revision>(revision) : StatusOr<Revision>(written);
  }
}

// True if nothing in the guard's key or range was written after `unchanged_since`: neither on the disk nor by the
// transactions in front in the same batch.
StatusOr<bool> EmbeddedLedger::Holds(const Guard& guard, Batch& batch) const {
  if (guard.range_end.empty()) {
    ASSIGN_OR_RETURN(const Revision modified, ModifiedAt(batch.fold.rows(), guard.key));
    return modified <= guard.unchanged_since;
  }
  const auto end = batch.written.end();
  for (auto it = batch.written.lower_bound(guard.key); it != end && it->first < guard.range_end; ++it) {
    if (it->second > guard.unchanged_since) return false;
  }
  const auto [newest, unknown] = batch.newest_in_range.try_emplace({guard.key, guard.range_end}, Revision{0});
  if (unknown) {
    const StatusOr<Revision> found = NewestInRange(engine_, guard.key, guard.range_end);
    if (!found.ok()) {
      batch.newest_in_range.erase(newest);
      return found.status();
    }
    newest->second = *found;
  }
  return newest->second <= guard.unchanged_since;
}

souk::Status EmbeddedLedger::Add(PendingCommit& commit, Batch& batch) {
  for (const Guard& guard : commit.transaction.guards) {
    ASSIGN_OR_RETURN(const bool holds, Holds(guard, batch));
    if (!holds) return GuardConflict(guard);
  }
  const store::v1::AppliedState& applied = batch.fold.applied();
  LedgerRevision revision;
  revision.revision = applied.revision() + 1;
  const auto origin = OriginTimeOf(commit.transaction.writes);  // what is imported keeps its time
  revision.time_us = std::max(origin ? *origin : clock_.NowUs(), applied.time_us());
  revision.write_id = std::move(commit.transaction.write_id);
  revision.writes = std::move(commit.transaction.writes);
  RETURN_IF_ERROR(batch.fold.Add(revision, std::move(commit.records)));
  for (LedgerWrite& write : revision.writes) batch.written[std::move(write.key)] = revision.revision;
  batch.accepted.emplace_back(&commit, revision.revision);
  return souk::Status::Ok();
}

StatusOr<std::optional<Revision>> EmbeddedLedger::Resolve(std::string_view write_id, Deadline /*deadline*/) {
  const auto snapshot = published_.current();
  ASSIGN_OR_RETURN(const auto found, FindWriteId(snapshot->engine(), snapshot->rows(), write_id));
  if (found) return found;
  // While the disk is at fault, a restart may still find what was on its way; once writes work again it is gone.
  if (const souk::Status writable = engine_.writable(); !writable.ok()) {
    return errors::Unreachable("the ledger", writable.message());
  }
  return std::optional<Revision>();
}

StatusOr<Revision> EmbeddedLedger::Head(Deadline /*deadline*/) { return published_.current()->revision(); }

StatusOr<Revision> EmbeddedLedger::ListUnlessStopping(const Listing& listing, const Visitor& visit,
                                                      const Stopping& stopping) {
  const auto snapshot = published_.current();
  const Revision revision = listing.at == 0 ? snapshot->revision() : listing.at;
  if (revision > snapshot->revision()) return errors::RevisionInFuture(RevisionToken(revision, snapshot->epoch()));
  if (revision < snapshot->oldest()) return FeedCompacted(snapshot->oldest(), snapshot->epoch());
  bool stopped = false;
  const std::string begin = std::max(std::string(listing.prefix),
                                     std::string(listing.after) + (listing.after.empty() ? "" : std::string(1, '\0')));
  RETURN_IF_ERROR(ListLedgerValues(snapshot->engine(), snapshot->rows(), begin, rows::PrefixEnd(listing.prefix),
                                   revision, [&](const KeyState& key) {
                                     stopped = stopping();
                                     return !stopped && visit(key);
                                   }));
  if (stopped) return errors::Cancelled();
  return revision;
}

StatusOr<std::vector<LedgerRevision>> EmbeddedLedger::Feed(Revision after, size_t revisions_max, Deadline deadline) {
  while (true) {
    const auto snapshot = published_.current();
    if (after < snapshot->oldest()) return FeedCompacted(snapshot->oldest(), snapshot->epoch());
    if (after < snapshot->revision() && revisions_max > 0) {
      return ReadLog(snapshot->engine(), snapshot->rows(), after, revisions_max, /*with_values=*/true);
    }
    ASSIGN_OR_RETURN(const bool newer, published_.WaitBeyond(after, deadline));
    if (!newer || revisions_max == 0) return std::vector<LedgerRevision>();
  }
}

souk::Status EmbeddedLedger::Compact(Revision until) {
  const std::lock_guard lock(compact_mutex_);
  const auto snapshot = published_.current();
  until = std::min(until, snapshot->revision());
  if (until <= snapshot->oldest()) return souk::Status::Ok();
  // First said, then done: a reader that starts in between is told that the revision is gone, instead of finding less.
  const std::unique_ptr<EngineBatch> batch = engine_.NewBatch();
  batch->Put(rows::kOldest, rows::RevisionValue(until));
  RETURN_IF_ERROR(engine_.Write(*batch));
  published_.PublishOldest(until);
  return DropLedgerRows(engine_, until);
}

void EmbeddedLedger::Close() { queue_.Close(); }

}  // namespace souk::storage
