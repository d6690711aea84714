// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/upstreams.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "base/limits.h"
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

// How gladly a reader would have a line of that state.
int Rank(v1::ProductState state) {
  if (state == v1::PRODUCT_STATE_RETIRED) return 0;
  return state == v1::PRODUCT_STATE_DEPRECATED ? 1 : state == v1::PRODUCT_STATE_ACTIVE ? 3 : 2;
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

Status CheckUpstreams(const v1::DataProduct& model, Round& round, std::vector<storage::Guard>& guards) {
  const storage::View& view = round.view;
  guards.push_back({std::string(storage::kRetiringBegin), std::string(storage::kRetiringEnd), view.revision()});
  if (model.input_ports().empty()) return Status::Ok();
  RETURN_IF_ERROR(ReadRetiring(round));
  if (round.retiring->empty()) return Status::Ok();
  for (const v1::InputPort& port : model.input_ports()) {
    std::vector<LineName> producers;
    if (!port.contract_id().empty()) {
      ASSIGN_OR_RETURN(producers, view.LinesByContractId(port.contract_id()));
    }
    RETURN_IF_ERROR(CheckNotRetiring(port, producers, *round.retiring));
  }
  return Status::Ok();
}

StatusOr<std::vector<v1::Upstream>> UpstreamsOf(const v1::DataProduct& model, const storage::View& view) {
  std::vector<v1::Upstream> upstreams;
  for (const v1::InputPort& port : model.input_ports()) {
    if (port.contract_id().empty() || OffersItself(model, port.contract_id())) continue;
    v1::Upstream& upstream = upstreams.emplace_back();
    upstream.set_port(port.name());
    upstream.set_contract_id(port.contract_id());
    ASSIGN_OR_RETURN(const std::vector<LineName> producers, view.LinesByContractId(port.contract_id()));
    for (const LineName& name : producers) {
      ASSIGN_OR_RETURN(const auto line, view.FindLine(name));
      if (!line || (!upstream.line().empty() && Rank(line->state()) <= Rank(upstream.state()))) continue;
      upstream.set_line(line->name());
      upstream.set_state(line->state());
    }
  }
  return upstreams;
}

}  // namespace souk::catalog
