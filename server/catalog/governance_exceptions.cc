// SPDX-License-Identifier: Apache-2.0
// What is excused, and what consumers have agreed to.
#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "base/digest.h"
#include "base/errors.h"
#include "base/limits.h"
#include "governance/date.h"
#include "governance/rules.h"
#include "governance/waivers.h"
#include "index/ownership/ownership.h"
#include "server/catalog/governance.h"
#include "server/catalog/governance_context.h"
#include "server/catalog/layers.h"
#include "server/catalog/messages.h"
#include "server/catalog/reading.h"
#include "server/catalog/writing.h"
#include "storage/ledger_keys.h"

namespace souk::catalog {
namespace {

constexpr std::string_view kWaiverNames = "waivers/";
constexpr size_t kIdChars = 16;
constexpr size_t kDayChars = 10;
constexpr int64_t kDayUs = std::chrono::microseconds(std::chrono::hours(24)).count();
constexpr int64_t kWaiverDaysMax = 366;  // an exception that lasts longer is a rule

Status CheckReason(const std::string& reason) {
  if (reason.find_first_not_of(" \t\r\n") == std::string::npos) return errors::MissingField("waiver.reason");
  if (reason.size() <= limits::kReasonBytesMax) return Status::Ok();
  return errors::IdentifierTooLong("reason", reason.size(), limits::kReasonBytesMax);
}

Status CheckRule(const storage::View& view, const std::string& id) {
  if (id.empty()) return errors::MissingField("waiver.rule");
  std::optional<bool> waivable;  // of the policy of that name
  RETURN_IF_ERROR(
      ForEachPolicy(view, std::string(storage::kLayersBegin), [&](const std::string&, const v1::Policy& policy) {
        if (policy.name() == id) waivable = policy.waivable();
        return !waivable;
      }));
  if (waivable == true) return Status::Ok();
  const governance::Case::Rule* rule = governance::FindRule(id);
  if (rule == nullptr && !waivable) {
    return errors::BadField("waiver.rule", "there is no rule \"" + id + "\"",
                            "souk rules list and souk policy list name them all.");
  }
  if (rule != nullptr && rule->waivable) return Status::Ok();
  return errors::BadField("waiver.rule", id + " can't be waived", "Mend what it finds.");
}

Status CheckDay(const std::string& day, int64_t now_us) {
  if (day.empty()) return errors::MissingField("waiver.expires_on");
  const auto last = governance::ParseDate(day);
  if (!last || day.size() != kDayChars) {
    return errors::BadField("waiver.expires_on", "it is no day", "Write it as 2026-11-25.");
  }
  const int64_t days = *last / kDayUs - now_us / kDayUs;
  if (days >= 0 && days <= kWaiverDaysMax) return Status::Ok();
  return errors::BadField("waiver.expires_on", day + (days < 0 ? " is past" : " is too far away"),
                          "Give a day within " + std::to_string(kWaiverDaysMax) + " days from today.");
}

// The line that a waiver means: one that is there, or the name of one that is not there yet.
StatusOr<LineName> LineOf(const storage::View& view, const std::string& identifier) {
  if (identifier.empty()) return errors::MissingField("waiver.line");
  StatusOr<LineName> found = ownership::ResolveLine(view, identifier);
  if (found.ok()) return found;
  StatusOr<LineName> named = ParseLineName(identifier);
  return named.ok() ? named : found;
}

// A waiver by its name, and its key; nothing if there is none.
struct Kept {
  std::string key;
  v1::Waiver waiver;
};
StatusOr<std::optional<Kept>> FindWaiver(const storage::View& view, const std::string& name) {
  std::optional<Kept> kept;
  RETURN_IF_ERROR(
      ForEachWaiver(view, std::string(storage::kWaivers), [&](const std::string& key, const v1::Waiver& waiver) {
        if (waiver.name() == name) kept = Kept{key, waiver};
        return !kept;
      }));
  return kept;
}

bool Reads(const v1::DataProduct& consumer, const v1::DataProduct& product) {
  for (const v1::InputPort& port : consumer.input_ports()) {
    for (const v1::OutputPort& offered : product.output_ports()) {
      if (!port.contract_id().empty() && port.contract_id() == offered.contract_id()) return true;
    }
  }
  return false;
}

Status CheckChangesDigest(const std::string& digest) {
  constexpr size_t kHexChars = 64;
  const bool hex = digest.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (hex && digest.size() == kHexChars) return Status::Ok();
  return errors::BadField("changes_digest", "it is no digest of changes",
                          "Copy it from the verdict: souk check, or the refusal of the registration.");
}

}  // namespace

StatusOr<v1::CreateWaiverResponse> Governance::CreateWaiver(const v1::CreateWaiverRequest& request,
                                                            const CallContext& call) const {
  v1::Waiver waiver = request.waiver();
  RETURN_IF_ERROR(CheckRule(parts_.store.Current(*call.visibility), waiver.rule()));
  RETURN_IF_ERROR(CheckReason(waiver.reason()));
  RETURN_IF_ERROR(CheckDay(waiver.expires_on(), parts_.clock.NowUs()));
  if (waiver.pointer().size() > limits::kIdentifierBytesMax) {
    return errors::IdentifierTooLong("pointer", waiver.pointer().size(), limits::kIdentifierBytesMax);
  }
  ASSIGN_OR_RETURN(const LineName line, LineOf(parts_.store.Current(*call.visibility), waiver.line()));
  RETURN_IF_ERROR(parts_.authorizer.Authorize(call.principal, v1::PERMISSION_GOVERN, line.domain));
  waiver.set_line(line.ToString());
  waiver.clear_name();
  waiver.clear_signer();
  waiver.clear_create_time();
  const std::string content = Sha256("waiver" + waiver.SerializeAsString());
  const std::string id = Hex(Sha256(content + parts_.ids.Next())).substr(0, kIdChars);
  const auto plan = [&](const storage::View& view) -> StatusOr<storage::Transaction> {
    storage::Transaction transaction;
    ASSIGN_OR_RETURN(const auto earlier, FindEarlier(view, call, request.request_id(), content));
    if (earlier) {
      ASSIGN_OR_RETURN(const auto kept, FindWaiver(view, earlier->entity));
      if (kept) waiver = kept->waiver;
      return transaction;
    }
    waiver.set_name(std::string(kWaiverNames) + id);
    waiver.set_signer(call.principal.name);
    *waiver.mutable_create_time() = TimeOf(parts_.clock.NowUs());
    if (request.validate_only()) return transaction;
    const std::string key = storage::WaiverKey(waiver.line(), id);
    transaction.guards.push_back({key, "", view.revision()});
    transaction.writes.push_back({key, waiver.SerializeAsString()});
    MarkRequest(transaction, call, request.request_id(), content, waiver.name(), view.revision(), parts_.clock.NowUs());
    return transaction;
  };
  ASSIGN_OR_RETURN(const Written written, CommitPlan(parts_, call, "a waiver of " + waiver.line(), plan));
  v1::CreateWaiverResponse response;
  *response.mutable_waiver() = std::move(waiver);
  response.set_revision(Token(parts_, written.revision));
  return response;
}

StatusOr<v1::ListWaiversResponse> Governance::ListWaivers(const v1::ListWaiversRequest& request,
                                                          const CallContext& call) const {
  ASSIGN_OR_RETURN(const size_t size, PageSize(request.page_size(), limits::kPageSizeDefault, limits::kPageSizeMax));
  const std::string digest = RequestDigest(request);
  ASSIGN_OR_RETURN(const std::string after, ReadPageToken(request.page_token(), digest));
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  std::string prefix(storage::kWaivers);
  if (const auto domain = ParseDomainName(request.parent()); domain.ok()) {
    prefix += DomainName(*domain) + "/";
  } else if (!request.parent().empty()) {
    ASSIGN_OR_RETURN(const LineName line, LineOf(view, request.parent()));
    prefix = storage::WaiverPrefix(line.ToString());
  }
  const std::string day = DayOf(parts_.clock.NowUs());
  v1::ListWaiversResponse response;
  std::string last;
  RETURN_IF_ERROR(ForEachWaiver(view, prefix, [&](const std::string& key, const v1::Waiver& waiver) {
    if (key <= after || (!request.include_ended() && !governance::HoldsOn(waiver, day))) return true;
    if (static_cast<size_t>(response.waivers_size()) == size) {
      response.set_next_page_token(MakePageToken(last, digest));
      return false;
    }
    last = key;
    *response.add_waivers() = waiver;
    return true;
  }));
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

StatusOr<v1::EndWaiverResponse> Governance::EndWaiver(const v1::EndWaiverRequest& request,
                                                      const CallContext& call) const {
  if (request.name().empty()) return errors::MissingField("name");
  const std::string name =
      request.name().starts_with(kWaiverNames) ? request.name() : std::string(kWaiverNames) + request.name();
  const std::string content = Sha256("end-waiver" + name);
  v1::Waiver waiver;
  bool would_change = false;
  const auto plan = [&](const storage::View& view) -> StatusOr<storage::Transaction> {
    storage::Transaction transaction;
    ASSIGN_OR_RETURN(const auto earlier, FindEarlier(view, call, request.request_id(), content));
    ASSIGN_OR_RETURN(const auto kept, FindWaiver(view, name));
    if (!kept) return errors::NotFound("waiver", name);
    waiver = kept->waiver;
    ASSIGN_OR_RETURN(const LineName line, ParseLineName(waiver.line()));
    RETURN_IF_ERROR(parts_.authorizer.Authorize(call.principal, v1::PERMISSION_GOVERN, line.domain));
    const int64_t now_us = parts_.clock.NowUs();
    if (earlier || !governance::HoldsOn(waiver, DayOf(now_us))) return transaction;
    waiver.set_expires_on(DayOf(now_us - kDayUs));
    would_change = request.validate_only();
    if (would_change) return transaction;
    transaction.guards.push_back({kept->key, "", view.revision()});
    transaction.writes.push_back({kept->key, waiver.SerializeAsString()});
    MarkRequest(transaction, call, request.request_id(), content, name, view.revision(), now_us);
    return transaction;
  };
  ASSIGN_OR_RETURN(const Written written, CommitPlan(parts_, call, name, plan));
  v1::EndWaiverResponse response;
  *response.mutable_waiver() = std::move(waiver);
  response.set_changed(written.changed || would_change);
  response.set_revision(Token(parts_, written.revision));
  return response;
}

StatusOr<v1::AcknowledgeResponse> Governance::Acknowledge(const v1::AcknowledgeRequest& request,
                                                          const CallContext& call) const {
  if (request.line().empty()) return errors::MissingField("line");
  if (request.consumer().empty()) return errors::MissingField("consumer");
  RETURN_IF_ERROR(CheckChangesDigest(request.changes_digest()));
  const std::string content =
      Sha256("ack" + request.line() + " " + request.consumer() + " " + request.changes_digest());
  v1::Acknowledgement word;
  bool would_change = false;
  const auto plan = [&](const storage::View& view) -> StatusOr<storage::Transaction> {
    storage::Transaction transaction;
    ASSIGN_OR_RETURN(const storage::SharedLine line, ownership::ResolveState(view, request.line()));
    ASSIGN_OR_RETURN(const storage::SharedLine consumer, ownership::ResolveState(view, request.consumer()));
    ASSIGN_OR_RETURN(const LineName consumer_line, ParseLineName(consumer->name()));
    RETURN_IF_ERROR(parts_.authorizer.Authorize(call.principal, v1::PERMISSION_PUBLISH, consumer_line.domain));
    if (!Reads(consumer->model(), line->model())) {
      return errors::BadField("consumer", consumer->name() + " does not read " + line->name(),
                              "Name a product with an input port of one of its contracts; souk lineage shows them.");
    }
    word.set_line(line->name());
    word.set_consumer(consumer->name());
    word.set_changes_digest(request.changes_digest());
    const std::string id = Hex(Sha256(word.SerializeAsString())).substr(0, kIdChars);
    const std::string key = storage::AcknowledgementKey(line->name(), id);
    ASSIGN_OR_RETURN(const auto held, view.LedgerKey(key));
    if (held) {
      if (!word.ParseFromString(held->value)) return errors::DataLoss("the value of " + key + " can't be read");
      return transaction;
    }
    word.set_name("acknowledgements/" + id);
    word.set_actor(call.principal.name);
    *word.mutable_create_time() = TimeOf(parts_.clock.NowUs());
    would_change = request.validate_only();
    if (would_change) return transaction;
    transaction.guards.push_back({key, "", view.revision()});
    transaction.writes.push_back({key, word.SerializeAsString()});
    MarkRequest(transaction, call, request.request_id(), content, word.name(), view.revision(), parts_.clock.NowUs());
    return transaction;
  };
  ASSIGN_OR_RETURN(const Written written, CommitPlan(parts_, call, "an acknowledgement", plan));
  v1::AcknowledgeResponse response;
  *response.mutable_acknowledgement() = std::move(word);
  response.set_changed(written.changed || would_change);
  response.set_revision(Token(parts_, written.revision));
  return response;
}

StatusOr<v1::ListAcknowledgementsResponse> Governance::ListAcknowledgements(
    const v1::ListAcknowledgementsRequest& request, const CallContext& call) const {
  if (request.line().empty()) return errors::MissingField("line");
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  ASSIGN_OR_RETURN(const LineName line, ownership::ResolveLine(view, request.line()));
  v1::ListAcknowledgementsResponse response;
  ASSIGN_OR_RETURN(const auto words, AcknowledgementsOf(view, line.ToString()));
  for (const v1::Acknowledgement& word : words) *response.add_acknowledgements() = word;
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

}  // namespace souk::catalog
