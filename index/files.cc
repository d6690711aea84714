// SPDX-License-Identifier: Apache-2.0
#include "index/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/errors.h"

namespace souk::index {
namespace {

Status WriteAndSync(const std::filesystem::path& path, std::string_view content) {
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP);
  if (file < 0) return Refused("create", path);
  Status status = WriteAt(file, 0, content, path);
  if (status.ok() && fsync(file) != 0) status = Refused("sync", path);
  if (close(file) != 0 && status.ok()) status = Refused("close", path);
  return status;
}

}  // namespace

Status Refused(std::string_view doing, const std::filesystem::path& path) {
  if (errno == ENOSPC || errno == EDQUOT) return errors::NoRoom(path.string());
  return {Code::kUnavailable, "can't " + std::string(doing) + " " + path.string() + ": " + std::strerror(errno)};
}

Status WriteAt(int file, uint64_t offset, std::string_view content, const std::filesystem::path& path) {
  while (!content.empty()) {
    const ssize_t written = pwrite(file, content.data(), content.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Refused("write", path);
    content.remove_prefix(static_cast<size_t>(written));
    offset += static_cast<uint64_t>(written);
  }
  return Status::Ok();
}

Status SyncDirectory(const std::filesystem::path& directory) {
  const int file = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return Refused("open", directory);
  const int result = fsync(file);
  const Status status = result == 0 ? Status::Ok() : Refused("sync", directory);
  close(file);
  return status;
}

Status WriteFileAtomically(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::path temporary = path;
  temporary += ".new";
  RETURN_IF_ERROR(WriteAndSync(temporary, content));
  if (rename(temporary.c_str(), path.c_str()) != 0) return Refused("rename", temporary);
  return SyncDirectory(path.parent_path());
}

StatusOr<std::string> ReadWholeFile(const std::filesystem::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Refused("open", path);
  std::string content;
  constexpr size_t kChunkBytes = 4096;
  char chunk[kChunkBytes];
  ssize_t got = 0;
  while ((got = read(file, chunk, sizeof chunk)) > 0) content.append(chunk, static_cast<size_t>(got));
  const Status status = got < 0 ? Refused("read", path) : Status::Ok();
  close(file);
  if (!status.ok()) return status;
  return content;
}

}  // namespace souk::index
