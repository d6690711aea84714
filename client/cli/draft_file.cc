// SPDX-License-Identifier: Apache-2.0
#include "client/cli/draft_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/errors.h"

namespace souk::cli {
namespace {

// It holds what everybody's documents say: others read it only if its owner lets them.
constexpr mode_t kMode = S_IRUSR | S_IWUSR;

Status Unusable(const std::string& path, int error) {
  const std::error_code why(error, std::generic_category());
  if (error == ENOSPC || error == EDQUOT) return errors::NoRoom(path);
  ErrorDetail detail;
  detail.reason = "FILE_UNUSABLE";
  detail.remedy = "Name a file in a folder that you may write.";
  detail.metadata.emplace_back("path", path);
  return {Code::kFailedPrecondition, "can't write " + path + ": " + why.message(), std::move(detail)};
}

Status Exists(const std::string& path) {
  ErrorDetail detail;
  detail.reason = "FILE_EXISTS";
  detail.remedy = "Name a file that does not exist yet.";
  detail.metadata.emplace_back("path", path);
  return {Code::kAlreadyExists, path + " exists already", std::move(detail)};
}

}  // namespace

StatusOr<std::unique_ptr<DraftFile>> DraftFile::Open(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) return Exists(path);
  const std::string draft = path + ".part-" + std::to_string(getpid());
  const int file = open(draft.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, kMode);
  if (file < 0) return Unusable(path, errno);
  return std::unique_ptr<DraftFile>(new DraftFile(path, draft, file));
}

DraftFile::~DraftFile() {
  close(file_);
  unlink(draft_.c_str());  // gone already if it was published
}

Status DraftFile::Write(uint64_t offset, std::string_view bytes) {
  if (offset < size_bytes_ && ftruncate(file_, static_cast<off_t>(offset)) != 0) return Unusable(path_, errno);
  size_bytes_ = offset;
  while (!bytes.empty()) {
    const ssize_t written = pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(size_bytes_));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Unusable(path_, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
    size_bytes_ += static_cast<uint64_t>(written);
  }
  return Status::Ok();
}

Status DraftFile::Publish() {
  if (fsync(file_) != 0) return Unusable(path_, errno);
  std::error_code error;
  if (std::filesystem::exists(path_, error)) return Exists(path_);
  if (std::rename(draft_.c_str(), path_.c_str()) != 0) return Unusable(path_, errno);
  // The name is there after power loss too.
  const std::string parent = std::filesystem::absolute(path_).parent_path().string();
  const int folder = open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = folder >= 0 && fsync(folder) == 0;
  const int reason = errno;
  if (folder >= 0) close(folder);
  return synced ? Status::Ok() : Unusable(path_, reason);
}

}  // namespace souk::cli
