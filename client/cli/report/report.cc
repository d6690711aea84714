// SPDX-License-Identifier: Apache-2.0
#include "client/cli/report/report.h"

#include <nlohmann/json.hpp>
#include <string>

#include "base/errors.h"
#include "client/cli/format.h"
#include "client/cli/text.h"

namespace souk::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kJsonIndent = 2;

Json ErrorOf(const Checked& one) {
  Json findings = Json::array();
  for (const v1::Finding& finding : one.Findings()) {
    const auto json = ToJson(finding, false);
    if (json.ok()) findings.push_back(Json::parse(*json, nullptr, false));
  }
  return {{"code", std::string(CodeName(one.unreadable.code()))},
          {"message", one.unreadable.message()},
          {"findings", findings}};
}

// A table's cell: one line, no bars of its own.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : Clean(text)) {
    if (c == '<') {
      cell += "&lt;";
    } else {
      if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '_' || c == '[') cell += '\\';
      cell += c;
    }
  }
  return cell;
}

}  // namespace

Status WriteJson(std::span<const Checked> checked, std::ostream& out) {
  Json products = Json::array();
  Counts counts;
  size_t fit = 0;
  for (const Checked& one : checked) {
    for (const v1::Finding& finding : one.Findings()) counts.Add(finding);
    Json product = {{"origin", one.origin}, {"product", one.product}};
    if (one.unreadable.ok()) {
      fit += one.verdict.fit_for_active() ? 1 : 0;
      ASSIGN_OR_RETURN(const std::string verdict, ToJson(one.verdict, false));
      product["verdict"] = Json::parse(verdict, nullptr, false);
    } else {
      product["error"] = ErrorOf(one);
    }
    products.push_back(std::move(product));
  }
  const Json document = {{"products", products},
                         {"summary",
                          {{"products", checked.size()},
                           {"fitForActive", fit},
                           {"errors", counts.errors},
                           {"warnings", counts.warnings},
                           {"infos", counts.infos},
                           {"waived", counts.waived}}}};
  out << document.dump(kJsonIndent, ' ', false, Json::error_handler_t::replace) << "\n";
  return Status::Ok();
}

void WriteMarkdown(std::span<const Checked> checked, std::ostream& out) {
  for (const Checked& one : checked) {
    const bool fit = one.unreadable.ok() && one.verdict.fit_for_active();
    out << "### " << Cell(one.product) << ": " << (fit ? "fit to be active" : "not fit to be active") << "\n\n";
    const std::vector<v1::Finding> findings = one.Findings();
    if (findings.empty()) {
      out << "Nothing found.\n\n";
    } else {
      out << "| | Where | What | How to mend it |\n|---|---|---|---|\n";
      for (const v1::Finding& finding : findings) {
        const uint32_t line = finding.location().line();
        out << "| " << SeverityWord(finding.severity()) << " | " << Cell(one.FileOf(finding))
            << (line > 0 ? ":" + std::to_string(line) : "") << " | " << Cell(finding.message()) << " ("
            << Cell(finding.rule()) << ") | " << Cell(finding.remedy()) << " |\n";
      }
      out << "\n";
    }
    if (one.verdict.affected().empty()) continue;
    out << "Whom the breaking changes reach:\n\n| Reader | Columns | Who answers | Acknowledged |\n|---|---|---|---|\n";
    for (const v1::AffectedConsumer& affected : one.verdict.affected()) {
      const v1::Consumer& consumer = affected.consumer();
      const std::string columns = consumer.columns_known() ? Join(Strings(affected.columns()), ", ") : "unknown";
      out << "| " << Cell(ShortName(consumer.line())) << " | " << Cell(columns) << " | " << Cell(consumer.team())
          << " | " << (affected.acknowledged() ? "yes" : "no") << " |\n";
    }
    out << "\n";
  }
}

Status WriteReport(std::span<const Checked> checked, std::string_view format, const Style& style, std::ostream& out) {
  if (format == "json") return WriteJson(checked, out);
  if (format == "junit") {
    WriteJunit(checked, out);
  } else if (format == "sarif") {
    WriteSarif(checked, out);
  } else if (format == "github-actions") {
    WriteGithub(checked, out);
  } else if (format == "gitlab-code-quality") {
    WriteGitlab(checked, out);
  } else if (format == "markdown") {
    WriteMarkdown(checked, out);
  } else {
    WriteText(checked, style, out);
  }
  return Status::Ok();
}

}  // namespace souk::cli
