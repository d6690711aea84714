// SPDX-License-Identifier: Apache-2.0
// What a team or a person owns, which must be FindOwner turned round.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "index/ownership/ownership.h"
#include "tests/index/ownership/catalog.h"

namespace souk::ownership {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OwnedTest : public CatalogTest {
 protected:
  // "sales/orders@1 team" and so on.
  static std::vector<std::string> Owned(const storage::View& view, std::string_view owner) {
    const auto products = ListOwned(view, owner);
    EXPECT_TRUE(products.ok()) << products.status().ToString();
    std::vector<std::string> owned;
    if (!products.ok()) return owned;
    for (const v1::OwnedProduct& product : *products) {
      owned.push_back(ParseLineName(product.name())->Short() + " " + product.relation());
    }
    return owned;
  }
};

TEST_F(OwnedTest, ByTeamByPersonAndThroughTheDomain) {
  PutTeam("checkout", {{"lead@x"}}, "Team Checkout");
  PutDomain("sales", "checkout");
  PutDomain("web", "", "sales");
  v1::DataProduct declared = Model("ads", "clicks");
  declared.set_id("urn:clicks");
  SetTeam(declared, "Checkout", {{"ada@x"}});
  Register(declared);
  Register(Model("sales", "orders"));
  Register(Model("web", "sessions"));
  v1::DataProduct retired = Model("sales", "retired");
  SetTeam(retired, "Checkout", {{"ada@x"}});
  Register(retired, v1::PRODUCT_STATE_RETIRED);
  v1::DataProduct other = Model("sales", "other");
  SetTeam(other, "Others", {{"mozilla/group"}});
  Register(other);
  const std::vector<std::string> of_team = {"ads/clicks@1 team", "sales/orders@1 team", "web/sessions@1 team"};
  const storage::View now = View();
  const storage::View past = Past();
  for (const storage::View* view : {&now, &past}) {
    for (const char* team : {"teams/checkout", "checkout", "Checkout", "Team Checkout"}) {
      EXPECT_EQ(Owned(*view, team), of_team) << team;
    }
    EXPECT_THAT(Owned(*view, "ada@x"), ElementsAre("ads/clicks@1 owner"));
    EXPECT_THAT(Owned(*view, "lead@x"), ElementsAre("sales/orders@1 owner", "web/sessions@1 owner"));
    EXPECT_THAT(Owned(*view, "mozilla/group"), ElementsAre("sales/other@1 owner"));
    for (const char* unknown : {"teams/ada@x", "nobody", "???", ""}) {
      EXPECT_EQ(ListOwned(*view, unknown).status().code(), Code::kNotFound) << unknown;
    }
  }
  EXPECT_EQ(ListOwned(now, "ada@x")->front().id(), "urn:clicks");
}

TEST_F(OwnedTest, WhatOnlyEscalatesIsNobodys) {
  PutTeam("data-governance", {{"gov@x"}});
  Register(Model("lost", "orders"));
  v1::DataProduct unnamed = Model("lost", "unnamed");
  SetTeam(unnamed, "", {{"ada@x"}});
  Register(unnamed);
  const storage::View now = View();
  const storage::View past = Past();
  for (const storage::View* view : {&now, &past}) {
    EXPECT_THAT(Owned(*view, "teams/data-governance"), IsEmpty());
    EXPECT_THAT(Owned(*view, "gov@x"), IsEmpty());
    EXPECT_THAT(Owned(*view, "ada@x"), ElementsAre("lost/unnamed@1 owner"));
  }
}

// Random catalogs: the rows of today, the walk of the past and FindOwner tell the same.
TEST_F(OwnedTest, AgreesWithFindOwner) {
  constexpr int kRounds = 60;
  std::mt19937 random(7);
  const auto pick = [&random](const std::string& prefix, uint32_t count) {
    return prefix + std::to_string(random() % count);
  };
  const auto people = [&] {
    std::vector<Person> some;
    for (uint32_t i = random() % 3; i > 0; --i) {
      some.push_back({pick("u", 4), random() % 4 == 0 ? "member" : "owner", random() % 4 == 0 ? "2025-01-01" : ""});
    }
    return some;
  };
  for (int round = 0; round < kRounds; ++round) {
    v1::DataProduct model = Model(pick("d", 4), pick("p", 6), pick("", 3) + ".0.0");
    if (random() % 2 == 0) SetTeam(model, random() % 3 == 0 ? "" : pick("t", 4), people());
    Register(model, random() % 5 == 0 ? v1::PRODUCT_STATE_RETIRED : v1::PRODUCT_STATE_ACTIVE);
    if (random() % 3 == 0)
      PutDomain(pick("d", 5), random() % 2 == 0 ? pick("t", 4) : "", random() % 2 == 0 ? pick("d", 5) : "");
    if (random() % 3 == 0) PutTeam(pick("t", 4), people());
  }
  const storage::View now = View();
  const storage::View past = Past();
  for (const std::string kind : {"teams/t", "u"}) {
    for (int i = 0; i < 4; ++i) {
      const std::string owner = kind + std::to_string(i);
      std::set<std::string> expected;
      ASSERT_TRUE(now.ForEachLine("", "",
                                  [&](const store::v1::LineState& line) {
                                    const auto found = FindOwner(now, line.name());
                                    EXPECT_TRUE(found.ok());
                                    const bool owns =
                                        found->team() == owner ||
                                        std::count(found->owners().begin(), found->owners().end(), owner) > 0;
                                    const bool counts = found->derivation() != v1::OWNER_DERIVATION_ESCALATED &&
                                                        line.state() != v1::PRODUCT_STATE_RETIRED;
                                    if (owns && counts) expected.insert(line.name());
                                    return true;
                                  })
                      .ok());
      std::set<std::string> listed;
      const auto owned = ListOwned(now, owner);
      for (const v1::OwnedProduct& product : *owned) listed.insert(product.name());
      EXPECT_EQ(listed, expected) << owner;
      EXPECT_EQ(Owned(past, owner), Owned(now, owner)) << owner;
    }
  }
}

}  // namespace
}  // namespace souk::ownership
