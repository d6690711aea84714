// SPDX-License-Identifier: Apache-2.0
#include "storage/engine_status.h"

#include <rocksdb/status.h>

#include <string>
#include <utility>

#include "base/errors.h"

namespace souk::storage {

Status WithEngineText(const Status& status, const rocksdb::Status& cause) {
  ErrorDetail detail = status.detail();
  detail.metadata.emplace_back("engine", cause.ToString());
  return {status.code(), status.message(), std::move(detail)};
}

bool IsNoSpace(const rocksdb::Status& status) {
  // A file that may not grow (a quota of the process) is a full disk to whoever writes.
  return status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit ||
         (status.IsIOError() && status.ToString().find("File too large") != std::string::npos);
}

Status FromRead(const rocksdb::Status& status) {
  if (status.ok()) return Status::Ok();
  if (status.IsCorruption()) {
    return WithEngineText(errors::DataLoss("a file of the store is damaged; restore it from a backup"), status);
  }
  return WithEngineText(errors::Unreachable("the store's disk", "it can't be read"), status);
}

// A log record of which a part could not even be appended is torn, and never comes back. Any other failure (the sync,
// above all) may leave a whole record behind that a restart would find: then it is not known.
Status FromWrite(const rocksdb::Status& status) {
  if (status.ok()) return Status::Ok();
  if (status.IsCorruption()) return FromRead(status);
  const bool never_appended = status.ToString().find("While appending to file") != std::string::npos;
  if (IsNoSpace(status) && never_appended) return WithEngineText(errors::NotWritable("its disk is full"), status);
  return WithEngineText(errors::OutcomeUnknown("the change"), status);
}

Status FromBackground(const rocksdb::Status& status) {
  if (status.ok()) return Status::Ok();
  if (IsNoSpace(status)) return WithEngineText(errors::NotWritable("its disk is full"), status);
  if (status.IsCorruption()) return FromRead(status);
  return WithEngineText(errors::NotWritable("its disk reported an error; check the disk, then restart"), status);
}

Status FromOpen(const rocksdb::Status& status, const std::filesystem::path& directory) {
  // RocksDB calls a missing CURRENT or file an invalid argument or an IO error; both mean that files are gone.
  const bool files_missing = status.IsInvalidArgument() || status.IsNotFound() || status.IsPathNotFound();
  if (status.IsCorruption() || files_missing) {
    const std::string what = files_missing ? "files are missing" : "a file is damaged";
    return WithEngineText(errors::DataLoss("the store in " + directory.string() + " can't be opened: " + what +
                                           "; restore it from a backup"),
                          status);
  }
  if (IsNoSpace(status)) return WithEngineText(errors::NoRoom(directory.string()), status);
  return WithEngineText(errors::Unreachable(directory.string(), "the store's files can't be read or written"), status);
}

}  // namespace souk::storage
