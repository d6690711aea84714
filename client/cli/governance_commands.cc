// SPDX-License-Identifier: Apache-2.0
// governance report|pull.
#include <algorithm>
#include <fstream>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "base/names.h"
#include "client/cli/bundles.h"
#include "client/cli/command_list.h"
#include "client/cli/format.h"
#include "client/cli/text.h"

namespace souk::cli {
namespace {

constexpr size_t kRulesShown = 4;
constexpr uint64_t kPercent = 100;

std::string Percent(uint32_t part, uint32_t whole) {
  return whole == 0 ? "-" : std::to_string(part * kPercent / whole) + " %";
}

// "contract-required 12, docs-required 3": what a domain should begin with.
std::string Foremost(const v1::DomainCompliance& compliance) {
  std::vector<std::string> words;
  for (const v1::RuleCount& count : compliance.rules()) {
    if (count.severity() != v1::SEVERITY_ERROR || words.size() == kRulesShown) break;
    words.push_back(count.rule() + " " + std::to_string(count.lines()));
  }
  return Join(words, ", ");
}

std::vector<std::string> RowOf(const v1::DomainCompliance& compliance, const std::string& name) {
  return {name,
          LastSegment(compliance.team()),
          std::to_string(compliance.lines()),
          std::to_string(compliance.in_service()),
          std::to_string(compliance.fit()),
          Percent(compliance.fit(), compliance.lines()),
          std::to_string(compliance.waived()),
          Foremost(compliance)};
}

Table TableOf(const v1::ReportComplianceResponse& report) {
  Table table;
  table.header = {"DOMAIN", "TEAM", "LINES", "IN SERVICE", "FIT", "SHARE", "WAIVED", "WHAT IS MISSING MOST"};
  for (const v1::DomainCompliance& domain : report.domains()) {
    table.rows.push_back(RowOf(domain, LastSegment(domain.domain())));
  }
  table.rows.push_back(RowOf(report.total(), "all"));
  return table;
}

// A cell of a markdown table.
std::string Cell(const std::string& text) {
  std::string cell;
  for (const char c : Clean(text)) {
    if (c == '|' || c == '\\') cell += '\\';
    cell += c;
  }
  return cell;
}

void WriteRow(const std::vector<std::string>& cells, std::ostream& out) {
  for (const std::string& cell : cells) out << "| " << Cell(cell) << " ";
  out << "|\n";
}

void WriteMarkdownReport(const v1::ReportComplianceResponse& report, std::ostream& out) {
  const v1::DomainCompliance& total = report.total();
  out << "# How far the mesh keeps to its rules, " << report.day() << "\n\n"
      << total.fit() << " of " << Count(total.lines(), "live line") << " (" << Percent(total.fit(), total.lines())
      << ") could be in service as they are; " << total.in_service() << " are. A waiver excuses " << total.waived()
      << ".\n\n";
  const Table table = TableOf(report);
  WriteRow({"domain", "team", "lines", "in service", "fit", "share", "waived", "what is missing most"}, out);
  out << "|---|---|--:|--:|--:|--:|--:|---|\n";
  for (const auto& row : table.rows) WriteRow(row, out);
  out << "\n## What is missing, over all domains\n\n| rule | weight | lines |\n|---|---|--:|\n";
  for (const v1::RuleCount& count : total.rules()) {
    const std::string weight = count.severity() == v1::SEVERITY_ERROR     ? "error"
                               : count.severity() == v1::SEVERITY_WARNING ? "warning"
                                                                          : "observed";
    WriteRow({count.rule(), weight, std::to_string(count.lines())}, out);
  }
  out << "\n## Where to begin\n\n";
  for (const v1::DomainCompliance& domain : report.domains()) {
    if (domain.unfit().empty()) continue;
    out << "- **" << Cell(LastSegment(domain.domain())) << "**: ";
    std::vector<std::string> names;
    for (const std::string& line : domain.unfit()) names.push_back(Cell(ShortName(line)));
    const uint32_t more = domain.lines() - domain.fit() - static_cast<uint32_t>(domain.unfit_size());
    out << Join(names, ", ") << (more > 0 ? " and " + std::to_string(more) + " more" : std::string()) << "\n";
  }
}

Status WritePulled(Session& session, const v1::GetGovernanceContextResponse& pulled, std::ostream& out) {
  ASSIGN_OR_RETURN(const std::string json, ToJson(pulled, false));
  out << json << "\n";
  session.Detail("pulled the context of " + pulled.context().line());
  return Status::Ok();
}

Status PullAll(Session& session, BundleReader& reader, std::ostream& out) {
  while (const std::optional<BundleInput> input = reader.Next()) {
    RETURN_IF_ERROR(input->bundle.status());
    v1::GetGovernanceContextRequest request;
    *request.mutable_bundle() = *input->bundle;
    session.SetConsistency(request);
    ASSIGN_OR_RETURN(const v1::GetGovernanceContextResponse pulled,
                     session.client().GetGovernanceContext(request, session.call()));
    RETURN_IF_ERROR(WritePulled(session, pulled, out));
  }
  return Status::Ok();
}

}  // namespace

StatusOr<int> RunGovernanceReport(Session& session) {
  v1::ReportComplianceRequest request;
  if (session.Has("domain")) request.set_parent(DomainName(session.Text("domain")));
  session.SetConsistency(request);
  ASSIGN_OR_RETURN(const v1::ReportComplianceResponse response,
                   session.client().ReportCompliance(request, session.call()));
  if (session.format() == "markdown") {
    WriteMarkdownReport(response, session.env().out);
    return kExitOk;
  }
  Answer answer;
  answer.message = &response;
  answer.table = TableOf(response);
  for (const v1::DomainCompliance& domain : response.domains()) {
    answer.names.push_back(domain.domain());
    answer.ids.push_back(LastSegment(domain.domain()));
  }
  return session.Print(answer);
}

StatusOr<int> RunGovernancePull(Session& session) {
  ASSIGN_OR_RETURN(Discovery discovery, Discover(session.words(), session.Has("recursive")));
  BundleReader reader(std::move(discovery), session.env().in);
  if (!session.Has("file")) {
    RETURN_IF_ERROR(PullAll(session, reader, session.env().out));
    return kExitOk;
  }
  const std::string path = session.Text("file");
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (file) RETURN_IF_ERROR(PullAll(session, reader, file));
  file.close();
  if (!file) return errors::BadField("file", path + " can't be written", "Check the path, and the room on the disk.");
  return kExitOk;
}

}  // namespace souk::cli
