// SPDX-License-Identifier: Apache-2.0
#include "governance/gate.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "base/limits.h"
#include "governance/rules.h"

namespace souk::governance {
namespace {

// How the layers set a rule; null where they leave it as it is.
const v1::RuleSetting* SettingOf(const v1::GovernanceContext* context, std::string_view rule) {
  if (context == nullptr) return nullptr;
  const auto& settings = context->rules();
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [&](const v1::RuleSetting& setting) { return setting.rule() == rule; });
  return found == settings.end() ? nullptr : &*found;
}

// Tries the rules that are asked for, as the layers set them.
template <typename Asked>
std::vector<v1::Finding> TrySome(const v1::DataProduct& model, v1::ProductState requested,
                                 const v1::GovernanceContext* context, const Breakage* breakage,
                                 const Locations& locations, Asked asked) {
  std::vector<v1::Finding> findings;
  Case door(model, requested, context, breakage, locations, findings);
  for (const Case::Rule& rule : BuiltInRules()) {
    if (!asked(rule)) continue;
    const v1::RuleSetting* setting = SettingOf(context, rule.id);
    if (setting != nullptr && setting->off()) continue;
    const bool set = setting != nullptr && setting->severity() != v1::SEVERITY_UNSPECIFIED;
    door.Try(rule, set ? setting->severity() : rule.severity);
  }
  return findings;
}

}  // namespace

void SortFindings(const v1::DataProduct& model, std::vector<v1::Finding>& findings) {
  std::map<std::string_view, int> ordinals;  // of contract documents
  for (int i = 0; i < model.contracts_size(); ++i) ordinals.emplace(model.contracts(i).location().path(), i + 1);
  const auto rank = [&](const v1::Finding& finding) {
    const v1::SourceLocation& at = finding.location();
    const auto ordinal = ordinals.find(at.path());
    return std::tuple(-finding.severity(), ordinal == ordinals.end() ? 0 : ordinal->second, at.line(), at.column());
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const v1::Finding& a, const v1::Finding& b) { return rank(a) < rank(b); });
}

std::vector<v1::Finding> TryRules(const v1::DataProduct& model, v1::ProductState requested,
                                  const v1::GovernanceContext* context, const Locations& locations,
                                  const Breakage* breakage) {
  return TrySome(model, requested, context, breakage, locations, [](const Case::Rule& /*rule*/) { return true; });
}

std::vector<v1::Finding> TryUpstreamRules(const v1::DataProduct& model, const v1::GovernanceContext& context,
                                          const Locations& locations) {
  const auto asked = [](const Case::Rule& rule) { return rule.id.starts_with(kUpstreamRules); };
  return TrySome(model, v1::PRODUCT_STATE_UNSPECIFIED, &context, nullptr, locations, asked);
}

Verdict Judge(const v1::DataProduct& model, v1::ProductState requested, const Locations& locations) {
  Verdict verdict;
  verdict.findings = TryRules(model, requested, nullptr, locations);
  SortFindings(model, verdict.findings);
  verdict.fit_for_active = verdict.findings.empty() || verdict.findings.front().severity() != v1::SEVERITY_ERROR;
  if (verdict.findings.size() > limits::kFindingsMax) verdict.findings.resize(limits::kFindingsMax);
  return verdict;
}

void SunsetIsKnown(google::protobuf::RepeatedPtrField<v1::Finding>& findings) {
  const auto gone = std::remove_if(findings.begin(), findings.end(),
                                   [](const v1::Finding& finding) { return finding.rule() == kSunsetRule; });
  findings.erase(gone, findings.end());
}

}  // namespace souk::governance
