// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "descriptor/text.h"
#include "governance/rules.h"

namespace souk::governance {
namespace {

using descriptor::Quoted;

// True if one of the product's own output ports offers the contract.
bool OffersItself(const v1::DataProduct& model, const std::string& contract_id) {
  return std::any_of(model.output_ports().begin(), model.output_ports().end(),
                     [&](const v1::OutputPort& port) { return port.contract_id() == contract_id; });
}

// Tells of each input port whose upstream is as asked.
template <typename Asked>
void TellUpstreams(Case& door, Asked asked, const std::string& end, const std::string& remedy) {
  if (door.context == nullptr) return;
  const auto& ports = door.model.input_ports();
  for (const v1::Upstream& upstream : door.context->upstreams()) {
    if (upstream.contract_id().empty() || OffersItself(door.model, upstream.contract_id()) || !asked(upstream))
      continue;
    const auto port = std::find_if(ports.begin(), ports.end(), [&](const v1::InputPort& known) {
      return known.name() == upstream.port() && known.contract_id() == upstream.contract_id();
    });
    const std::string who = upstream.line().empty() ? "nobody" : upstream.line();
    door.Find("/inputPorts/" + std::to_string(port - ports.begin()),
              "input port " + Quoted(upstream.port()) + " reads contract " + Quoted(upstream.contract_id()) +
                  ", which " + who + " offers" + end,
              remedy);
  }
}

}  // namespace

void JudgeMissingUpstreams(Case& door) {
  TellUpstreams(
      door, [](const v1::Upstream& upstream) { return upstream.line().empty(); }, "",
      "Nothing to do if it comes later: the edge closes by itself. Otherwise correct the contract id.");
}

void JudgeRetiredUpstreams(Case& door) {
  TellUpstreams(
      door,
      [](const v1::Upstream& upstream) {
        return !upstream.line().empty() && upstream.state() == v1::PRODUCT_STATE_RETIRED;
      },
      " alone, and that is retired", "Read what replaced it; its last owner knows.");
}

void JudgeDeprecatedUpstreams(Case& door) {
  TellUpstreams(
      door, [](const v1::Upstream& upstream) { return upstream.state() == v1::PRODUCT_STATE_DEPRECATED; },
      ", and that is deprecated", "Plan to read what follows it: souk get says until when it is served.");
}

void JudgeDuplicates(Case& door) {
  if (door.context == nullptr) return;
  for (const v1::SimilarProduct& similar : door.context->similar()) {
    const int percent = static_cast<int>(similar.similarity() * 100);
    door.Find("/outputPorts",
              similar.line() + " has " + std::to_string(percent) + " % of its columns in common with it",
              "Look whether that one serves already: souk diff shows what differs.");
  }
}

void JudgeRetirement(Case& door) {
  if (door.context == nullptr || door.requested != v1::PRODUCT_STATE_RETIRED) return;
  for (const v1::Consumer& consumer : door.context->consumers()) {
    if (consumer.state() == v1::PRODUCT_STATE_RETIRED) continue;
    door.Find("/status",
              consumer.line() + " still reads it" +
                  (consumer.team().empty() ? std::string() : "; " + consumer.team() + " answers for that"),
              "Deprecate it with a sunset date, and call them.");
  }
}

}  // namespace souk::governance
