// SPDX-License-Identifier: Apache-2.0
#include "storage/history/export_writer.h"

#include <utility>

#include "base/errors.h"
#include "storage/history/export_format.h"
#include "storage/history/import.h"
#include "storage/ledger_keys.h"

namespace souk::storage::history {
namespace {

// Large enough to be sent at full speed, small beside what a call may take.
constexpr size_t kPieceBytes = size_t{256} * 1024;

}  // namespace

Status ExportWriter::Begin(const store::v1::ExportHeader& header) {
  pending_ = std::string(kExportKind) + std::to_string(kExportVersion) + "\n";
  store::v1::ExportFrame frame;
  *frame.mutable_header() = header;
  return Write(frame);
}

Status ExportWriter::Add(const LedgerRevision& revision) {
  history_.Add(revision);
  store::v1::ExportFrame frame;
  store::v1::LedgerRevision& out = *frame.mutable_revision();
  out.set_revision(revision.revision);
  out.set_time_us(revision.time_us);
  for (const LedgerWrite& write : revision.writes) {
    store::v1::LedgerWrite& entry = *out.add_writes();
    entry.set_key(write.key);
    entry.set_value(write.value);
  }
  return Write(frame);
}

Status ExportWriter::Finish() {
  store::v1::ExportFrame frame;
  store::v1::ExportTrailer& trailer = *frame.mutable_trailer();
  trailer.set_revisions(history_.revisions());
  trailer.set_writes(history_.writes());
  trailer.set_records(history_.records());
  trailer.set_history_digest(history_.Finish());
  RETURN_IF_ERROR(Write(frame));
  return Flush();
}

Status ExportWriter::Write(const store::v1::ExportFrame& frame) {
  const std::string body = frame.SerializeAsString();
  if (body.size() > kFrameBytesMax) {
    return errors::TooMany("bytes of one revision of an export", body.size(), kFrameBytesMax);
  }
  chain_ = NextInChain(chain_, body);
  for (size_t byte = kFrameLengthBytes; byte-- > 0;) pending_ += static_cast<char>(body.size() >> (8 * byte));
  pending_ += chain_.substr(0, kFrameDigestBytes);
  pending_ += body;
  return pending_.size() < kPieceBytes ? Status::Ok() : Flush();
}

Status ExportWriter::Flush() {
  const std::string piece = std::exchange(pending_, {});
  return piece.empty() ? Status::Ok() : sink_(piece);
}

Status ExportHistory(const View& view, std::string_view epoch, const ExportWriter::Sink& sink) {
  ASSIGN_OR_RETURN(const auto state, view.LedgerKey(kImportKey));
  if (state) RETURN_IF_ERROR(CheckComplete(*state));
  ExportWriter writer(sink);
  store::v1::ExportHeader header;
  header.set_epoch(std::string(epoch));
  header.set_revision(view.revision());
  RETURN_IF_ERROR(writer.Begin(header));
  RETURN_IF_ERROR(view.ForEachRevision([&writer](const LedgerRevision& revision) { return writer.Add(revision); }));
  return writer.Finish();
}

}  // namespace souk::storage::history
