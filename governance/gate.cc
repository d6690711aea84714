// SPDX-License-Identifier: Apache-2.0
#include "governance/gate.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "base/limits.h"
#include "descriptor/columns.h"
#include "descriptor/locate.h"
#include "descriptor/text.h"
#include "governance/facts.h"

namespace souk::governance {
namespace {

using descriptor::Quoted;

constexpr std::string_view kSunsetRule = "sunset-date";

// What a rule may look at, and where it says what it found.
class Case {
 public:
  Case(const v1::DataProduct& model_in, v1::ProductState requested_in, const Locations& locations,
       std::vector<v1::Finding>& findings)
      : model(model_in), requested(requested_in), locations_(locations), findings_(findings) {}

  const v1::DataProduct& model;
  const v1::ProductState requested;

  struct Rule {
    std::string_view id;
    v1::Severity severity;
    bool waivable;
    void (*judge)(Case&);
  };

  void Try(const Rule& rule) {
    rule_ = &rule;
    rule.judge(*this);
  }

  // At a node of the product document.
  void Find(const std::string& pointer, std::string message, std::string remedy) {
    Find(descriptor::Locate(locations_, pointer), std::move(message), std::move(remedy));
  }
  void Find(const v1::SourceLocation& location, std::string message, std::string remedy) {
    v1::Finding& finding = findings_.emplace_back();
    finding.set_rule(std::string(rule_->id));
    finding.set_layer("built-in");
    finding.set_severity(rule_->severity);
    *finding.mutable_location() = location;
    finding.set_message(std::move(message));
    finding.set_remedy(std::move(remedy));
    finding.set_waivable(rule_->waivable);
  }

