// SPDX-License-Identifier: Apache-2.0
// Waivers: who gives them, what they excuse, how they end. The clock is the test's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/catalog/governance_context.h"
#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

std::string DayIn(const Mesh& mesh, int days) { return catalog::DayOf(mesh.clock.NowUs() + days * kDayUs); }

v1::CreateWaiverRequest WaiverOf(const Mesh& mesh, const std::string& line, const std::string& rule, int days) {
  v1::CreateWaiverRequest request;
  request.mutable_waiver()->set_line(line);
  request.mutable_waiver()->set_rule(rule);
  request.mutable_waiver()->set_reason("it comes with the next release");
  request.mutable_waiver()->set_expires_on(DayIn(mesh, days));
  return request;
}

StatusOr<v1::CreateWaiverResponse> Waive(const Mesh& mesh, const v1::CreateWaiverRequest& request) {
  return mesh.governance->CreateWaiver(request, mesh.Call("grace@example.com"));
}

v1::ListWaiversResponse List(const Mesh& mesh, const std::string& parent, bool ended) {
  v1::ListWaiversRequest request;
  request.set_parent(parent);
  request.set_include_ended(ended);
  const auto response = mesh.governance->ListWaivers(request, mesh.Call());
  EXPECT_TRUE(response.ok()) << response.status().ToString();
  return response.ok() ? *response : v1::ListWaiversResponse();
}

const Sample kWordless{.purpose = ""};

TEST(Waivers, OneLetsALineInUntilItsLastDayIsOver) {
  Mesh mesh;
  EXPECT_EQ(ReasonOf(mesh.Register(kWordless)), "REFUSED_BY_GATE");
  const auto waiver = Waive(mesh, WaiverOf(mesh, kWordless.line(), "docs-required", 1));
  ASSERT_TRUE(waiver.ok()) << waiver.status().ToString();
  EXPECT_EQ(waiver->waiver().signer(), "grace@example.com");
  const auto admitted = mesh.Register(kWordless);
  ASSERT_TRUE(admitted.ok()) << admitted.status().ToString();
  EXPECT_EQ(admitted->product().state(), v1::PRODUCT_STATE_ACTIVE);
  bool told = false;
  for (const v1::Finding& finding : admitted->findings()) {
    if (finding.rule() != "docs-required") continue;
    told = true;
    EXPECT_EQ(finding.severity(), v1::SEVERITY_INFO);
    EXPECT_EQ(finding.waiver(), waiver->waiver().name());
    EXPECT_THAT(finding.remedy(), HasSubstr("grace@example.com"));
  }
  EXPECT_TRUE(told);
  Sample changed = kWordless;
  changed.version = "1.1.0";
  changed.freshness = "6";
  mesh.clock.AdvanceUs(kDayUs);
  EXPECT_EQ(ReasonOf(mesh.Register(changed)), "OK");
  changed.version = "1.2.0";
  changed.freshness = "7";
  mesh.clock.AdvanceUs(kDayUs);
  EXPECT_EQ(ReasonOf(mesh.Register(changed)), "REFUSED_BY_GATE");
  EXPECT_EQ(List(mesh, "", false).waivers_size(), 0);
  EXPECT_EQ(List(mesh, "", true).waivers_size(), 1);
}

TEST(Waivers, OneThatIsEndedExcusesNothingMore) {
  const Mesh mesh;
  const auto waiver = Waive(mesh, WaiverOf(mesh, kWordless.line(), "docs-required", 30));
  ASSERT_TRUE(waiver.ok());
  v1::EndWaiverRequest end;
  end.set_name(waiver->waiver().name());
  end.set_validate_only(true);
  EXPECT_TRUE(mesh.governance->EndWaiver(end, mesh.Call())->changed());
  EXPECT_EQ(List(mesh, kWordless.line(), false).waivers_size(), 1);
  end.set_validate_only(false);
  EXPECT_TRUE(mesh.governance->EndWaiver(end, mesh.Call())->changed());
  EXPECT_FALSE(mesh.governance->EndWaiver(end, mesh.Call())->changed());
  EXPECT_EQ(ReasonOf(mesh.Register(kWordless)), "REFUSED_BY_GATE");
  end.set_name("waivers/nothing");
  EXPECT_EQ(ReasonOf(mesh.governance->EndWaiver(end, mesh.Call())), "NOT_FOUND");
}

TEST(Waivers, AreOfOneLineAndListedByDomain) {
  const Mesh mesh;
  ASSERT_TRUE(Waive(mesh, WaiverOf(mesh, kWordless.line(), "docs-required", 3)).ok());
  ASSERT_TRUE(Waive(mesh, WaiverOf(mesh, "domains/ads/products/clicks/lines/1", "docs-required", 3)).ok());
  EXPECT_EQ(ReasonOf(mesh.Register(Sample{.name = "Other", .purpose = ""})), "REFUSED_BY_GATE");
  EXPECT_EQ(List(mesh, "", false).waivers_size(), 2);
  EXPECT_EQ(List(mesh, "domains/ads", false).waivers_size(), 1);
  EXPECT_EQ(List(mesh, "domains/none", false).waivers_size(), 0);
  v1::ListWaiversRequest request;
  request.set_page_size(1);
  const auto first = mesh.governance->ListWaivers(request, mesh.Call());
  ASSERT_EQ(first->waivers_size(), 1);
  ASSERT_FALSE(first->next_page_token().empty());
  request.set_page_token(first->next_page_token());
  const auto second = mesh.governance->ListWaivers(request, mesh.Call());
  ASSERT_EQ(second->waivers_size(), 1);
  EXPECT_NE(second->waivers(0).name(), first->waivers(0).name());
  EXPECT_EQ(second->next_page_token(), "");
}

