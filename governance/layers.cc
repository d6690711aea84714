// SPDX-License-Identifier: Apache-2.0
#include "governance/layers.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/errors.h"
#include "governance/compatibility.h"
#include "governance/rules.h"

namespace souk::governance {
namespace {

using Weights = std::map<std::string, v1::RuleSetting>;  // by rule

std::string_view Word(const v1::RuleSetting& setting) {
  if (setting.off()) return "off";
  switch (setting.severity()) {
    case v1::SEVERITY_ERROR:
      return "error";
    case v1::SEVERITY_WARNING:
      return "warning";
    default:
      return "info";
  }
}

// What a rule is where nobody sets it.
v1::RuleSetting Own(const Case::Rule& rule) {
  v1::RuleSetting setting;
  setting.set_rule(std::string(rule.id));
  setting.set_severity(rule.severity);
  return setting;
}

// -1, 0 or 1, as the first is milder, the same or stricter.
int Compared(const v1::RuleSetting& first, const v1::RuleSetting& second) {
  const int a = first.off() ? 0 : static_cast<int>(first.severity());
  const int b = second.off() ? 0 : static_cast<int>(second.severity());
  return a < b ? -1 : a > b ? 1 : 0;
}

// A setting without a severity means the rule's own.
v1::RuleSetting Filled(v1::RuleSetting setting) {
  const Case::Rule* rule = FindRule(setting.rule());
  if (rule != nullptr && setting.severity() == v1::SEVERITY_UNSPECIFIED) setting.set_severity(rule->severity);
  return setting;
}

// A mode promises something to old readers, to new readers, and over all versions; the union is the stricter one.
v1::CompatibilityMode Stricter(v1::CompatibilityMode a, v1::CompatibilityMode b) {
  v1::Difference old_readers;
  old_readers.set_breaks_old_readers(true);
  v1::Difference new_readers;
  new_readers.set_breaks_new_readers(true);
  const bool old_ones = Breaks(old_readers, a) || Breaks(old_readers, b);
  const bool new_ones = Breaks(new_readers, a) || Breaks(new_readers, b);
  const bool all = IsTransitive(a) || IsTransitive(b);
  if (old_ones && new_ones) return all ? v1::COMPATIBILITY_MODE_FULL_TRANSITIVE : v1::COMPATIBILITY_MODE_FULL;
  if (old_ones) return all ? v1::COMPATIBILITY_MODE_FORWARD_TRANSITIVE : v1::COMPATIBILITY_MODE_FORWARD;
  if (new_ones) return all ? v1::COMPATIBILITY_MODE_BACKWARD_TRANSITIVE : v1::COMPATIBILITY_MODE_BACKWARD;
  return v1::COMPATIBILITY_MODE_NONE;
}

Weights WeightsOf(const v1::RuleSettings& merged) {
  Weights weights;
  for (const Case::Rule& rule : BuiltInRules()) weights[std::string(rule.id)] = Own(rule);
  for (const v1::RuleSetting& setting : merged.rules()) {
    if (FindRule(setting.rule()) != nullptr) weights[setting.rule()] = Filled(setting);
  }
  return weights;
}

Status Loosens(const v1::RuleSetting& asked, const v1::RuleSetting& held, std::string_view why) {
  return errors::LoosensRule(asked.rule(), Word(held), Word(asked), why);
}

}  // namespace

v1::RuleSettings MergedSettings(const std::vector<v1::RuleSettings>& layers) {
  Weights weights = WeightsOf({});
  v1::RuleSettings merged;
  bool outermost = true;
  for (const v1::RuleSettings& layer : layers) {
    outermost = layer.layer() == kGlobalLayer;
    for (const v1::RuleSetting& given : layer.rules()) {
      const auto held = weights.find(given.rule());
      if (held == weights.end()) continue;  // of a newer node
      const v1::RuleSetting setting = Filled(given);
      if (outermost || Compared(setting, held->second) > 0) held->second = setting;
    }
    if (layer.compatibility() == v1::COMPATIBILITY_MODE_UNSPECIFIED) continue;
    merged.set_compatibility(outermost ? ModeOr(layer.compatibility())
                                       : Stricter(ModeOr(merged.compatibility()), layer.compatibility()));
  }
  for (const auto& [id, setting] : weights) {
    if (setting.off() || setting.severity() != FindRule(id)->severity) *merged.add_rules() = setting;
  }
  return merged;
}

Status CheckSettings(const v1::RuleSettings& settings, const v1::RuleSettings& above) {
  const bool global = settings.layer() == kGlobalLayer;
  const Weights held = WeightsOf(above);
  std::set<std::string> seen;
  for (const v1::RuleSetting& given : settings.rules()) {
    const auto known = held.find(given.rule());
    if (known == held.end()) {
      return errors::BadField("settings.rules", "there is no built-in rule " + given.rule(),
                              "souk rules list names them all.");
    }
    if (!seen.insert(given.rule()).second) {
      return errors::BadField("settings.rules", given.rule() + " is set twice", "Say it once.");
    }
    if (!v1::Severity_IsValid(given.severity())) {
      return errors::BadField("settings.rules", std::to_string(given.severity()) + " is no severity",
                              "Use a value of Severity.");
    }
    const v1::RuleSetting setting = Filled(given);
    if (Compared(setting, known->second) >= 0) continue;
    if (!global) return Loosens(setting, known->second, "a domain may raise what it inherits, not lower it");
    if (!FindRule(given.rule())->waivable) {
      return Loosens(setting, known->second, "without it nobody could be called, or the product not be found");
    }
  }
  if (!v1::CompatibilityMode_IsValid(settings.compatibility())) {
    return errors::BadField("settings.compatibility", std::to_string(settings.compatibility()) + " is no mode",
                            "Use a value of CompatibilityMode.");
  }
  const v1::CompatibilityMode inherited = ModeOr(above.compatibility());
  if (global || settings.compatibility() == v1::COMPATIBILITY_MODE_UNSPECIFIED ||
      Stricter(inherited, settings.compatibility()) == settings.compatibility()) {
    return Status::Ok();
  }
  return errors::LoosensRule("compatibility", ModeWord(inherited), ModeWord(settings.compatibility()),
                             "a domain may promise more than it inherits, not less");
}

v1::RuleSettings Spelled(const v1::RuleSettings& merged) {
  v1::RuleSettings spelled = merged;
  spelled.clear_rules();
  for (const auto& [id, setting] : WeightsOf(merged)) *spelled.add_rules() = setting;
  spelled.set_compatibility(ModeOr(merged.compatibility()));
  return spelled;
}

}  // namespace souk::governance
