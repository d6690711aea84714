// SPDX-License-Identifier: Apache-2.0
// Who answers for what: declared, inherited, escalated, and how it is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/ownership/ownership.h"
#include "tests/index/ownership/catalog.h"

namespace souk::ownership {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class OwnerTest : public CatalogTest {
 protected:
  v1::FindOwnerResponse Find(std::string_view identifier) {
    auto response = FindOwner(View(), identifier);
    EXPECT_TRUE(response.ok()) << response.status().ToString();
    if (!response.ok()) return {};
    EXPECT_EQ(response->identifier(), identifier);
    EXPECT_FALSE(response->team().empty());
    EXPECT_NE(response->derivation(), v1::OWNER_DERIVATION_UNSPECIFIED);
    EXPECT_GT(response->derived_via_size(), 0);
    EXPECT_EQ(response->revision(), "");
    return *std::move(response);
  }

  static std::string Way(const v1::FindOwnerResponse& response) {
    std::string way;
    for (const std::string& step : response.derived_via()) way += (way.empty() ? "" : "; ") + step;
    return way;
  }

  static std::vector<std::string> Contacts(const v1::FindOwnerResponse& response) {
    std::vector<std::string> contacts;
    for (const v1::Contact& contact : response.contacts()) contacts.push_back(contact.channel() + " " + contact.url());
    return contacts;
  }
};

TEST_F(OwnerTest, TheProductsOwnTeamIsDeclared) {
  PutTeam("checkout", {{"someone@else"}}, "", "https://chat/checkout");
  v1::DataProduct model = Model("sales", "orders");
  SetTeam(
      model, "Checkout",
      {{"zoe@x", "Owner"}, {"gone@x", "owner", "2025-01-01"}, {"carl@x", "steward"}, {"group", "OWNER"}, {"zoe@x"}});
  v1::Contact& support = *model.add_support();
  support.set_channel("email");
  support.set_url("mailto:help@x");
  Register(model);
  const auto owner = Find("sales/orders");
  EXPECT_EQ(owner.team(), "teams/checkout");
  EXPECT_THAT(owner.owners(), ElementsAre("zoe@x", "group"));
  EXPECT_EQ(owner.members_size(), 4);  // all but the one who left
  EXPECT_THAT(Contacts(owner), ElementsAre("email mailto:help@x", "chat https://chat/checkout", "email mailto:zoe@x"));
  EXPECT_EQ(owner.derivation(), v1::OWNER_DERIVATION_DECLARED);
  EXPECT_EQ(owner.product(), "domains/sales/products/orders/lines/1");
  EXPECT_EQ(owner.confirm_time().seconds(), 1'700'000'000);
  EXPECT_THAT(Way(owner), HasSubstr("the product names its team \"Checkout\""));
}

TEST_F(OwnerTest, ADeclaredTeamWithoutLiveOwnersHasThoseOfItsEntry) {
  v1::DataProduct model = Model("sales", "orders");
  SetTeam(model, "Checkout", {{"gone@x", "owner", "2025-01-01"}});
  Register(model);
  EXPECT_THAT(Find("sales/orders").owners(), IsEmpty());
  EXPECT_EQ(Find("sales/orders").derivation(), v1::OWNER_DERIVATION_DECLARED);
  PutTeam("checkout", {{"lead@x"}, {"member@x", "member"}});
  const auto owner = Find("sales/orders");
  EXPECT_EQ(owner.team(), "teams/checkout");
  EXPECT_THAT(owner.owners(), ElementsAre("lead@x"));
  EXPECT_EQ(owner.derivation(), v1::OWNER_DERIVATION_DECLARED);
  EXPECT_EQ(owner.members_size(), 2);
  EXPECT_THAT(Contacts(owner), ElementsAre("email mailto:lead@x"));
}

TEST_F(OwnerTest, WithoutATeamTheDomainsAboveAreAsked) {
  Register(Model("checkout", "orders"));
  PutDomain("checkout", "", "sales");
  PutDomain("sales", "", "commerce");
  PutDomain("commerce", "commerce-leads");
  const auto known_by_name = Find("checkout/orders");
  EXPECT_EQ(known_by_name.team(), "teams/commerce-leads");
  EXPECT_THAT(known_by_name.owners(), IsEmpty());
  EXPECT_EQ(known_by_name.derivation(), v1::OWNER_DERIVATION_INHERITED);
  PutTeam("commerce-leads", {{"cleo@x"}, {"left@x", "owner", "2024-01-01"}}, "", "https://chat/leads");
  const auto owner = Find("checkout/orders");
  EXPECT_THAT(owner.owners(), ElementsAre("cleo@x"));
  EXPECT_THAT(Contacts(owner), ElementsAre("chat https://chat/leads", "email mailto:cleo@x"));
  EXPECT_THAT(Way(owner),
              HasSubstr("the product names no team; domains/checkout names no owner; domains/sales names no "
                        "owner; domains/commerce is owned by teams/commerce-leads"));
  PutDomain("sales", "sellers", "commerce");
  EXPECT_EQ(Find("checkout/orders").team(), "teams/sellers");  // never copied, so it changes at once
}

TEST_F(OwnerTest, TheLastResortIsGovernance) {
  Register(Model("lost", "orders"));
  const auto unknown_domain = Find("lost/orders");
  EXPECT_EQ(unknown_domain.team(), "teams/data-governance");
  EXPECT_EQ(unknown_domain.derivation(), v1::OWNER_DERIVATION_ESCALATED);
  EXPECT_THAT(unknown_domain.owners(), IsEmpty());
  EXPECT_THAT(Way(unknown_domain), HasSubstr("nothing is known of domains/lost; nobody else is known"));
  PutTeam("data-governance", {{"gov@x"}}, "", "https://chat/governance");
  PutDomain("lost", "", "found");
  PutDomain("found", "", "lost");
  const auto circle = Find("lost/orders");
  EXPECT_THAT(circle.owners(), IsEmpty());  // it answers, it does not own
  EXPECT_EQ(circle.members(0).username(), "gov@x");
  EXPECT_THAT(Way(circle), HasSubstr("form a circle"));
  EXPECT_THAT(Contacts(circle), UnorderedElementsAre("chat https://chat/governance", "email mailto:gov@x"));
}

TEST_F(OwnerTest, OwnersWithoutATeamAreDeclaredAndTheTeamIsTheDomains) {
  v1::DataProduct model = Model("sales", "orders");
  SetTeam(model, "", {{"ada@x"}});
  Register(model);
  EXPECT_EQ(Find("sales/orders").team(), "teams/data-governance");
  PutDomain("sales", "sellers");
  PutTeam("sellers", {{"lead@x"}});
  const auto owner = Find("sales/orders");
  EXPECT_EQ(owner.team(), "teams/sellers");
  EXPECT_THAT(owner.owners(), ElementsAre("ada@x"));
  EXPECT_EQ(owner.derivation(), v1::OWNER_DERIVATION_DECLARED);
}

TEST_F(OwnerTest, DomainsAndTeamsAreIdentifiersToo) {
  PutDomain("commerce", "leads");
  PutDomain("sales", "", "commerce");
  PutDomain("lost");
  PutTeam("leads", {{"cleo@x"}}, "The leads", "https://chat/leads");
  v1::DataProduct model = Model("sales", "orders");
  SetTeam(model, "Checkout", {});
  Register(model);
  Register(Model("bare", "orders"));
  EXPECT_EQ(Find("domains/commerce").derivation(), v1::OWNER_DERIVATION_DECLARED);
  EXPECT_THAT(Find("domains/commerce").owners(), ElementsAre("cleo@x"));
  EXPECT_EQ(Find("domains/commerce").product(), "");
  EXPECT_EQ(Find("domains/sales").derivation(), v1::OWNER_DERIVATION_INHERITED);
  EXPECT_EQ(Find("domains/sales").team(), "teams/leads");
  EXPECT_EQ(Find("domains/lost").derivation(), v1::OWNER_DERIVATION_ESCALATED);
  EXPECT_EQ(Find("domains/bare").derivation(), v1::OWNER_DERIVATION_ESCALATED);  // known by its product
  EXPECT_THAT(Find("teams/leads").owners(), ElementsAre("cleo@x"));
  EXPECT_EQ(Find("teams/leads").team(), "teams/leads");
  EXPECT_THAT(Contacts(Find("teams/leads")), ElementsAre("chat https://chat/leads", "email mailto:cleo@x"));
  EXPECT_EQ(Find("teams/checkout").team(), "teams/checkout");  // nobody described it, a product names it
  EXPECT_THAT(Find("teams/checkout").owners(), IsEmpty());
  EXPECT_EQ(FindOwner(View(), "domains/nothing").status().code(), Code::kNotFound);
  EXPECT_EQ(FindOwner(View(), "teams/nothing").status().code(), Code::kNotFound);
  EXPECT_EQ(FindOwner(View(), "nothing").status().code(), Code::kNotFound);
}

TEST_F(OwnerTest, ThePastHasItsOwnOwners) {
  PutDomain("sales", "sellers");
  PutTeam("sellers", {{"lead@x"}});
  Register(Model("sales", "orders"));
  const storage::View past = Past();
  PutDomain("sales", "others");
  EXPECT_EQ(FindOwner(past, "sales/orders")->team(), "teams/sellers");
  EXPECT_THAT(FindOwner(past, "sales/orders")->owners(), ElementsAre("lead@x"));
  EXPECT_EQ(Find("sales/orders").team(), "teams/others");
}

TEST_F(OwnerTest, AnswersForALineAtHand) {
  store::v1::LineState line;
  line.set_name("domains/sales/products/orders/lines/1");
  EXPECT_EQ(OwnerOfLine(View(), line).derivation(), v1::OWNER_DERIVATION_ESCALATED);
  line.set_name("nonsense");
  const auto broken = OwnerOfLine(View(), line);
  EXPECT_EQ(broken.team(), "teams/data-governance");
  EXPECT_THAT(Way(broken), HasSubstr("because of"));
}

}  // namespace
}  // namespace souk::ownership
