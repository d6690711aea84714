// SPDX-License-Identifier: Apache-2.0
#include "storage/history/import.h"

#include <chrono>
#include <optional>
#include <utility>

#include "base/errors.h"
#include "storage/history/history_check.h"
#include "storage/ledger_keys.h"
#include "storage/origin.h"

namespace souk::storage::history {
namespace {

// Of one transaction, and of finding out what became of it.
constexpr std::chrono::seconds kCommitMax{30};
// Times that one transaction is sent when each time it turns out that it never happened.
constexpr int kCommitTries = 8;
// Every key of a ledger lies between.
constexpr std::string_view kFirstKey = "!";
constexpr std::string_view kBehindKeys = "~";

Status Refused(std::string_view reason, const std::string& text, const std::string& remedy) {
  ErrorDetail detail;
  detail.reason = reason;
  detail.remedy = remedy;
  return {Code::kFailedPrecondition, text, std::move(detail)};
}

Status NotEmpty() {
  return Refused(
      "LEDGER_NOT_EMPTY", "the ledger is not empty",
      "Import into a new one: a node with an empty data folder, or an etcd without anything under the prefix.");
}

Status Unfinished(const store::v1::ImportState& state) {
  return Refused("IMPORT_UNFINISHED",
                 "the ledger holds a part of an export, up to its revision " +
                     std::to_string(state.imported_revision()) + " of " + std::to_string(state.revision()) + "-" +
                     state.epoch(),
                 "Import that export again: it goes on where it was. Or begin with an empty ledger.");
}

Status SomebodyWrote() {
  ErrorDetail detail;
  detail.reason = errors::GuardMoved("").reason();
  detail.remedy = "Begin again with an empty ledger, and let nobody write until the import is complete.";
  return {Code::kAborted, "somebody else wrote to the ledger while the import was under way", std::move(detail)};
}

StatusOr<store::v1::ImportState> ParseState(const KeyState& key) {
  store::v1::ImportState state;
  if (!state.ParseFromString(key.value)) return errors::DataLoss("the state of the import can't be read");
  return state;
}

class Importer {
 public:
  Importer(Ledger& ledger, const Clock& clock, const ImportOptions& options, const store::v1::ExportHeader& header)
      : ledger_(ledger), clock_(clock), options_(options), header_(header) {
    state_.set_epoch(header.epoch());
    state_.set_revision(header.revision());
    state_.set_actor(options.actor);
  }

  // Whether the ledger is empty, or holds a part of this export.
  Status LookAround() {
    bool empty = true;
    std::optional<KeyState> import;
    RETURN_IF_ERROR(ledger_
                        .List(kImportKey, 0,
                              [&import](const KeyState& key) {
                                if (key.key == kImportKey) import = key;
                                return !import.has_value();
                              })
                        .status());
    if (!import) {
      RETURN_IF_ERROR(ledger_
                          .List("", 0,
                                [&empty](const KeyState&) {
                                  empty = false;
                                  return false;
                                })
                          .status());
      return empty ? Status::Ok() : NotEmpty();
    }
    ASSIGN_OR_RETURN(const store::v1::ImportState found, ParseState(*import));
    const bool same = found.epoch() == header_.epoch() && found.revision() == header_.revision();
    if (!same) return found.complete() ? NotEmpty() : Unfinished(found);
    state_ = found;
    last_ = import->modified;
    return Status::Ok();
  }

  bool complete() const { return state_.complete(); }
  bool Has(Revision revision) const { return revision <= state_.imported_revision(); }
  Revision last() const { return last_; }

  // One revision of the export, with the writes that it once was.
  Status Put(const LedgerRevision& revision, std::vector<LedgerWrite> writes) {
    Transaction transaction;
    for (const LedgerWrite& write : writes) {
      if (write.key.starts_with(kHeadPrefix)) transaction.guards.push_back({write.key, "", last_});
    }
    transaction.writes = std::move(writes);
    transaction.writes.push_back(OriginMark(header_.epoch(), revision.revision, revision.time_us));
    state_.set_imported_revision(revision.revision);
    time_us_ = revision.time_us;
    return Commit(std::move(transaction));
  }

  Status Complete() {
    Transaction transaction;
    // Tokens of the last moment are understood though nothing that it wrote is left.
    if (state_.imported_revision() < header_.revision()) {
      transaction.writes.push_back(OriginMark(header_.epoch(), header_.revision(), time_us_));
    }
    state_.set_imported_revision(header_.revision());
    state_.set_complete(true);
    return Commit(std::move(transaction));
  }

  void NoteTime(int64_t time_us) { time_us_ = time_us; }

 private:
  Status Commit(Transaction transaction) {
    if (last_ == 0) {
      transaction.guards = {{std::string(kFirstKey), std::string(kBehindKeys), 0}};
    } else {
      transaction.guards.push_back({std::string(kImportKey), "", last_});
    }
    transaction.writes.push_back({std::string(kImportKey), state_.SerializeAsString()});
    for (int tries = 0; tries < kCommitTries; ++tries) {
      transaction.write_id = options_.next_id();
      auto committed = ledger_.Commit(transaction, clock_.Monotonic() + kCommitMax);
      if (committed.status().code() == Code::kUnknown) {
        ASSIGN_OR_RETURN(const auto found, ledger_.Resolve(transaction.write_id, clock_.Monotonic() + kCommitMax));
        if (!found) continue;
        committed = *found;
      }
      if (committed.status().code() == Code::kAborted) return SomebodyWrote();
      ASSIGN_OR_RETURN(last_, std::move(committed));
      return Status::Ok();
    }
    return errors::OutcomeUnknown("the import");
  }

  Ledger& ledger_;
  const Clock& clock_;
  const ImportOptions& options_;
  const store::v1::ExportHeader header_;
  store::v1::ImportState state_;
  Revision last_ = 0;  // of ours; 0: nothing was written yet
  int64_t time_us_ = 0;
};

}  // namespace

StatusOr<ImportReport> ImportHistory(ExportReader& reader, Ledger& ledger, const Clock& clock,
                                     const ImportOptions& options) {
  ImportReport report;
  ASSIGN_OR_RETURN(report.header, reader.Begin());
  Importer importer(ledger, clock, options, report.header);
  RETURN_IF_ERROR(importer.LookAround());
  report.was_complete = importer.complete();
  HistoryCheck check;
  while (true) {
    RETURN_IF_ERROR(options.check());
    ASSIGN_OR_RETURN(const auto revision, reader.Next());
    if (!revision) break;
    ASSIGN_OR_RETURN(std::vector<LedgerWrite> writes, check.Add(*revision));
    importer.NoteTime(revision->time_us);
    if (importer.Has(revision->revision)) {
      ++report.revisions_skipped;
    } else if (!options.validate_only) {
      RETURN_IF_ERROR(importer.Put(*revision, std::move(writes)));
    }
  }
  RETURN_IF_ERROR(check.Finish());
  report.trailer = reader.trailer();
  if (options.validate_only || report.was_complete) return report;
  RETURN_IF_ERROR(importer.Complete());
  report.revision = importer.last();
  return report;
}

Status CheckComplete(const KeyState& key) {
  ASSIGN_OR_RETURN(const store::v1::ImportState state, ParseState(key));
  return state.complete() ? Status::Ok() : Unfinished(state);
}

}  // namespace souk::storage::history
