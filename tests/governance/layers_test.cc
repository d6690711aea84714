// SPDX-License-Identifier: Apache-2.0
// How layers meet, and what a layer may not say.
#include "governance/layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

namespace souk::governance {
namespace {

using ::testing::HasSubstr;

v1::RuleSettings Layer(const std::string& name, std::initializer_list<std::pair<const char*, v1::Severity>> rules,
                       v1::CompatibilityMode mode = v1::COMPATIBILITY_MODE_UNSPECIFIED) {
  v1::RuleSettings settings;
  settings.set_layer(name);
  for (const auto& [rule, severity] : rules) {
    v1::RuleSetting& setting = *settings.add_rules();
    setting.set_rule(rule);
    setting.set_severity(severity);
    setting.set_off(severity == v1::SEVERITY_UNSPECIFIED);
  }
  settings.set_compatibility(mode);
  return settings;
}

// "rule:severity", off as 0.
std::string Shown(const v1::RuleSettings& settings) {
  std::string shown;
  for (const v1::RuleSetting& setting : settings.rules()) {
    shown += (shown.empty() ? "" : " ") + setting.rule() + ":" + std::to_string(setting.off() ? 0 : setting.severity());
  }
  return shown;
}

TEST(LayersTest, WithoutAnyEveryRuleIsAsItIs) {
  EXPECT_EQ(Shown(MergedSettings({})), "");
  const v1::RuleSettings spelled = Spelled({});
  EXPECT_GT(spelled.rules_size(), 15);
  EXPECT_EQ(spelled.compatibility(), v1::COMPATIBILITY_MODE_FORWARD);
}

TEST(LayersTest, ADomainRaisesAndNeverLowers) {
  const auto global = Layer("global", {{"columns-documented", v1::SEVERITY_WARNING}, {"sunset-date", v1::Severity{}}});
  EXPECT_EQ(Shown(MergedSettings({global})), "columns-documented:2 sunset-date:0");
  const auto raised = Layer("domains/a", {{"columns-documented", v1::SEVERITY_ERROR}});
  EXPECT_EQ(Shown(MergedSettings({global, raised})), "columns-documented:3 sunset-date:0");
  const auto again = Layer("domains/b", {{"sunset-date", v1::SEVERITY_INFO}});
  EXPECT_EQ(Shown(MergedSettings({global, raised, again})), "columns-documented:3 sunset-date:1");
  // Said before the layer above became stricter.
  const auto late = Layer("domains/a", {{"columns-documented", v1::SEVERITY_INFO}, {"owner-required", v1::Severity{}}});
  EXPECT_EQ(Shown(MergedSettings({global, late})), "columns-documented:2 sunset-date:0");
}

TEST(LayersTest, ModesAddUp) {
  const auto mode = [](v1::CompatibilityMode above, v1::CompatibilityMode own) {
    return MergedSettings({Layer("global", {}, above), Layer("domains/a", {}, own)}).compatibility();
  };
  EXPECT_EQ(mode(v1::COMPATIBILITY_MODE_FORWARD, v1::COMPATIBILITY_MODE_BACKWARD), v1::COMPATIBILITY_MODE_FULL);
  EXPECT_EQ(mode(v1::COMPATIBILITY_MODE_NONE, v1::COMPATIBILITY_MODE_FORWARD), v1::COMPATIBILITY_MODE_FORWARD);
  EXPECT_EQ(mode(v1::COMPATIBILITY_MODE_FULL, v1::COMPATIBILITY_MODE_NONE), v1::COMPATIBILITY_MODE_FULL);
  EXPECT_EQ(mode(v1::COMPATIBILITY_MODE_BACKWARD, v1::COMPATIBILITY_MODE_FORWARD_TRANSITIVE),
            v1::COMPATIBILITY_MODE_FULL_TRANSITIVE);
  // What is not said is forward.
  EXPECT_EQ(mode(v1::COMPATIBILITY_MODE_UNSPECIFIED, v1::COMPATIBILITY_MODE_NONE), v1::COMPATIBILITY_MODE_FORWARD);
}

TEST(LayersTest, WhatALayerMayNotSay) {
  const auto reason = [](const v1::RuleSettings& settings, const v1::RuleSettings& above) {
    const Status status = CheckSettings(settings, above);
    return status.ok() ? std::string("OK") : status.reason();
  };
  const v1::RuleSettings above = Layer("", {{"columns-documented", v1::SEVERITY_WARNING}});
  EXPECT_EQ(reason(Layer("domains/a", {{"columns-documented", v1::SEVERITY_ERROR}}), above), "OK");
  EXPECT_EQ(reason(Layer("domains/a", {{"columns-documented", v1::SEVERITY_WARNING}}), above), "OK");
  EXPECT_EQ(reason(Layer("domains/a", {{"columns-documented", v1::SEVERITY_INFO}}), above), "LOOSENS_RULE");
  EXPECT_EQ(reason(Layer("domains/a", {{"docs-required", v1::Severity{}}}), {}), "LOOSENS_RULE");
  EXPECT_EQ(reason(Layer("global", {{"docs-required", v1::Severity{}}}), {}), "OK");
  EXPECT_EQ(reason(Layer("global", {{"owner-required", v1::SEVERITY_WARNING}}), {}), "LOOSENS_RULE");
  EXPECT_EQ(reason(Layer("global", {{"nonsense", v1::SEVERITY_ERROR}}), {}), "BAD_FIELD");
  EXPECT_EQ(reason(Layer("global", {{"sunset-date", v1::SEVERITY_ERROR}, {"sunset-date", v1::SEVERITY_INFO}}), {}),
            "BAD_FIELD");
  EXPECT_EQ(reason(Layer("global", {{"sunset-date", static_cast<v1::Severity>(77)}}), {}), "BAD_FIELD");
  EXPECT_EQ(reason(Layer("domains/a", {}, v1::COMPATIBILITY_MODE_BACKWARD), {}), "LOOSENS_RULE");
  EXPECT_EQ(reason(Layer("domains/a", {}, v1::COMPATIBILITY_MODE_FULL), {}), "OK");
  EXPECT_EQ(reason(Layer("global", {}, v1::COMPATIBILITY_MODE_NONE), {}), "OK");
  EXPECT_EQ(reason(Layer("global", {}, static_cast<v1::CompatibilityMode>(77)), {}), "BAD_FIELD");
  EXPECT_THAT(CheckSettings(Layer("domains/a", {{"docs-required", v1::Severity{}}}), {}).message(),
              HasSubstr("docs-required is error here and can't become off"));
}

}  // namespace
}  // namespace souk::governance
