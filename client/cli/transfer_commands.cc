// SPDX-License-Identifier: Apache-2.0
// admin export, admin import.
#include <chrono>
#include <fstream>
#include <string>

#include "base/digest.h"
#include "base/errors.h"
#include "client/cli/command_list.h"
#include "client/cli/draft_file.h"
#include "client/cli/text.h"

namespace souk::cli {
namespace {

// A history of millions is written one revision after the other.
constexpr std::chrono::hours kTransferDeadline{24};
// Bytes sent at once.
constexpr size_t kPieceBytes = size_t{256} * 1024;

StatusOr<std::string> ReadPiece(std::ifstream& file, const std::string& path, uint64_t offset) {
  std::string piece(kPieceBytes, '\0');
  file.clear();
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
  if (file.bad()) return errors::DataLoss("can't read " + path);
  piece.resize(static_cast<size_t>(file.gcount()));
  return piece;
}

}  // namespace

StatusOr<int> RunAdminExport(Session& session) {
  const std::string path = session.word(0);
  v1::ExportLedgerRequest request;
  session.SetConsistency(request);
  if (!request.has_consistency()) request.mutable_consistency()->set_latest(true);
  ASSIGN_OR_RETURN(const auto file, DraftFile::Open(path));
  RETURN_IF_ERROR(session.client().ExportLedger(
      request, [&file](uint64_t offset, std::string_view piece) { return file->Write(offset, piece); },
      session.call(kTransferDeadline)));
  RETURN_IF_ERROR(file->Publish());
  session.Note("wrote " + std::to_string(file->size_bytes()) + " bytes to " + path);
  return kExitOk;
}

StatusOr<int> RunAdminImport(Session& session) {
  const std::string path = session.word(0);
  std::ifstream file(path, std::ios::binary);
  if (!file) return errors::NoSuchFile(path);
  const auto send = [&](bool validate_only) {
    return session.client().ImportLedger(
        validate_only, [&](uint64_t offset) { return ReadPiece(file, path, offset); }, session.call(kTransferDeadline));
  };
  // All of it is checked before any of it is written.
  ASSIGN_OR_RETURN(v1::ImportLedgerResponse response, send(/*validate_only=*/true));
  const bool validate_only = session.Has("validate-only");
  if (!validate_only) {
    ASSIGN_OR_RETURN(response, send(/*validate_only=*/false));
  }
  Answer answer;
  answer.message = &response;
  answer.table.header = {"REVISIONS", "RECORDS", "REVISION", "ORIGIN", "HISTORY"};
  answer.table.rows = {{std::to_string(response.revisions()), std::to_string(response.records()), response.revision(),
                        response.origin_epoch(), Hex(response.history_digest())}};
  if (response.revisions_skipped() > 0 && !validate_only) {
    session.Note(Count(response.revisions_skipped(), "revision") + " of it were there already");
  }
  return session.Print(answer);
}

}  // namespace souk::cli
