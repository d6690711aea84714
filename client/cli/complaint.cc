// SPDX-License-Identifier: Apache-2.0
#include "client/cli/complaint.h"

#include <algorithm>

#include "client/cli/text.h"

namespace souk::cli {
namespace {

std::string Place(const Violation& violation, const std::string& origin) {
  std::string place = origin;
  if (!violation.path.empty()) place += (place.empty() ? "" : "/") + violation.path;
  if (violation.line > 0) place += ":" + std::to_string(violation.line);
  if (violation.line > 0 && violation.column > 0) place += ":" + std::to_string(violation.column);
  return place.empty() ? place : place + ": ";
}

std::string Severity(const Violation& violation, const Style& style) {
  if (violation.error) return style.Red("error: ");
  return violation.advice ? style.Dim("info: ") : style.Yellow("warning: ");
}

}  // namespace

void WriteViolation(const Violation& violation, const std::string& origin, const Style& style, std::ostream& out) {
  out << style.Bold(Clean(Place(violation, origin))) << Severity(violation, style) << Clean(violation.message);
  if (!violation.rule.empty()) out << " [" << Clean(violation.rule) << "]";
  if (!violation.pointer.empty()) out << " at " << Clean(violation.pointer);
  out << "\n";
  if (!violation.remedy.empty()) out << "    " << Clean(violation.remedy) << "\n";
}

void WriteComplaint(const Status& status, const std::string& origin, const Style& style, std::ostream& out) {
  const ErrorDetail& detail = status.detail();
  out << style.Red("souk: ") << Clean(status.message());
  const std::string_view reason = detail.reason.empty() ? CodeName(status.code()) : std::string_view(detail.reason);
  out << " (" << Clean(reason) << ")\n";
  for (const Violation& violation : detail.violations) WriteViolation(violation, origin, style, out);
  const bool said = std::any_of(detail.violations.begin(), detail.violations.end(),
                                [&](const Violation& v) { return v.remedy == detail.remedy; });
  if (!detail.remedy.empty() && !said) out << "  " << Clean(detail.remedy) << "\n";
}

}  // namespace souk::cli
