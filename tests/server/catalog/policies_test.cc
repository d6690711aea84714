// SPDX-License-Identifier: Apache-2.0
// Policies at the node: kept by layer, enforced from their commit on, tried before.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

std::string Source(const std::string& id, const std::string& select, const std::string& more = "") {
  return "-- id: " + id + "\n-- title: About " + id + "\n-- severity: error\n-- owner: teams/rules\n" + more + select;
}

// Finds every product without a column of that name.
std::string Wants(const std::string& id, const std::string& column, const std::string& more = "") {
  return Source(id,
                "SELECT 'there is no column " + column +
                    "' AS message FROM product WHERE NOT EXISTS (SELECT 1 FROM columns WHERE path = '" + column + "')",
                more);
}

StatusOr<v1::PutPolicyResponse> Put(const Mesh& mesh, const std::string& source, const std::string& etag = "") {
  v1::PutPolicyRequest request;
  request.set_source(source);
  request.set_etag(etag);
  return mesh.governance->PutPolicy(request, mesh.Call());
}

std::vector<std::string> Names(const Mesh& mesh, const std::string& layer) {
  v1::ListPoliciesRequest request;
  request.set_layer(layer);
  const auto response = mesh.governance->ListPolicies(request, mesh.Call());
  EXPECT_TRUE(response.ok()) << response.status().ToString();
  std::vector<std::string> names;
  for (const v1::Policy& policy : response->policies()) names.push_back(policy.name());
  return names;
}

TEST(Policies, OneIsEnforcedFromItsCommitOnAndNoLongerOnceItIsDeleted) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  const auto put = Put(mesh, Wants("tenant-column", "tenant"));
  ASSERT_TRUE(put.ok()) << put.status().ToString();
  EXPECT_TRUE(put->changed());
  EXPECT_EQ(put->policy().actor(), "ada@example.com");
  EXPECT_FALSE(Put(mesh, Wants("tenant-column", "tenant"))->changed());
  const auto refused = mesh.Register(Sample{.name = "Carts"});
  ASSERT_EQ(ReasonOf(refused), "REFUSED_BY_GATE");
  EXPECT_EQ(refused.status().detail().violations[0].rule, "policies/tenant-column");
  EXPECT_EQ(ReasonOf(mesh.SetState("sales/orders", v1::PRODUCT_STATE_DEPRECATED)), "REFUSED_BY_GATE");
  v1::DeletePolicyRequest end;
  end.set_name("tenant-column");
  EXPECT_TRUE(mesh.governance->DeletePolicy(end, mesh.Call())->changed());
  EXPECT_FALSE(mesh.governance->DeletePolicy(end, mesh.Call())->changed());
  EXPECT_EQ(ReasonOf(mesh.Register(Sample{.name = "Carts"})), "OK");
  EXPECT_TRUE(Names(mesh, "").empty());
}

TEST(Policies, OneOfADomainHoldsThereAndBelowAndOverridesNothing) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{.domain = "ads"}).ok());
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(Put(mesh, Wants("tenant-column", "tenant", "-- layer: domains/ads\n")).ok());
  EXPECT_EQ(ReasonOf(mesh.Register(Sample{.domain = "ads", .name = "Clicks"})), "REFUSED_BY_GATE");
  EXPECT_EQ(ReasonOf(mesh.Register(Sample{.name = "Carts"})), "OK");
  EXPECT_EQ(ReasonOf(Put(mesh, Wants("tenant-column", "other"))), "POLICY_ELSEWHERE");
  EXPECT_EQ(ReasonOf(Put(mesh, Wants("other", "x", "-- layer: domains/none\n"))), "UNKNOWN_DOMAIN");
  ASSERT_TRUE(Put(mesh, Wants("all", "order_id")).ok());
  EXPECT_THAT(Names(mesh, ""), ::testing::ElementsAre("policies/tenant-column", "policies/all"));
  EXPECT_THAT(Names(mesh, "global"), ::testing::ElementsAre("policies/all"));
  EXPECT_THAT(Names(mesh, "domains/ads"), ::testing::ElementsAre("policies/tenant-column"));
  v1::GetPolicyRequest get;
  get.set_name("policies/all");
  EXPECT_EQ(mesh.governance->GetPolicy(get, mesh.Call())->policy().source(), Wants("all", "order_id"));
  get.set_name("nothing");
  EXPECT_EQ(ReasonOf(mesh.governance->GetPolicy(get, mesh.Call())), "NOT_FOUND");
}