 private:
  const Locations& locations_;
  std::vector<v1::Finding>& findings_;
  const Rule* rule_ = nullptr;
};

void JudgeDiscoverability(Case& door) {
  if (IsBlank(door.model.name())) {
    door.Find("/name", "the product has no name", "Set name to what people would search for.");
  }
  if (IsBlank(door.model.domain())) {
    door.Find("/domain", "the product has no domain", "Set domain to the part of the business that owns it.");
  }
}

void JudgeDocs(Case& door) {
  if (!IsBlank(door.model.description().purpose())) return;
  door.Find("/description/purpose", "the product does not say what it is for",
            "Write description.purpose: one or two sentences for somebody who has never heard of it.");
}

void JudgeOwner(Case& door) {
  const OwnerState owner = FindOwner(door.model);
  if (owner == OwnerState::kReachable) return;
  if (owner == OwnerState::kUnreachable) {
    return door.Find("/team/members",
                     "the owner can't be reached: the user name is no e-mail address and there is no support url",
                     "Use the owner's e-mail address as username, or add a support channel with its url.");
  }
  door.Find("/team/members",
            owner == OwnerState::kLeft ? "every owner has left the team" : "nobody in the team has the role owner",
            "Add a member with role: owner and an e-mail address as username.");
}

void JudgeOutputPorts(Case& door) {
  if (door.model.output_ports_size() > 0) return;
  door.Find("/outputPorts", "the product has no output port", "Add an output port with its contract.");
}

void JudgeContracts(Case& door) {
  std::map<std::string_view, const v1::DataContract*> contracts;
  for (const v1::DataContract& contract : door.model.contracts()) contracts.emplace(contract.id(), &contract);
  for (int i = 0; i < door.model.output_ports_size(); ++i) {
    const v1::OutputPort& port = door.model.output_ports(i);
    const std::string pointer = "/outputPorts/" + std::to_string(i);
    const std::string noun = "the output port " + Quoted(port.name());
    if (port.contract_id().empty()) {
      door.Find(pointer, noun + " has no contract", "Set its contractId, and put that contract into the bundle.");
      continue;
    }
    const auto found = contracts.find(port.contract_id());
    if (found == contracts.end()) {
      door.Find(pointer, noun + " names the contract " + Quoted(port.contract_id()) + ", which the bundle lacks",
                "Put that contract into the bundle, or correct contractId.");
    } else if (!HasColumns(*found->second)) {
      const v1::DataContract& contract = *found->second;
      door.Find(contract.schema_size() > 0 ? contract.schema(0).location() : contract.location(),
                "the contract " + Quoted(contract.id()) + " of " + noun + " describes no columns",
                "List the columns under schema[].properties.");
    }
  }
}

void JudgeQuality(Case& door) {
  const auto& contracts = door.model.contracts();
  if (std::any_of(contracts.begin(), contracts.end(), PromisesQuality)) return;
  const std::string remedy =
      "Promise something that can be measured under slaProperties (latency, frequency, retention, availability), or "
      "add "
      "a quality rule.";
  if (contracts.empty()) return door.Find("/outputPorts", "no contract promises any quality", remedy);
  door.Find(contracts.Get(0).location(), "no contract promises any quality", remedy);
}

void JudgeSunset(Case& door) {
  if (door.requested != v1::PRODUCT_STATE_DEPRECATED) return;
  if (SunsetOf(door.model)) return;
  door.Find("/status", "the product is deprecated, but does not say until when it is served",
            "Add endOfLife or endOfSupport with a date to the slaProperties of its contract, or set the date with souk "
            "state --sunset.");
}

void JudgeColumnDocs(Case& door) {
  struct Count {
    int columns = 0;
    int undocumented = 0;
  };
  std::map<const v1::SchemaObject*, Count> counts;
  descriptor::ForEachColumn(door.model, [&](const descriptor::ColumnVisit& visit) {
    Count& count = counts[&visit.object];
    ++count.columns;
    if (IsBlank(visit.property.description())) ++count.undocumented;
  });
  for (const v1::DataContract& contract : door.model.contracts()) {
    for (const v1::SchemaObject& object : contract.schema()) {
      const Count count = counts[&object];
      if (count.undocumented == 0) continue;
      door.Find(object.location(),
                std::to_string(count.undocumented) + " of " + std::to_string(count.columns) + " columns of " +
                    Quoted(object.name()) + " have no description",
                "Say what the values mean, units included.");
    }
  }
}

// All rules, in order. Errors are what an active line must not have. What identifies the product or names somebody to
// call is not waivable.
constexpr std::array<Case::Rule, 8> kRules = {{
    {"discoverability-required", v1::SEVERITY_ERROR, false, JudgeDiscoverability},
    {"owner-required", v1::SEVERITY_ERROR, false, JudgeOwner},
    {"docs-required", v1::SEVERITY_ERROR, true, JudgeDocs},
    {"output-port-required", v1::SEVERITY_ERROR, true, JudgeOutputPorts},
    {"contract-required", v1::SEVERITY_ERROR, true, JudgeContracts},
    {"quality-required", v1::SEVERITY_ERROR, true, JudgeQuality},
    {kSunsetRule, v1::SEVERITY_WARNING, true, JudgeSunset},
    {"columns-documented", v1::SEVERITY_INFO, true, JudgeColumnDocs},
}};

// Errors first; then the product's document, then the contracts' in their order; then by line.
void SortFindings(const v1::DataProduct& model, std::vector<v1::Finding>& findings) {
  std::map<std::string_view, int> ordinals;  // of contract documents
  for (int i = 0; i < model.contracts_size(); ++i) ordinals.emplace(model.contracts(i).location().path(), i + 1);
  const auto rank = [&](const v1::Finding& finding) {
    const v1::SourceLocation& at = finding.location();
    const auto ordinal = ordinals.find(at.path());
    return std::tuple(-finding.severity(), ordinal == ordinals.end() ? 0 : ordinal->second, at.line(), at.column());
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const v1::Finding& a, const v1::Finding& b) { return rank(a) < rank(b); });
}

}  // namespace

Verdict Judge(const v1::DataProduct& model, v1::ProductState requested, const Locations& locations) {
  Verdict verdict;
  Case door(model, requested, locations, verdict.findings);
  for (const Case::Rule& rule : kRules) door.Try(rule);
  SortFindings(model, verdict.findings);
  verdict.fit_for_active = verdict.findings.empty() || verdict.findings.front().severity() != v1::SEVERITY_ERROR;
  if (verdict.findings.size() > limits::kFindingsMax) verdict.findings.resize(limits::kFindingsMax);
  return verdict;
}

void SunsetIsKnown(google::protobuf::RepeatedPtrField<v1::Finding>& findings) {
  const auto gone = std::remove_if(findings.begin(), findings.end(),
                                   [](const v1::Finding& finding) { return finding.rule() == kSunsetRule; });
  findings.erase(gone, findings.end());
}

}  // namespace souk::governance
