// SPDX-License-Identifier: Apache-2.0
// The graph of products: which line an input port means, open edges, versions, ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/index/lineage/mesh.h"

namespace souk::lineage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LineageProducts, AnInputPortMeansTheLineThatOffersItsContract) {
  Mesh mesh;
  mesh.Add(LineBuilder("sales/orders").Offers("orders.c"));
  mesh.Add(LineBuilder("finance/revenue").Reads("orders.c"));
  const auto down = mesh.Down(Full("sales/orders"));
  EXPECT_THAT(Names(down), ElementsAre(Full("sales/orders"), Full("finance/revenue")));
  EXPECT_THAT(Edges(down), ElementsAre(Full("sales/orders") + " -> " + Full("finance/revenue") + " by orders.c"));
  EXPECT_TRUE(down.complete());
  EXPECT_THAT(down.frontier(), IsEmpty());
  EXPECT_EQ(down.nodes(1).depth(), 1U);
  EXPECT_EQ(down.nodes(1).kind(), v1::LINEAGE_NODE_KIND_PRODUCT);
  EXPECT_EQ(down.nodes(1).id(), "id:finance/revenue");
  EXPECT_EQ(down.nodes(1).display_name(), "finance/revenue");
  EXPECT_EQ(down.nodes(1).state(), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_THAT(down.edges(0).provenance(), ElementsAre("declared"));
  EXPECT_EQ(Edges(mesh.Up(Full("finance/revenue"))), Edges(down));
}

TEST(LineageProducts, AnOpenEdgeClosesWhenItsOtherEndAppears) {
  Mesh mesh;
  mesh.Add(LineBuilder("finance/revenue").Reads("orders.c"));
  const auto open = mesh.Up(Full("finance/revenue"));
  ASSERT_THAT(Names(open), ElementsAre(Full("finance/revenue"), "unresolved:orders.c"));
  EXPECT_EQ(open.nodes(1).kind(), v1::LINEAGE_NODE_KIND_UNRESOLVED);
  EXPECT_EQ(open.nodes(1).display_name(), "orders.c");
  EXPECT_THAT(Names(mesh.Down("unresolved:orders.c")), ElementsAre("unresolved:orders.c", Full("finance/revenue")));
  mesh.Add(LineBuilder("sales/orders").Offers("orders.c"));
  EXPECT_THAT(Names(mesh.Up(Full("finance/revenue"))), ElementsAre(Full("finance/revenue"), Full("sales/orders")));
  storage::Revision revision = 0;
  const auto gone = mesh.graph().Trace({"unresolved:orders.c"}, Mesh::everybody(), nullptr, &revision);
  EXPECT_EQ(gone.status().code(), Code::kNotFound);
  // And opens again when it no longer offers that.
  mesh.Add(LineBuilder("sales/orders").Offers("other.c"));
  EXPECT_THAT(Names(mesh.Up(Full("finance/revenue"))), ElementsAre(Full("finance/revenue"), "unresolved:orders.c"));
}

TEST(LineageProducts, OfSeveralLinesThePortsVersionDecidesElseTheNewestLiveOne) {
  Mesh mesh;
  for (const char* line : {"sales/orders@1", "sales/orders@2"}) mesh.Add(LineBuilder(line).Offers("c"));
  mesh.Add(LineBuilder("sales/orders@3").Offers("c").In(v1::PRODUCT_STATE_RETIRED));
  mesh.Add(LineBuilder("a/wants-one").Reads("c", "1.4.0"));
  mesh.Add(LineBuilder("a/wants-any").Reads("c"));
  mesh.Add(LineBuilder("a/wants-unknown").Reads("c", "9.0.0"));
  mesh.Add(LineBuilder("a/wants-retired").Reads("c", "v3"));
  const auto upstream = [&](std::string_view line) { return Names(mesh.Up(Full(line))).back(); };
  EXPECT_EQ(upstream("a/wants-one"), Full("sales/orders@1"));
  EXPECT_EQ(upstream("a/wants-any"), Full("sales/orders@2"));
  EXPECT_EQ(upstream("a/wants-unknown"), Full("sales/orders@2"));
  EXPECT_EQ(upstream("a/wants-retired"), Full("sales/orders@3"));
  EXPECT_THAT(mesh.graph().ConsumersOf(Full("sales/orders@2")),
              ElementsAre(Full("a/wants-any"), Full("a/wants-unknown")));
}

TEST(LineageProducts, APortWithoutContractMeansAProductByName) {
  Mesh mesh;
  for (const char* line : {"sales/orders@1", "sales/orders@2", "finance/orders"})
    mesh.Add(LineBuilder(line).Offers(line));
  const struct {
    std::string_view name;
    std::string_view version;
    std::string upstream;
  } kCases[] = {
      {"sales/orders", "", Full("sales/orders@2")},
      {"sales/orders@1", "", Full("sales/orders@1")},
      {"domains/sales/products/orders", "1.0.0", Full("sales/orders@1")},
      {"sales.orders", "", Full("sales/orders@2")},
      {"Sales.orders.v1", "", Full("sales/orders@1")},
      {"Orders", "", Full("finance/orders")},  // same domain
      {"sales/orders@7", "", "unresolved:domains/sales/products/orders"},
      {"sales/nothing", "", "unresolved:domains/sales/products/nothing"},
      {"nothing at all", "", "unresolved:domains/finance/products/nothing-at-all"},
      {"no.such", "", "unresolved:domains/finance/products/no-such"},
      {"???", "", "unresolved:???"},
  };
  for (const auto& test : kCases) {
    mesh.Add(LineBuilder("finance/reader").ReadsByName(test.name, test.version));
    EXPECT_THAT(Names(mesh.Up(Full("finance/reader"))), ElementsAre(Full("finance/reader"), test.upstream))
        << test.name;
    EXPECT_THAT(Names(mesh.Trace({test.upstream, "", v1::LINEAGE_DIRECTION_DOWN})),
                ElementsAre(test.upstream, Full("finance/reader")))
        << test.name;
  }
}

TEST(LineageProducts, ANameNeverMeansTheReaderItself) {
  Mesh mesh;
  mesh.Add(LineBuilder("sales/orders@1").ReadsByName("orders"));
  EXPECT_EQ(Names(mesh.Up(Full("sales/orders@1"))).back(), "unresolved:domains/sales/products/orders");
  mesh.Add(LineBuilder("sales/orders@2").ReadsByName("orders"));
  EXPECT_EQ(Names(mesh.Up(Full("sales/orders@2"))).back(), Full("sales/orders@1"));
}

TEST(LineageProducts, ARetiredLineStaysVisibleButConsumesNothing) {
  Mesh mesh;
  mesh.Add(LineBuilder("sales/orders").Offers("c"));
  mesh.Add(LineBuilder("a/reader").Reads("c"));
  EXPECT_THAT(mesh.graph().ConsumersOf(Full("sales/orders")), ElementsAre(Full("a/reader")));
  mesh.Add(LineBuilder("a/reader").Reads("c").In(v1::PRODUCT_STATE_RETIRED));
  EXPECT_THAT(mesh.graph().ConsumersOf(Full("sales/orders")), IsEmpty());
  const auto down = mesh.Down(Full("sales/orders"));
  ASSERT_THAT(Names(down), ElementsAre(Full("sales/orders"), Full("a/reader")));
  EXPECT_EQ(down.nodes(1).state(), v1::PRODUCT_STATE_RETIRED);
}

TEST(LineageProducts, ALineThatReadsItselfIsNotItsOwnConsumer) {
  Mesh mesh;
  mesh.Add(LineBuilder("sales/orders").Offers("c").Reads("c"));
  EXPECT_THAT(mesh.graph().ConsumersOf(Full("sales/orders")), IsEmpty());
  EXPECT_THAT(Edges(mesh.Up(Full("sales/orders"))),
              ElementsAre(Full("sales/orders") + " -> " + Full("sales/orders") + " by c"));
  EXPECT_THAT(mesh.graph().ConsumersOf("domains/no/products/such/lines/1"), IsEmpty());
}

TEST(LineageProducts, EachContractBetweenTwoLinesIsAnEdge) {
  Mesh mesh;
  mesh.Add(LineBuilder("sales/orders").Offers("c1").Offers("c2"));
  mesh.Add(LineBuilder("a/reader").Reads("c2").Reads("c1").Reads("c1", "1.0.0").ReadsByName("sales/orders"));
  const std::string edge = Full("sales/orders") + " -> " + Full("a/reader");
  EXPECT_THAT(Edges(mesh.Up(Full("a/reader"))), ElementsAre(edge + " by c1", edge + " by c2"));
}

TEST(LineageProducts, WhatIsAppliedAlreadyMayComeAgain) {
  LineageGraph graph;
  storage::Change change;
  change.revision = 5;
  storage::EntityDelta delta;
  delta.line = std::make_shared<const store::v1::LineState>(LineBuilder("sales/orders").line());
  change.deltas = {delta, storage::EntityDelta()};  // a domain's change has no line
  EXPECT_EQ(graph.status().applied, 0U);
  ASSERT_TRUE(graph.Apply({change}).ok());
  ASSERT_TRUE(graph.Apply({change}).ok());
  storage::Change mark;
  mark.revision = 6;
  ASSERT_TRUE(graph.Apply({change, mark}).ok());
  EXPECT_EQ(graph.status().applied, 6U);
  EXPECT_EQ(graph.status().entries, 1U);
  EXPECT_GT(graph.status().size_bytes, 0U);
}

TEST(LineageProducts, AStateWithoutALinesNameIsRefusedAndChangesNothing) {
  LineageGraph graph;
  storage::Change change;
  change.revision = 1;
  storage::EntityDelta good;
  good.line = std::make_shared<const store::v1::LineState>(LineBuilder("sales/orders").line());
  storage::EntityDelta bad;
  bad.line = std::make_shared<const store::v1::LineState>();
  change.deltas = {good, bad};
  EXPECT_FALSE(graph.Apply({change}).ok());
  EXPECT_EQ(graph.status().applied, 0U);
  EXPECT_EQ(graph.status().entries, 0U);
}

}  // namespace
}  // namespace souk::lineage
