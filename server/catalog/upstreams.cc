// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/upstreams.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/errors.h"
#include "base/limits.h"
#include "descriptor/locate.h"
#include "server/catalog/messages.h"
#include "storage/ledger_keys.h"

namespace souk::catalog {
namespace {

// True if a port without a contract id may mean that line: the graph finds it by slugs of parts of the port's name.
bool MayMean(const v1::InputPort& port, const LineName& line) {
  if (port.name().size() > limits::kResourceIdCharsMax) return true;
  std::string_view product = line.product;
  if (product.starts_with("p-")) product.remove_prefix(2);  // put there by the slug rule
  return Slug(port.name()).find(product) != std::string::npos;
}

// ABORTED if the port reads a line that is about to retire.
Status CheckNotRetiring(const v1::InputPort& port, const std::vector<LineName>& producers,
                        const std::set<LineName>& retiring) {
  for (const LineName& line : retiring) {
    const bool reads = port.contract_id().empty()
                           ? MayMean(port, line)
                           : std::find(producers.begin(), producers.end(), line) != producers.end();
    if (reads) return errors::GuardMoved(line.ToString() + " is retiring; it");
  }
  return Status::Ok();
}

StatusOr<bool> AnyLive(const storage::View& view, const std::vector<LineName>& lines) {
  for (const LineName& name : lines) {
    ASSIGN_OR_RETURN(const auto line, view.FindLine(name));
    if (line && line->state() != v1::PRODUCT_STATE_RETIRED) return true;
  }
  return false;
}

v1::Finding DanglingPort(const v1::InputPort& port, const v1::SourceLocation& location,
                         const std::vector<LineName>& retired) {
  Violation open;
  open.message = "input port \"" + port.name() + "\" reads contract \"" + port.contract_id() + "\", which ";
  open.error = false;
  if (retired.empty()) {
    open.rule = "upstream-missing";
    open.message += "nobody offers";
    open.remedy = "Nothing to do if it comes later: the edge closes by itself. Otherwise correct the contract id.";
  } else {
    open.rule = "upstream-retired";
    open.message += "only " + retired.front().ToString() + " offered, which is retired";
    open.remedy = "Read what replaced it; its last owner knows.";
  }
  v1::Finding finding = FindingOf(open);
  *finding.mutable_location() = location;
  return finding;
}

// True if one of the product's own output ports offers the contract: a first registration finds no other line that
// does.
bool OffersItself(const v1::DataProduct& model, const std::string& contract_id) {
  const auto& ports = model.output_ports();
  return std::any_of(ports.begin(), ports.end(),
                     [&](const v1::OutputPort& port) { return port.contract_id() == contract_id; });
}

Status ReadRetiring(Round& round) {
  if (round.retiring) return Status::Ok();
  std::set<LineName> retiring;
  RETURN_IF_ERROR(round.view.ForEachLedgerKey(storage::kRetiringBegin, [&](const storage::KeyState& state) {
    store::v1::Claim mark;
    if (!mark.ParseFromString(state.value) || mark.product().empty()) return true;
    if (const auto line = ParseLineName(mark.product()); line.ok()) retiring.insert(*line);
    return true;
  }));
  round.retiring = std::move(retiring);
  return Status::Ok();
}

}  // namespace

Status CheckUpstreams(const Candidate& candidate, Round& round, std::vector<storage::Guard>& guards,
                      std::vector<v1::Finding>& findings) {
  const storage::View& view = round.view;
  const v1::DataProduct& model = candidate.model();
  guards.push_back({std::string(storage::kRetiringBegin), std::string(storage::kRetiringEnd), view.revision()});
  if (model.input_ports().empty()) return Status::Ok();
  RETURN_IF_ERROR(ReadRetiring(round));
  for (int i = 0; i < model.input_ports_size(); ++i) {
    const v1::InputPort& port = model.input_ports(i);
    std::vector<LineName> producers;
    if (!port.contract_id().empty()) {
      ASSIGN_OR_RETURN(producers, view.LinesByContractId(port.contract_id()));
    }
    RETURN_IF_ERROR(CheckNotRetiring(port, producers, *round.retiring));
    const bool enough = findings.size() >= limits::kFindingsMax;
    if (enough || port.contract_id().empty() || OffersItself(model, port.contract_id())) continue;
    ASSIGN_OR_RETURN(const bool live, AnyLive(view, producers));
    if (live) continue;
    const auto location = descriptor::Locate(candidate.locations, "/inputPorts/" + std::to_string(i));
    findings.push_back(DanglingPort(port, location, producers));
  }
  return Status::Ok();
}

}  // namespace souk::catalog
