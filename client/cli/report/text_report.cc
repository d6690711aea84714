// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "client/cli/report/report.h"
#include "client/cli/text.h"

namespace souk::cli {
namespace {

constexpr size_t kLineShownMax = 160;  // bytes of a source line
constexpr size_t kConsumersShownMax = 20;

std::string Coloured(v1::Severity severity, const Style& style) {
  const std::string word(SeverityWord(severity));
  if (severity == v1::SEVERITY_ERROR) return style.Red(word);
  return severity == v1::SEVERITY_WARNING ? style.Yellow(word) : style.Dim(word);
}

// Bytes of the word or key that begins at the column.
size_t MarkedBytes(std::string_view line, size_t column) {
  std::string_view rest = line.substr(column);
  if (const size_t comment = rest.find(" #"); comment != std::string_view::npos) rest = rest.substr(0, comment);
  if (const size_t key = rest.find(": "); key != std::string_view::npos) rest = rest.substr(0, key);
  const size_t end = rest.find_last_not_of(" \t:,");
  return end == std::string_view::npos ? 1 : end + 1;
}

void WriteLine(const Checked& one, const v1::Finding& finding, const Style& style, std::ostream& out) {
  const std::string_view whole = one.LineOf(finding);
  if (whole.empty()) return;
  const std::string_view line = whole.substr(0, kLineShownMax);
  const std::string number = std::to_string(finding.location().line());
  const std::string margin(number.size(), ' ');
  out << "  " << style.Dim(number + " | ") << Clean(line) << (line.size() < whole.size() ? " …" : "") << "\n";
  const size_t column = std::max<size_t>(finding.location().column(), 1) - 1;
  if (column >= line.size()) return;
  const int before = DisplayWidth(Clean(line.substr(0, column)));
  const int marked = DisplayWidth(Clean(line.substr(column, MarkedBytes(line, column))));
  out << "  " << style.Dim(margin + " | ") << std::string(static_cast<size_t>(before), ' ')
      << style.Red(std::string(static_cast<size_t>(std::max(marked, 1)), '^')) << "\n";
}

void WriteFinding(const Checked& one, const v1::Finding& finding, const Style& style, std::ostream& out) {
  std::string place = one.FileOf(finding);
  if (finding.location().line() > 0) {
    place += fmt::format(":{}", finding.location().line());
    if (finding.location().column() > 0) place += fmt::format(":{}", finding.location().column());
  }
  out << style.Bold(Clean(place)) << ": " << Coloured(finding.severity(), style) << ": " << Clean(finding.message())
      << " [" << Clean(finding.rule()) << "]\n";
  WriteLine(one, finding, style, out);
  if (!finding.remedy().empty()) out << "    " << Clean(finding.remedy()) << "\n";
}

std::string Reach(const v1::AffectedConsumer& affected) {
  const v1::Consumer& consumer = affected.consumer();
  std::string text = "  " + ShortName(consumer.line());
  if (!consumer.title().empty()) text += " (" + consumer.title() + ")";
  text += consumer.columns_known() ? ": reads " + Join(Strings(affected.columns()), ", ")
                                   : ": its columns are unknown, any may break";
  if (!consumer.team().empty()) text += "; " + consumer.team();
  std::vector<std::string> contacts;
  for (const v1::Contact& contact : consumer.contacts()) {
    contacts.push_back(contact.url().empty() ? contact.channel() : contact.url());
  }
  if (!contacts.empty()) text += ", " + Join(contacts, ", ");
  return text + (affected.acknowledged() ? "; has acknowledged it" : "");
}

void WriteReach(const v1::Verdict& verdict, std::ostream& out) {
  if (verdict.affected().empty()) return;
  out << "Whom the breaking changes reach (acknowledge with --changes " << verdict.changes_digest() << "):\n";
  for (int i = 0; i < verdict.affected_size(); ++i) {
    if (static_cast<size_t>(i) == kConsumersShownMax) {
      out << "  and " << verdict.affected_size() - i << " more\n";
      break;
    }
    out << Clean(Reach(verdict.affected(i))) << "\n";
  }
}

void AddPart(std::string& text, size_t count, std::string_view noun) {
  if (count > 0) text += (text.empty() ? "" : ", ") + Count(count, noun);
}

std::string Summary(const Counts& counts, size_t fit, size_t all) {
  std::string found;
  AddPart(found, counts.errors, "error");
  AddPart(found, counts.warnings, "warning");
  AddPart(found, counts.infos, "remark");
  if (counts.waived > 0) found += fmt::format(" ({} waived)", counts.waived);
  return fmt::format("{} of {} fit to be active; {}", fit, Count(all, "product"),
                     found.empty() ? "nothing found" : found);
}

}  // namespace

void WriteText(std::span<const Checked> checked, const Style& style, std::ostream& out) {
  Counts counts;
  size_t fit = 0;
  for (const Checked& one : checked) {
    for (const v1::Finding& finding : one.Findings()) {
      counts.Add(finding);
      WriteFinding(one, finding, style, out);
    }
    if (!one.unreadable.ok()) continue;
    fit += one.verdict.fit_for_active() ? 1 : 0;
    WriteReach(one.verdict, out);
    out << Clean(one.product) << ": "
        << (one.verdict.fit_for_active() ? style.Green("fit to be active") : style.Red("not fit to be active"))
        << style.Dim(", verdict " + one.verdict.digest()) << "\n";
  }
  if (checked.size() != 1 || counts.errors + counts.warnings + counts.infos > 0) {
    out << Summary(counts, fit, checked.size()) << "\n";
  }
}

}  // namespace souk::cli
