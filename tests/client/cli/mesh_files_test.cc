// SPDX-License-Identifier: Apache-2.0
#include "client/cli/mesh_files.h"

#include <gtest/gtest.h>

#include "client/cli/bundles.h"

namespace souk::cli {
namespace {

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
  const v1::Team& team = teams->front();
  EXPECT_EQ(team.name(), "teams/checkout");
  EXPECT_EQ(team.display_name(), "Checkout");
  EXPECT_EQ(team.contacts(0).url(), "mailto:checkout@example.com");
  EXPECT_EQ(team.members(0).role(), "owner");
  EXPECT_EQ(team.members(1).date_out(), "2026-01-31");
  EXPECT_EQ((*teams)[1].name(), "teams/other");
}

TEST(ParseDomainsTest, ParentsComeFirstAndNullIsNone) {
  const auto domains = ParseDomains(R"(domains:
- {id: cards, parent: payments, owner_team: risk}
- {id: payments, parent: null}
)",
                                    "domains.yaml");
  ASSERT_TRUE(domains.ok()) << domains.status().ToString();
  ASSERT_EQ(domains->size(), 2U);
  EXPECT_EQ((*domains)[0].name(), "domains/payments");
  EXPECT_EQ((*domains)[0].parent(), "");
  EXPECT_EQ((*domains)[1].parent(), "domains/payments");
  EXPECT_EQ((*domains)[1].owner_team(), "teams/risk");
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
