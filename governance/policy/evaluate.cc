// SPDX-License-Identifier: Apache-2.0
#include "governance/policy/evaluate.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "descriptor/locate.h"
#include "governance/policy/engine.h"
#include "governance/policy/policy.h"

namespace souk::governance {
namespace {

v1::Severity SeverityOf(const std::string& word, v1::Severity own) {
  if (word == "error") return std::min(own, v1::SEVERITY_ERROR);
  if (word == "warning") return std::min(own, v1::SEVERITY_WARNING);
  return word == "info" ? v1::SEVERITY_INFO : own;
}

v1::Finding FindingOf(const v1::Policy& policy) {
  v1::Finding finding;
  finding.set_rule(policy.name());
  finding.set_layer(policy.layer());
  finding.set_severity(policy.severity());
  finding.set_waivable(policy.waivable());
  return finding;
}

std::vector<v1::Finding> Evaluate(Engine& engine, const v1::Policy& policy, const PolicyFacts& facts) {
  std::vector<v1::Finding> findings;
  const PolicyRun run = engine.Run(policy.source());
  if (!run.problem.empty()) {
    v1::Finding& finding = findings.emplace_back(FindingOf(policy));
    finding.set_message("the policy \"" + policy.title() + "\" could not be evaluated: " + run.problem);
    finding.set_remedy("Nothing is wrong with the product: ask " + policy.owner() + " to mend the policy.");
    *finding.mutable_location() = descriptor::Locate(facts.locations, "");
    return findings;
  }
  for (const PolicyRow& row : run.rows) {
    v1::Finding& finding = findings.emplace_back(FindingOf(policy));
    finding.set_severity(SeverityOf(row.severity, policy.severity()));
    finding.set_message(row.message.empty() ? policy.title() : row.message);
    finding.set_remedy(row.remedy.empty() ? "Ask " + policy.owner() + ", who answers for the policy." : row.remedy);
    const bool placed = row.place >= 0 && row.pointer.empty();
    *finding.mutable_location() =
        placed ? engine.places()[static_cast<size_t>(row.place)] : descriptor::Locate(facts.locations, row.pointer);
  }
  const auto rank = [](const v1::Finding& finding) {
    const v1::SourceLocation& at = finding.location();
    return std::tie(at.path(), at.pointer(), finding.message());
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const v1::Finding& a, const v1::Finding& b) { return rank(a) < rank(b); });
  return findings;
}

}  // namespace

std::vector<v1::Finding> EvaluatePolicies(const v1::DataProduct& model, v1::ProductState state,
                                          const v1::GovernanceContext& context,
                                          const descriptor::Locations& locations) {
  std::vector<v1::Finding> all;
  if (context.policies().empty()) return all;
  const PolicyFacts facts{model, state, context, locations};
  const Engine::Lease engine = Engine::Borrow();
  engine->Load(facts);
  for (const v1::Policy& policy : context.policies()) {
    const v1::EnforcementStage stage = StageOn(policy, context.day());
    if (stage == v1::ENFORCEMENT_STAGE_OBSERVE || !AppliesTo(policy, state)) continue;
    for (v1::Finding& finding : Evaluate(*engine, policy, facts)) {
      if (stage == v1::ENFORCEMENT_STAGE_WARN) {
        finding.set_severity(std::min(finding.severity(), v1::SEVERITY_WARNING));
      }
      all.push_back(std::move(finding));
    }
  }
  return all;
}

std::vector<v1::Finding> EvaluatePolicy(const v1::Policy& policy, const v1::DataProduct& model, v1::ProductState state,
                                        const v1::GovernanceContext& context, const descriptor::Locations& locations) {
  const PolicyFacts facts{model, state, context, locations};
  const Engine::Lease engine = Engine::Borrow();
  engine->Load(facts);
  return Evaluate(*engine, policy, facts);
}

}  // namespace souk::governance
