// SPDX-License-Identifier: Apache-2.0
// Registering: idempotency, who may write what, and what a registration leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST(Register, TheSameContentTwiceWritesNothing) {
  const Mesh mesh;
  const auto first = mesh.Register(Sample{});
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  EXPECT_TRUE(first->changed());
  EXPECT_TRUE(first->created());
  EXPECT_TRUE(first->fit_for_active());
  EXPECT_TRUE(first->visible());
  EXPECT_EQ(first->product().name(), Sample{}.line());
  EXPECT_EQ(first->product().state(), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_EQ(first->product().actor(), "ada@example.com");
  const storage::Revision before = mesh.revision();

  const auto second = mesh.Register(Sample{});
  ASSERT_TRUE(second.ok()) << second.status().ToString();
  EXPECT_FALSE(second->changed());
  EXPECT_FALSE(second->created());
  EXPECT_EQ(second->revision(), first->revision());
  EXPECT_EQ(second->product().etag(), first->product().etag());
  EXPECT_EQ(mesh.revision(), before);
}

TEST(Register, OtherContentIsAChangeOfTheSameLine) {
  const Mesh mesh;
  const auto first = mesh.Register(Sample{});
  ASSERT_TRUE(first.ok());
  const auto second = mesh.Register(Sample{.version = "1.1.0"});
  ASSERT_TRUE(second.ok()) << second.status().ToString();
  EXPECT_TRUE(second->changed());
  EXPECT_FALSE(second->created());
  EXPECT_EQ(second->product().uid(), first->product().uid());
  EXPECT_NE(second->product().etag(), first->product().etag());
  EXPECT_EQ(second->product().change_number(), 2U);
  EXPECT_EQ(second->product().version(), "1.1.0");
}

TEST(Register, AMajorVersionIsALineOfItsOwn) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  const auto second = mesh.Register(Sample{.version = "2.0.0"});
  ASSERT_TRUE(second.ok()) << second.status().ToString();
  EXPECT_TRUE(second->created());
  EXPECT_EQ(mesh.StateOf("sales/orders@1"), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_EQ(mesh.StateOf("sales/orders@2"), v1::PRODUCT_STATE_ACTIVE);
}

TEST(Register, IsVisibleEverywhereWhenAnswered) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.Register(Sample{.name = "Invoices", .reads = {Sample{}.contract()}}).ok());
  v1::SearchRequest search;
  search.set_query("invoices");
  const auto found = mesh.discovery->Search(search, mesh.Call());
  ASSERT_TRUE(found.ok()) << found.status().ToString();
  ASSERT_EQ(found->hits_size(), 1);
  EXPECT_EQ(found->hits(0).name(), "domains/sales/products/invoices/lines/1");
  v1::TraceLineageRequest trace;
  trace.set_root("sales/orders");
  trace.set_direction(v1::LINEAGE_DIRECTION_DOWN);
  const auto lineage = mesh.tracing->TraceLineage(trace, mesh.Call());
  ASSERT_TRUE(lineage.ok()) << lineage.status().ToString();
  EXPECT_EQ(lineage->nodes_size(), 2);
  v1::FindOwnerRequest find;
  find.set_identifier(Sample{.name = "Invoices"}.dataset());
  const auto owner = mesh.ownership->FindOwner(find, mesh.Call());
  ASSERT_TRUE(owner.ok()) << owner.status().ToString();
  EXPECT_EQ(owner->team(), "teams/checkout");
}

TEST(Register, AStaleEtagIsRefused) {
  const Mesh mesh;
  auto request = RegistrationOf(Sample{});
  request.set_etag("\"0123456789abcdef\"");
  EXPECT_EQ(ReasonOf(mesh.Register(request)), "STALE_ETAG");  // there is no such line yet
  const auto first = mesh.Register(Sample{});
  ASSERT_TRUE(first.ok());
  request = RegistrationOf(Sample{.version = "1.1.0"});
  request.set_etag(first->product().etag());
  const auto second = mesh.Register(request);
  ASSERT_TRUE(second.ok()) << second.status().ToString();
  request = RegistrationOf(Sample{.version = "1.2.0"});
  request.set_etag(first->product().etag());
  const auto third = mesh.Register(request);
  EXPECT_EQ(ReasonOf(third), "STALE_ETAG");
  EXPECT_EQ(third.status().code(), Code::kAborted);
  EXPECT_THAT(third.status().message(), HasSubstr(second->product().etag()));
}

