// SPDX-License-Identifier: Apache-2.0
// Brings an export into an empty ledger: one transaction for each revision of the export, with everything that it
// wrote. Beside it stand two marks: where the revision had come from (storage/origin.h), and how far the import is.
// They are what an import that was cut short goes on from, what keeps the times, and how old revision tokens are
// understood.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "souk/store/v1/export.pb.h"
#include "storage/history/export_reader.h"
#include "storage/ledger.h"

namespace souk::storage::history {

struct ImportOptions {
  // Only reads and checks; the ledger is looked at, too.
  bool validate_only = false;
  std::string actor;
  // Asked between revisions; its error ends the import.
  std::function<Status()> check = [] { return Status::Ok(); };
  // Gives the write ids: each unique.
  std::function<std::string()> next_id;
};

struct ImportReport {
  store::v1::ExportHeader header;
  store::v1::ExportTrailer trailer;
  uint64_t revisions_skipped = 0;  // they were there from an earlier import of the same export
  bool was_complete = false;       // all of it was there
  Revision revision = 0;           // of the ledger, at which everything is there; 0 if nothing was written now
};

// One import at a time; two that meet end one another. Errors besides those of the reader and of HistoryCheck:
// FAILED_PRECONDITION (LEDGER_NOT_EMPTY, IMPORT_UNFINISHED), ABORTED (CONCURRENT_CHANGE) if somebody else writes,
// and what the ledger says; after those the same import goes on where it was.
StatusOr<ImportReport> ImportHistory(ExportReader& reader, Ledger& ledger, const Clock& clock,
                                     const ImportOptions& options);

// Of the key kImportKey. FAILED_PRECONDITION (IMPORT_UNFINISHED) unless the import was completed.
Status CheckComplete(const KeyState& state);

}  // namespace souk::storage::history
