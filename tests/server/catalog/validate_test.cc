// SPDX-License-Identifier: Apache-2.0
// validate_only: the answer is that of the real call, and nothing is written.
#include <gtest/gtest.h>

#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

// Makes the call with validate_only, then for real; both must say the same, and only the second one writes.
template <typename Request, typename Make>
auto TwiceTheSame(const Mesh& mesh, Request request, const Make& make) {
  const storage::Revision before = mesh.revision();
  request.set_validate_only(true);
  const auto expected = make(request);
  EXPECT_EQ(mesh.revision(), before);
  request.set_validate_only(false);
  const auto real = make(request);
  EXPECT_EQ(ReasonOf(expected), ReasonOf(real));
  if (expected.ok() && real.ok()) {
    EXPECT_EQ(expected->changed(), real->changed());
  }
  return std::pair(expected, real);
}

v1::RegisterProductResponse TwiceRegistered(const Mesh& mesh, const v1::RegisterProductRequest& request) {
  const auto [expected, real] = TwiceTheSame(mesh, request, [&](const auto& given) { return mesh.Register(given); });
  if (!expected.ok() || !real.ok()) return {};
  EXPECT_EQ(expected->created(), real->created());
  EXPECT_EQ(expected->product().state(), real->product().state());
  EXPECT_EQ(expected->product().version(), real->product().version());
  EXPECT_EQ(expected->product().sunset_time().seconds(), real->product().sunset_time().seconds());
  EXPECT_EQ(RulesOf(expected->findings()), RulesOf(real->findings()));
  return *real;
}

TEST(ValidateOnly, OfARegistration) {
  const Mesh mesh;
  EXPECT_TRUE(TwiceRegistered(mesh, RegistrationOf({})).created());
  EXPECT_FALSE(TwiceRegistered(mesh, RegistrationOf({})).changed());
  const auto newer = TwiceRegistered(mesh, RegistrationOf({.version = "1.1.0"}));
  EXPECT_TRUE(newer.changed());
  EXPECT_FALSE(newer.created());
  TwiceRegistered(mesh, RegistrationOf({.version = "1.0.0"}));                      // older: refused by both
  TwiceRegistered(mesh, RegistrationOf({.version = "1.1.0", .purpose = "Other"}));  // immutable: refused by both
}

TEST(ValidateOnly, OfABatch) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  std::vector<v1::BatchRegisterRequest> items(3);
  *items[0].mutable_item() = RegistrationOf({});
  *items[1].mutable_item() = RegistrationOf({.name = "Returns"});
  *items[2].mutable_item() = RegistrationOf({.version = "1.1.0"});
  for (auto& item : items) item.mutable_item()->set_validate_only(true);
  const auto expected = mesh.registry->BatchRegister(items, mesh.Call());
  ASSERT_TRUE(expected.ok());
  for (auto& item : items) item.mutable_item()->set_validate_only(false);
  const auto real = mesh.registry->BatchRegister(items, mesh.Call());
  ASSERT_TRUE(real.ok());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(expected->results(i).changed(), real->results(i).changed()) << i;
    EXPECT_EQ(expected->results(i).created(), real->results(i).created()) << i;
  }
}

TEST(ValidateOnly, OfAChangeOfState) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  v1::SetProductStateRequest request;
  request.set_name("sales/orders");
  const auto set = [&](const auto& given) { return mesh.lifecycle->SetProductState(given, mesh.Call()); };
  for (const auto state : {v1::PRODUCT_STATE_ACTIVE, v1::PRODUCT_STATE_DEPRECATED, v1::PRODUCT_STATE_DRAFT}) {
    request.set_state(state);
    const auto [expected, real] = TwiceTheSame(mesh, request, set);
    if (!expected.ok()) continue;
    EXPECT_EQ(expected->product().state(), real->product().state());
  }
}

TEST(ValidateOnly, OfARetirement) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.Register(Sample{.name = "Reader", .reads = {Sample{}.contract()}}).ok());
  v1::RetireProductRequest request;
  const auto retire = [&](const auto& given) { return mesh.lifecycle->RetireProduct(given, mesh.Call()); };
  for (const char* name : {"sales/orders", "sales/reader", "sales/orders@1"}) {
    request.set_name(name);  // refused for its consumer; retired; retired, as its consumer is
    const auto [expected, real] = TwiceTheSame(mesh, request, retire);
    if (!expected.ok()) continue;
    EXPECT_EQ(expected->product().state(), real->product().state());
  }
}

TEST(ValidateOnly, OfDomainsAndTeams) {
  const Mesh mesh;
  v1::UpdateTeamRequest team;
  team.mutable_team()->set_name("checkout");
  const auto put_team = [&](const auto& given) { return mesh.directory->UpdateTeam(given, mesh.Call()); };
  v1::UpdateDomainRequest domain;
  domain.mutable_domain()->set_name("sales");
  const auto put_domain = [&](const auto& given) { return mesh.directory->UpdateDomain(given, mesh.Call()); };
  for (const char* title : {"One", "One", "Two"}) {
    team.mutable_team()->set_display_name(title);
    domain.mutable_domain()->set_display_name(title);
    const auto [expected_team, real_team] = TwiceTheSame(mesh, team, put_team);
    EXPECT_EQ(expected_team->team().display_name(), real_team->team().display_name());
    const auto [expected_domain, real_domain] = TwiceTheSame(mesh, domain, put_domain);
    EXPECT_EQ(expected_domain->domain().provenance(), real_domain->domain().provenance());
  }
}

}  // namespace
}  // namespace souk::support
