// SPDX-License-Identifier: Apache-2.0
// How layers set the rules, and what a registration hears of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

using ::testing::Contains;
using ::testing::Not;

v1::UpdateRuleSettingsRequest Setting(const std::string& layer, const std::string& rule, v1::Severity severity) {
  v1::UpdateRuleSettingsRequest request;
  request.mutable_settings()->set_layer(layer);
  v1::RuleSetting& setting = *request.mutable_settings()->add_rules();
  setting.set_rule(rule);
  setting.set_severity(severity);
  return request;
}

StatusOr<v1::UpdateRuleSettingsResponse> Set(const Mesh& mesh, const v1::UpdateRuleSettingsRequest& request) {
  return mesh.governance->UpdateRuleSettings(request, mesh.Call());
}

v1::RuleSettings Effective(const Mesh& mesh, const std::string& layer) {
  v1::GetRuleSettingsRequest request;
  request.set_layer(layer);
  request.set_effective(true);
  const auto response = mesh.governance->GetRuleSettings(request, mesh.Call());
  EXPECT_TRUE(response.ok()) << response.status().ToString();
  return response.ok() ? response->settings() : v1::RuleSettings();
}

v1::Severity WeightOf(const v1::RuleSettings& settings, const std::string& rule) {
  for (const v1::RuleSetting& setting : settings.rules()) {
    if (setting.rule() == rule) return setting.severity();
  }
  return v1::SEVERITY_UNSPECIFIED;
}

void MakeDomain(const Mesh& mesh, const std::string& id, const std::string& parent) {
  v1::UpdateDomainRequest request;
  request.mutable_domain()->set_name("domains/" + id);
  if (!parent.empty()) request.mutable_domain()->set_parent("domains/" + parent);
  ASSERT_TRUE(mesh.directory->UpdateDomain(request, mesh.Call()).ok());
}

TEST(Layers, ARuleThatIsRaisedIsEnforcedAtOnce) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  // The columns of a sample have no description.
  EXPECT_EQ(ReasonOf(Set(mesh, Setting("global", "columns-documented", v1::SEVERITY_ERROR))), "OK");
  const auto refused = mesh.Register(Sample{.name = "Carts"});
  EXPECT_EQ(ReasonOf(refused), "REFUSED_BY_GATE");
  ASSERT_EQ(refused.status().detail().violations.size(), 1U);
  EXPECT_EQ(refused.status().detail().violations[0].rule, "columns-documented");
  // What is in service stays so; its next change, and its next change of state, pass the new rule.
  EXPECT_EQ(mesh.StateOf("sales/orders"), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_EQ(ReasonOf(mesh.Register(Sample{.version = "1.0.1", .purpose = "Other words."})), "REFUSED_BY_GATE");
  EXPECT_EQ(ReasonOf(mesh.SetState("sales/orders", v1::PRODUCT_STATE_DEPRECATED)), "REFUSED_BY_GATE");
}

TEST(Layers, ADomainInheritsFromThoseAboveAndMayOnlyRaise) {
  const Mesh mesh;
  MakeDomain(mesh, "retail", "");
  MakeDomain(mesh, "sales", "retail");
  ASSERT_TRUE(Set(mesh, Setting("domains/retail", "columns-documented", v1::SEVERITY_WARNING)).ok());
  EXPECT_EQ(WeightOf(Effective(mesh, "domains/sales"), "columns-documented"), v1::SEVERITY_WARNING);
  EXPECT_EQ(WeightOf(Effective(mesh, "global"), "columns-documented"), v1::SEVERITY_INFO);
  EXPECT_EQ(ReasonOf(Set(mesh, Setting("domains/sales", "columns-documented", v1::SEVERITY_INFO))), "LOOSENS_RULE");
  ASSERT_TRUE(Set(mesh, Setting("domains/sales", "columns-documented", v1::SEVERITY_ERROR)).ok());
  EXPECT_EQ(ReasonOf(mesh.Register(Sample{})), "REFUSED_BY_GATE");
  EXPECT_EQ(ReasonOf(mesh.Register(Sample{.domain = "retail"})), "OK");
  EXPECT_EQ(ReasonOf(Set(mesh, Setting("domains/nowhere", "columns-documented", v1::SEVERITY_ERROR))),
            "UNKNOWN_DOMAIN");
}

TEST(Layers, ALayerIsSetAsAWholeAndKnowsWhoSetIt) {
  const Mesh mesh;
  const auto first = Set(mesh, Setting("global", "columns-documented", v1::SEVERITY_WARNING));
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(first->changed());
  EXPECT_EQ(first->settings().actor(), "ada@example.com");
  EXPECT_FALSE(first->settings().etag().empty());
  EXPECT_FALSE(Set(mesh, Setting("global", "columns-documented", v1::SEVERITY_WARNING))->changed());
  auto second = Setting("global", "sunset-date", v1::SEVERITY_ERROR);
  second.mutable_settings()->set_etag("\"stale\"");
  EXPECT_EQ(ReasonOf(Set(mesh, second)), "STALE_ETAG");
  second.mutable_settings()->set_etag(first->settings().etag());
  second.set_validate_only(true);
  EXPECT_TRUE(Set(mesh, second)->changed());
  EXPECT_EQ(WeightOf(Effective(mesh, "global"), "sunset-date"), v1::SEVERITY_WARNING);
  second.set_validate_only(false);
  ASSERT_TRUE(Set(mesh, second).ok());
  EXPECT_EQ(WeightOf(Effective(mesh, "global"), "sunset-date"), v1::SEVERITY_ERROR);
  EXPECT_EQ(WeightOf(Effective(mesh, "global"), "columns-documented"), v1::SEVERITY_INFO);
}

TEST(Layers, OnlyWhoMayGovernSetsThem) {
  Mesh mesh;
  mesh.authorizer.Forbid(v1::PERMISSION_GOVERN);
  EXPECT_EQ(ReasonOf(Set(mesh, Setting("global", "columns-documented", v1::SEVERITY_WARNING))), "PERMISSION_DENIED");
}

// Whatever the order in which they commit: no line is in service that was registered after the rule, and breaks it.
TEST(Layers, ARegistrationNeverSlipsPastARuleThatIsSetMeanwhile) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  constexpr int kProducts = 40;
  std::vector<StatusOr<v1::RegisterProductResponse>> answers(kProducts, Status(Code::kUnknown, ""));
  std::thread publisher([&] {
    for (int i = 0; i < kProducts; ++i) answers[i] = mesh.Register(Sample{.name = "P" + std::to_string(i)});
  });
  const auto set = Set(mesh, Setting("global", "columns-documented", v1::SEVERITY_ERROR));
  publisher.join();
  ASSERT_TRUE(set.ok()) << set.status().ToString();
  const auto number = [&](const std::string& token) { return ParseRevisionToken(token, mesh.store->epoch()).value(); };
  for (const auto& answer : answers) {
    if (answer.ok()) {
      EXPECT_LT(number(answer->revision()), number(set->revision()));
    } else {
      EXPECT_EQ(ReasonOf(answer), "REFUSED_BY_GATE");
    }
  }
}

}  // namespace
}  // namespace souk::support
