// SPDX-License-Identifier: Apache-2.0
// policy test|eval|explain: on this machine.
#include <string>
#include <utility>

#include "client/cli/bundles.h"
#include "client/cli/command_list.h"
#include "client/cli/policy_cases.h"
#include "client/cli/text.h"
#include "descriptor/bundle.h"
#include "governance/policy/engine.h"
#include "governance/policy/evaluate.h"
#include "souk/v1/governance_service.pb.h"

namespace souk::cli {
namespace {

std::string SeverityText(v1::Severity severity) {
  return severity == v1::SEVERITY_ERROR ? "error" : severity == v1::SEVERITY_WARNING ? "warning" : "info";
}

std::string Place(const v1::SourceLocation& location) {
  const std::string line = location.line() == 0 ? std::string() : ":" + std::to_string(location.line());
  return location.path() + line;
}

}  // namespace

StatusOr<int> RunPolicyTest(Session& session) {
  ASSIGN_OR_RETURN(const auto policies, FindPolicies(session.words()));
  v1::PolicyTestReport report;
  Answer answer;
  answer.message = &report;
  answer.table.header = {"POLICY", "CASE", "RESULT", "WHAT DIFFERS"};
  size_t failed = 0;
  for (const auto& policy : policies) {
    for (const PolicyCase& one : RunCases(policy)) {
      failed += one.Passes() ? 0 : 1;
      std::string differs;
      if (!one.broken.ok()) {
        session.Complain(one.broken);
        differs = one.broken.message();
      } else if (!one.Passes()) {
        differs = "expected \"" + Join(one.expected, "\", \"") + "\", found \"" + Join(one.found, "\", \"") + "\"";
      }
      v1::PolicyTestReport::Case& told = *report.add_cases();
      told.set_policy(one.policy);
      told.set_name(one.name);
      told.set_passed(one.Passes());
      for (const std::string& message : one.expected) told.add_expected(message);
      for (const std::string& message : one.found) told.add_found(message);
      told.set_problem(one.broken.ok() ? std::string() : one.broken.message());
      answer.table.rows.push_back({one.policy, one.name, one.Passes() ? "passed" : "failed", differs});
      answer.names.push_back(one.policy);
      answer.ids.push_back(one.name);
    }
  }
  RETURN_IF_ERROR(session.Print(answer).status());
  session.Note(Count(static_cast<uint64_t>(report.cases_size()), "case") + ", " + std::to_string(failed) + " failed");
  return failed == 0 ? kExitOk : kExitFindings;
}

StatusOr<int> RunPolicyEval(Session& session) {
  ASSIGN_OR_RETURN(const v1::Policy policy, ReadPolicy(session.word(0)));
  std::vector<std::string> paths(session.words().begin() + 1, session.words().end());
  ASSIGN_OR_RETURN(Discovery discovery, Discover(paths, session.Has("recursive")));
  BundleReader reader(std::move(discovery), session.env().in);
  v1::FindingList all;
  Answer answer;
  answer.message = &all;
  answer.table.header = {"PRODUCT", "PLACE", "SEVERITY", "MESSAGE"};
  while (const std::optional<BundleInput> input = reader.Next()) {
    RETURN_IF_ERROR(input->bundle.status());
    ASSIGN_OR_RETURN(const descriptor::ParsedBundle parsed, descriptor::ParseBundle(*input->bundle));
    v1::GovernanceContext context;
    context.set_line(parsed.line.ToString());
    for (v1::Finding& finding :
         governance::EvaluatePolicy(policy, parsed.model, parsed.state, context, parsed.locations)) {
      answer.table.rows.push_back(
          {parsed.line.Short(), Place(finding.location()), SeverityText(finding.severity()), finding.message()});
      answer.names.push_back(parsed.line.ToString());
      answer.ids.push_back(parsed.model.id());
      *all.add_findings() = std::move(finding);
    }
  }
  RETURN_IF_ERROR(session.Print(answer).status());
  session.Note(Count(static_cast<uint64_t>(all.findings_size()), "violation") +
               "; without a node there is no day, no " + "consumer and no version before");
  return all.findings().empty() ? kExitOk : kExitFindings;
}

StatusOr<int> RunPolicyExplain(Session& session) {
  ASSIGN_OR_RETURN(const v1::Policy policy, ReadPolicy(session.word(0)));
  const governance::Engine::Lease engine = governance::Engine::Borrow();
  const governance::PreparedPolicy prepared = engine->Prepare(policy.source());
  Answer answer;
  answer.message = &policy;
  answer.table.header = {"WHAT", "SAID"};
  auto& rows = answer.table.rows;
  rows.push_back({"policy", policy.name()});
  rows.push_back({"title", policy.title()});
  rows.push_back({"severity", SeverityText(policy.severity())});
  rows.push_back({"owner", policy.owner()});
  rows.push_back({"rationale", policy.rationale()});
  rows.push_back({"layer", policy.layer()});
  std::vector<std::string> states;
  for (const int state : policy.applies_to()) states.push_back(StateWord(static_cast<v1::ProductState>(state)));
  rows.push_back({"applies to", Join(states, ", ")});
  rows.push_back({"waivable", policy.waivable() ? "yes" : "no"});
  const bool at_once = policy.warn_from().empty() && policy.block_from().empty();
  rows.push_back({"warns from", policy.warn_from().empty() ? std::string("-") : policy.warn_from()});
  rows.push_back({"blocks from", at_once                       ? std::string("at once")
                                 : policy.block_from().empty() ? std::string("never")
                                                               : policy.block_from()});
  rows.push_back({"reads", Join(Strings(prepared.tables), ", ")});
  rows.push_back({"returns", Join(prepared.columns, ", ")});
  for (const std::string& step : engine->Plan(policy.source())) rows.push_back({"step", step});
  answer.names.push_back(policy.name());
  answer.ids.push_back(LastSegment(policy.name()));
  return session.Print(answer);
}

}  // namespace souk::cli
