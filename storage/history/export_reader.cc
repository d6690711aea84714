// SPDX-License-Identifier: Apache-2.0
#include "storage/history/export_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/limits.h"
#include "storage/history/export_format.h"
#include "storage/ledger_keys.h"

namespace souk::storage::history {
namespace {

// Of an epoch: it becomes part of keys.
constexpr size_t kEpochCharsMax = 64;
// Digits of a version, with room for more than there will be.
constexpr size_t kVersionDigitsMax = 6;
constexpr std::string_view kFetchAgain = "Export it again, or take another copy of the file.";

Status Refusal(Code code, std::string_view reason, const std::string& text, std::string_view remedy,
               uint64_t position) {
  ErrorDetail detail;
  detail.reason = reason;
  detail.remedy = remedy;
  detail.metadata.emplace_back("position", std::to_string(position));
  return {code, text, std::move(detail)};
}

Status NotAnExport() {
  return Refusal(Code::kInvalidArgument, "NOT_AN_EXPORT", "this is not an export of Souk",
                 "Give a file that `souk admin export` has written.", 0);
}

Status TooNew(uint32_t version) {
  return Refusal(Code::kFailedPrecondition, "EXPORT_TOO_NEW",
                 "the export is of version " + std::to_string(version) + ", and this program reads up to " +
                     std::to_string(kExportVersion),
                 "Use the version of Souk that wrote it, or a later one.", 0);
}

bool IsEpoch(std::string_view epoch) {
  return !epoch.empty() && epoch.size() <= kEpochCharsMax &&
         epoch.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// What is wrong with a key; empty if nothing is.
std::string FaultOf(std::string_view key) {
  if (key.empty() || key.size() > limits::kLedgerKeyBytesMax) return "a key is empty or too long";
  if (key.find('\0') != std::string_view::npos) return "a key holds a zero byte";
  return key == kImportKey ? "it holds the state of an import" : "";
}

}  // namespace

Status ExportReader::CutOff() const {
  return Refusal(
      Code::kDataLoss, "EXPORT_CUT_OFF",
      "the export ends at byte " + std::to_string(position_ + (bytes_.size() - used_)) + ", before it is complete",
      kFetchAgain, position_);
}

Status ExportReader::Damaged(std::string_view what) const {
  return Refusal(Code::kDataLoss, "EXPORT_DAMAGED",
                 "the export is damaged at byte " + std::to_string(position_) + ": " + std::string(what), kFetchAgain,
                 position_);
}

StatusOr<bool> ExportReader::Fill(size_t bytes) {
  while (bytes_.size() - used_ < bytes) {
    ASSIGN_OR_RETURN(const std::string more, source_());
    if (more.empty()) return false;
    bytes_.erase(0, std::exchange(used_, 0));
    bytes_ += more;
  }
  return true;
}

Status ExportReader::ReadKind() {
  const size_t most = kExportKind.size() + kVersionDigitsMax + 1;
  RETURN_IF_ERROR(Fill(most).status());
  const std::string_view begin = std::string_view(bytes_).substr(0, most);
  if (begin.size() < kExportKind.size() && kExportKind.starts_with(begin) && !begin.empty()) return CutOff();
  if (!begin.starts_with(kExportKind)) return NotAnExport();
  const std::string_view rest = begin.substr(kExportKind.size());
  uint32_t version = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), version);
  if (end == rest.data() + rest.size() && begin.size() < most) return CutOff();
  if (error != std::errc() || end == rest.data() + rest.size() || *end != '\n' || version == 0) return NotAnExport();
  if (version > kExportVersion) return TooNew(version);
  used_ = static_cast<size_t>(end - bytes_.data()) + 1;
  behind_ = used_;
  return Status::Ok();
}

StatusOr<store::v1::ExportFrame> ExportReader::ReadFrame() {
  position_ = behind_;
  ASSIGN_OR_RETURN(const bool begun, Fill(kFrameLengthBytes + kFrameDigestBytes));
  if (!begun) return CutOff();
  size_t length = 0;
  for (size_t i = 0; i < kFrameLengthBytes; ++i) {
    length = length << 8U | static_cast<unsigned char>(bytes_[used_ + i]);
  }
  if (length > kFrameBytesMax) return Damaged("a length that no frame has");
  const size_t all = kFrameLengthBytes + kFrameDigestBytes + length;
  ASSIGN_OR_RETURN(const bool whole, Fill(all));
  if (!whole) return CutOff();
  const std::string_view frame = std::string_view(bytes_).substr(used_, all);
  const std::string_view body = frame.substr(kFrameLengthBytes + kFrameDigestBytes);
  chain_ = NextInChain(chain_, body);
  if (frame.substr(kFrameLengthBytes, kFrameDigestBytes) != std::string_view(chain_).substr(0, kFrameDigestBytes)) {
    return Damaged("the checksum does not fit");
  }
  store::v1::ExportFrame read;
  if (!read.ParseFromArray(body.data(), static_cast<int>(body.size()))) return Damaged("a frame can't be read");
  used_ += all;
  behind_ += all;
  return read;
}

StatusOr<store::v1::ExportHeader> ExportReader::Begin() {
  RETURN_IF_ERROR(ReadKind());
  ASSIGN_OR_RETURN(const store::v1::ExportFrame frame, ReadFrame());
  if (!frame.has_header() || !IsEpoch(frame.header().epoch())) return Damaged("it does not begin with a header");
  header_ = frame.header();
  return header_;
}

StatusOr<std::optional<LedgerRevision>> ExportReader::Next() {
  ASSIGN_OR_RETURN(store::v1::ExportFrame frame, ReadFrame());
  if (frame.has_trailer()) {
    RETURN_IF_ERROR(End(frame.trailer()));
    return std::optional<LedgerRevision>();
  }
  if (!frame.has_revision()) return Damaged("a frame of an unknown kind");
  ASSIGN_OR_RETURN(LedgerRevision revision, Check(std::move(*frame.mutable_revision())));
  revision_ = revision.revision;
  time_us_ = revision.time_us;
  history_.Add(revision);
  return std::optional<LedgerRevision>(std::move(revision));
}

StatusOr<LedgerRevision> ExportReader::Check(store::v1::LedgerRevision frame) const {
  if (frame.revision() <= revision_ || frame.revision() > header_.revision()) {
    return Damaged("revision " + std::to_string(frame.revision()) + " is out of order");
  }
  if (frame.time_us() < time_us_) return Damaged("the time goes backwards");
  if (frame.writes_size() == 0) return Damaged("a revision without writes");
  LedgerRevision revision;
  revision.revision = frame.revision();
  revision.time_us = frame.time_us();
  for (store::v1::LedgerWrite& write : *frame.mutable_writes()) {
    if (const std::string fault = FaultOf(write.key()); !fault.empty()) return Damaged(fault);
    if (!revision.writes.empty() && write.key() <= revision.writes.back().key) return Damaged("keys are out of order");
    revision.writes.push_back({std::move(*write.mutable_key()), std::move(*write.mutable_value())});
  }
  return revision;
}

Status ExportReader::End(const store::v1::ExportTrailer& trailer) {
  const bool all = trailer.revisions() == history_.revisions() && trailer.writes() == history_.writes() &&
                   trailer.records() == history_.records() && trailer.history_digest() == history_.Finish();
  if (!all) return Damaged("it does not hold what its end says");
  trailer_ = trailer;
  position_ = behind_;
  ASSIGN_OR_RETURN(const bool more, Fill(1));
  return more ? Damaged("something stands behind its end") : Status::Ok();
}

}  // namespace souk::storage::history
