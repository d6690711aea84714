// SPDX-License-Identifier: Apache-2.0
#include "client/cli/mesh_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/bundles.h"
#include "client/cli/known_keys.h"

namespace souk::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

TEST(ParseTeamsTest, ReadsWholeTeams) {
  const auto teams = ParseTeams(R"(kind: Teams
teams:
- id: checkout
  display_name: Checkout
  description: Sells.
  contacts: [{channel: email, url: "mailto:checkout@example.com"}]
  members:
  - {username: ann@example.com, name: Ann, role: owner}
  - {username: bob@example.com, role: member, date_out: 2026-01-31}
- id: teams/other
)",
                                "teams.yaml");
  ASSERT_TRUE(teams.ok()) << teams.status().ToString();
  ASSERT_EQ(teams->size(), 2U);
  const v1::Team& team = teams->front().team();
  EXPECT_EQ(team.name(), "teams/checkout");
  EXPECT_EQ(team.display_name(), "Checkout");
  EXPECT_EQ(team.contacts(0).url(), "mailto:checkout@example.com");
  EXPECT_EQ(team.members(0).role(), "owner");
  EXPECT_EQ(team.members(1).date_out(), "2026-01-31");
  EXPECT_EQ((*teams)[1].team().name(), "teams/other");
}

TEST(ParseDomainsTest, ParentsComeFirstAndNullIsNone) {
  const auto domains = ParseDomains(R"(domains:
- {id: cards, parent: payments, owner_team: risk}
- {id: payments, parent: null}
)",
                                    "domains.yaml");
  ASSERT_TRUE(domains.ok()) << domains.status().ToString();
  ASSERT_EQ(domains->size(), 2U);
  EXPECT_EQ((*domains)[0].domain().name(), "domains/payments");
  EXPECT_EQ((*domains)[0].domain().parent(), "");
  EXPECT_EQ((*domains)[1].domain().parent(), "domains/payments");
  EXPECT_EQ((*domains)[1].domain().owner_team(), "teams/risk");
}

TEST(ParseDomainsTest, RingsAreLeftForTheNodeToRefuse) {
  const auto domains = ParseDomains("domains: [{id: a, parent: b}, {id: b, parent: a}]", "d.yaml");
  ASSERT_TRUE(domains.ok());
  EXPECT_EQ(domains->size(), 2U);
}

TEST(ParseTeamsTest, EveryDefectIsListedWithItsLine) {
  const auto teams = ParseTeams("teams:\n- display_name: no id\n- id: Bad Id\n  members: 3\n- text\n", "teams.yaml");
  ASSERT_FALSE(teams.ok());
  const auto& violations = teams.status().detail().violations;
  ASSERT_EQ(violations.size(), 4U);
  EXPECT_EQ(violations[0].path, "teams.yaml");
  EXPECT_EQ(violations[0].line, 2U);
  EXPECT_EQ(violations[1].line, 3U);
  EXPECT_EQ(violations[2].line, 4U);
  EXPECT_EQ(violations[3].line, 5U);
}

TEST(ParseTeamsTest, AnEntrySetsWhatItNames) {
  const auto teams = ParseTeams("teams:\n- {id: a, members: [], description: null}\n- id: b\n", "teams.yaml");
  ASSERT_TRUE(teams.ok()) << teams.status().ToString();
  EXPECT_THAT((*teams)[0].update_mask().paths(), ElementsAre("name", "members", "description"));
  EXPECT_THAT((*teams)[1].update_mask().paths(), ElementsAre("name"));
  const auto domains = ParseDomains("domains: [{id: a, owner_team: x}]", "domains.yaml");
  ASSERT_TRUE(domains.ok());
  EXPECT_THAT((*domains)[0].update_mask().paths(), ElementsAre("name", "owner_team"));
}

TEST(ParseTeamsTest, UnknownKeysAreDefectsWithTheirPlaceAndTheNearestKnownOne) {
  const auto teams = ParseTeams(R"(kind: Teams
version: 1
teams:
- id: gov
  displayName:
    x
  contacts: [{chanel: email, url: "mailto:a@example.com"}]
  members:
  - username: ann
    dateOut: 2026-01-31
  zzz: 1
)",
                                "teams.yaml");
  std::vector<std::string> unknown;
  for (const Violation& violation : teams.status().detail().violations) {
    EXPECT_EQ(violation.path, "teams.yaml");
    if (violation.rule != "unknown-key") continue;
    unknown.push_back(violation.pointer + " " + std::to_string(violation.line) + ":" +
                      std::to_string(violation.column) + " " + violation.remedy);
  }
  EXPECT_THAT(unknown,
              UnorderedElementsAre(
                  "/version 2:1 Known are kind, teams.", "/teams/0/displayName 5:3 Write display_name.",
                  "/teams/0/contacts/0/chanel 7:15 Write channel.", "/teams/0/members/0/dateOut 10:5 Write date_out.",
                  "/teams/0/zzz 11:3 Known are id, display_name, description, contacts, members."));
  EXPECT_FALSE(ParseDomains("domains: [{id: a, ownerTeam: x}]", "domains.yaml").ok());
}

TEST(NearestTest, Table) {
  constexpr std::string_view kKnown[] = {"display_name", "description", "id"};
  EXPECT_EQ(Nearest("displayName", kKnown), "display_name");
  EXPECT_EQ(Nearest("Display-Nam", kKnown), "display_name");
  EXPECT_EQ(Nearest("desription", kKnown), "description");
  EXPECT_EQ(Nearest("ID", kKnown), "id");
  EXPECT_EQ(Nearest("owner", kKnown), "");
  EXPECT_EQ(Nearest("", kKnown), "");
  EXPECT_EQ(Nearest(std::string(100'000, 'd'), kKnown), "");
}

TEST(ParseTeamsTest, AnyBytesGetAnAnswer) {
  for (const char* text : {"", "teams", "teams: {}", "[", "{\"teams\": [", "\xFF\xFF", "teams: [&a *a]", "- 1"}) {
    EXPECT_EQ(ParseTeams(text, "x").status().code(), Code::kInvalidArgument) << text;
  }
}

TEST(ParseTeamsTest, TheSampleMeshIsRead) {
  const auto teams = ParseTeams(*ReadFile("deploy/sample-mesh/teams.yaml", 1 << 20), "teams.yaml");
  EXPECT_TRUE(teams.ok()) << teams.status().ToString();
  const auto domains = ParseDomains(*ReadFile("deploy/sample-mesh/domains.yaml", 1 << 20), "domains.yaml");
  EXPECT_TRUE(domains.ok()) << domains.status().ToString();
}

}  // namespace
}  // namespace souk::cli
