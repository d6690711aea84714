// SPDX-License-Identifier: Apache-2.0
// `souk validate`: does it conform to its standard?
#include <istream>
#include <iterator>
#include <string>

#include "base/limits.h"
#include "client/cli/bundles.h"
#include "client/cli/command_list.h"
#include "client/cli/complaint.h"
#include "client/cli/text.h"
#include "client/lib/error_decoding.h"
#include "descriptor/conformance/conformance.h"

namespace souk::cli {
namespace {

StatusOr<v1::Document> Read(Session& session, const std::string& word) {
  v1::Document document;
  document.set_path(word == "-" ? std::string() : word);
  if (word == "-") {
    document.set_content(std::string(std::istreambuf_iterator<char>(session.env().in), {}));
  } else {
    ASSIGN_OR_RETURN(*document.mutable_content(), ReadFile(word, limits::kBundleBytesMax));
  }
  return document;
}

}  // namespace

StatusOr<int> RunValidate(Session& session) {
  v1::ConformanceReport report;
  Answer answer;
  answer.message = &report;
  answer.table.header = {"FILE", "STANDARD", "LINE", "SEVERITY", "RULE", "MESSAGE"};
  size_t broken = 0;
  std::vector<Violation> all;
  for (const std::string& word : session.words()) {
    ASSIGN_OR_RETURN(const v1::Document document, Read(session, word));
    const descriptor::Conformance conformance = descriptor::CheckConformance(document);
    v1::ConformanceReport::Document& told = *report.add_documents();
    told.set_path(word);
    told.set_standard(conformance.standard);
    told.set_conforms(conformance.conforms());
    broken += conformance.conforms() ? 0 : 1;
    answer.names.push_back(word);
    answer.ids.push_back(conformance.standard);
    for (const Violation& violation : conformance.violations) {
      *told.add_findings() = client::ToFinding(violation);
      answer.table.rows.push_back({word, conformance.standard, std::to_string(violation.line),
                                   violation.error ? "error" : "warning", violation.rule, violation.message});
      all.push_back(violation);
    }
  }
  answer.text = [&](std::ostream& out, const Style& style) {
    for (const Violation& violation : all) WriteViolation(violation, "", style, out);
    for (const v1::ConformanceReport::Document& document : report.documents()) {
      const std::string standard = document.standard().empty() ? "no known standard" : document.standard();
      out << Clean(document.path()) << ": " << (document.conforms() ? "conforms to " : "does not conform to ")
          << standard << "\n";
    }
  };
  RETURN_IF_ERROR(session.Print(answer).status());
  return broken == 0 ? kExitOk : kExitFindings;
}

}  // namespace souk::cli
