// SPDX-License-Identifier: Apache-2.0
#include "storage/folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/errors.h"

namespace souk::storage {
namespace {

// What an opening writes besides the log's rows: a new log, a manifest, options; with room.
constexpr uintmax_t kOpeningBytes = 256 * 1024;
constexpr std::string_view kRows = "rocksdb";
constexpr mode_t kFileMode = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;

Status Unusable(const std::filesystem::path& path, int error) {
  if (error == ENOSPC || error == EDQUOT) return errors::NoRoom(path.string());
  return errors::Unreachable(path.string(), std::generic_category().message(error));
}

// The names in a folder are there after power loss too.
Status SyncFolder(const std::filesystem::path& path) {
  const int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return Unusable(path, errno);
  const bool synced = fsync(folder) == 0;
  close(folder);
  return synced ? Status::Ok() : Unusable(path, EIO);
}

// Writes a small file so that it is there, whole, after power loss too.
Status WriteFile(const std::filesystem::path& path, std::string_view text) {
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, kFileMode);
  if (file < 0) return Unusable(path, errno);
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  const int error = errno;
  close(file);
  return written ? SyncFolder(path.parent_path()) : Unusable(path, error);
}

std::string ReadLine(int file) {
  std::array<char, 64> text{};
  const ssize_t size = pread(file, text.data(), text.size(), 0);
  const std::string_view line(text.data(), size > 0 ? static_cast<size_t>(size) : 0);
  return std::string(line.substr(0, line.find('\n')));
}

}  // namespace

StatusOr<std::unique_ptr<Folder>> Folder::Open(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return Unusable(directory, error.value());
  const std::filesystem::path path = directory / "LOCK";
  const int lock = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, kFileMode);
  if (lock < 0) return Unusable(path, errno);
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const int reason = errno;
    const std::string holder = ReadLine(lock);
    close(lock);
    if (reason != EWOULDBLOCK) return Unusable(path, reason);
    return errors::FolderInUse(directory.string(), holder.empty() ? "another process" : holder);
  }
  // For people only: who holds the lock is decided by the lock.
  const std::string text = "process " + std::to_string(getpid()) + "\n";
  if (ftruncate(lock, 0) != 0 || pwrite(lock, text.data(), text.size(), 0) < 0) {
    const int reason = errno;
    close(lock);
    return Unusable(path, reason);
  }
  return std::unique_ptr<Folder>(new Folder(directory, lock));
}

Folder::~Folder() { close(lock_); }

bool Folder::complete() const {
  std::error_code error;
  return std::filesystem::exists(directory_ / "STORE", error);
}

Status Folder::MarkComplete() { return WriteFile(directory_ / "STORE", "A store of Souk. Keep all files together.\n"); }

Status Folder::CheckRoom() const {
  uintmax_t needed = kOpeningBytes;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(rows_directory(), error)) {
    std::error_code gone;
    const uintmax_t bytes = entry.path().extension() == ".log" ? entry.file_size(gone) : 0;
    if (!gone) needed += bytes;
  }
  const std::filesystem::path path = directory_ / "ROOM";
  const int file = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, kFileMode);
  if (file < 0) return Unusable(path, errno);
  unlink(path.c_str());  // what is asked for goes with the handle
  const bool refused = fallocate(file, 0, 0, static_cast<off_t>(needed)) != 0;
  const int reason = errno;
  close(file);
  // Not every file system can answer: then the opening will tell.
  return refused && (reason == ENOSPC || reason == EDQUOT) ? Unusable(directory_, reason) : Status::Ok();
}

bool Folder::is_copy() const {
  std::error_code error;
  return std::filesystem::exists(directory_ / "COPY", error);
}

uint64_t Folder::ReadNumber(std::string_view name) const {
  std::ifstream file(directory_ / name);
  uint64_t number = 0;
  return file >> number ? number : 0;
}

Status Folder::WriteNumber(std::string_view name, uint64_t number) const {
  // Beside, then in its place: a crash in between leaves the old one.
  const std::filesystem::path path = directory_ / name;
  const std::filesystem::path draft = path.string() + ".new";
  RETURN_IF_ERROR(WriteFile(draft, std::to_string(number) + "\n"));
  std::error_code error;
  std::filesystem::rename(draft, path, error);
  return error ? Unusable(path, error.value()) : Status::Ok();
}

Revision Folder::reached() const { return ReadNumber("REACHED"); }
Status Folder::SetReached(Revision revision) { return WriteNumber("REACHED", revision); }
uint64_t Folder::generation() const { return ReadNumber("GENERATION"); }

Status Folder::SetGeneration(uint64_t generation) {
  RETURN_IF_ERROR(WriteNumber("GENERATION", generation));
  return SyncFolder(directory_);  // before the rows of the old one go
}

void Folder::RemoveOtherRows() const {
  const std::filesystem::path current = rows_directory().filename();
  std::vector<std::filesystem::path> others;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    const std::filesystem::path name = entry.path().filename();
    if (name.string().starts_with(kRows) && name != current) others.push_back(entry.path());
  }
  for (const std::filesystem::path& path : others) std::filesystem::remove_all(path, error);
}

Status Folder::RemoveRows(uint64_t generation) const {
  const std::filesystem::path path = RowsDirectory(directory_, generation);
  std::error_code error;
  std::filesystem::remove_all(path, error);
  return error ? Unusable(path, error.value()) : Status::Ok();
}

Status Folder::ForgetCopy() {
  std::error_code error;
  std::filesystem::remove(directory_ / "COPY", error);
  return error ? Unusable(directory_ / "COPY", error.value()) : Status::Ok();
}

std::filesystem::path Folder::RowsDirectory(const std::filesystem::path& directory, uint64_t generation) {
  return directory / (generation == 0 ? std::string(kRows) : std::string(kRows) + "-" + std::to_string(generation));
}

Status Folder::MarkCopy(const std::filesystem::path& directory) {
  RETURN_IF_ERROR(WriteFile(directory / "COPY", "A copy that has not been opened yet.\n"));
  return WriteFile(directory / "STORE", "A store of Souk. Keep all files together.\n");
}

}  // namespace souk::storage
