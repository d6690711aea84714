// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/status_border.h"

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
  finding.set_severity(violation.error ? v1::SEVERITY_ERROR : v1::SEVERITY_WARNING);
  finding.mutable_location()->set_path(violation.path);
  finding.mutable_location()->set_pointer(violation.pointer);
  finding.mutable_location()->set_line(violation.line);
  finding.mutable_location()->set_column(violation.column);
  finding.set_message(violation.message);
  finding.set_remedy(violation.remedy);
  return finding;
}

// As many findings as fit; the rest is counted.
size_t AddFindings(const std::vector<Violation>& violations, size_t bytes_max, google::rpc::Status& out) {
  v1::FindingList list;
  google::rpc::BadRequest plain;
  size_t used = 0;
  size_t taken = 0;
  for (const Violation& violation : violations) {
    const v1::Finding finding = FindingOf(violation);
    used += 2 * finding.ByteSizeLong();  // it is told twice: to our clients and to everybody's
    if (used > bytes_max) break;
    ++taken;
    *list.add_findings() = finding;
    auto& field = *plain.add_field_violations();
    field.set_field(violation.path.empty() ? violation.pointer : violation.path + "#" + violation.pointer);
    field.set_description(violation.message + ". " + violation.remedy);
    field.set_reason(violation.rule);
  }
  if (taken > 0) {
    out.add_details()->PackFrom(list);
    out.add_details()->PackFrom(plain);
  }
  return violations.size() - taken;
}

}  // namespace

std::string DetailsOf(const Status& status, size_t bytes_max) {
  const ErrorDetail& detail = status.detail();
  google::rpc::Status out;
  out.set_code(static_cast<int>(status.code()));
  out.set_message(status.message());
  google::rpc::ErrorInfo info;
  info.set_reason(detail.reason.empty() ? std::string(CodeName(status.code())) : detail.reason);
  info.set_domain("souk");
  for (const auto& [key, value] : detail.metadata) (*info.mutable_metadata())[key] = value;
  if (!detail.remedy.empty()) (*info.mutable_metadata())["remedy"] = detail.remedy;
  if (detail.retry_after_ms != 0) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(detail.retry_after_ms / kMillisPerSecond);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(detail.retry_after_ms % kMillisPerSecond) *
                                           kNanosPerMilli);
    out.add_details()->PackFrom(retry);
  }
  const size_t fixed = info.ByteSizeLong() + status.message().size();
  const size_t omitted = AddFindings(detail.violations, bytes_max > fixed ? bytes_max - fixed : 0, out);
  if (omitted > 0) (*info.mutable_metadata())["findings_omitted"] = std::to_string(omitted);
  out.add_details()->PackFrom(info);
  return out.SerializeAsString();
}

}  // namespace souk::rpc
