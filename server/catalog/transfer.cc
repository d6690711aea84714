// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/transfer.h"

#include <string>
#include <utility>

#include "server/catalog/reading.h"
#include "storage/history/export_reader.h"
#include "storage/history/export_writer.h"
#include "storage/history/history_digest.h"
#include "storage/history/import.h"

namespace souk::catalog {
namespace {

const AllowAll kEverything;

// What was checked on its way in is now read from where it went.
Status CheckArrived(const Backends& parts, const storage::history::ImportReport& report, const CallContext& call) {
  RETURN_IF_ERROR(parts.store.WaitApplied(report.revision, call.deadline));
  ASSIGN_OR_RETURN(const std::string digest, storage::history::DigestOfHistory(parts.store.Current(kEverything)));
  if (digest == report.trailer.history_digest()) return Status::Ok();
  ErrorDetail detail;
  detail.reason = errors::GuardMoved("").reason();
  detail.remedy = "Begin again with an empty ledger, and let nobody write until the import is complete.";
  return {Code::kAborted, "the ledger holds something else than the export: somebody wrote while it was imported",
          std::move(detail)};
}

}  // namespace

Status Transfer::Export(const v1::ExportLedgerRequest& request, const CallContext& call, const Sink& sink) const {
  const v1::Consistency& consistency = request.consistency();
  if (consistency.has_as_of_revision() || consistency.has_as_of_time()) return errors::AsOfUnsupported("ExportLedger");
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, consistency, call));
  return storage::history::ExportHistory(view, parts_.store.epoch(), [&](std::string_view bytes) {
    RETURN_IF_ERROR(call.Check("ExportLedger"));
    v1::ExportLedgerResponse piece;
    piece.set_piece(bytes.data(), bytes.size());
    return sink(std::move(piece));
  });
}

StatusOr<v1::ImportLedgerResponse> Transfer::Import(const Source& source, const CallContext& call) const {
  ASSIGN_OR_RETURN(std::optional<v1::ImportLedgerRequest> first, source());
  if (!first) return errors::MissingField("piece");
  storage::history::ImportOptions options;
  options.validate_only = first->validate_only();
  options.actor = call.principal.name;
  options.check = [&call] { return call.Check("ImportLedger"); };
  options.next_id = [this] { return parts_.ids.Next(); };
  storage::history::ExportReader reader([&]() -> StatusOr<std::string> {
    std::optional<v1::ImportLedgerRequest> next = std::exchange(first, std::nullopt);
    if (!next) {
      ASSIGN_OR_RETURN(next, source());
    }
    return next ? std::move(*next->mutable_piece()) : std::string();
  });
  ASSIGN_OR_RETURN(const storage::history::ImportReport report,
                   storage::history::ImportHistory(reader, parts_.store.ledger(), parts_.clock, options));
  if (report.revision != 0) RETURN_IF_ERROR(CheckArrived(parts_, report, call));
  RETURN_IF_ERROR(parts_.lineage_runner.WaitApplied(report.revision, call.deadline));
  RETURN_IF_ERROR(parts_.text_runner.WaitApplied(report.revision, call.deadline));
  v1::ImportLedgerResponse response;
  response.set_revision(Token(parts_, report.revision != 0 ? report.revision : parts_.store.applied()));
  response.set_origin_epoch(report.header.epoch());
  response.set_revisions(report.trailer.revisions());
  response.set_records(report.trailer.records());
  response.set_revisions_skipped(report.revisions_skipped);
  response.set_history_digest(report.trailer.history_digest());
  return response;
}

}  // namespace souk::catalog
