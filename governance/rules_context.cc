// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

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
  std::map<std::pair<std::string_view, std::string_view>, int> ports;  // by name and contract
  for (int i = 0; i < door.model.input_ports_size(); ++i) {
    ports.try_emplace({door.model.input_ports(i).name(), door.model.input_ports(i).contract_id()}, i);
  }
  for (const v1::Upstream& upstream : door.context->upstreams()) {
    const auto port = ports.find({upstream.port(), upstream.contract_id()});
    const bool own = upstream.contract_id().empty() || OffersItself(door.model, upstream.contract_id());
    if (own || port == ports.end() || !asked(upstream)) continue;
    const std::string who = upstream.line().empty() ? "nobody" : upstream.line();
    door.Find("/inputPorts/" + std::to_string(port->second),
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
