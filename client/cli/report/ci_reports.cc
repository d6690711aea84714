// SPDX-License-Identifier: Apache-2.0
// What build services read: JUnit, SARIF, GitHub's workflow commands, GitLab's code quality.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "base/digest.h"
#include "client/cli/report/report.h"
#include "client/cli/text.h"

namespace souk::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kJsonIndent = 2;

void WriteDocument(const Json& document, std::ostream& out) {
  out << document.dump(kJsonIndent, ' ', false, Json::error_handler_t::replace) << "\n";
}

std::string Xml(std::string_view text) {
  std::string escaped;
  for (const char c : Clean(text)) {
    switch (c) {
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '&':
        escaped += "&amp;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string Place(const Checked& one, const v1::Finding& finding) {
  const uint32_t line = finding.location().line();
  return one.FileOf(finding) + (line > 0 ? ":" + std::to_string(line) : "");
}

// A relative reference: what a path may not have in it is written by percent.
std::string Uri(const std::string& path) {
  static constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string uri;
  for (const char c : path) {
    if (kPlain.find(c) != std::string_view::npos) {
      uri += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    uri += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return uri;
}

std::string SarifLevel(v1::Severity severity) {
  return severity == v1::SEVERITY_INFO ? "note" : std::string(SeverityWord(severity));
}

Json SarifResult(const Checked& one, const v1::Finding& finding) {
  Json region = Json::object();
  if (finding.location().line() > 0) {
    region["startLine"] = finding.location().line();
    if (finding.location().column() > 0) region["startColumn"] = finding.location().column();
  }
  Json physical = {{"artifactLocation", {{"uri", Uri(one.FileOf(finding))}}}};
  if (!region.empty()) physical["region"] = region;
  Json location = {{"physicalLocation", physical}};
  if (!finding.location().pointer().empty()) {
    location["logicalLocations"] = Json::array({{{"fullyQualifiedName", finding.location().pointer()}}});
  }
  Json result = {{"ruleId", finding.rule()},
                 {"level", SarifLevel(finding.severity())},
                 {"message", {{"text", finding.message() + ". " + finding.remedy()}}},
                 {"locations", Json::array({location})}};
  if (!finding.waiver().empty()) {
    result["suppressions"] =
        Json::array({{{"kind", "external"}, {"status", "accepted"}, {"justification", finding.remedy()}}});
  }
  return result;
}

// Of a workflow command: its text, or with `property` one of its properties.
std::string Github(std::string_view text, bool property) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '%':
        escaped += "%25";
        break;
      case '\r':
        escaped += "%0D";
        break;
      case '\n':
        escaped += "%0A";
        break;
      case ':':
        escaped += property ? "%3A" : ":";
        break;
      case ',':
        escaped += property ? "%2C" : ",";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string_view GithubCommand(v1::Severity severity) {
  return severity == v1::SEVERITY_INFO ? "notice" : SeverityWord(severity);
}

std::string_view GitlabSeverity(v1::Severity severity) {
  if (severity == v1::SEVERITY_ERROR) return "major";
  return severity == v1::SEVERITY_WARNING ? "minor" : "info";
}

}  // namespace

void WriteJunit(std::span<const Checked> checked, std::ostream& out) {
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"souk check\">\n";
  for (const Checked& one : checked) {
    const std::vector<v1::Finding> findings = one.Findings();
    const auto failed = std::count_if(findings.begin(), findings.end(), [](const v1::Finding& finding) {
      return finding.severity() == v1::SEVERITY_ERROR;
    });
    const size_t cases = findings.empty() ? 1 : findings.size();
    out << "  <testsuite name=\"" << Xml(one.product) << "\" tests=\"" << cases << "\" failures=\"" << failed
        << "\">\n";
    if (findings.empty()) {
      out << "    <testcase classname=\"" << Xml(one.product) << "\" name=\"nothing found\"/>\n";
    }
    for (const v1::Finding& finding : findings) {
      out << "    <testcase classname=\"" << Xml(one.product) << "\" name=\"" << Xml(finding.rule()) << " "
          << Xml(Place(one, finding)) << "\">\n";
      const std::string text = Xml(finding.message()) + "\n" + Xml(finding.remedy());
      if (finding.severity() == v1::SEVERITY_ERROR) {
        out << "      <failure type=\"" << Xml(finding.rule()) << "\" message=\"" << Xml(finding.message()) << "\">"
            << text << "</failure>\n";
      } else {
        out << "      <system-out>" << SeverityWord(finding.severity()) << ": " << text << "</system-out>\n";
      }
      out << "    </testcase>\n";
    }
    out << "  </testsuite>\n";
  }
  out << "</testsuites>\n";
}

void WriteSarif(std::span<const Checked> checked, std::ostream& out) {
  std::set<std::string> rules;
  Json results = Json::array();
  for (const Checked& one : checked) {
    for (const v1::Finding& finding : one.Findings()) {
      rules.insert(finding.rule());
      results.push_back(SarifResult(one, finding));
    }
  }
  Json descriptions = Json::array();
  for (const std::string& rule : rules) descriptions.push_back({{"id", rule}});
  WriteDocument({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                 {"version", "2.1.0"},
                 {"runs", Json::array({{{"tool", {{"driver", {{"name", "souk check"}, {"rules", descriptions}}}}},
                                        {"columnKind", "unicodeCodePoints"},
                                        {"results", results}}})}},
                out);
}

void WriteGithub(std::span<const Checked> checked, std::ostream& out) {
  for (const Checked& one : checked) {
    for (const v1::Finding& finding : one.Findings()) {
      out << "::" << GithubCommand(finding.severity()) << " file=" << Github(Clean(one.FileOf(finding)), true);
      if (finding.location().line() > 0) out << ",line=" << finding.location().line();
      if (finding.location().column() > 0) out << ",col=" << finding.location().column();
      out << ",title=" << Github(Clean(finding.rule()), true)
          << "::" << Github(Clean(finding.message()) + "\n" + Clean(finding.remedy()), false) << "\n";
    }
  }
}

void WriteGitlab(std::span<const Checked> checked, std::ostream& out) {
  Json issues = Json::array();
  for (const Checked& one : checked) {
    for (const v1::Finding& finding : one.Findings()) {
      // Without the line: a finding that only moves stays the same one.
      DigestBuilder fingerprint;
      fingerprint.Add(finding.rule()).Add(one.FileOf(finding)).Add(finding.location().pointer()).Add(finding.message());
      issues.push_back(
          {{"description", finding.message() + ". " + finding.remedy()},
           {"check_name", finding.rule()},
           {"fingerprint", Hex(fingerprint.Finish())},
           {"severity", std::string(GitlabSeverity(finding.severity()))},
           {"location",
            {{"path", one.FileOf(finding)}, {"lines", {{"begin", std::max(finding.location().line(), 1U)}}}}}});
    }
  }
  WriteDocument(issues, out);
}

}  // namespace souk::cli
