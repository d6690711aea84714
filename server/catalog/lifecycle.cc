// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/lifecycle.h"

#include <algorithm>
#include <set>

#include "base/digest.h"
#include "base/limits.h"
#include "descriptor/bundle.h"
#include "governance/gate.h"
#include "index/ownership/ownership.h"
#include "server/catalog/messages.h"
#include "server/catalog/reading.h"
#include "server/catalog/writing.h"
#include "storage/ledger_keys.h"
#include "storage/record.h"

namespace souk::catalog {
namespace {

bool InService(v1::ProductState state) {
  return state == v1::PRODUCT_STATE_ACTIVE || state == v1::PRODUCT_STATE_DEPRECATED;
}

Status CheckReason(const std::string& reason) {
  if (reason.size() <= limits::kReasonBytesMax) return Status::Ok();
  return errors::IdentifierTooLong("reason", reason.size(), limits::kReasonBytesMax);
}

Status CheckLineEtag(const store::v1::LineState& line, const std::string& given) {
  const std::string current = storage::EtagOf(line.digest());
  if (given.empty() || given == current) return Status::Ok();
  return errors::StaleEtag(line.name(), given, current);
}

// Adds the record of a change of state.
Status AppendState(const Backends& parts, const CallContext& call, const storage::View& view,
                   const store::v1::LineState& line, v1::ProductState state, int64_t sunset_us,
                   const std::string& request_id, const std::string& reason, storage::Transaction& transaction) {
  ASSIGN_OR_RETURN(const auto head, HeadOf(view, line.name()));
  store::v1::ChangeRecord record = NewRecord(parts, call, line.name(), request_id, reason);
  record.set_content_digest(line.content_digest());
  record.mutable_state_change()->set_state(state);
  record.mutable_state_change()->set_sunset_us(sunset_us);
  AppendRecord(transaction, std::move(record), head ? &*head : nullptr, view.revision());
  return Status::Ok();
}

}  // namespace

Status CheckTransition(const std::string& line, v1::ProductState from, v1::ProductState to) {
  const bool back = InService(from) && (to == v1::PRODUCT_STATE_DRAFT || to == v1::PRODUCT_STATE_PROPOSED);
  const bool from_the_dead = from == v1::PRODUCT_STATE_RETIRED && to != from;
  const bool by_the_side_door = to == v1::PRODUCT_STATE_RETIRED && from != to;
  if (!back && !from_the_dead && !by_the_side_door) return Status::Ok();
  return errors::BadTransition(line, descriptor::StateWord(from), descriptor::StateWord(to));
}

StatusOr<v1::SetProductStateResponse> Lifecycle::SetProductState(const v1::SetProductStateRequest& request,
                                                                 const CallContext& call) const {
  RETURN_IF_ERROR(CheckReason(request.reason()));
  if (request.state() == v1::PRODUCT_STATE_UNSPECIFIED) return errors::MissingField("state");
  if (request.state() == v1::PRODUCT_STATE_RETIRED) {
    return errors::BadField("state", "a line is not retired by setting its state",
                            "Use RetireProduct (`souk retire`).");
  }
  v1::SetProductStateResponse response;
  LineName line_name;
  const int64_t sunset_us = request.has_sunset_time() ? MicrosOf(request.sunset_time()) : 0;
  const std::string content =
      DigestBuilder().Add(request.name()).Add(static_cast<uint64_t>(request.state())).Add(request.etag()).Finish();
  const auto plan = [&](const storage::View& view) -> StatusOr<storage::Transaction> {
    storage::Transaction transaction;
    ASSIGN_OR_RETURN(line_name, ownership::ResolveLine(view, request.name()));
    ASSIGN_OR_RETURN(const auto line, view.FindLine(line_name));
    if (!line) return errors::NotFound("product", request.name());
    ASSIGN_OR_RETURN(const auto earlier, FindEarlier(view, call, request.request_id(), content));
    if (earlier) return transaction;
    RETURN_IF_ERROR(CheckLineEtag(*line, request.etag()));
    RETURN_IF_ERROR(CheckTransition(line->name(), line->state(), request.state()));
    const governance::Verdict verdict = governance::Judge(line->model(), request.state());
    if (InService(request.state()) && !verdict.fit_for_active) {
      return errors::RefusedByGate(line_name.ToString(), ViolationsOf(verdict.findings));
    }
    response.clear_findings();
    for (const v1::Finding& finding : verdict.findings) *response.add_findings() = finding;
    const bool same = line->state() == request.state() && (sunset_us == 0 || sunset_us == line->sunset_us());
    if (same || request.validate_only()) return transaction;
    RETURN_IF_ERROR(AppendState(parts_, call, view, *line, request.state(), sunset_us, request.request_id(),
                                request.reason(), transaction));
    MarkRequest(transaction, call, request.request_id(), content, line->name(), view.revision(), parts_.clock.NowUs());
    return transaction;
  };
  ASSIGN_OR_RETURN(const Written written, CommitPlan(parts_, call, request.name(), plan));
  ASSIGN_OR_RETURN(auto line, parts_.store.Current(*call.visibility).FindLine(line_name));
  if (!line) return errors::NotFound("product", request.name());
  if (request.validate_only()) line->set_state(request.state());
  *response.mutable_product() = ProductOf(parts_, *line);
  response.set_changed(written.changed);
  response.set_revision(Token(parts_, written.changed ? written.revision : line->revision()));
  response.set_visible(NotVisibleIn(parts_, written.revision, call).empty());
  return response;
}

StatusOr<std::vector<std::string>> Lifecycle::Consumers(const storage::View& view,
                                                        const store::v1::LineState& line) const {
  std::set<std::string> names;
  for (const std::string& name : parts_.lineage.ConsumersOf(line.name())) names.insert(name);
  for (const v1::OutputPort& port : line.model().output_ports()) {
    if (port.contract_id().empty()) continue;
    ASSIGN_OR_RETURN(const auto producers, view.LinesByContractId(port.contract_id()));
    bool offered_elsewhere = false;
    for (const LineName& producer : producers) {
      if (producer.ToString() == line.name()) continue;
      ASSIGN_OR_RETURN(const auto other, view.FindLine(producer));
      offered_elsewhere = offered_elsewhere || (other && other->state() != v1::PRODUCT_STATE_RETIRED);
    }
    if (offered_elsewhere) continue;
    ASSIGN_OR_RETURN(const auto consumers, view.ConsumersOfContract(port.contract_id()));
    for (const LineName& consumer : consumers) names.insert(consumer.ToString());
  }
  names.erase(line.name());  // reading itself is no reason to live
  return std::vector<std::string>(names.begin(), names.end());
}

StatusOr<storage::Revision> Lifecycle::Mark(const LineName& line, bool set, const CallContext& call) const {
  const auto plan = [&](const storage::View& view) -> StatusOr<storage::Transaction> {
    store::v1::Claim mark;
    if (set) mark.set_product(line.ToString());
    const std::string key = storage::RetiringKey(line.ToString());
    storage::Transaction transaction;
    transaction.guards.push_back({key, "", view.revision()});
    transaction.writes.push_back({key, mark.SerializeAsString()});
    return transaction;
  };
  ASSIGN_OR_RETURN(const Written written, CommitPlan(parts_, call, line.ToString(), plan));
  return written.revision;
}

StatusOr<v1::RetireProductResponse> Lifecycle::End(const v1::RetireProductRequest& request, const LineName& line_name,
                                                   const CallContext& call) const {
  v1::RetireProductResponse response;
  const auto plan = [&](const storage::View& view) -> StatusOr<storage::Transaction> {
    storage::Transaction transaction;
    ASSIGN_OR_RETURN(const auto line, view.FindLine(line_name));
    if (!line) return errors::NotFound("product", request.name());
    RETURN_IF_ERROR(CheckLineEtag(*line, request.etag()));
    if (line->state() == v1::PRODUCT_STATE_RETIRED) return transaction;
    ASSIGN_OR_RETURN(const auto consumers, Consumers(view, *line));
    if (!consumers.empty()) return errors::HasConsumers(line_name.ToString(), consumers);
    if (request.validate_only()) return transaction;
    RETURN_IF_ERROR(AppendState(parts_, call, view, *line, v1::PRODUCT_STATE_RETIRED, line->sunset_us(),
                                request.request_id(), request.reason(), transaction));
    const std::string key = storage::RetiringKey(line_name.ToString());
    transaction.guards.push_back({key, "", view.revision()});
    transaction.writes.push_back({key, store::v1::Claim().SerializeAsString()});  // the mark ends with the line
    return transaction;
  };
  ASSIGN_OR_RETURN(const Written written, CommitPlan(parts_, call, request.name(), plan));
  ASSIGN_OR_RETURN(auto line, parts_.store.Current(*call.visibility).FindLine(line_name));
  if (!line) return errors::NotFound("product", request.name());
  if (request.validate_only()) line->set_state(v1::PRODUCT_STATE_RETIRED);
  *response.mutable_product() = ProductOf(parts_, *line);
  response.set_changed(written.changed);
  response.set_revision(Token(parts_, written.changed ? written.revision : line->revision()));
  response.set_visible(NotVisibleIn(parts_, written.revision, call).empty());
  return response;
}

StatusOr<v1::RetireProductResponse> Lifecycle::RetireProduct(const v1::RetireProductRequest& request,
                                                             const CallContext& call) const {
  RETURN_IF_ERROR(CheckReason(request.reason()));
  const storage::View view = parts_.store.Current(*call.visibility);
  ASSIGN_OR_RETURN(const LineName line_name, ownership::ResolveLine(view, request.name()));
  ASSIGN_OR_RETURN(const auto line, view.FindLine(line_name));
  if (!line) return errors::NotFound("product", request.name());
  if (request.validate_only() || line->state() == v1::PRODUCT_STATE_RETIRED) return End(request, line_name, call);
  ASSIGN_OR_RETURN(const storage::Revision marked, Mark(line_name, true, call));
  // The graph must have seen everything that was registered before the mark, or it could miss a consumer by name.
  Status seen = parts_.lineage_runner.WaitApplied(marked, WaitDeadline(call));
  StatusOr<v1::RetireProductResponse> response(v1::RetireProductResponse{});
  if (!seen.ok()) response = seen;
  if (seen.ok()) response = End(request, line_name, call);
  if (!response.ok()) {
    const auto lifted = Mark(line_name, false, call);
    if (!lifted.ok()) return lifted.status();
  }
  return response;
}

}  // namespace souk::catalog
