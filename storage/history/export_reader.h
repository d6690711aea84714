// SPDX-License-Identifier: Apache-2.0
// Reads an export (souk/store/v1/export.proto) and believes nothing: what comes out is in order, within the limits of a
// ledger, and complete once the end was reached. Whether the records make sense is asked in history_check.h. Not
// thread-safe.
//
// Errors of both methods, with the place in the export: INVALID_ARGUMENT (NOT_AN_EXPORT), FAILED_PRECONDITION
// (EXPORT_TOO_NEW), DATA_LOSS (EXPORT_CUT_OFF, EXPORT_DAMAGED); and those of the source. None of them can be gone on
// from.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "souk/store/v1/export.pb.h"
#include "storage/history/history_digest.h"
#include "storage/ledger.h"

namespace souk::storage::history {

class ExportReader {
 public:
  // The next bytes, as many as there happen to be; empty: there are no more.
  using Source = std::function<StatusOr<std::string>()>;

  explicit ExportReader(Source source) : source_(std::move(source)) {}

  // First of all.
  StatusOr<store::v1::ExportHeader> Begin();
  // The next revision; nothing at the end, when everything that must have come has come.
  StatusOr<std::optional<LedgerRevision>> Next();
  // What the export says of itself, behind its end.
  const store::v1::ExportTrailer& trailer() const { return trailer_; }

 private:
  // True if so many bytes are there; false if the source ends before.
  StatusOr<bool> Fill(size_t bytes);
  Status ReadKind();
  StatusOr<store::v1::ExportFrame> ReadFrame();
  StatusOr<LedgerRevision> Check(store::v1::LedgerRevision frame) const;
  Status End(const store::v1::ExportTrailer& trailer);
  Status CutOff() const;
  Status Damaged(std::string_view what) const;

  const Source source_;
  std::string bytes_;      // read from the source and not used up
  size_t used_ = 0;        // of them
  uint64_t position_ = 0;  // of the frame that is being read, in the export
  uint64_t behind_ = 0;    // of the next one
  std::string chain_;
  store::v1::ExportHeader header_;
  store::v1::ExportTrailer trailer_;
  HistoryDigest history_;
  Revision revision_ = 0;
  int64_t time_us_ = 0;
};

}  // namespace souk::storage::history
