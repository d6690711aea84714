// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/registration.h"

#include <algorithm>

#include "base/digest.h"
#include "descriptor/bundle.h"
#include "descriptor/locate.h"
#include "governance/facts.h"
#include "governance/gate.h"
#include "server/catalog/directory.h"
#include "server/catalog/door.h"
#include "server/catalog/lifecycle.h"
#include "server/catalog/messages.h"
#include "server/catalog/upstreams.h"
#include "server/catalog/writing.h"
#include "storage/ledger_keys.h"
#include "storage/record.h"
#include "storage/transaction_check.h"

namespace souk::catalog {
namespace {

constexpr size_t kUidChars = 16;

// Everything that one planning needs to hand around.
struct Planning {
  const Backends& parts;
  const CallContext& call;
  Candidate& candidate;
  Round& round;
  RegistrationPlan plan;
  v1::ProductState asked = v1::PRODUCT_STATE_UNSPECIFIED;

  const storage::View& view() const { return round.view; }
  const auto& existing() const { return plan.existing; }
  const v1::RegisterProductRequest& request() const { return *candidate.request; }
  const v1::DataProduct& model() const { return candidate.model(); }
  const LineName& line() const { return candidate.line; }
};

Status CheckEtag(const Planning& planning) {
  const std::string& given = planning.request().etag();
  if (given.empty()) return Status::Ok();
  const std::string current = planning.existing() ? storage::EtagOf(planning.existing()->digest()) : "(no such line)";
  if (given == current) return Status::Ok();
  return errors::StaleEtag(planning.line().ToString(), given, current);
}

// Two products whose names have the same slug are a mistake, unless one descriptor id says that it is a new spelling.
Status CheckCollision(const Planning& planning) {
  if (!planning.existing()) return Status::Ok();
  const v1::DataProduct& held = planning.existing()->model();
  const v1::DataProduct& given = planning.model();
  const bool same_id = !held.id().empty() && held.id() == given.id();
  const bool other_id = !held.id().empty() && !given.id().empty() && held.id() != given.id();
  if (same_id || (!other_id && held.name() == given.name())) return Status::Ok();
  const auto title = [](const v1::DataProduct& model) {
    return model.id().empty() ? model.domain() + "/" + model.name() : model.name() + " (" + model.id() + ")";
  };
  return errors::NameCollision(planning.line().ToString(), title(held), title(given));
}

// An explicit change of state is kept: whoever registers hears so.
v1::Finding StateStands(const Planning& planning) {
  Violation stands;
  const std::string kept(descriptor::StateWord(planning.plan.state));
  const std::string asked(descriptor::StateWord(planning.asked));
  stands.rule = "state-stands";
  stands.message = planning.line().Short() + " was set to " + kept + " explicitly; that stands, although " + asked +
                   " is what the registration asks for";
  stands.remedy = "Nothing to do if that is meant. Otherwise: souk state " + planning.line().Short() + " " + asked;
  stands.error = false;
  v1::Finding finding = FindingOf(stands);
  finding.set_severity(v1::SEVERITY_INFO);
  *finding.mutable_location() = descriptor::Locate(planning.candidate.locations, "/status");
  return finding;
}

// The state that the line gets, the gate's word included.
Status DecideState(Planning& planning) {
  const v1::RegisterProductRequest& request = planning.request();
  planning.asked = request.state() != v1::PRODUCT_STATE_UNSPECIFIED ? request.state() : planning.candidate.state;
  const auto& existing = planning.existing();
  if (planning.asked == v1::PRODUCT_STATE_UNSPECIFIED) {
    planning.asked = existing ? existing->registered_state() : v1::PRODUCT_STATE_DRAFT;
  }
  planning.plan.state = planning.asked;
  const std::string line = planning.line().ToString();
  // Registering again never undoes an explicit change of state; a deprecation stands whatever the descriptor says.
  const bool deprecated = existing && existing->state() == v1::PRODUCT_STATE_DEPRECATED;
  if (existing && existing->state_set_explicitly() &&
      (planning.asked == existing->registered_state() || (deprecated && planning.asked == v1::PRODUCT_STATE_ACTIVE))) {
    planning.plan.state = existing->state();
    if (planning.asked != planning.plan.state) planning.plan.findings.push_back(StateStands(planning));
  }
  const bool gated =
      planning.plan.state == v1::PRODUCT_STATE_ACTIVE || planning.plan.state == v1::PRODUCT_STATE_DEPRECATED;
  if (gated && !planning.candidate.fit_for_active) {
    const bool in_service = existing && (existing->state() == v1::PRODUCT_STATE_ACTIVE ||
                                         existing->state() == v1::PRODUCT_STATE_DEPRECATED);
    if (request.on_findings() != v1::FINDINGS_ACTION_DRAFT || in_service) {
      return errors::RefusedByGate(line, ViolationsOf(planning.candidate.findings), !in_service,
                                   planning.plan.verdict ? planning.plan.verdict->digest() : std::string());
    }
    planning.plan.state = v1::PRODUCT_STATE_DRAFT;
  }
  if (!existing && planning.plan.state == v1::PRODUCT_STATE_RETIRED) {
    return errors::BadTransition(line, "new", "retired");
  }
  const bool other_content = existing && existing->content_digest() != planning.candidate.content_digest;
  if (other_content && existing->state() == v1::PRODUCT_STATE_RETIRED) {  // new content of a line that has ended
    return errors::BadTransition(line, "retired", descriptor::StateWord(planning.asked));
  }
  return existing ? CheckTransition(line, existing->state(), planning.plan.state) : Status::Ok();
}

// True where content and resulting state are what the line has already. What it has is not known where its newest
// record is not understood: to register it is the way out.
bool IsNoOp(const Planning& planning) {
  return planning.existing() && planning.view().CheckUnderstood(planning.line().ToString()).ok() &&
         planning.existing()->content_digest() == planning.candidate.content_digest &&
         planning.existing()->state() == planning.plan.state &&
         planning.existing()->registered_state() == planning.asked;
}

Status CheckVersion(const Planning& planning) {
  if (!planning.existing() || !planning.existing()->version_was_active()) return Status::Ok();
  const std::string& current = planning.existing()->model().version();
  const std::string& given = planning.model().version();
  const std::string line = planning.line().ToString();
  if (VersionLess(given, current)) return errors::OlderVersion(line, given, current);
  const bool same_content = planning.existing()->content_digest() == planning.candidate.content_digest;
  if (given == current && !same_content) return errors::VersionImmutable(line, given);
  return Status::Ok();
}

// Claims an id for the product, once.
Status ClaimId(Planning& planning, const std::string& key, std::string_view kind, const std::string& id) {
  ASSIGN_OR_RETURN(const auto held, planning.view().LedgerKey(key));
  store::v1::Claim claim;
  if (held && !claim.ParseFromString(held->value)) return errors::DataLoss("a claim can't be read");
  const std::string product = planning.line().Product();
  if (!claim.product().empty() && claim.product() != product)
    return errors::ClaimedElsewhere(kind, id, claim.product());
  planning.plan.transaction.guards.push_back({key, "", planning.view().revision()});
  if (claim.product() == product) return Status::Ok();
  claim.set_product(product);
  planning.plan.transaction.writes.push_back({key, claim.SerializeAsString()});
  return Status::Ok();
}

Status ClaimIds(Planning& planning) {
  const v1::DataProduct& model = planning.model();
  if (!model.id().empty()) {
    RETURN_IF_ERROR(ClaimId(planning, storage::DescriptorClaimKey(model.id()), "descriptor id", model.id()));
  }
  std::set<std::string> contracts;
  for (const v1::OutputPort& port : model.output_ports()) {
    if (!port.contract_id().empty()) contracts.insert(port.contract_id());
  }
  for (const std::string& id : contracts) {
    RETURN_IF_ERROR(ClaimId(planning, storage::ContractClaimKey(id), "contract id", id));
  }
  return Status::Ok();
}

// The sunset that somebody has set stands; else it is the one that the contracts tell.
int64_t SunsetAfter(const Planning& planning) {
  const int64_t told = governance::SunsetOf(planning.model()).value_or(0);
  const auto& existing = planning.existing();
  if (!existing || existing->sunset_us() == 0 ||
      existing->sunset_us() == governance::SunsetOf(existing->model()).value_or(0))
    return told;
  return existing->sunset_us();
}

void WriteRecord(Planning& planning, const std::optional<store::v1::EntityHead>& head) {
  Candidate& candidate = planning.candidate;
  store::v1::ChangeRecord record =
      NewRecord(planning.parts, planning.call, planning.line().ToString(), planning.request().request_id(), "");
  record.set_content_digest(candidate.content_digest);
  record.mutable_registration()->Swap(&candidate.registration);
  AppendRecord(planning.plan.transaction, std::move(record), head ? &*head : nullptr, planning.view().revision());
}

// What only a look at the line tells.
void Complete(Planning& planning) {
  const auto& existing = planning.existing();
  store::v1::Registration& registration = planning.candidate.registration;
  registration.set_uid(existing
                           ? existing->uid()
                           : Hex(Sha256(planning.line().ToString() + planning.parts.ids.Next())).substr(0, kUidChars));
  registration.set_state(planning.plan.state);
  registration.set_registered_state(planning.asked);
  registration.set_sunset_us(SunsetAfter(planning));
  *registration.mutable_findings() = planning.candidate.findings;
}

// True if somebody in front in the round writes what the transaction stands on, or would have to.
bool MustWait(const Planning& planning) {
  if (planning.round.written.contains(storage::HeadKey(planning.line().ToString()))) return true;
  const auto& guards = planning.plan.transaction.guards;
  return std::any_of(guards.begin(), guards.end(),
                     [&](const storage::Guard& guard) { return planning.round.written.contains(guard.key); });
}

}  // namespace

StatusOr<RegistrationPlan> PlanRegistration(const Backends& parts, const CallContext& call, Candidate& candidate,
                                            Round& round) {
  Planning planning{.parts = parts, .call = call, .candidate = candidate, .round = round, .plan = {}};
  const storage::View& view = round.view;
  ASSIGN_OR_RETURN(planning.plan.existing, view.FindLine(planning.line()));
  planning.plan.created = !planning.existing();
  RETURN_IF_ERROR(CheckEtag(planning));
  RETURN_IF_ERROR(CheckCollision(planning));
  RETURN_IF_ERROR(CheckVersion(planning));
  RETURN_IF_ERROR(JudgeCandidate(parts, candidate, round, planning.plan));
  if (SunsetAfter(planning) != 0) governance::SunsetIsKnown(candidate.findings);
  RETURN_IF_ERROR(DecideState(planning));
  RETURN_IF_ERROR(RequireDomainAndTeam(parts, call, planning.model(), planning.request().create_missing(), round,
                                       planning.plan.transaction));
  RETURN_IF_ERROR(ClaimIds(planning));
  RETURN_IF_ERROR(CheckUpstreams(planning.model(), round, planning.plan.transaction.guards));
  if (IsNoOp(planning)) {
    planning.plan.transaction = {};
    planning.plan.unchanged_at = planning.existing()->revision();
    return std::move(planning.plan);
  }
  Complete(planning);
  const std::string line = planning.line().ToString();
  MarkRequest(planning.plan.transaction, call, planning.request().request_id(), candidate.request_content, line,
              view.revision(), parts.clock.NowUs());
  planning.plan.must_wait = !planning.request().validate_only() && MustWait(planning);
  if (planning.plan.must_wait) return std::move(planning.plan);
  ASSIGN_OR_RETURN(const auto head, HeadOf(view, line));
  if (planning.request().validate_only()) {
    const store::v1::Registration kept = candidate.registration;
    WriteRecord(planning, head);
    candidate.registration = kept;
    planning.plan.transaction.write_id = parts.ids.Next();
    RETURN_IF_ERROR(storage::CheckTransaction(planning.plan.transaction));
    planning.plan.transaction = {};
    return std::move(planning.plan);
  }
  WriteRecord(planning, head);
  planning.plan.record = storage::RecordIn(planning.plan.transaction, line);
  for (const storage::LedgerWrite& write : planning.plan.transaction.writes) round.written.insert(write.key);
  return std::move(planning.plan);
}

store::v1::LineState ExpectedLine(const Backends& parts, const CallContext& call, const Candidate& candidate,
                                  const RegistrationPlan& plan) {
  store::v1::LineState line;
  if (plan.existing) line = *plan.existing;
  line.set_name(candidate.line.ToString());
  if (!plan.unchanged_at) line.set_uid(candidate.registration.uid());
  line.set_state(plan.state);
  if (!plan.unchanged_at) line.set_sunset_us(candidate.registration.sunset_us());
  *line.mutable_model() = candidate.model();
  *line.mutable_findings() = candidate.findings;
  line.set_actor(call.principal.name);
  line.set_actor_verified(call.principal.verified);
  line.set_update_us(parts.clock.NowUs());
  if (!plan.existing) line.set_create_us(line.update_us());
  return line;
}

}  // namespace souk::catalog
