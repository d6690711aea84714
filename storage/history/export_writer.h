// SPDX-License-Identifier: Apache-2.0
// Writes a history in the format of souk/store/v1/export.proto. Not thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "souk/store/v1/export.pb.h"
#include "storage/history/history_digest.h"
#include "storage/ledger.h"

namespace souk::storage::history {

class ExportWriter {
 public:
  // Takes the bytes in pieces of a good size to send, never empty. Its error ends the export, and is returned.
  using Sink = std::function<Status(std::string_view piece)>;

  explicit ExportWriter(Sink sink) : sink_(std::move(sink)) {}

  Status Begin(const store::v1::ExportHeader& header);
  // The next revision, its writes sorted by key.
  Status Add(const LedgerRevision& revision);
  Status Finish();

 private:
  Status Write(const store::v1::ExportFrame& frame);
  Status Flush();

  const Sink sink_;
  HistoryDigest history_;
  std::string chain_;
  std::string pending_;
};

// Everything that a view of the newest state holds. FAILED_PRECONDITION (IMPORT_UNFINISHED) while an import into it is
// not complete.
Status ExportHistory(const View& view, std::string_view epoch, const ExportWriter::Sink& sink);

}  // namespace souk::storage::history
