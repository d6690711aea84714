// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/governance.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/errors.h"
#include "base/limits.h"
#include "descriptor/bundle.h"
#include "governance/layers.h"
#include "index/ownership/ownership.h"
#include "server/catalog/governance_context.h"
#include "server/catalog/layers.h"
#include "server/catalog/messages.h"
#include "server/catalog/reading.h"
#include "server/catalog/writing.h"
#include "storage/ledger_keys.h"
#include "storage/record.h"

namespace souk::catalog {
namespace {

// "global" or "domains/d"; the domain's id in *domain, empty for the former.
StatusOr<std::string> ParseLayer(const std::string& layer, std::string* domain) {
  if (layer.empty()) return errors::MissingField("layer");
  if (layer == governance::kGlobalLayer) return layer;
  ASSIGN_OR_RETURN(*domain, ParseDomainName(layer));
  return DomainName(*domain);
}

// As it is told: with an etag where it is set.
v1::RuleSettings Told(v1::RuleSettings settings) {
  settings.clear_etag();
  const bool set = settings.has_update_time();
  if (set) settings.set_etag(storage::EtagOf(Sha256(settings.SerializeAsString())));
  return settings;
}

bool SameRules(v1::RuleSettings a, v1::RuleSettings b) {
  for (v1::RuleSettings* settings : {&a, &b}) {
    settings->clear_etag();
    settings->clear_actor();
    settings->clear_update_time();
  }
  return a.SerializeAsString() == b.SerializeAsString();
}

// The layer as a caller wants it, in the form in which it is kept.
StatusOr<v1::RuleSettings> Asked(const v1::UpdateRuleSettingsRequest& request, const std::string& layer) {
  v1::RuleSettings asked = request.settings();
  if (asked.ByteSizeLong() > limits::kDocumentBytesMax) {
    return errors::TooMany("bytes of settings", asked.ByteSizeLong(), limits::kDocumentBytesMax);
  }
  asked.set_layer(layer);
  asked.clear_etag();
  asked.clear_actor();
  asked.clear_update_time();
  std::sort(asked.mutable_rules()->begin(), asked.mutable_rules()->end(),
            [](const v1::RuleSetting& a, const v1::RuleSetting& b) { return a.rule() < b.rule(); });
  return asked;
}

}  // namespace

StatusOr<v1::GetGovernanceContextResponse> Governance::GetGovernanceContext(
    const v1::GetGovernanceContextRequest& request, const CallContext& call) const {
  v1::GetGovernanceContextResponse response;
  LineName line;
  v1::DataProduct model;
  if (request.has_bundle()) {
    ASSIGN_OR_RETURN(descriptor::ParsedBundle bundle, descriptor::ParseBundle(request.bundle()));
    line = std::move(bundle.line);
    model.Swap(&bundle.model);
  } else if (request.name().empty()) {
    return errors::MissingField("name");
  }
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  if (!request.has_bundle()) {
    ASSIGN_OR_RETURN(const storage::SharedLine found, ownership::ResolveState(view, request.name()));
    ASSIGN_OR_RETURN(line, ParseLineName(found->name()));
    model = found->model();
  }
  ASSIGN_OR_RETURN(*response.mutable_context(), AssembleContext(view, line, model, parts_.clock.NowUs()));
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

StatusOr<v1::GetRuleSettingsResponse> Governance::GetRuleSettings(const v1::GetRuleSettingsRequest& request,
                                                                  const CallContext& call) const {
  std::string domain;
  ASSIGN_OR_RETURN(const std::string layer, ParseLayer(request.layer(), &domain));
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  v1::GetRuleSettingsResponse response;
  ASSIGN_OR_RETURN(v1::RuleSettings settings, LayerSettings(view, layer));
  if (request.effective()) {
    ASSIGN_OR_RETURN(std::vector<v1::RuleSettings> layers, LayersAbove(view, layer));
    layers.push_back(std::move(settings));
    settings = governance::Spelled(governance::MergedSettings(layers));
    settings.set_layer(layer);
  }
  *response.mutable_settings() = Told(std::move(settings));
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

StatusOr<v1::UpdateRuleSettingsResponse> Governance::UpdateRuleSettings(const v1::UpdateRuleSettingsRequest& request,
                                                                        const CallContext& call) const {
  std::string domain;
  ASSIGN_OR_RETURN(const std::string layer, ParseLayer(request.settings().layer(), &domain));
  ASSIGN_OR_RETURN(const v1::RuleSettings asked, Asked(request, layer));
  RETURN_IF_ERROR(parts_.authorizer.Authorize(call.principal, v1::PERMISSION_GOVERN, domain));
  const std::string content = Sha256("rule-settings" + asked.SerializeAsString() + request.settings().etag());
  v1::RuleSettings result;
  bool would_change = false;
  const auto plan = [&](const storage::View& view) -> StatusOr<storage::Transaction> {
    storage::Transaction transaction;
    ASSIGN_OR_RETURN(const v1::RuleSettings held, LayerSettings(view, layer));
    result = held;
    ASSIGN_OR_RETURN(const auto earlier, FindEarlier(view, call, request.request_id(), content));
    if (earlier) return transaction;
    const std::string current = held.has_update_time() ? Told(held).etag() : "(new)";
    if (!request.settings().etag().empty() && request.settings().etag() != current) {
      return errors::StaleEtag("layer " + layer, request.settings().etag(), current);
    }
    if (!domain.empty()) {
      ASSIGN_OR_RETURN(const auto known, view.FindDomain(domain));
      if (!known) return errors::UnknownDomain(domain);
    }
    ASSIGN_OR_RETURN(const std::vector<v1::RuleSettings> above, LayersAbove(view, layer));
    RETURN_IF_ERROR(governance::CheckSettings(asked, governance::MergedSettings(above)));
    if (SameRules(held, asked)) return transaction;
    result = asked;
    result.set_actor(call.principal.name);
    *result.mutable_update_time() = TimeOf(parts_.clock.NowUs());
    would_change = request.validate_only();
    if (would_change) return transaction;
    GuardLayers(view, transaction);
    transaction.writes.push_back({storage::LayerKey(layer), result.SerializeAsString()});
    MarkRequest(transaction, call, request.request_id(), content, layer, view.revision(), parts_.clock.NowUs());
    return transaction;
  };
  ASSIGN_OR_RETURN(const Written written, CommitPlan(parts_, call, "the layer " + layer, plan));
  v1::UpdateRuleSettingsResponse response;
  *response.mutable_settings() = Told(std::move(result));
  response.set_changed(written.changed || would_change);
  response.set_revision(Token(parts_, written.revision));
  return response;
}

}  // namespace souk::catalog
