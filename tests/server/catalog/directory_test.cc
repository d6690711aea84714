// SPDX-License-Identifier: Apache-2.0
// Domains and teams: a tree without circles, owners that are only ever set explicitly.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/limits.h"
#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

v1::UpdateDomainRequest DomainRequest(const std::string& id, const std::string& parent = "") {
  v1::UpdateDomainRequest request;
  request.mutable_domain()->set_name(id);
  request.mutable_domain()->set_parent(parent);
  return request;
}

void PutTeam(const Mesh& mesh, const std::string& id) {
  v1::UpdateTeamRequest request;
  request.mutable_team()->set_name(id);
  ASSERT_TRUE(mesh.directory->UpdateTeam(request, mesh.Call()).ok());
}

StatusOr<v1::UpdateDomainResponse> Put(const Mesh& mesh, const std::string& id, const std::string& parent = "") {
  return mesh.directory->UpdateDomain(DomainRequest(id, parent), mesh.Call());
}

TEST(Domains, AreMadeAndReplaced) {
  const Mesh mesh;
  PutTeam(mesh, "checkout");
  auto request = DomainRequest("sales");
  request.mutable_domain()->set_owner_team("checkout");
  const auto made = mesh.directory->UpdateDomain(request, mesh.Call());
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  EXPECT_TRUE(made->changed());
  EXPECT_EQ(made->domain().name(), "domains/sales");
  EXPECT_EQ(made->domain().owner_team(), "teams/checkout");
  EXPECT_EQ(made->domain().provenance(), v1::PROVENANCE_DECLARED);
  EXPECT_GT(made->domain().update_time().seconds(), 0);
  const storage::Revision before = mesh.revision();
  const auto same = mesh.directory->UpdateDomain(request, mesh.Call());
  ASSERT_TRUE(same.ok());
  EXPECT_FALSE(same->changed());
  EXPECT_EQ(same->revision(), made->revision());
  EXPECT_EQ(mesh.revision(), before);
  request.mutable_domain()->set_description("Everything that is sold.");
  EXPECT_TRUE(mesh.directory->UpdateDomain(request, mesh.Call())->changed());
}

TEST(Domains, AMaskLeavesTheOtherFieldsAsTheyAre) {
  const Mesh mesh;
  v1::UpdateTeamRequest team;
  team.mutable_team()->set_name("checkout");
  ASSERT_TRUE(mesh.directory->UpdateTeam(team, mesh.Call()).ok());
  ASSERT_TRUE(Put(mesh, "commerce").ok());
  auto request = DomainRequest("sales", "commerce");
  request.mutable_domain()->set_owner_team("checkout");
  request.mutable_domain()->set_description("words");
  ASSERT_TRUE(mesh.directory->UpdateDomain(request, mesh.Call()).ok());

  auto masked = DomainRequest("sales");
  masked.mutable_domain()->set_display_name("Sales");
  masked.mutable_update_mask()->add_paths("display_name");
  masked.mutable_update_mask()->add_paths("description");
  masked.set_validate_only(true);
  EXPECT_EQ(mesh.directory->UpdateDomain(masked, mesh.Call())->domain().owner_team(), "teams/checkout");
  masked.set_validate_only(false);
  const auto changed = mesh.directory->UpdateDomain(masked, mesh.Call());
  ASSERT_TRUE(changed.ok()) << changed.status().ToString();
  EXPECT_TRUE(changed->changed());
  EXPECT_EQ(changed->domain().display_name(), "Sales");
  EXPECT_EQ(changed->domain().description(), "") << "named, and empty";
  EXPECT_EQ(changed->domain().parent(), "domains/commerce");
  EXPECT_EQ(changed->domain().owner_team(), "teams/checkout");
  EXPECT_FALSE(mesh.directory->UpdateDomain(masked, mesh.Call())->changed());

  for (const char* path : {"update_time", "etag", "nothing", "domain.parent"}) {
    masked.mutable_update_mask()->set_paths(1, path);
    EXPECT_EQ(ReasonOf(mesh.directory->UpdateDomain(masked, mesh.Call())), "BAD_FIELD") << path;
  }
  auto circle = DomainRequest("commerce");
  circle.mutable_update_mask()->add_paths("name");
  circle.mutable_domain()->set_parent("sales");
  EXPECT_TRUE(mesh.directory->UpdateDomain(circle, mesh.Call()).ok()) << "the parent is not set";
  circle.mutable_update_mask()->add_paths("parent");
  EXPECT_EQ(ReasonOf(mesh.directory->UpdateDomain(circle, mesh.Call())), "BAD_FIELD");
}

TEST(Teams, AMaskReplacesListsAsAWhole) {
  const Mesh mesh;
  v1::UpdateTeamRequest request;
  request.mutable_team()->set_name("gov");
  request.mutable_team()->set_description("words");
  for (const char* name : {"ann", "bob"}) request.mutable_team()->add_members()->set_username(name);
  ASSERT_TRUE(mesh.directory->UpdateTeam(request, mesh.Call()).ok());
  v1::UpdateTeamRequest masked;
  masked.mutable_team()->set_name("gov");
  masked.mutable_team()->add_members()->set_username("cid");
  masked.mutable_update_mask()->add_paths("members");
  const auto changed = mesh.directory->UpdateTeam(masked, mesh.Call());
  ASSERT_TRUE(changed.ok()) << changed.status().ToString();
  ASSERT_EQ(changed->team().members_size(), 1);
  EXPECT_EQ(changed->team().members(0).username(), "cid");
  EXPECT_EQ(changed->team().description(), "words");
}

