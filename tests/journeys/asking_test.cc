// SPDX-License-Identifier: Apache-2.0
// Journeys of those who ask: who owns this, what depends on that, what was it then, what changed between the two.
#include "tests/journeys/journey.h"

namespace souk::journeys {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class Asking : public Journey {
 protected:
  static v1::FindOwnerResponse Owner(const std::string& identifier) {
    v1::FindOwnerRequest request;
    request.set_identifier(identifier);
    return Must(client().FindOwner(request));
  }

  // a <- b <- c <- d <- e: five products in a row, each reading the one before.
  static std::vector<Sample> RegisterChain(const std::string& domain) {
    std::vector<Sample> chain;
    for (const char* name : {"A", "B", "C", "D", "E"}) {
      Sample next{.domain = domain, .name = name};
      if (!chain.empty()) next.reads = {chain.back().contract()};
      chain.push_back(next);
      Register(next);
    }
    return chain;
  }

  static v1::DiffProductsResponse Diff(const std::string& base, const std::string& target) {
    v1::DiffProductsRequest request;
    request.set_base(base);
    request.set_name(target);
    return Must(client().DiffProducts(request));
  }
};

TEST_F(Asking, WhoOwnsThisTableTopicColumnOrContract) {
  const Sample orders{.domain = "owned", .name = "Orders", .team = "order-desk", .owner = "linus@example.com"};
  Register(orders);
  for (const std::string& identifier :
       {orders.line(), std::string("owned/orders"), std::string("owned/orders@1"), orders.id(), orders.contract(),
        orders.table(), orders.dataset(), orders.dataset() + "#amount"}) {
    SCOPED_TRACE(identifier);
    const v1::FindOwnerResponse answer = Owner(identifier);
    EXPECT_EQ(answer.team(), "teams/order-desk");
    EXPECT_THAT(answer.owners(), ElementsAre("linus@example.com"));
    EXPECT_EQ(answer.derivation(), v1::OWNER_DERIVATION_DECLARED);
    EXPECT_EQ(answer.product(), orders.line());
    EXPECT_THAT(answer.derived_via(), Not(IsEmpty()));
  }
}

TEST_F(Asking, AnOwnerIsInheritedFromTheDomainAndAtLastEscalated) {
  Sample orphan{.domain = "orphans", .name = "Nobodys", .status = "draft", .team = "", .owner = ""};
  Register(orphan);
  EXPECT_EQ(Owner(orphan.id()).derivation(), v1::OWNER_DERIVATION_ESCALATED);
  EXPECT_EQ(Owner(orphan.id()).team(), "teams/data-governance") << "never empty";

  v1::UpdateTeamRequest team;
  team.mutable_team()->set_name("teams/foster");
  v1::Member& member = *team.mutable_team()->add_members();
  member.set_username("maria@example.com");
  member.set_role("owner");
  Must(client().UpdateTeam(team));
  v1::UpdateDomainRequest domain;
  domain.mutable_domain()->set_name("domains/orphans");
  domain.mutable_domain()->set_owner_team("teams/foster");
  Must(client().UpdateDomain(domain));

  EXPECT_EQ(Owner(orphan.id()).derivation(), v1::OWNER_DERIVATION_INHERITED);
  EXPECT_EQ(Owner(orphan.id()).team(), "teams/foster");
  v1::FindOwnerRequest unknown;
  unknown.set_identifier("nothing.carries.this");
  EXPECT_EQ(client().FindOwner(unknown).status().code(), Code::kNotFound) << "unknown is not the same as none";
}

TEST_F(Asking, WhatDoesATeamOrAPersonOwn) {
  const Sample sample{.domain = "portfolio", .name = "Mine", .team = "portfolio-team", .owner = "grace@example.com"};
  Register(sample);
  for (const char* owner : {"teams/portfolio-team", "portfolio-team", "grace@example.com"}) {
    v1::ListOwnedRequest request;
    request.set_owner(owner);
    const v1::ListOwnedResponse owned = Must(client().ListOwned(request));
    ASSERT_EQ(owned.products_size(), 1) << owner;
    EXPECT_EQ(owned.products(0).name(), sample.line());
  }
  EXPECT_THAT(Lines(Souk({"owned", "portfolio-team", "-o", "name"}).out), ElementsAre(sample.line()));
}

TEST_F(Asking, LineageGoesUpAndDownOverFourHops) {
  const std::vector<Sample> chain = RegisterChain("chain");
  EXPECT_THAT(Trace(chain[0].id(), v1::LINEAGE_DIRECTION_DOWN),
              UnorderedElementsAre("chain.b.v1", "chain.c.v1", "chain.d.v1", "chain.e.v1"));
  EXPECT_THAT(Trace(chain[4].id(), v1::LINEAGE_DIRECTION_UP, 2), UnorderedElementsAre("chain.d.v1", "chain.c.v1"));
  EXPECT_THAT(Trace(chain[2].id(), v1::LINEAGE_DIRECTION_UNSPECIFIED), SizeIs(4));

  v1::TraceLineageRequest cut;
  cut.set_root(chain[0].id());
  cut.set_direction(v1::LINEAGE_DIRECTION_DOWN);
  cut.set_max_depth(2);
  const v1::TraceLineageResponse answer = Must(client().TraceLineage(cut));
  EXPECT_FALSE(answer.complete()) << "a cut answer says so";
  EXPECT_EQ(answer.incomplete_reason(), "depth");
  EXPECT_THAT(answer.frontier(), ElementsAre(chain[2].line()));

  const auto told = Souk({"lineage", "chain/a", "--down", "-o", "id"});
  EXPECT_THAT(told, ExitsWith(0));
  EXPECT_THAT(Lines(told.out), ElementsAre("chain.b.v1", "chain.c.v1", "chain.d.v1", "chain.e.v1"));
}

TEST_F(Asking, AnOpenEdgeClosesByItselfWhenTheUpstreamComes) {
  const Sample late{.domain = "open", .name = "Late"};
  const Sample early{.domain = "open", .name = "Early", .reads = {late.contract()}};
  const v1::RegisterProductResponse answer = Register(early);
  EXPECT_EQ(answer.product().state(), v1::PRODUCT_STATE_ACTIVE) << "an open edge is a warning";
  EXPECT_THAT(Trace(early.id(), v1::LINEAGE_DIRECTION_UP), ElementsAre("unresolved:" + late.contract()));

  Register(late);
  EXPECT_THAT(Trace(early.id(), v1::LINEAGE_DIRECTION_UP), ElementsAre(late.id()));
  EXPECT_THAT(Trace(late.id(), v1::LINEAGE_DIRECTION_DOWN), ElementsAre(early.id()));
}

TEST_F(Asking, ColumnsAreTracedToWhatTheyAreMadeFrom) {
  const Sample raw{.domain = "columns", .name = "Raw"};
  Register(raw);
  const Sample mart{.domain = "columns",
                    .name = "Mart",
                    .columns = {{"revenue", "number", raw.table() + ".amount"}},
                    .reads = {raw.contract()}};
  Register(mart);
  v1::TraceLineageRequest request;
  request.set_root(mart.dataset() + "#revenue");
  request.set_direction(v1::LINEAGE_DIRECTION_UP);
  const v1::TraceLineageResponse answer = Must(client().TraceLineage(request));
  std::vector<std::string> names;
  for (const v1::LineageNode& node : answer.nodes()) names.push_back(node.name());
  EXPECT_THAT(names, ElementsAre(mart.dataset() + "#revenue", raw.dataset() + "#amount"));
}

TEST_F(Asking, RetiringIsRefusedWhileConsumersRemainAndAllowedAfter) {
  const Sample old{.domain = "endings", .name = "Old"};
  Sample reader{.domain = "endings", .name = "Reader", .reads = {old.contract()}};
  Register(old);
  Register(reader);
  v1::RetireProductRequest retire;
  retire.set_name(old.line());
  const auto refused = client().RetireProduct(retire);
  ASSERT_THAT(refused, FailsWith(Code::kFailedPrecondition, "HAS_CONSUMERS"));
  EXPECT_THAT(refused.status().message(), HasSubstr(reader.line()));

  reader.version = "1.1.0";
  reader.reads = {};
  Register(reader);
  const v1::RetireProductResponse retired = Must(client().RetireProduct(retire));
  EXPECT_TRUE(retired.changed());
  EXPECT_EQ(retired.product().state(), v1::PRODUCT_STATE_RETIRED);
  EXPECT_THAT(Search("old", "domain = endings"), IsEmpty()) << "search leaves retired lines out";
  EXPECT_THAT(Search("old", "domain = endings AND state = retired"), ElementsAre(old.id()));
  EXPECT_FALSE(Must(client().RetireProduct(retire)).changed()) << "twice is once";
  Sample back = old;
  back.version = "1.2.0";
  EXPECT_THAT(client().RegisterProduct(support::RegistrationOf(back)),
              FailsWith(Code::kFailedPrecondition, "BAD_TRANSITION"));
}

TEST_F(Asking, RegisteringAgainNeverUndoesAnExplicitChangeOfState) {
  Sample sample{.domain = "states", .name = "Sunset"};
  Register(sample);
  v1::SetProductStateRequest request;
  request.set_name(sample.line());
  request.set_state(v1::PRODUCT_STATE_DEPRECATED);
  request.set_reason("replaced by version 2");
  EXPECT_TRUE(Must(client().SetProductState(request)).changed());
  EXPECT_FALSE(Must(client().SetProductState(request)).changed());
  sample.version = "1.0.1";
  EXPECT_EQ(Register(sample).product().state(), v1::PRODUCT_STATE_DEPRECATED);

  v1::ListProductVersionsRequest versions;
  versions.set_name(sample.line());
  const v1::ListProductVersionsResponse history = Must(client().ListProductVersions(versions));
  ASSERT_EQ(history.versions_size(), 3);
  EXPECT_EQ(history.versions(1).action(), "set-state");
  EXPECT_EQ(history.versions(1).reason(), "replaced by version 2");
  for (int i = 0; i + 1 < history.versions_size(); ++i) {
    EXPECT_EQ(history.versions(i).previous_digest(), history.versions(i + 1).digest()) << "the chain links";
  }
}

TEST_F(Asking, ThePastAnswersAsOfARevisionAndATime) {
  Sample sample{.domain = "past", .name = "Ledger", .purpose = "Then."};
  const v1::RegisterProductResponse then = Register(sample);
  sample.version = "1.1.0";
  sample.purpose = "Now.";
  Register(sample);
  const Sample later{.domain = "past", .name = "Later"};
  Register(later);

  v1::GetProductRequest request;
  request.set_name(sample.line());
  request.mutable_consistency()->set_as_of_revision(then.revision());
  EXPECT_EQ(Must(client().GetProduct(request)).product().model().description().purpose(), "Then.");
  *request.mutable_consistency()->mutable_as_of_time() = then.product().update_time();
  EXPECT_EQ(Must(client().GetProduct(request)).product().version(), "1.0.0");
  request.set_name(later.line());
  EXPECT_THAT(client().GetProduct(request), FailsWith(Code::kNotFound, "NOT_FOUND")) << "it was not there yet";
  request.set_name("domains/past/products/ledger/versions/1.0.0");
  request.clear_consistency();
  EXPECT_EQ(Must(client().GetProduct(request)).product().model().description().purpose(), "Then.");

  v1::ListProductsRequest list;
  list.set_parent("domains/past");
  list.mutable_consistency()->set_as_of_revision(then.revision());
  EXPECT_EQ(Must(client().ListProducts(list)).products_size(), 1);
}

TEST_F(Asking, TheDiffOfTwoLinesShowsTheBreak) {
  const Sample one{.domain = "diffs", .name = "Prices"};
  Sample two = one;
  two.version = "2.0.0";
  two.columns = {{"order_id", "integer", ""}, {"currency", "string", ""}};
  Register(one);
  Register(two);
  const v1::DiffProductsResponse diff = Diff("diffs/prices@1", "diffs/prices@2");
  EXPECT_EQ(diff.change_class(), v1::CHANGE_CLASS_BREAKING);
  std::set<std::string> breaks;
  for (const v1::Difference& difference : diff.differences()) {
    if (difference.change_class() == v1::CHANGE_CLASS_BREAKING) breaks.insert(difference.path());
  }
  EXPECT_THAT(breaks, Contains(HasSubstr("amount"))) << "a column was deleted";
  EXPECT_THAT(breaks, Contains(HasSubstr("order_id"))) << "a type was changed";
  EXPECT_EQ(Diff("diffs/prices@1", "diffs/prices@1").differences_size(), 0);
  EXPECT_THAT(Souk({"diff", "diffs/prices@1", "diffs/prices@2"}), ExitsWith(1));
  EXPECT_THAT(Souk({"diff", "diffs/prices@1", "diffs/prices@1"}), ExitsWith(0));
}

TEST_F(Asking, OneReadsOnesOwnWritesWithMinRevision) {
  client::Client other(ClientOf(node().grpc_address()));
  Sample sample{.domain = "freshness", .name = "Counter"};
  for (int i = 0; i < 30; ++i) {
    sample.version = "1.0." + std::to_string(i);
    const std::string revision = Register(sample).revision();
    v1::SearchRequest request;
    request.set_query("counter");
    request.set_filter("domain = freshness");
    request.mutable_consistency()->set_min_revision(revision);
    const v1::SearchResponse found = Must(other.Search(request));
    ASSERT_EQ(found.hits_size(), 1);
    EXPECT_EQ(found.hits(0).version(), sample.version);
  }
}

TEST_F(Asking, SearchPutsNamesFirstSaysWhatMatchedAndCounts) {
  Register({.domain = "finding", .name = "Shipment"});
  Register({.domain = "finding", .name = "Parcels", .purpose = "A shipment has parcels."});
  Register({.domain = "finding", .name = "Couriers", .columns = {{"shipment_ref", "string", ""}}});
  v1::SearchRequest request;
  request.set_query("shipment");
  request.set_filter("domain = finding");
  request.add_facets("state");
  request.set_highlight(true);
  const v1::SearchResponse found = Must(client().Search(request));
  ASSERT_EQ(found.hits_size(), 3);
  EXPECT_EQ(found.hits(0).id(), "finding.shipment.v1");
  EXPECT_EQ(found.total_size(), 3);
  EXPECT_TRUE(found.complete());
  ASSERT_EQ(found.facets_size(), 1);
  ASSERT_EQ(found.facets(0).values_size(), 1);
  EXPECT_EQ(found.facets(0).values(0).count(), 3);
  for (const v1::SearchHit& hit : found.hits()) EXPECT_THAT(hit.matched_on(), Not(IsEmpty())) << hit.id();

  v1::SuggestRequest suggest;
  suggest.set_prefix("shipm");
  const v1::SuggestResponse completions = Must(client().Suggest(suggest));
  ASSERT_GT(completions.suggestions_size(), 0);
  EXPECT_THAT(completions.suggestions(0).text(), ::testing::StartsWith("Shipm"));
}

TEST_F(Asking, PagesComeInOrderWithoutHolesOrDoubles) {
  for (int i = 0; i < 12; ++i) Register({.domain = "pages", .name = "Page " + std::to_string(10 + i)});
  v1::ListProductsRequest request;
  request.set_parent("domains/pages");
  request.set_page_size(5);
  std::vector<std::string> names;
  do {
    const v1::ListProductsResponse page = Must(client().ListProducts(request));
    for (const v1::Product& product : page.products()) names.push_back(product.name());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, SizeIs(12));
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

}  // namespace
}  // namespace souk::journeys