TEST(Register, ARequestIdIsAppliedOnce) {
  const Mesh mesh;
  auto request = RegistrationOf(Sample{});
  request.set_request_id("deploy-17");
  const auto first = mesh.Register(request);
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  ASSERT_TRUE(mesh.Register(Sample{.version = "1.1.0"}).ok());
  const storage::Revision before = mesh.revision();
  // The line has gone on: without the id, this would be an older version.
  const auto again = mesh.Register(request);
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ(again->revision(), first->revision());
  EXPECT_FALSE(again->created());
  EXPECT_EQ(RulesOf(again->findings()), RulesOf(first->findings()));
  EXPECT_EQ(mesh.revision(), before);

  auto other = RegistrationOf(Sample{.name = "Invoices"});
  other.set_request_id("deploy-17");
  EXPECT_EQ(ReasonOf(mesh.Register(other)), "REQUEST_ID_REUSED");
  // Ids of one person are nothing to another.
  EXPECT_TRUE(mesh.Register(other, mesh.Call("grace@example.com")).ok());
}

TEST(Register, ARequestIdHasALimit) {
  const Mesh mesh;
  auto request = RegistrationOf(Sample{});
  request.set_request_id(std::string(limits::kRequestIdBytesMax + 1, 'x'));
  EXPECT_EQ(ReasonOf(mesh.Register(request)), "IDENTIFIER_TOO_LONG");
  request.set_request_id(std::string(limits::kRequestIdBytesMax, '/'));
  EXPECT_TRUE(mesh.Register(request).ok());
}

TEST(Register, ValidateOnlyOfAUsedRequestIdTellsTheLine) {
  const Mesh mesh;
  auto request = RegistrationOf(Sample{});
  request.set_request_id("deploy-17");
  ASSERT_TRUE(mesh.Register(request).ok());
  request.set_validate_only(true);
  const auto checked = mesh.Register(request);
  ASSERT_TRUE(checked.ok()) << checked.status().ToString();
  EXPECT_EQ(checked->product().name(), Sample{}.line());
  EXPECT_EQ(checked->product().state(), v1::PRODUCT_STATE_ACTIVE);
}

TEST(Register, ManyAtOnceMakeOneChainEach) {
  const Mesh mesh;
  constexpr int kThreads = 8;
  std::vector<std::jthread> threads;
  std::atomic<int> created{0};
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      // Half of them the very same content, half different products of the same new domain and team.
      const auto answer = mesh.Register(Sample{.name = i % 2 == 0 ? "Orders" : "Product " + std::to_string(i)});
      EXPECT_TRUE(answer.ok()) << answer.status().ToString();
      if (answer.ok() && answer->created()) ++created;
    });
  }
  threads.clear();
  EXPECT_EQ(created, 1 + kThreads / 2);
  uint64_t records = 0;
  const AllowAll everything;
  const auto faults = mesh.store->Current(everything).VerifyChains(&records);
  ASSERT_TRUE(faults.ok());
  EXPECT_TRUE(faults->empty());
  EXPECT_EQ(records, static_cast<uint64_t>(1 + kThreads / 2 + 2));  // the lines, their domain, their team
}

TEST(Register, NeedsThePermissionForItsDomain) {
  Mesh mesh;
  mesh.authorizer.Forbid("sales");
  const auto refused = mesh.Register(Sample{});
  EXPECT_EQ(refused.status().code(), Code::kPermissionDenied);
  EXPECT_EQ(mesh.revision(), 0U);
  EXPECT_TRUE(mesh.Register(Sample{.domain = "logistics"}).ok());
}