TEST(Domains, CheckTheEtag) {
  const Mesh mesh;
  const auto made = Put(mesh, "sales");
  ASSERT_TRUE(made.ok());
  auto request = DomainRequest("sales");
  request.mutable_domain()->set_description("words");
  request.mutable_domain()->set_etag("\"stale\"");
  EXPECT_EQ(ReasonOf(mesh.directory->UpdateDomain(request, mesh.Call())), "STALE_ETAG");
  request.mutable_domain()->set_etag(made->domain().etag());
  const auto changed = mesh.directory->UpdateDomain(request, mesh.Call());
  ASSERT_TRUE(changed.ok()) << changed.status().ToString();
  EXPECT_NE(changed->domain().etag(), made->domain().etag());
}

TEST(Domains, ARequestIdIsAppliedOnce) {
  const Mesh mesh;
  auto request = DomainRequest("sales");
  request.set_request_id("d1");
  ASSERT_TRUE(mesh.directory->UpdateDomain(request, mesh.Call()).ok());
  const storage::Revision before = mesh.revision();
  EXPECT_FALSE(mesh.directory->UpdateDomain(request, mesh.Call())->changed());
  EXPECT_EQ(mesh.revision(), before);
  request.mutable_domain()->set_description("words");
  EXPECT_EQ(ReasonOf(mesh.directory->UpdateDomain(request, mesh.Call())), "REQUEST_ID_REUSED");
}

TEST(Domains, ValidateOnlyWritesNothing) {
  const Mesh mesh;
  auto request = DomainRequest("sales");
  request.set_validate_only(true);
  const auto answer = mesh.directory->UpdateDomain(request, mesh.Call());
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->domain().name(), "domains/sales");
  EXPECT_EQ(mesh.revision(), 0U);
  request = DomainRequest("sales", "nowhere");
  request.set_validate_only(true);
  EXPECT_EQ(ReasonOf(mesh.directory->UpdateDomain(request, mesh.Call())), "UNKNOWN_DOMAIN");
}

TEST(Domains, RefuseWhatIsNoName) {
  const Mesh mesh;
  for (const char* name : {"", "Sales", "domains/", "teams/x", "a/b", "-a"}) {
    EXPECT_EQ(ReasonOf(Put(mesh, name)), "BAD_RESOURCE_NAME") << name;
  }
  auto request = DomainRequest("sales");
  request.mutable_domain()->set_owner_team("Not A Team");
  EXPECT_EQ(ReasonOf(mesh.directory->UpdateDomain(request, mesh.Call())), "BAD_RESOURCE_NAME");
  request = DomainRequest("sales");
  request.mutable_domain()->set_description(std::string(limits::kDocumentBytesMax, 'x'));
  EXPECT_EQ(ReasonOf(mesh.directory->UpdateDomain(request, mesh.Call())), "TOO_MANY");
  EXPECT_EQ(mesh.revision(), 0U);
}

TEST(Domains, FormATree) {
  const Mesh mesh;
  EXPECT_EQ(ReasonOf(Put(mesh, "b", "a")), "UNKNOWN_DOMAIN");
  ASSERT_TRUE(Put(mesh, "a").ok());
  ASSERT_TRUE(Put(mesh, "b", "domains/a").ok());
  ASSERT_TRUE(Put(mesh, "c", "b").ok());
  for (const char* parent : {"a", "b", "c"}) {
    const auto circle = Put(mesh, "a", parent);
    EXPECT_EQ(circle.status().code(), Code::kInvalidArgument) << parent;
    EXPECT_EQ(ReasonOf(circle), "BAD_FIELD") << parent;
  }
  ASSERT_TRUE(Put(mesh, "c", "a").ok());
  EXPECT_TRUE(Put(mesh, "b", "c").ok());  // not a circle any more
}

TEST(Domains, HaveALimitedDepth) {
  const Mesh mesh;
  std::string parent;
  for (size_t level = 0; level < limits::kDomainDepthMax; ++level) {
    const std::string id = "level-" + std::to_string(level);
    const auto made = Put(mesh, id, parent);
    ASSERT_TRUE(made.ok()) << level << ": " << made.status().ToString();
    parent = id;
  }
  EXPECT_EQ(ReasonOf(Put(mesh, "too-deep", parent)), "TOO_MANY");
}

// True if going up from the domain ends.
bool Ends(const Mesh& mesh, std::string id) {
  std::set<std::string> seen;
  while (!id.empty()) {
    if (!seen.insert(id).second) return false;
    v1::GetDomainRequest request;
    request.set_name(id);
    const auto domain = mesh.directory->GetDomain(request, mesh.Call());
    if (!domain.ok()) return false;
    id = domain->domain().parent();
  }
  return true;
}

