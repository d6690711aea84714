// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/layers.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/errors.h"
#include "base/limits.h"
#include "governance/layers.h"
#include "storage/ledger_keys.h"

namespace souk::catalog {
namespace {

Status Unreadable(const std::string& key) { return errors::DataLoss("the value of " + key + " can't be read"); }

// Adds the layer if it is set.
Status AddLayer(const storage::View& view, std::string_view layer, std::vector<v1::RuleSettings>& layers) {
  ASSIGN_OR_RETURN(v1::RuleSettings settings, LayerSettings(view, layer));
  if (settings.rules().empty() && settings.compatibility() == v1::COMPATIBILITY_MODE_UNSPECIFIED) return Status::Ok();
  layers.push_back(std::move(settings));
  return Status::Ok();
}

// A domain and those above it, the root first. A circle, which is never written, ends where it closes.
StatusOr<std::vector<std::string>> WayDown(const storage::View& view, std::string_view domain_id) {
  std::vector<std::string> way;
  std::set<std::string> seen;
  std::string name = DomainName(domain_id);
  while (!name.empty() && seen.insert(name).second && way.size() <= limits::kDomainDepthMax) {
    way.push_back(name);
    ASSIGN_OR_RETURN(const std::string id, ParseDomainName(name));
    ASSIGN_OR_RETURN(const auto domain, view.FindDomain(id));
    name = domain ? domain->domain().parent() : std::string();
  }
  std::reverse(way.begin(), way.end());
  return way;
}

}  // namespace

StatusOr<v1::RuleSettings> LayerSettings(const storage::View& view, std::string_view layer) {
  const std::string key = storage::LayerKey(layer);
  v1::RuleSettings settings;
  settings.set_layer(std::string(layer));
  ASSIGN_OR_RETURN(const auto held, view.LedgerKey(key));
  if (held && !settings.ParseFromString(held->value)) return Unreadable(key);
  return settings;
}

StatusOr<std::vector<v1::RuleSettings>> LayersOf(const storage::View& view, std::string_view domain_id) {
  std::vector<v1::RuleSettings> layers;
  RETURN_IF_ERROR(AddLayer(view, governance::kGlobalLayer, layers));
  ASSIGN_OR_RETURN(const std::vector<std::string> way, WayDown(view, domain_id));
  for (const std::string& domain : way) RETURN_IF_ERROR(AddLayer(view, domain, layers));
  return layers;
}

StatusOr<std::vector<v1::RuleSettings>> LayersAbove(const storage::View& view, std::string_view layer) {
  if (layer == governance::kGlobalLayer) return std::vector<v1::RuleSettings>();
  ASSIGN_OR_RETURN(const std::string id, ParseDomainName(layer));
  ASSIGN_OR_RETURN(std::vector<v1::RuleSettings> layers, LayersOf(view, id));
  if (!layers.empty() && layers.back().layer() == layer) layers.pop_back();
  return layers;
}

Status ForEachPolicy(const storage::View& view, const std::string& prefix,
                     const std::function<bool(const std::string& key, const v1::Policy&)>& visit) {
  Status status;
  RETURN_IF_ERROR(view.ForEachLedgerKey(prefix, [&](const storage::KeyState& state) {
    // The settings of a layer lie among them; what was deleted is empty.
    if (state.value.empty() || state.key.find("/policies/") == std::string::npos) return true;
    v1::Policy policy;
    if (policy.ParseFromString(state.value)) return visit(state.key, policy);
    status = Unreadable(state.key);
    return false;
  }));
  return status;
}

StatusOr<std::vector<v1::Policy>> PoliciesOf(const storage::View& view, std::string_view domain_id) {
  std::vector<v1::Policy> policies;
  ASSIGN_OR_RETURN(std::vector<std::string> layers, WayDown(view, domain_id));
  layers.insert(layers.begin(), std::string(governance::kGlobalLayer));
  for (const std::string& layer : layers) {
    RETURN_IF_ERROR(
        ForEachPolicy(view, storage::PolicyPrefix(layer), [&](const std::string&, const v1::Policy& policy) {
          policies.push_back(policy);
          return true;
        }));
  }
  return policies;
}

Status ForEachWaiver(const storage::View& view, const std::string& prefix,
                     const std::function<bool(const std::string& key, const v1::Waiver&)>& visit) {
  Status status;
  RETURN_IF_ERROR(view.ForEachLedgerKey(prefix, [&](const storage::KeyState& state) {
    v1::Waiver waiver;
    if (!waiver.ParseFromString(state.value)) {
      status = Unreadable(state.key);
      return false;
    }
    return visit(state.key, waiver);
  }));
  return status;
}

StatusOr<std::vector<v1::Acknowledgement>> AcknowledgementsOf(const storage::View& view, std::string_view line) {
  std::vector<v1::Acknowledgement> words;
  Status status;
  RETURN_IF_ERROR(view.ForEachLedgerKey(storage::AcknowledgementPrefix(line), [&](const storage::KeyState& state) {
    if (!words.emplace_back().ParseFromString(state.value)) status = Unreadable(state.key);
    return status.ok();
  }));
  RETURN_IF_ERROR(status);
  std::sort(words.begin(), words.end(), [](const v1::Acknowledgement& a, const v1::Acknowledgement& b) {
    return std::tie(a.consumer(), a.changes_digest()) < std::tie(b.consumer(), b.changes_digest());
  });
  return words;
}

bool Governed::Touches(const std::string& line) const {
  return any_layer || std::binary_search(lines.begin(), lines.end(), line);
}

StatusOr<Governed> WhatIsGoverned(const storage::View& view) {
  Governed governed;
  RETURN_IF_ERROR(view.ForEachLedgerKey(storage::kLayersBegin, [&](const storage::KeyState& /*state*/) {
    governed.any_layer = true;
    return false;
  }));
  RETURN_IF_ERROR(
      ForEachWaiver(view, std::string(storage::kWaivers), [&](const std::string&, const v1::Waiver& waiver) {
        if (governed.lines.empty() || governed.lines.back() != waiver.line()) governed.lines.push_back(waiver.line());
        return true;
      }));
  std::sort(governed.lines.begin(), governed.lines.end());
  return governed;
}

}  // namespace souk::catalog
