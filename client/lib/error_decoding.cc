// SPDX-License-Identifier: Apache-2.0
#include "client/lib/error_decoding.h"

#include <algorithm>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace souk::client {
namespace {

constexpr int64_t kMsPerSecond = 1000;
constexpr int64_t kNsPerMs = 1'000'000;
constexpr int64_t kRetryMsMax = 3'600'000;  // a longer hint than an hour is not one to wait for

void TakeInfo(const google::rpc::ErrorInfo& info, ErrorDetail& detail) {
  detail.reason = info.reason();
  for (const auto& [key, value] : info.metadata()) {
    if (key == "remedy") {
      detail.remedy = value;
    } else {
      detail.metadata.emplace_back(key, value);
    }
  }
  std::sort(detail.metadata.begin(), detail.metadata.end());  // a map has no order of its own
}

void TakeRetry(const google::rpc::RetryInfo& retry, ErrorDetail& detail) {
  const int64_t ms = retry.retry_delay().seconds() * kMsPerSecond + retry.retry_delay().nanos() / kNsPerMs;
  detail.retry_after_ms = static_cast<uint32_t>(std::clamp<int64_t>(ms, 0, kRetryMsMax));
}

}  // namespace

Violation ToViolation(const v1::Finding& finding) {
  Violation violation;
  violation.rule = finding.rule();
  violation.path = finding.location().path();
  violation.pointer = finding.location().pointer();
  violation.line = finding.location().line();
  violation.column = finding.location().column();
  violation.message = finding.message();
  violation.remedy = finding.remedy();
  violation.error = finding.severity() == v1::SEVERITY_ERROR || finding.severity() == v1::SEVERITY_UNSPECIFIED;
  violation.advice = finding.severity() == v1::SEVERITY_INFO;
  return violation;
}

v1::Finding ToFinding(const Violation& violation) {
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

Status DecodeError(Code code, std::string message, std::string_view details) {
  google::rpc::Status rpc;
  if (details.empty() || !rpc.ParseFromArray(details.data(), static_cast<int>(details.size()))) {
    return {code, std::move(message)};
  }
  ErrorDetail detail;
  std::vector<Violation> fields;
  for (const google::protobuf::Any& any : rpc.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    google::rpc::BadRequest bad_request;
    google::rpc::Help help;
    v1::FindingList findings;
    if (any.UnpackTo(&info)) {
      TakeInfo(info, detail);
    } else if (any.UnpackTo(&retry)) {
      TakeRetry(retry, detail);
    } else if (any.UnpackTo(&findings)) {
      for (const v1::Finding& finding : findings.findings()) detail.violations.push_back(ToViolation(finding));
    } else if (any.UnpackTo(&bad_request)) {
      for (const auto& field : bad_request.field_violations()) {
        Violation& violation = fields.emplace_back();
        violation.rule = field.reason();
        violation.pointer = field.field();
        violation.message = field.description();
      }
    } else if (any.UnpackTo(&help) && detail.remedy.empty() && !help.links().empty()) {
      detail.remedy = help.links(0).description();
    }
  }
  // FindingList says the same with more: rule, line, remedy.
  if (detail.violations.empty()) detail.violations = std::move(fields);
  return {code, std::move(message), std::move(detail)};
}

}  // namespace souk::client
