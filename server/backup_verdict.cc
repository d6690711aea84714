// SPDX-License-Identifier: Apache-2.0
#include "server/backup_verdict.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <ostream>
#include <system_error>

#include "base/digest.h"
#include "base/errors.h"
#include "base/names.h"
#include "storage/history/backup_check.h"
#include "storage/history/export_reader.h"

namespace souk::server {
namespace {

constexpr size_t kPieceBytes = size_t{256} * 1024;

StatusOr<storage::history::BackupReport> CheckFile(const std::string& path, const std::filesystem::path& scratch) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return errors::NoSuchFile(path);
  storage::history::ExportReader reader([&file, &path]() -> StatusOr<std::string> {
    std::string piece(kPieceBytes, '\0');
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    if (file.bad()) return errors::DataLoss("can't read " + path);
    piece.resize(static_cast<size_t>(file.gcount()));
    return piece;
  });
  return storage::history::CheckExport(reader, scratch);
}

void Print(const storage::history::BackupReport& report, bool copy, std::ostream& out) {
  for (const std::string& fault : report.faults) out << "fault: " << fault << "\n";
  out << (report.faults.empty() ? "sound" : "damaged") << ": " << (copy ? "copy" : "export") << " at revision "
      << RevisionToken(report.revision, report.epoch) << ", " << report.revisions << " revisions, " << report.records
      << " records of " << report.entities << " entities, " << report.live_lines << " live lines";
  if (copy) out << ", " << report.rows << " rows compared";
  out << "\n";
  if (report.history_digest.empty()) return;
  out << "history " << Hex(report.history_digest) << "\nstate   " << Hex(report.state_digest) << "\n";
}

}  // namespace

int VerifyBackup(const std::string& path, std::ostream& out) {
  std::error_code error;
  const bool copy = std::filesystem::is_directory(path, error);
  const std::filesystem::path scratch =
      std::filesystem::temp_directory_path(error) / ("souk-verify-" + std::to_string(getpid()));
  std::filesystem::remove_all(scratch, error);
  const auto report = copy ? storage::history::CheckCopy(path, scratch) : CheckFile(path, scratch);
  if (report.ok()) {
    Print(*report, copy, out);
    return report->faults.empty() ? 0 : 1;
  }
  const Status& status = report.status();
  out << "damaged or no backup: " << status.message() << "\n";
  if (!status.detail().remedy.empty()) out << status.detail().remedy << "\n";
  return 1;
}

}  // namespace souk::server
