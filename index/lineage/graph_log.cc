// SPDX-License-Identifier: Apache-2.0
#include "index/lineage/graph_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/errors.h"
#include "index/checksum.h"
#include "index/files.h"
#include "index/lineage/facts_codec.h"

namespace souk::lineage {
namespace {

constexpr std::string_view kFileName = "graph.log";
constexpr std::string_view kDraftName = "graph.log.new";
// Lines are gathered to so much before they are written: few calls, little memory.
constexpr size_t kFrameBytes = size_t{1} << 20U;
constexpr size_t kByteBits = 8;

// Places within a frame.
constexpr size_t kSizeAt = sizeof(uint64_t);
constexpr size_t kRecordsAt = kSizeAt + sizeof(uint32_t);
constexpr size_t kRevisionAt = kRecordsAt + sizeof(uint32_t);
constexpr size_t kLinesAt = kRevisionAt + sizeof(uint64_t);

template <typename T>
void Set(std::string& frame, size_t at, T number) {
  for (size_t i = 0; i < sizeof(T); ++i) frame[at + i] = static_cast<char>(number >> (i * kByteBits));
}

template <typename T>
T Get(const std::string& frame, size_t at) {
  T number = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    number |= static_cast<T>(static_cast<T>(static_cast<unsigned char>(frame[at + i])) << (i * kByteBits));
  }
  return number;
}

uint64_t ChecksumOf(const std::string& frame, uint64_t seed) {
  return index::Checksum64(std::string_view(frame).substr(kSizeAt), seed);
}

// Fills the bytes from `begin` on; false if the file ends before.
StatusOr<bool> ReadAt(int file, uint64_t offset, std::string& bytes, size_t begin, const std::filesystem::path& path) {
  while (begin < bytes.size()) {
    const ssize_t got = pread(file, bytes.data() + begin, bytes.size() - begin, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return index::Refused("read", path);
    if (got == 0) return false;
    begin += static_cast<size_t>(got);
    offset += static_cast<uint64_t>(got);
  }
  return true;
}

StatusOr<int> OpenFile(const std::filesystem::path& path, int flags) {
  const int file = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | flags, S_IRUSR | S_IWUSR | S_IRGRP);
  if (file < 0) return index::Refused("open", path);
  return file;
}

}  // namespace

StatusOr<std::unique_ptr<GraphLog>> GraphLog::Open(const std::filesystem::path& directory, std::string_view epoch) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return errors::NotWritable(directory.string() + ": " + error.message());
  ASSIGN_OR_RETURN(const int file, OpenFile(directory / kFileName, 0));
  std::string header = "souk-lineage " + std::to_string(kFactsVersion) + " " + std::string(epoch) + "\n";
  std::unique_ptr<GraphLog> log(new GraphLog(directory, std::move(header), file));
  ASSIGN_OR_RETURN(const bool fits, log->HeaderFits());
  RETURN_IF_ERROR(fits ? log->FindEnd() : log->Replace(0, {}));
  return log;
}

GraphLog::~GraphLog() { close(file_); }

GraphLog::Place GraphLog::Begin() const { return {header_.size(), index::Checksum64(header_), 0, 0}; }

StatusOr<bool> GraphLog::HeaderFits() const {
  std::string found(header_.size(), '\0');
  ASSIGN_OR_RETURN(const bool whole, ReadAt(file_, 0, found, 0, directory_ / kFileName));
  return whole && found == header_;
}

Status GraphLog::FindEnd() {
  end_ = Begin();
  Place place = end_;
  std::string frame;
  while (true) {
    ASSIGN_OR_RETURN(const bool sound, ReadFrame(place, frame));
    if (!sound) return Status::Ok();
    if (place.revision != 0) end_ = place;
  }
}

StatusOr<bool> GraphLog::ReadFrame(Place& place, std::string& frame) const {
  const std::filesystem::path path = directory_ / kFileName;
  frame.resize(kLinesAt);
  ASSIGN_OR_RETURN(const bool header, ReadAt(file_, place.offset, frame, 0, path));
  if (!header) return false;
  struct stat found {};
  if (fstat(file_, &found) != 0) return index::Refused("look at", path);
  const auto size = Get<uint32_t>(frame, kSizeAt);  // may be anything: the checksum comes with the rest
  if (place.offset + kLinesAt + size > static_cast<uint64_t>(found.st_size)) return false;
  frame.resize(kLinesAt + size);
  ASSIGN_OR_RETURN(const bool whole, ReadAt(file_, place.offset + kLinesAt, frame, kLinesAt, path));
  if (!whole || ChecksumOf(frame, place.checksum) != Get<uint64_t>(frame, 0)) return false;
  place.offset += frame.size();
  place.checksum = Get<uint64_t>(frame, 0);
  place.records += std::max<uint64_t>(1, Get<uint32_t>(frame, kRecordsAt));
  place.revision = Get<uint64_t>(frame, kRevisionAt);
  return true;
}

Status GraphLog::Read(const std::function<Status(std::string_view lines)>& visit) const {
  Place place = Begin();
  std::string frame;
  while (place.offset < end_.offset) {
    ASSIGN_OR_RETURN(const bool sound, ReadFrame(place, frame));
    if (!sound) return errors::DataLoss("the log of the lineage graph has changed under the node");
    RETURN_IF_ERROR(visit(std::string_view(frame).substr(kLinesAt)));
  }
  return Status::Ok();
}

Status GraphLog::Append(storage::Revision revision, const Lines& lines) {
  const std::filesystem::path path = directory_ / kFileName;
  // What a failed or interrupted one left must not be taken for a part of this one.
  if (ftruncate(file_, static_cast<off_t>(end_.offset)) != 0) return index::Refused("cut", path);
  Place place = end_;
  RETURN_IF_ERROR(Write(file_, place, revision, lines));
  end_ = place;
  return Status::Ok();
}

Status GraphLog::Replace(storage::Revision revision, const Lines& lines) {
  const std::filesystem::path draft = directory_ / kDraftName;
  ASSIGN_OR_RETURN(int file, OpenFile(draft, O_TRUNC));
  Place place = Begin();
  Status status = index::WriteAt(file, 0, header_, draft);
  if (status.ok()) status = Write(file, place, revision, lines);
  if (status.ok() && rename(draft.c_str(), (directory_ / kFileName).c_str()) != 0) {
    status = index::Refused("rename", draft);
  }
  if (status.ok()) {
    std::swap(file, file_);
    end_ = place;
  }
  close(file);
  return status.ok() ? index::SyncDirectory(directory_) : status;
}

Status GraphLog::Write(int file, Place& place, storage::Revision revision, const Lines& lines) const {
  const std::filesystem::path path = directory_ / kFileName;
  uint64_t at = 0;
  do {
    std::string frame(kLinesAt, '\0');
    const uint64_t first = at;
    while (at < lines.count && frame.size() < kFrameBytes) lines.put(at++, frame);
    place.revision = at == lines.count ? revision : 0;
    Set(frame, kSizeAt, static_cast<uint32_t>(frame.size() - kLinesAt));
    Set(frame, kRecordsAt, static_cast<uint32_t>(at - first));
    Set(frame, kRevisionAt, uint64_t{place.revision});
    place.checksum = ChecksumOf(frame, place.checksum);
    Set(frame, 0, place.checksum);
    RETURN_IF_ERROR(index::WriteAt(file, place.offset, frame, path));
    place.offset += frame.size();
    place.records += std::max<uint64_t>(1, at - first);
  } while (at < lines.count);
  return fsync(file) == 0 ? Status::Ok() : index::Refused("sync", path);
}

}  // namespace souk::lineage
