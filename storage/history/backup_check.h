// SPDX-License-Identifier: Apache-2.0
// Proves that a backup is one: everything in it is read, its history checked and folded anew, and what comes of that
// compared with what the backup holds. Nothing is written to it, and no node is needed. Free functions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/status.h"
#include "storage/history/export_reader.h"
#include "storage/ledger.h"

namespace souk::storage::history {

struct BackupReport {
  std::string epoch;
  Revision revision = 0;
  uint64_t revisions = 0;  // of those that are kept
  uint64_t records = 0;
  uint64_t entities = 0;
  uint64_t live_lines = 0;
  uint64_t rows = 0;           // of the copy that were compared with rows folded anew
  std::string history_digest;  // 32 raw bytes, as storage/history/history_digest.h has them; empty: it could not be
                               // read through
  std::string state_digest;
  std::vector<std::string> faults;  // empty: sound. There may be more than are listed.
};

// A copy that Store::Checkpoint has made, and that no process has opened since. `scratch` is a folder that does not
// exist yet: the rows are folded into it, and it is removed. NOT_FOUND if the directory holds no copy, else an error
// only where the machine is at fault; damage is what the report is for.
StatusOr<BackupReport> CheckCopy(const std::filesystem::path& directory, const std::filesystem::path& scratch);
// An export. The reader's errors are errors here, too: where the bytes are damaged there is nothing to report.
StatusOr<BackupReport> CheckExport(ExportReader& reader, const std::filesystem::path& scratch);

}  // namespace souk::storage::history