TEST(Register, UnknownDomainsAndTeamsAreMadeOnlyWhenAskedFor) {
  const Mesh mesh;
  auto request = RegistrationOf(Sample{});
  request.set_create_missing(false);
  EXPECT_EQ(ReasonOf(mesh.Register(request)), "UNKNOWN_DOMAIN");
  v1::UpdateDomainRequest domain;
  domain.mutable_domain()->set_name("domains/sales");
  ASSERT_TRUE(mesh.directory->UpdateDomain(domain, mesh.Call()).ok());
  EXPECT_EQ(ReasonOf(mesh.Register(request)), "UNKNOWN_TEAM");
  const storage::Revision before = mesh.revision();
  request.set_create_missing(true);
  ASSERT_TRUE(mesh.Register(request).ok());
  EXPECT_EQ(mesh.revision(), before + 1);  // team and line in one revision

  v1::GetTeamRequest get_team;
  get_team.set_name("teams/checkout");
  const auto team = mesh.directory->GetTeam(get_team, mesh.Call());
  ASSERT_TRUE(team.ok());
  EXPECT_EQ(team->team().provenance(), v1::PROVENANCE_INFERRED);
  ASSERT_TRUE(mesh.Register(Sample{.domain = "Last Mile"}).ok());
  v1::GetDomainRequest get_domain;
  get_domain.set_name("last-mile");
  const auto inferred = mesh.directory->GetDomain(get_domain, mesh.Call());
  ASSERT_TRUE(inferred.ok());
  EXPECT_EQ(inferred->domain().provenance(), v1::PROVENANCE_INFERRED);
  EXPECT_EQ(inferred->domain().display_name(), "Last Mile");
  EXPECT_EQ(inferred->domain().owner_team(), "");  // ownership is only ever set explicitly
}

TEST(Register, WhatCanNotBeReadIsRefusedWhole) {
  const Mesh mesh;
  v1::RegisterProductRequest request;
  EXPECT_EQ(ReasonOf(mesh.Register(request)), "MISSING_FIELD");
  request = RegistrationOf(Sample{});
  request.mutable_bundle()->mutable_documents(1)->set_content("schema: [");
  const auto refused = mesh.Register(request);
  EXPECT_EQ(ReasonOf(refused), "BAD_DOCUMENT");
  ASSERT_FALSE(refused.status().detail().violations.empty());
  EXPECT_GT(refused.status().detail().violations.front().line, 0U);
  request = RegistrationOf(Sample{});
  request.set_state(static_cast<v1::ProductState>(99));
  EXPECT_EQ(ReasonOf(mesh.Register(request)), "BAD_FIELD");
  EXPECT_EQ(mesh.revision(), 0U);
}

TEST(Register, TheModelCanBeLeftOutOfTheAnswer) {
  const Mesh mesh;
  auto request = RegistrationOf(Sample{});
  request.set_omit_model(true);
  const auto answer = mesh.Register(request);
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_FALSE(answer->product().has_model());
  EXPECT_EQ(answer->product().name(), Sample{}.line());
  EXPECT_EQ(answer->product().state(), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_TRUE(mesh.Get(Sample{}.line())->has_model());
}

TEST(Register, ADeadCallWritesNothing) {
  const Mesh mesh;
  catalog::CallContext call = mesh.Call();
  call.deadline = mesh.clock.Monotonic();
  EXPECT_EQ(mesh.Register(RegistrationOf(Sample{}), call).status().code(), Code::kDeadlineExceeded);
  call = mesh.Call();
  call.cancelled = [] { return true; };
  EXPECT_EQ(mesh.Register(RegistrationOf(Sample{}), call).status().code(), Code::kCancelled);
  EXPECT_EQ(mesh.revision(), 0U);
}

TEST(Register, AnUpstreamThatIsNotThereIsAWarning) {
  const Mesh mesh;
  const Sample invoices{.name = "Invoices", .reads = {Sample{}.contract()}};
  const auto open = mesh.Register(invoices);
  ASSERT_TRUE(open.ok()) << open.status().ToString();
  EXPECT_THAT(RulesOf(open->findings()), Contains("upstream-missing"));
  EXPECT_EQ(open->product().state(), v1::PRODUCT_STATE_ACTIVE);
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  const auto closed = mesh.Register(invoices);
  ASSERT_TRUE(closed.ok());
  EXPECT_FALSE(closed->changed());
  EXPECT_THAT(RulesOf(closed->findings()), Not(Contains("upstream-missing")));
  EXPECT_THAT(RulesOf(closed->findings()), Not(Contains("upstream-retired")));
}

TEST(Register, ARetiredUpstreamIsAWarning) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.Retire("sales/orders").ok());
  const auto late = mesh.Register(Sample{.name = "Invoices", .reads = {Sample{}.contract()}});
  ASSERT_TRUE(late.ok()) << late.status().ToString();
  EXPECT_THAT(RulesOf(late->findings()), Contains("upstream-retired"));
}

}  // namespace
}  // namespace souk::support
