// SPDX-License-Identifier: Apache-2.0
// `souk check`: the whole gate, as at registration, on this machine. The context comes from the node, or from a file
// that was pulled from one, or there is none.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/errors.h"
#include "base/limits.h"
#include "client/cli/bundles.h"
#include "client/cli/command_list.h"
#include "client/cli/report/report.h"
#include "client/cli/text.h"
#include "client/cli/usage.h"
#include "descriptor/bundle.h"
#include "governance/judge.h"

namespace souk::cli {
namespace {

using Pulled = v1::GetGovernanceContextResponse;

// Contexts of a file by line: one response of GetGovernanceContext a line, as `souk governance pull` writes them.
StatusOr<std::map<std::string, Pulled>> ReadContexts(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path, limits::kRequestBytesMax));
  std::map<std::string, Pulled> contexts;
  size_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    Pulled pulled;
    if (const auto read = google::protobuf::util::JsonStringToMessage(line, &pulled); !read.ok()) {
      return errors::BadField("context", path + ":" + std::to_string(number) + " is no context: " + read.ToString(),
                              "Pull it again: souk governance pull.");
    }
    std::string name = pulled.context().line();
    contexts.insert_or_assign(std::move(name), std::move(pulled));
  }
  return contexts;
}

// How grave a finding must be to fail the run.
v1::Severity Threshold(const std::string& word) {
  if (word == "never") return v1::SEVERITY_UNSPECIFIED;
  if (word == "info") return v1::SEVERITY_INFO;
  return word == "warning" ? v1::SEVERITY_WARNING : v1::SEVERITY_ERROR;
}

class Check {
 public:
  explicit Check(Session& session) : session_(session) {}

  StatusOr<int> Run() {
    if (std::find(std::begin(kReportFormats), std::end(kReportFormats), session_.format()) ==
        std::end(kReportFormats)) {
      return UsageError("a check has no format " + session_.format(),
                        "Use one of " + Join({std::begin(kReportFormats), std::end(kReportFormats)}, ", ") + ".");
    }
    if (session_.Has("context") && session_.Has("offline")) {
      return UsageError("--context and --offline exclude each other", "Give one of the two.");
    }
    if (session_.Has("context")) {
      ASSIGN_OR_RETURN(contexts_, ReadContexts(session_.Text("context")));
    }
    ASSIGN_OR_RETURN(Discovery discovery, Discover(session_.words(), session_.Has("recursive")));
    for (const std::string& orphan : discovery.orphans) {
      session_.Note(orphan + " belongs to no product beside it and is left out");
    }
    BundleReader reader(std::move(discovery), session_.env().in);
    while (std::optional<BundleInput> input = reader.Next()) {
      ASSIGN_OR_RETURN(Checked one, CheckOne(*std::move(input)));
      checked_.push_back(std::move(one));
    }
    if (checked_.empty()) {
      return errors::BadField("check", "there was nothing to check", "Give a file or folder that holds products.");
    }
    if (session_.Has("offline")) {
      session_.Note("offline: policies, upstreams, readers and the version before are not looked at");
    }
    RETURN_IF_ERROR(WriteReport(checked_, session_.format(), session_.out_style(), session_.env().out));
    return ExitCode();
  }

 private:
  StatusOr<Checked> CheckOne(BundleInput input) {
    Checked one;
    one.origin = std::move(input.origin);
    one.product = std::move(input.product);
    one.unreadable = input.bundle.status();
    if (!input.bundle.ok()) return one;
    one.bundle = *std::move(input.bundle);
    const StatusOr<descriptor::ParsedBundle> parsed = descriptor::ParseBundle(one.bundle);
    one.unreadable = parsed.status();
    if (!parsed.ok()) return one;
    one.product = parsed->line.Short();
    const std::string line = parsed->line.ToString();
    ASSIGN_OR_RETURN(const Pulled pulled, ContextOf(one.bundle, line));
    one.verdict = governance::JudgeBundle(*parsed, StateOf(session_.Text("state")), pulled.context());
    one.verdict.set_revision(pulled.revision());
    return one;
  }

  StatusOr<Pulled> ContextOf(const v1::Bundle& bundle, const std::string& line) {
    if (session_.Has("offline")) {
      Pulled empty;
      empty.mutable_context()->set_line(line);
      return empty;
    }
    if (session_.Has("context")) {
      const auto known = contexts_.find(line);
      if (known != contexts_.end()) return known->second;
      return errors::BadField("context", session_.Text("context") + " has no context of " + line,
                              "Pull one for it: souk governance pull PATH.");
    }
    v1::GetGovernanceContextRequest request;
    *request.mutable_bundle() = bundle;
    session_.SetConsistency(request);
    return session_.client().GetGovernanceContext(request, session_.call());
  }

  int ExitCode() const {
    const v1::Severity threshold = Threshold(session_.Text("fail-on"));
    if (threshold == v1::SEVERITY_UNSPECIFIED) return kExitOk;
    for (const Checked& one : checked_) {
      const std::vector<v1::Finding> findings = one.Findings();
      if (std::any_of(findings.begin(), findings.end(), [&](const v1::Finding& finding) {
            return finding.severity() >= threshold && finding.waiver().empty();
          })) {
        return kExitFindings;
      }
    }
    return kExitOk;
  }

  Session& session_;
  std::map<std::string, Pulled> contexts_;
  std::vector<Checked> checked_;
};

}  // namespace

StatusOr<int> RunCheck(Session& session) { return Check(session).Run(); }

}  // namespace souk::cli