TEST(Waivers, BadOnesAreRefused) {
  Mesh mesh;
  const auto good = WaiverOf(mesh, kWordless.line(), "docs-required", 3);
  const auto reason = [&](const std::function<void(v1::Waiver&)>& spoil) {
    v1::CreateWaiverRequest request = good;
    spoil(*request.mutable_waiver());
    return ReasonOf(Waive(mesh, request));
  };
  EXPECT_EQ(reason([](v1::Waiver& waiver) { waiver.set_rule("nonsense"); }), "BAD_FIELD");
  EXPECT_EQ(reason([](v1::Waiver& waiver) { waiver.set_rule("owner-required"); }), "BAD_FIELD");
  EXPECT_EQ(reason([](v1::Waiver& waiver) { waiver.set_reason(" "); }), "MISSING_FIELD");
  EXPECT_EQ(reason([](v1::Waiver& waiver) { waiver.set_line("nothing/there"); }), "NOT_FOUND");
  EXPECT_EQ(reason([](v1::Waiver& waiver) { waiver.clear_line(); }), "MISSING_FIELD");
  EXPECT_EQ(reason([](v1::Waiver& waiver) { waiver.clear_expires_on(); }), "MISSING_FIELD");
  EXPECT_EQ(reason([](v1::Waiver& waiver) { waiver.set_expires_on("soon"); }), "BAD_FIELD");
  EXPECT_EQ(reason([](v1::Waiver& waiver) { waiver.set_expires_on("2026-02-30"); }), "BAD_FIELD");
  EXPECT_EQ(reason([&](v1::Waiver& waiver) { waiver.set_expires_on(DayIn(mesh, -1)); }), "BAD_FIELD");
  EXPECT_EQ(reason([&](v1::Waiver& waiver) { waiver.set_expires_on(DayIn(mesh, 400)); }), "BAD_FIELD");
  EXPECT_EQ(reason([&](v1::Waiver& waiver) { waiver.set_pointer(std::string(100'000, '/')); }), "IDENTIFIER_TOO_LONG");
  EXPECT_EQ(reason([](v1::Waiver& /*waiver*/) {}), "OK");
  mesh.authorizer.Forbid(v1::PERMISSION_GOVERN);
  EXPECT_EQ(reason([](v1::Waiver& /*waiver*/) {}), "PERMISSION_DENIED");
}

TEST(Waivers, ARepeatedRequestGivesTheSameOne) {
  const Mesh mesh;
  v1::CreateWaiverRequest request = WaiverOf(mesh, kWordless.line(), "docs-required", 3);
  request.set_request_id("once");
  const auto first = Waive(mesh, request);
  const auto second = Waive(mesh, request);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->waiver().SerializeAsString(), second->waiver().SerializeAsString());
  EXPECT_EQ(List(mesh, "", false).waivers_size(), 1);
  request.mutable_waiver()->set_reason("another");
  EXPECT_EQ(ReasonOf(Waive(mesh, request)), "REQUEST_ID_REUSED");
}

TEST(Waivers, OneLetsALineEndAlthoughItIsRead) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.Register(Sample{.name = "Invoices", .reads = {Sample{}.contract()}}).ok());
  EXPECT_EQ(ReasonOf(mesh.Retire("sales/orders")), "HAS_CONSUMERS");
  ASSERT_TRUE(Waive(mesh, WaiverOf(mesh, "sales/orders", "no-readers-left", 0)).ok());
  EXPECT_EQ(ReasonOf(mesh.Retire("sales/orders")), "OK");
  EXPECT_EQ(mesh.StateOf("sales/orders"), v1::PRODUCT_STATE_RETIRED);
}

TEST(Compliance, IsCountedByDomainWithWaiversAndSettings) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  v1::RegisterProductRequest draft = RegistrationOf(Sample{.name = "Carts", .purpose = "", .freshness = ""});
  draft.set_on_findings(v1::FINDINGS_ACTION_DRAFT);
  ASSERT_TRUE(mesh.Register(draft).ok());
  ASSERT_TRUE(mesh.Register(Sample{.domain = "ads"}).ok());
  const auto report = [&](const std::string& parent) {
    v1::ReportComplianceRequest request;
    request.set_parent(parent);
    return mesh.governance->ReportCompliance(request, mesh.Call());
  };
  auto all = report("");
  ASSERT_TRUE(all.ok()) << all.status().ToString();
  EXPECT_EQ(all->total().lines(), 3U);
  EXPECT_EQ(all->total().in_service(), 2U);
  EXPECT_EQ(all->total().fit(), 2U);
  ASSERT_EQ(all->domains_size(), 2);
  EXPECT_EQ(all->domains(0).domain(), "domains/ads");
  EXPECT_EQ(all->domains(1).unfit_size(), 1);
  EXPECT_EQ(all->domains(1).unfit(0), "domains/sales/products/carts/lines/1");
  EXPECT_EQ(all->domains(1).rules(0).severity(), v1::SEVERITY_ERROR);
  EXPECT_EQ(report("domains/ads")->total().lines(), 1U);
  EXPECT_EQ(ReasonOf(report("domains/none")), "UNKNOWN_DOMAIN");
  ASSERT_TRUE(Waive(mesh, WaiverOf(mesh, "sales/carts", "docs-required", 3)).ok());
  ASSERT_TRUE(Waive(mesh, WaiverOf(mesh, "sales/carts", "quality-required", 3)).ok());
  all = report("");
  EXPECT_EQ(all->total().fit(), 3U);
  EXPECT_EQ(all->total().waived(), 1U);
}

}  // namespace
}  // namespace souk::support