// Several changes at once, none of which is a circle alone.
TEST(DomainsProperty, NeverFormACircle) {
  const Mesh mesh;
  const std::vector<std::string> ids = {"a", "b", "c"};
  constexpr int kRounds = 15;
  for (int round = 0; round < kRounds; ++round) {
    for (const std::string& id : ids) ASSERT_TRUE(Put(mesh, id).ok());
    {
      std::vector<std::jthread> threads;
      for (size_t i = 0; i < ids.size(); ++i) {
        threads.emplace_back([&, i] { static_cast<void>(Put(mesh, ids[i], ids[(i + 1) % ids.size()])); });
      }
    }
    for (const std::string& id : ids) ASSERT_TRUE(Ends(mesh, id)) << "round " << round;
  }
}

TEST(Domains, AskForThePermission) {
  Mesh mesh;
  mesh.authorizer.Forbid("sales");
  EXPECT_EQ(ReasonOf(Put(mesh, "sales")), "PERMISSION_DENIED");
  EXPECT_TRUE(Put(mesh, "ads").ok());
}

TEST(Domains, GiveTheirOwnerToWhatNamesNone) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{.status = "draft", .team = "", .owner = ""}).ok());
  v1::FindOwnerRequest find;
  find.set_identifier("sales/orders");
  EXPECT_EQ(mesh.ownership->FindOwner(find, mesh.Call())->derivation(), v1::OWNER_DERIVATION_ESCALATED);
  PutTeam(mesh, "sales-desk");
  auto request = DomainRequest("sales");
  request.mutable_domain()->set_owner_team("teams/sales-desk");
  ASSERT_TRUE(mesh.directory->UpdateDomain(request, mesh.Call()).ok());
  const auto owner = mesh.ownership->FindOwner(find, mesh.Call());
  ASSERT_TRUE(owner.ok());
  EXPECT_EQ(owner->derivation(), v1::OWNER_DERIVATION_INHERITED);
  EXPECT_EQ(owner->team(), "teams/sales-desk");
}

TEST(Teams, AreMadeReplacedAndListed) {
  const Mesh mesh;
  for (const char* id : {"b", "a", "a-b", "c"}) {
    v1::UpdateTeamRequest request;
    request.mutable_team()->set_name(id);
    v1::Contact& contact = *request.mutable_team()->add_contacts();
    contact.set_channel("email");
    contact.set_url("mailto:team@example.com");
    const auto made = mesh.directory->UpdateTeam(request, mesh.Call());
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    EXPECT_EQ(made->team().name(), std::string("teams/") + id);
  }
  for (const int size : {1, 2, 3, 4, 100}) {
    v1::ListTeamsRequest list;
    list.set_page_size(size);
    std::vector<std::string> names;
    do {
      const auto page = mesh.directory->ListTeams(list, mesh.Call());
      ASSERT_TRUE(page.ok()) << page.status().ToString();
      for (const v1::Team& team : page->teams()) names.push_back(team.name());
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty());
    EXPECT_EQ(names, (std::vector<std::string>{"teams/a", "teams/a-b", "teams/b", "teams/c"})) << size;
  }
  v1::GetTeamRequest get;
  get.set_name("teams/nobody");
  EXPECT_EQ(ReasonOf(mesh.directory->GetTeam(get, mesh.Call())), "UNKNOWN_TEAM");
}

TEST(Domains, AreListedInPagesAndAsOfThePast) {
  const Mesh mesh;
  std::string past;
  for (const char* id : {"sales", "sales-eu", "ads", "sales2"}) {
    const auto made = Put(mesh, id);
    ASSERT_TRUE(made.ok());
    if (past.empty()) past = made->revision();
  }
  for (const int size : {1, 2, 4}) {
    v1::ListDomainsRequest list;
    list.set_page_size(size);
    std::vector<std::string> names;
    do {
      const auto page = mesh.directory->ListDomains(list, mesh.Call());
      ASSERT_TRUE(page.ok());
      for (const v1::Domain& domain : page->domains()) names.push_back(domain.name());
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty());
    EXPECT_EQ(names, (std::vector<std::string>{"domains/ads", "domains/sales", "domains/sales-eu", "domains/sales2"}));
  }
  v1::ListDomainsRequest then;
  then.mutable_consistency()->set_as_of_revision(past);
  EXPECT_EQ(mesh.directory->ListDomains(then, mesh.Call())->domains_size(), 1);
}

TEST(Domains, AreOwnedByATeamThatIsThere) {
  const Mesh mesh;
  auto request = DomainRequest("sales");
  request.mutable_domain()->set_owner_team("nobody");
  EXPECT_EQ(ReasonOf(mesh.directory->UpdateDomain(request, mesh.Call())), "UNKNOWN_TEAM");
  request.set_validate_only(true);
  EXPECT_EQ(ReasonOf(mesh.directory->UpdateDomain(request, mesh.Call())), "UNKNOWN_TEAM");
}

}  // namespace
}  // namespace souk::support
