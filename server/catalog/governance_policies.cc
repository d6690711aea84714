// SPDX-License-Identifier: Apache-2.0
// Policies: kept, told, tried on the mesh.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/errors.h"
#include "base/limits.h"
#include "governance/layers.h"
#include "governance/policy/evaluate.h"
#include "governance/policy/policy.h"
#include "server/catalog/governance.h"
#include "server/catalog/governance_context.h"
#include "server/catalog/layers.h"
#include "server/catalog/messages.h"
#include "server/catalog/reading.h"
#include "server/catalog/writing.h"
#include "storage/ledger_keys.h"
#include "storage/record.h"

namespace souk::catalog {
namespace {

constexpr std::string_view kPolicyNames = "policies/";
constexpr int kFindingsShown = 5;
constexpr int32_t kLinesDefault = 500;
constexpr uint32_t kLinesBetweenLooks = 16;  // at the caller's deadline

std::string NameOf(const std::string& given) {
  return given.starts_with(kPolicyNames) ? given : std::string(kPolicyNames) + given;
}
std::string_view IdOf(std::string_view name) { return name.substr(kPolicyNames.size()); }

// The domain of a layer; empty for the global one.
StatusOr<std::string> DomainOfLayer(const std::string& layer) {
  if (layer == governance::kGlobalLayer) return std::string();
  return ParseDomainName(layer);
}

// As it is told, with its etag.
v1::Policy Told(v1::Policy policy) {
  policy.clear_etag();
  policy.set_etag(storage::EtagOf(Sha256(policy.SerializeAsString())));
  return policy;
}

struct Kept {
  std::string key;
  v1::Policy policy;
};

// By its name, in whatever layer it is; how many there are in `layer`, in *count.
StatusOr<std::optional<Kept>> FindPolicy(const storage::View& view, const std::string& name,
                                         const std::string& layer = {}, size_t* count = nullptr) {
  std::optional<Kept> kept;
  RETURN_IF_ERROR(
      ForEachPolicy(view, std::string(storage::kLayersBegin), [&](const std::string& key, const v1::Policy& policy) {
        if (policy.name() == name) kept = Kept{key, policy};
        if (count != nullptr && policy.layer() == layer) ++*count;
        return count != nullptr || !kept;
      }));
  return kept;
}

// The lines that are tried: those of a domain and of the domains below it.
StatusOr<bool> LiesIn(const storage::View& view, std::string domain, const std::string& parent) {
  for (size_t level = 0; !domain.empty() && level <= limits::kDomainDepthMax; ++level) {
    if (domain == parent) return true;
    ASSIGN_OR_RETURN(const std::string id, ParseDomainName(domain));
    ASSIGN_OR_RETURN(const auto state, view.FindDomain(id));
    domain = state ? state->domain().parent() : std::string();
  }
  return false;
}

}  // namespace

StatusOr<v1::PutPolicyResponse> Governance::PutPolicy(const v1::PutPolicyRequest& request,
                                                      const CallContext& call) const {
  ASSIGN_OR_RETURN(v1::Policy parsed, governance::ParsePolicy(request.source(), "policy"));
  ASSIGN_OR_RETURN(const std::string domain, DomainOfLayer(parsed.layer()));
  RETURN_IF_ERROR(parts_.authorizer.Authorize(call.principal, v1::PERMISSION_GOVERN, domain));
  const std::string content = Sha256("put-policy" + request.source() + request.etag());
  v1::Policy result;
  bool would_change = false;
  const auto plan = [&](const storage::View& view) -> StatusOr<storage::Transaction> {
    storage::Transaction transaction;
    size_t count = 0;
    ASSIGN_OR_RETURN(const auto held, FindPolicy(view, parsed.name(), parsed.layer(), &count));
    if (held) result = held->policy;
    ASSIGN_OR_RETURN(const auto earlier, FindEarlier(view, call, request.request_id(), content));
    if (earlier) return transaction;
    if (held && held->policy.layer() != parsed.layer()) {
      return errors::PolicyElsewhere(parsed.name(), held->policy.layer());
    }
    const std::string current = held ? Told(held->policy).etag() : "(new)";
    if (!request.etag().empty() && request.etag() != current) {
      return errors::StaleEtag(parsed.name(), request.etag(), current);
    }
    if (!held && count >= limits::kPoliciesMax) {
      return errors::TooMany("policies of " + parsed.layer(), count + 1, limits::kPoliciesMax);
    }
    if (!domain.empty()) {
      ASSIGN_OR_RETURN(const auto known, view.FindDomain(domain));
      if (!known) return errors::UnknownDomain(domain);
    }
    if (held && held->policy.source() == request.source()) return transaction;
    result = parsed;
    result.set_actor(call.principal.name);
    *result.mutable_update_time() = TimeOf(parts_.clock.NowUs());
    would_change = request.validate_only();
    if (would_change) return transaction;
    GuardLayers(view, transaction);
    transaction.writes.push_back({storage::PolicyKey(parsed.layer(), IdOf(parsed.name())), result.SerializeAsString()});
    MarkRequest(transaction, call, request.request_id(), content, parsed.name(), view.revision(), parts_.clock.NowUs());
    return transaction;
  };
  ASSIGN_OR_RETURN(const Written written, CommitPlan(parts_, call, parsed.name(), plan));
  v1::PutPolicyResponse response;
  *response.mutable_policy() = Told(std::move(result));
  response.set_changed(written.changed || would_change);
  response.set_revision(Token(parts_, written.revision));
  return response;
}

StatusOr<v1::GetPolicyResponse> Governance::GetPolicy(const v1::GetPolicyRequest& request,
                                                      const CallContext& call) const {
  if (request.name().empty()) return errors::MissingField("name");
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  ASSIGN_OR_RETURN(auto kept, FindPolicy(view, NameOf(request.name())));
  if (!kept) return errors::NotFound("policy", request.name());
  v1::GetPolicyResponse response;
  *response.mutable_policy() = Told(std::move(kept->policy));
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

StatusOr<v1::ListPoliciesResponse> Governance::ListPolicies(const v1::ListPoliciesRequest& request,
                                                            const CallContext& call) const {
  ASSIGN_OR_RETURN(const size_t size, PageSize(request.page_size(), limits::kPageSizeDefault, limits::kPageSizeMax));
  const std::string digest = RequestDigest(request);
  ASSIGN_OR_RETURN(const std::string after, ReadPageToken(request.page_token(), digest));
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  std::string prefix(storage::kLayersBegin);
  if (!request.layer().empty()) {
    ASSIGN_OR_RETURN(const std::string domain, DomainOfLayer(request.layer()));
    prefix = storage::PolicyPrefix(domain.empty() ? std::string(governance::kGlobalLayer) : DomainName(domain));
  }
  v1::ListPoliciesResponse response;
  std::vector<Kept> policies;
  RETURN_IF_ERROR(ForEachPolicy(view, prefix, [&](const std::string& key, const v1::Policy& policy) {
    policies.push_back({key, policy});
    return true;
  }));
  for (size_t i = 0; i < policies.size(); ++i) {
    if (policies[i].key <= after) continue;
    if (static_cast<size_t>(response.policies_size()) == size) {
      response.set_next_page_token(MakePageToken(policies[i - 1].key, digest));
      break;
    }
    *response.add_policies() = Told(std::move(policies[i].policy));
  }
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

StatusOr<v1::DeletePolicyResponse> Governance::DeletePolicy(const v1::DeletePolicyRequest& request,
                                                            const CallContext& call) const {
  if (request.name().empty()) return errors::MissingField("name");
  const std::string name = NameOf(request.name());
  const std::string content = Sha256("delete-policy" + name);
  bool would_change = false;
  const auto plan = [&](const storage::View& view) -> StatusOr<storage::Transaction> {
    storage::Transaction transaction;
    ASSIGN_OR_RETURN(const auto earlier, FindEarlier(view, call, request.request_id(), content));
    ASSIGN_OR_RETURN(const auto kept, FindPolicy(view, name));
    if (earlier || !kept) return transaction;
    ASSIGN_OR_RETURN(const std::string domain, DomainOfLayer(kept->policy.layer()));
    RETURN_IF_ERROR(parts_.authorizer.Authorize(call.principal, v1::PERMISSION_GOVERN, domain));
    would_change = request.validate_only();
    if (would_change) return transaction;
    GuardLayers(view, transaction);
    transaction.writes.push_back({kept->key, ""});
    MarkRequest(transaction, call, request.request_id(), content, name, view.revision(), parts_.clock.NowUs());
    return transaction;
  };
  ASSIGN_OR_RETURN(const Written written, CommitPlan(parts_, call, name, plan));
  v1::DeletePolicyResponse response;
  response.set_changed(written.changed || would_change);
  response.set_revision(Token(parts_, written.revision));
  return response;
}

StatusOr<v1::WhatIfPolicyResponse> Governance::WhatIfPolicy(const v1::WhatIfPolicyRequest& request,
                                                            const CallContext& call) const {
  ASSIGN_OR_RETURN(const v1::Policy policy, governance::ParsePolicy(request.source(), "policy"));
  ASSIGN_OR_RETURN(const size_t size, PageSize(request.page_size(), kLinesDefault, limits::kPageSizeMax));
  const std::string digest = RequestDigest(request);
  ASSIGN_OR_RETURN(const std::string after, ReadPageToken(request.page_token(), digest));
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  ASSIGN_OR_RETURN(std::string parent, DomainOfLayer(policy.layer()));
  if (!request.parent().empty()) {
    ASSIGN_OR_RETURN(parent, ParseDomainName(request.parent()));
  }
  if (!parent.empty()) parent = DomainName(parent);
  v1::WhatIfPolicyResponse response;
  const int64_t now_us = parts_.clock.NowUs();
  uint32_t seen = 0;
  std::string last;
  Status status;
  const auto judge = [&](const store::v1::LineState& line) -> Status {
    ASSIGN_OR_RETURN(const LineName name, ParseLineName(line.name()));
    if (!parent.empty()) {
      ASSIGN_OR_RETURN(const bool asked, LiesIn(view, DomainName(name.domain), parent));
      if (!asked) return Status::Ok();
    }
    response.set_judged(response.judged() + 1);
    ASSIGN_OR_RETURN(const v1::GovernanceContext context, AssembleContext(view, name, line.model(), now_us));
    const auto findings = governance::EvaluatePolicy(policy, line.model(), line.state(), context, {});
    if (findings.empty()) return Status::Ok();
    v1::LineViolations& violations = *response.add_violations();
    violations.set_line(line.name());
    violations.set_state(line.state());
    violations.set_count(static_cast<uint32_t>(findings.size()));
    for (const v1::Finding& finding : findings) {
      if (violations.findings_size() < kFindingsShown) *violations.add_findings() = finding;
    }
    return Status::Ok();
  };
  RETURN_IF_ERROR(view.ForEachLine("", after, [&](const store::v1::LineState& line) {
    if (seen == size) {
      response.set_next_page_token(MakePageToken(last, digest));
      return false;
    }
    last = line.name();
    if (++seen % kLinesBetweenLooks == 0) status = call.Check("WhatIfPolicy");
    const bool live = line.state() != v1::PRODUCT_STATE_RETIRED;
    if (status.ok() && live && governance::AppliesTo(policy, line.state())) status = judge(line);
    return status.ok();
  }));
  RETURN_IF_ERROR(status);
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

}  // namespace souk::catalog
