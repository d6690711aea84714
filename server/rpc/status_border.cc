// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/status_border.h"

#include <string_view>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "souk/v1/finding.pb.h"

namespace souk::rpc {
namespace {

constexpr uint32_t kMillisPerSecond = 1000;
constexpr int32_t kNanosPerMilli = 1'000'000;

v1::Finding FindingOf(const Violation& violation) {
  v1::Finding finding;
  finding.set_rule(violation.rule);
  finding.set_severity(violation.error    ? v1::SEVERITY_ERROR
                       : violation.advice ? v1::SEVERITY_INFO
                                          : v1::SEVERITY_WARNING);
  finding.mutable_location()->set_path(violation.path);
  finding.mutable_location()->set_pointer(violation.pointer);
  finding.mutable_location()->set_line(violation.line);
  finding.mutable_location()->set_column(violation.column);
  finding.set_message(violation.message);
  finding.set_remedy(violation.remedy);
  return finding;
}

// A part of the budget that one text may take: of the message, or of one value of the metadata.
constexpr size_t kTextShare = 16;
// Type URL and lengths of one packed detail, generously.
constexpr size_t kPackingBytes = 80;
// Tag and length of one list element or map entry.
constexpr size_t kEntryBytes = 16;

// Bytes of a UTF-8 character after its first.
constexpr unsigned kFollowingMask = 0xC0;
constexpr unsigned kFollowing = 0x80;

std::string Cut(const std::string& text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  constexpr std::string_view kEllipsis = "…";
  size_t end = bytes_max - kEllipsis.size();
  while (end > 0 && (static_cast<unsigned char>(text[end]) & kFollowingMask) == kFollowing)
    --end;  // not within a character
  return text.substr(0, end) + std::string(kEllipsis);
}

// The remedy, then as much else as fits into half of the budget.
void AddMetadata(const ErrorDetail& detail, size_t bytes_max, google::rpc::ErrorInfo& info) {
  auto& metadata = *info.mutable_metadata();
  if (!detail.remedy.empty()) metadata["remedy"] = Cut(detail.remedy, bytes_max / kTextShare);
  for (const auto& [key, value] : detail.metadata) {
    const std::string cut = Cut(value, bytes_max / kTextShare);
    if (info.ByteSizeLong() + key.size() + cut.size() + kEntryBytes > bytes_max / 2) break;
    metadata[key] = cut;
  }
}

// As many findings as fit; the rest is counted. Each is told twice: to our clients and to everybody's.
size_t AddFindings(const std::vector<Violation>& violations, size_t bytes_max, google::rpc::Status& out) {
  v1::FindingList list;
  google::rpc::BadRequest plain;
  size_t used = 2 * kPackingBytes;
  size_t taken = 0;
  for (const Violation& violation : violations) {
    const v1::Finding finding = FindingOf(violation);
    google::rpc::BadRequest::FieldViolation field;
    field.set_field(violation.path.empty() ? violation.pointer : violation.path + "#" + violation.pointer);
    field.set_description(violation.message + ". " + violation.remedy);
    field.set_reason(violation.rule);
    used += finding.ByteSizeLong() + field.ByteSizeLong() + 2 * kEntryBytes;
    if (used > bytes_max) break;
    ++taken;
    *list.add_findings() = finding;
    *plain.add_field_violations() = std::move(field);
  }
  if (taken > 0) {
    out.add_details()->PackFrom(list);
    out.add_details()->PackFrom(plain);
  }
  return violations.size() - taken;
}

}  // namespace

std::string MessageOf(const Status& status, size_t bytes_max) { return Cut(status.message(), bytes_max / kTextShare); }

std::string DetailsOf(const Status& status, size_t bytes_max) {
  const ErrorDetail& detail = status.detail();
  google::rpc::Status out;
  out.set_code(static_cast<int>(status.code()));
  out.set_message(MessageOf(status, bytes_max));
  google::rpc::ErrorInfo info;
  info.set_reason(detail.reason.empty() ? std::string(CodeName(status.code())) : detail.reason);
  info.set_domain("souk");
  AddMetadata(detail, bytes_max, info);
  if (detail.retry_after_ms != 0) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(detail.retry_after_ms / kMillisPerSecond);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(detail.retry_after_ms % kMillisPerSecond) *
                                           kNanosPerMilli);
    out.add_details()->PackFrom(retry);
  }
  const size_t fixed = out.ByteSizeLong() + info.ByteSizeLong() + 2 * kPackingBytes;  // the count of those left out too
  const size_t omitted = AddFindings(detail.violations, bytes_max > fixed ? bytes_max - fixed : 0, out);
  if (omitted > 0) (*info.mutable_metadata())["findings_omitted"] = std::to_string(omitted);
  out.add_details()->PackFrom(info);
  return out.SerializeAsString();
}

}  // namespace souk::rpc