TEST(Policies, WhatCannotBeRunIsNotTaken) {
  Mesh mesh;
  EXPECT_EQ(ReasonOf(Put(mesh, Source("p", "DELETE FROM product"))), "BAD_DOCUMENT");
  EXPECT_EQ(ReasonOf(Put(mesh, "")), "BAD_DOCUMENT");
  const auto first = Put(mesh, Wants("p", "tenant"));
  EXPECT_EQ(ReasonOf(Put(mesh, Wants("p", "other"), "\"stale\"")), "STALE_ETAG");
  EXPECT_EQ(ReasonOf(Put(mesh, Wants("p", "other"), first->policy().etag())), "OK");
  mesh.authorizer.Forbid(v1::PERMISSION_GOVERN);
  EXPECT_EQ(ReasonOf(Put(mesh, Wants("p", "third"))), "PERMISSION_DENIED");
}

TEST(Policies, ARunawayClosesTheDoorAndItsWaiverOpensIt) {
  const Mesh mesh;
  ASSERT_TRUE(Put(mesh, Source("runaway",
                               "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT "
                               "max(n) AS message FROM r"))
                  .ok());
  const auto refused = mesh.Register(Sample{});
  ASSERT_EQ(ReasonOf(refused), "REFUSED_BY_GATE");
  EXPECT_THAT(refused.status().detail().violations[0].message, HasSubstr("could not be evaluated"));
  v1::CreateWaiverRequest waiver;
  waiver.mutable_waiver()->set_line(Sample{}.line());
  waiver.mutable_waiver()->set_rule("policies/runaway");
  waiver.mutable_waiver()->set_reason("the policy is being mended");
  v1::GetGovernanceContextRequest today;
  *today.mutable_bundle() = BundleOf(Sample{});
  waiver.mutable_waiver()->set_expires_on(mesh.governance->GetGovernanceContext(today, mesh.Call())->context().day());
  ASSERT_TRUE(mesh.governance->CreateWaiver(waiver, mesh.Call()).ok());
  EXPECT_EQ(ReasonOf(mesh.Register(Sample{})), "OK");
}

TEST(Policies, WhatIfTriesTheWholeMeshPageByPage) {
  const Mesh mesh;
  for (int i = 0; i < 7; ++i) {
    Sample sample{.domain = i < 3 ? "ads" : "sales", .name = "P" + std::to_string(i)};
    if (i % 2 == 0) sample.columns.push_back({"tenant", "string", ""});
    ASSERT_TRUE(mesh.Register(sample).ok());
  }
  v1::WhatIfPolicyRequest request;
  request.set_source(Wants("tenant-column", "tenant"));
  request.set_page_size(2);
  uint32_t judged = 0;
  std::vector<std::string> lines;
  do {
    const auto page = mesh.governance->WhatIfPolicy(request, mesh.Call());
    ASSERT_TRUE(page.ok()) << page.status().ToString();
    judged += page->judged();
    for (const v1::LineViolations& line : page->violations()) lines.push_back(line.line());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(judged, 7U);
  EXPECT_EQ(lines.size(), 3U);
  request.set_parent("domains/ads");
  request.set_page_size(0);
  EXPECT_EQ(mesh.governance->WhatIfPolicy(request, mesh.Call())->judged(), 3U);
  EXPECT_TRUE(Names(mesh, "").empty());  // nothing is in force
  request.set_source("nonsense");
  EXPECT_EQ(ReasonOf(mesh.governance->WhatIfPolicy(request, mesh.Call())), "BAD_DOCUMENT");
}

TEST(Policies, OneThatIsOnlyObservedIsCountedAndToldToNobody) {
  const Mesh mesh;
  ASSERT_TRUE(Put(mesh, Wants("tenant-column", "tenant", "-- block-from: 2999-01-01\n")).ok());
  const auto answer = mesh.Register(Sample{});
  ASSERT_TRUE(answer.ok());
  EXPECT_THAT(RulesOf(answer->findings()), ::testing::Not(Contains("policies/tenant-column")));
  const auto report = mesh.governance->ReportCompliance({}, mesh.Call());
  ASSERT_TRUE(report.ok());
  std::vector<std::string> observed;
  for (const v1::RuleCount& count : report->total().rules()) {
    if (count.severity() == v1::SEVERITY_INFO) observed.push_back(count.rule());
  }
  EXPECT_THAT(observed, ::testing::ElementsAre("policies/tenant-column"));
}

}  // namespace
}  // namespace souk::support
