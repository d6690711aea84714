// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "descriptor/text.h"
#include "governance/facts.h"
#include "governance/rules.h"

namespace souk::governance {

using descriptor::Quoted;

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

}  // namespace souk::governance
