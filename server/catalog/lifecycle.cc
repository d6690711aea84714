// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/lifecycle.h"

#include <chrono>

#include "base/digest.h"
#include "base/limits.h"
#include "descriptor/bundle.h"
#include "governance/facts.h"
#include "governance/gate.h"
#include "index/ownership/ownership.h"
#include "server/catalog/door.h"
#include "server/catalog/messages.h"
#include "server/catalog/reading.h"
#include "server/catalog/retirement_marks.h"
#include "server/catalog/writing.h"
#include "storage/fold.h"
#include "storage/ledger_keys.h"
#include "storage/record.h"

namespace souk::catalog {
namespace {

// Time for taking back a mark.
constexpr std::chrono::seconds kLiftingMax{10};

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

// A change of a line's state that was planned, for an answer that the store can't give yet.
struct PlannedChange {
  store::v1::LineState before;
  std::shared_ptr<const storage::UnpackedRecord> record;

  void Note(const store::v1::LineState& line, const storage::Transaction& transaction) {
    before = line;
    record = storage::RecordIn(transaction, line.name());
  }
};

// The line as it is, or as the write leaves it where the store does not show that yet. Null if there is none.
StatusOr<storage::SharedLine> LineAfterWrite(const Backends& parts, const CallContext& call, const LineName& name,
                                             const Written& written, const PlannedChange& planned) {
  if (IsShown(parts, written) || planned.record == nullptr) {
    return parts.store.Current(*call.visibility).FindLine(name);
  }
  return storage::LineAfter(planned.record, &planned.before, written.revision, planned.record->record.time_us());
}

// The line that a caller means, who must see it and may change it. A repeated request means the line that it meant the
// first time: by now, the name of a product may mean another one.
StatusOr<LineName> LineToChange(const Backends& parts, const CallContext& call, const std::string& identifier,
                                const std::string& request_id, const std::string& content) {
  if (identifier.empty()) return errors::MissingField("name");
  const storage::View view = parts.store.Current(*call.visibility);
  ASSIGN_OR_RETURN(LineName line, ownership::ResolveLine(view, identifier));
  RETURN_IF_ERROR(parts.authorizer.Authorize(call.principal, v1::PERMISSION_PUBLISH, line.domain));
  ASSIGN_OR_RETURN(const auto earlier, FindEarlier(view, call, request_id, content));
  if (earlier) return ParseLineName(earlier->entity);
  return line;
}

// The sunset of a line that goes into a state, where the call names none.
int64_t SunsetAfter(const store::v1::LineState& line, v1::ProductState state) {
  const bool stays = state == v1::PRODUCT_STATE_DEPRECATED && line.sunset_us() != 0;
  return stays ? line.sunset_us() : governance::SunsetOf(line.model()).value_or(0);
}

Status CheckState(const v1::SetProductStateRequest& request) {
  if (request.state() == v1::PRODUCT_STATE_UNSPECIFIED) return errors::MissingField("state");
  if (!v1::ProductState_IsValid(request.state())) {
    return errors::BadField("state", std::to_string(request.state()) + " is no state", "Use a value of ProductState.");
  }
  if (request.state() != v1::PRODUCT_STATE_RETIRED) return Status::Ok();
  return errors::BadField("state", "a line is not retired by setting its state", "Use RetireProduct (`souk retire`).");
}

std::string ContentOf(const v1::SetProductStateRequest& request, int64_t sunset_us) {
  return DigestBuilder()
      .Add("set-state")
      .Add(request.name())
      .Add(static_cast<uint64_t>(request.state()))
      .Add(request.etag())
      .Add(request.reason())
      .Add(static_cast<uint64_t>(sunset_us))
      .Finish();
}

std::string ContentOf(const v1::RetireProductRequest& request) {
  return DigestBuilder().Add("retire").Add(request.name()).Add(request.etag()).Add(request.reason()).Finish();
}

// Names for an error: those that the caller may not see are counted only.
std::vector<std::string> Named(const std::set<std::string>& lines, const Visibility& visibility) {
  std::vector<std::string> names;
  size_t hidden = 0;
  for (const std::string& name : lines) {
    const auto line = ParseLineName(name);
    if (line.ok() && visibility.Allows(*line)) {
      names.push_back(name);
    } else {
      ++hidden;
    }
  }
  if (hidden > 0) names.push_back(std::to_string(hidden) + " that you may not see");
  return names;
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
  RETURN_IF_ERROR(CheckState(request));
  int64_t sunset_us = 0;
  if (request.has_sunset_time()) {
    ASSIGN_OR_RETURN(sunset_us, MicrosOf(request.sunset_time(), "sunset_time"));
  }
  const std::string content = ContentOf(request, sunset_us);
  ASSIGN_OR_RETURN(const LineName line_name, LineToChange(parts_, call, request.name(), request.request_id(), content));
  v1::SetProductStateResponse response;
  std::optional<EarlierRequest> earlier;
  std::optional<store::v1::LineState> expected;  // with validate_only, where it would change
  PlannedChange planned;
  const auto plan = [&](const storage::View& view) -> StatusOr<storage::Transaction> {
    storage::Transaction transaction;
    ASSIGN_OR_RETURN(earlier, FindEarlier(view, call, request.request_id(), content));
    if (earlier) return transaction;
    RETURN_IF_ERROR(view.CheckUnderstood(line_name.ToString()));
    ASSIGN_OR_RETURN(const auto line, view.FindLine(line_name));
    if (!line) return errors::NotFound("product", request.name());
    RETURN_IF_ERROR(CheckLineEtag(*line, request.etag()));
    RETURN_IF_ERROR(CheckTransition(line->name(), line->state(), request.state()));
    ASSIGN_OR_RETURN(const v1::Verdict verdict, JudgeState(parts_, view, *line, request.state(), transaction));
    if (InService(request.state()) && !verdict.fit_for_active()) {
      return errors::RefusedByGate(line_name.ToString(), ViolationsOf(verdict.findings()), /*can_be_draft=*/false,
                                   verdict.digest());
    }
    const int64_t sunset_after = sunset_us != 0 ? sunset_us : SunsetAfter(*line, request.state());
    *response.mutable_findings() = verdict.findings();
    if (sunset_after != 0) governance::SunsetIsKnown(*response.mutable_findings());
    const bool same = line->state() == request.state() && (sunset_us == 0 || sunset_us == line->sunset_us());
    if (same) return transaction;
    if (request.validate_only()) {
      expected = *line;
      expected->set_state(request.state());
      expected->set_sunset_us(sunset_after);
      return transaction;
    }
    RETURN_IF_ERROR(AppendState(parts_, call, view, *line, request.state(), sunset_after, request.request_id(),
                                request.reason(), transaction));
    planned.Note(*line, transaction);
    MarkRequest(transaction, call, request.request_id(), content, line->name(), view.revision(), parts_.clock.NowUs());
    return transaction;
  };
  ASSIGN_OR_RETURN(const Written written, CommitPlan(parts_, call, request.name(), plan));
  ASSIGN_OR_RETURN(const auto line, LineAfterWrite(parts_, call, line_name, written, planned));
  if (!line) return errors::NotFound("product", request.name());
  *response.mutable_product() = ProductOf(parts_, expected ? *expected : *line);
  response.set_changed(written.changed || expected);
  const storage::Revision unchanged_at = earlier ? earlier->revision : line->revision();
  response.set_revision(Token(parts_, written.changed ? written.revision : unchanged_at));
  response.set_visible(NotVisibleIn(parts_, written.revision, VisibleUntil(call)).empty());
  return response;
}

// True if another line that is not retired offers the contract; that it does is guarded, or two lines could retire at
// once, each leaving the readers to the other.
StatusOr<bool> Lifecycle::OfferedElsewhere(const storage::View& view, const store::v1::LineState& line,
                                           const std::string& contract_id, storage::Transaction& transaction) const {
  ASSIGN_OR_RETURN(const auto producers, view.LinesByContractId(contract_id));
  for (const LineName& producer : producers) {
    if (producer.ToString() == line.name()) continue;
    ASSIGN_OR_RETURN(const auto other, view.FindLine(producer));
    if (!other || other->state() == v1::PRODUCT_STATE_RETIRED) continue;
    transaction.guards.push_back({storage::HeadKey(other->name()), "", view.revision()});
    return true;
  }
  return false;
}

// Live lines that read this one. The graph knows which line a reader of several means, and those that name the product
// only; it is asked once it has seen everything up to the revision from which on nobody could join.
StatusOr<std::set<std::string>> Lifecycle::Consumers(const storage::View& view, const store::v1::LineState& line,
                                                     const CallContext& call, storage::Transaction& transaction) const {
  std::set<std::string> names;
  for (const std::string& name : parts_.lineage.ConsumersOf(line.name())) names.insert(name);
  for (const v1::OutputPort& port : line.model().output_ports()) {
    RETURN_IF_ERROR(call.Check("RetireProduct"));
    if (port.contract_id().empty()) continue;
    ASSIGN_OR_RETURN(const bool elsewhere, OfferedElsewhere(view, line, port.contract_id(), transaction));
    if (elsewhere) continue;
    ASSIGN_OR_RETURN(const auto consumers, view.ConsumersOfContract(port.contract_id()));
    for (const LineName& consumer : consumers) names.insert(consumer.ToString());
  }
  names.erase(line.name());  // reading itself is no reason to live
  return names;
}

// Guards the mark in the transaction. Returns its revision; ABORTED if another retirement of the line has lifted it:
// consumers may have come since.
StatusOr<storage::Revision> Lifecycle::RequireMark(const storage::View& view, const std::string& line,
                                                   storage::Transaction& transaction) const {
  const std::string key = storage::RetiringKey(line);
  ASSIGN_OR_RETURN(const auto mark, view.LedgerKey(key));
  if (!mark || !IsMarkSet(mark->value)) return errors::GuardMoved(line);
  transaction.guards.push_back({key, "", view.revision()});
  return mark->modified;
}

StatusOr<storage::Revision> Lifecycle::Mark(const LineName& line, const CallContext& call) const {
  const auto plan = [&](const storage::View& view) -> StatusOr<storage::Transaction> {
    const std::string key = storage::RetiringKey(line.ToString());
    storage::Transaction transaction;
    store::v1::Claim claim;
    claim.set_product(line.ToString());
    transaction.guards.push_back({key, "", view.revision()});
    transaction.writes.push_back({key, claim.SerializeAsString()});
    return transaction;
  };
  ASSIGN_OR_RETURN(const Written written, CommitPlan(parts_, call, line.ToString(), plan));
  return written.revision;
}

// Not by a view: it may not show the mark yet. Where the mark has changed since, it is another one's.
void Lifecycle::Lift(const LineName& line, storage::Revision marked, Deadline deadline) const {
  const std::string key = storage::RetiringKey(line.ToString());
  std::vector<storage::Transaction> lifting(1);
  lifting.front().guards.push_back({key, "", marked});
  lifting.front().writes.push_back({key, store::v1::Claim().SerializeAsString()});
  CommitEach(parts_, deadline, line.ToString(), std::move(lifting));
}

StatusOr<v1::RetireProductResponse> Lifecycle::EndMarked(const v1::RetireProductRequest& request, const LineName& line,
                                                         storage::Revision marked, const CallContext& call) const {
  // Until the store shows the mark, a look for consumers proves nothing.
  RETURN_IF_ERROR(parts_.store.WaitApplied(marked, WaitDeadline(call)));
  return End(request, line, call);
}

StatusOr<v1::RetireProductResponse> Lifecycle::End(const v1::RetireProductRequest& request, const LineName& line_name,
                                                   const CallContext& call) const {
  v1::RetireProductResponse response;
  const std::string content = ContentOf(request);
  std::optional<EarlierRequest> earlier;
  bool would_end = false;  // with validate_only
  PlannedChange planned;
  const auto plan = [&](const storage::View& view) -> StatusOr<storage::Transaction> {
    storage::Transaction transaction;
    ASSIGN_OR_RETURN(earlier, FindEarlier(view, call, request.request_id(), content));
    if (earlier) return transaction;
    RETURN_IF_ERROR(view.CheckUnderstood(line_name.ToString()));
    ASSIGN_OR_RETURN(const auto line, view.FindLine(line_name));
    if (!line) return errors::NotFound("product", request.name());
    RETURN_IF_ERROR(CheckLineEtag(*line, request.etag()));
    if (line->state() == v1::PRODUCT_STATE_RETIRED) return transaction;
    storage::Revision since = view.revision();
    if (!request.validate_only()) {
      ASSIGN_OR_RETURN(since, RequireMark(view, line->name(), transaction));
    }
    RETURN_IF_ERROR(parts_.lineage_runner.WaitApplied(since, WaitDeadline(call)));
    ASSIGN_OR_RETURN(const auto consumers, Consumers(view, *line, call, transaction));
    if (!consumers.empty()) {
      ASSIGN_OR_RETURN(const bool excused, MayLeaveReaders(parts_, view, *line, transaction));
      if (!excused) return errors::HasConsumers(line->name(), Named(consumers, *call.visibility));
    }
    would_end = request.validate_only();
    if (would_end) return storage::Transaction{};
    RETURN_IF_ERROR(AppendState(parts_, call, view, *line, v1::PRODUCT_STATE_RETIRED, line->sunset_us(),
                                request.request_id(), request.reason(), transaction));
    planned.Note(*line, transaction);
    transaction.writes.push_back({storage::RetiringKey(line->name()), store::v1::Claim().SerializeAsString()});
    MarkRequest(transaction, call, request.request_id(), content, line->name(), view.revision(), parts_.clock.NowUs());
    return transaction;
  };
  ASSIGN_OR_RETURN(const Written written, CommitPlan(parts_, call, request.name(), plan));
  ASSIGN_OR_RETURN(const auto line, LineAfterWrite(parts_, call, line_name, written, planned));
  if (!line) return errors::NotFound("product", request.name());
  *response.mutable_product() = ProductOf(parts_, *line);
  if (would_end) response.mutable_product()->set_state(v1::PRODUCT_STATE_RETIRED);
  response.set_changed(written.changed || would_end);
  const storage::Revision unchanged_at = earlier ? earlier->revision : line->revision();
  response.set_revision(Token(parts_, written.changed ? written.revision : unchanged_at));
  response.set_visible(NotVisibleIn(parts_, written.revision, VisibleUntil(call)).empty());
  return response;
}

StatusOr<v1::RetireProductResponse> Lifecycle::RetireProduct(const v1::RetireProductRequest& request,
                                                             const CallContext& call) const {
  RETURN_IF_ERROR(CheckReason(request.reason()));
  ASSIGN_OR_RETURN(const LineName line_name,
                   LineToChange(parts_, call, request.name(), request.request_id(), ContentOf(request)));
  ASSIGN_OR_RETURN(const auto line, parts_.store.Current(*call.visibility).FindLine(line_name));
  if (!line) return errors::NotFound("product", request.name());
  if (request.validate_only() || line->state() == v1::PRODUCT_STATE_RETIRED) return End(request, line_name, call);
  ASSIGN_OR_RETURN(const storage::Revision marked, Mark(line_name, call));
  StatusOr<v1::RetireProductResponse> response = EndMarked(request, line_name, marked, call);
  // A mark left behind would keep every consumer from registering: the lifting has a time of its own, also where the
  // caller is gone. What still fails is lifted as the mark of a node that died would be.
  if (!response.ok() || !response->changed()) Lift(line_name, marked, call.clock->Monotonic() + kLiftingMax);
  return response;
}

}  // namespace souk::catalog
