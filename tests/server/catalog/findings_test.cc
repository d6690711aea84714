// SPDX-License-Identifier: Apache-2.0
// What a registration is told of besides the gate's findings: places, sunsets, states that stand.
#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

constexpr int64_t kMay = 1809129600;   // 2027-05-01
constexpr int64_t kJune = 1811808000;  // 2027-06-01

bool Has(const v1::RegisterProductResponse& response, const std::string& rule) {
  const auto rules = RulesOf(response.findings());
  return std::find(rules.begin(), rules.end(), rule) != rules.end();
}

v1::RegisterProductRequest WithSla(Sample sample, const std::string& property, const std::string& value) {
  v1::RegisterProductRequest request = RegistrationOf(sample);
  for (v1::Document& document : *request.mutable_bundle()->mutable_documents()) {
    const size_t at = document.content().find("slaProperties:\n");
    if (at == std::string::npos) continue;
    document.mutable_content()->insert(at + std::string("slaProperties:\n").size(),
                                       "- property: " + property + "\n  value: " + value + "\n");
  }
  return request;
}

TEST(Findings, AnOpenInputPortHasItsPlace) {
  const Mesh mesh;
  const auto answer = mesh.Register(Sample{.reads = {"here.contract", "gone.contract"}});
  ASSERT_TRUE(answer.ok());
  std::vector<std::string> places;
  for (const v1::Finding& finding : answer->findings()) {
    if (finding.rule() != "upstream-missing") continue;
    places.push_back(finding.location().pointer());
    EXPECT_FALSE(finding.location().path().empty());
    EXPECT_GT(finding.location().line(), 1U);
    EXPECT_GT(finding.location().column(), 0U);
  }
  EXPECT_EQ(places, (std::vector<std::string>{"/inputPorts/0", "/inputPorts/1"}));
}

TEST(Findings, ReadingOnesOwnContractIsNoOpenEdge) {
  const Mesh mesh;
  const auto answer = mesh.Register(Sample{.reads = {Sample{}.contract()}});
  ASSERT_TRUE(answer.ok());
  EXPECT_FALSE(Has(*answer, "upstream-missing"));
}

TEST(Findings, AreBoundedAllTogether) {
  const Mesh mesh;
  Sample sample;
  for (size_t i = 0; i < limits::kFindingsMax + 50; ++i) sample.reads.push_back("open" + std::to_string(i));
  const auto answer = mesh.Register(sample);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(static_cast<size_t>(answer->findings_size()), limits::kFindingsMax);
}

TEST(Findings, AnExplicitDeprecationStandsAndIsSaid) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.SetState("sales/orders", v1::PRODUCT_STATE_DEPRECATED).ok());
  const auto answer = mesh.Register(Sample{.version = "1.1.0"});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->product().state(), v1::PRODUCT_STATE_DEPRECATED);
  EXPECT_TRUE(Has(*answer, "state-stands"));
  EXPECT_FALSE(Has(*mesh.Register(Sample{.version = "1.2.0", .status = "deprecated"}), "state-stands"));
}

TEST(Findings, ALineInServiceIsNotToldToBecomeADraft) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  v1::RegisterProductRequest unfit = RegistrationOf({.version = "1.1.0", .purpose = ""});
  unfit.set_on_findings(v1::FINDINGS_ACTION_DRAFT);
  const auto refused = mesh.Register(unfit);
  EXPECT_EQ(ReasonOf(refused), "REFUSED_BY_GATE");
  EXPECT_EQ(refused.status().detail().remedy.find("--on-findings=draft"), std::string::npos);
  const auto fresh = mesh.Register(Sample{.name = "Fresh", .purpose = ""});
  EXPECT_NE(fresh.status().detail().remedy.find("--on-findings=draft"), std::string::npos);
}

TEST(Sunset, IsTheDateThatTheContractTells) {
  const Mesh mesh;
  const auto told = mesh.Register(WithSla({.status = "deprecated"}, "endOfSupport", "2027-05-01"));
  ASSERT_TRUE(told.ok()) << told.status().ToString();
  EXPECT_FALSE(Has(*told, "sunset-date"));
  EXPECT_EQ(told->product().sunset_time().seconds(), kMay);
  const auto later = mesh.Register(WithSla({.version = "1.1.0", .status = "deprecated"}, "endOfLife", "2027-06-01"));
  ASSERT_TRUE(later.ok());
  EXPECT_EQ(later->product().sunset_time().seconds(), kJune);
  const auto soon = mesh.Register(WithSla({.name = "Soon", .status = "deprecated"}, "endOfSupport", "soon"));
  ASSERT_TRUE(soon.ok());
  EXPECT_TRUE(Has(*soon, "sunset-date"));
  EXPECT_FALSE(soon->product().has_sunset_time());
}

TEST(Sunset, ThatWasSetStandsAndIsEnough) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(WithSla({}, "endOfLife", "2027-06-01")).ok());
  v1::SetProductStateRequest request;
  request.set_name("sales/orders");
  request.set_state(v1::PRODUCT_STATE_DEPRECATED);
  request.mutable_sunset_time()->set_seconds(kMay);
  const auto set = mesh.lifecycle->SetProductState(request, mesh.Call());
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->product().sunset_time().seconds(), kMay);
  const auto again = mesh.Register(WithSla({.version = "1.1.0"}, "endOfLife", "2027-07-01"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->product().sunset_time().seconds(), kMay);

  ASSERT_TRUE(mesh.Register(Sample{.name = "Bare"}).ok());
  request.set_name("sales/bare");
  for (int i = 0; i < 2; ++i) {  // the second time nothing changes, and it is still enough
    const auto bare = mesh.lifecycle->SetProductState(request, mesh.Call());
    ASSERT_TRUE(bare.ok());
    for (const v1::Finding& finding : bare->findings()) EXPECT_NE(finding.rule(), "sunset-date");
    request.clear_sunset_time();
  }
  EXPECT_FALSE(Has(*mesh.Register(Sample{.name = "Bare", .version = "1.1.0", .status = "deprecated"}), "sunset-date"));
}

TEST(Findings, AnActionThatIsNoneIsRefused) {
  const Mesh mesh;
  v1::RegisterProductRequest request = RegistrationOf({});
  request.set_on_findings(static_cast<v1::FindingsAction>(77));
  EXPECT_EQ(ReasonOf(mesh.Register(request)), "BAD_FIELD");
}

}  // namespace
}  // namespace souk::support
