// SPDX-License-Identifier: Apache-2.0
#include "client/cli/report/checked.h"

#include <algorithm>

namespace souk::cli {
namespace {

v1::Finding FindingOf(const Violation& violation) {
  v1::Finding finding;
  finding.set_rule(violation.rule);
  finding.set_layer("standard");
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

}  // namespace

std::vector<v1::Finding> Checked::Findings() const {
  if (unreadable.ok()) return {verdict.findings().begin(), verdict.findings().end()};
  std::vector<v1::Finding> findings;
  for (const Violation& violation : unreadable.detail().violations) findings.push_back(FindingOf(violation));
  if (findings.empty()) {
    findings.push_back(FindingOf({.rule = "unreadable",
                                  .path = "",
                                  .pointer = "",
                                  .message = unreadable.message(),
                                  .remedy = unreadable.detail().remedy}));
  }
  return findings;
}

std::string Checked::FileOf(const v1::Finding& finding) const {
  const std::string& path = finding.location().path();
  if (path.empty()) return origin.empty() ? product : origin;
  return origin.empty() ? path : origin + "/" + path;
}

std::string_view Checked::LineOf(const v1::Finding& finding) const {
  if (finding.location().line() == 0) return {};
  const auto& documents = bundle.documents();
  const auto document = std::find_if(documents.begin(), documents.end(), [&](const v1::Document& known) {
    return known.path() == finding.location().path();
  });
  if (document == documents.end()) return {};
  std::string_view text = document->content();
  for (uint32_t line = 1; line < finding.location().line(); ++line) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

void Counts::Add(const v1::Finding& finding) {
  if (finding.severity() == v1::SEVERITY_ERROR) {
    ++errors;
  } else if (finding.severity() == v1::SEVERITY_WARNING) {
    ++warnings;
  } else {
    ++infos;
    waived += finding.waiver().empty() ? 0 : 1;
  }
}

std::string_view SeverityWord(v1::Severity severity) {
  if (severity == v1::SEVERITY_ERROR) return "error";
  return severity == v1::SEVERITY_WARNING ? "warning" : "info";
}

}  // namespace souk::cli
