// SPDX-License-Identifier: Apache-2.0
// The graphs of datasets and columns: what stands between which, and how contracts spell their sources.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/index/lineage/mesh.h"

namespace souk::lineage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::TraceLineageResponse Trace(const Mesh& mesh, const std::string& root, v1::LineageDirection direction,
                               v1::LineageNodeKind granularity = v1::LINEAGE_NODE_KIND_UNSPECIFIED) {
  return mesh.Trace({root, "", direction, granularity});
}

constexpr auto kUpward = v1::LINEAGE_DIRECTION_UP;
constexpr auto kDownward = v1::LINEAGE_DIRECTION_DOWN;
constexpr auto kDatasets = v1::LINEAGE_NODE_KIND_DATASET;
constexpr auto kColumns = v1::LINEAGE_NODE_KIND_COLUMN;
constexpr auto kProducts = v1::LINEAGE_NODE_KIND_PRODUCT;

TEST(LineageDatasets, FollowTheProductsThatHaveThem) {
  Mesh mesh;
  mesh.Add(LineBuilder("sales/orders").Offers("c1", "shop.orders").Offers("c2", "shop.returns"));
  mesh.Add(LineBuilder("finance/revenue").Reads("c1").Reads("gone").Offers("c3", "fin.revenue"));
  const auto down = Trace(mesh, "dataset:db:shop.orders", kDownward);
  EXPECT_THAT(Names(down), ElementsAre("dataset:db:shop.orders", "dataset:db:fin.revenue"));
  EXPECT_EQ(down.nodes(0).kind(), v1::LINEAGE_NODE_KIND_DATASET);
  EXPECT_EQ(down.nodes(0).display_name(), "shop.orders");
  EXPECT_THAT(Edges(down), ElementsAre("dataset:db:shop.orders -> dataset:db:fin.revenue by c1"));
  EXPECT_THAT(Names(Trace(mesh, "dataset:db:shop.returns", kDownward)), ElementsAre("dataset:db:shop.returns"));
  EXPECT_THAT(Names(Trace(mesh, "dataset:db:fin.revenue", kUpward)),
              ElementsAre("dataset:db:fin.revenue", "dataset:db:shop.orders", "unresolved:gone"));
  EXPECT_THAT(Names(Trace(mesh, "unresolved:gone", kDownward, kDatasets)),
              ElementsAre("unresolved:gone", "dataset:db:fin.revenue"));
  // Asked for by product, and the other way round.
  EXPECT_THAT(Names(Trace(mesh, Full("sales/orders"), kDownward, kDatasets)),
              ElementsAre("dataset:db:shop.orders", "dataset:db:shop.returns", "dataset:db:fin.revenue"));
  EXPECT_THAT(Names(Trace(mesh, "dataset:db:shop.orders", kDownward, kProducts)),
              ElementsAre(Full("sales/orders"), Full("finance/revenue")));
}

TEST(LineageDatasets, ALineWithoutDatasetsStandsForThem) {
  Mesh mesh;
  mesh.Add(LineBuilder("sales/orders").Offers("c1", "shop.orders"));
  mesh.Add(LineBuilder("middle/unknown").Reads("c1").Offers("c2"));
  mesh.Add(LineBuilder("finance/revenue").Reads("c2").Offers("c3", "fin.revenue"));
  mesh.Add(LineBuilder("finance/by-name").ReadsByName("middle/unknown").Offers("c4", "fin.named"));
  EXPECT_THAT(Edges(Trace(mesh, "dataset:db:shop.orders", kDownward)),
              ElementsAre("dataset:db:shop.orders -> " + Full("middle/unknown") + " by c1",
                          Full("middle/unknown") + " -> dataset:db:fin.named",
                          Full("middle/unknown") + " -> dataset:db:fin.revenue by c2"));
  EXPECT_THAT(Names(Trace(mesh, "dataset:db:fin.revenue", kUpward)),
              ElementsAre("dataset:db:fin.revenue", Full("middle/unknown"), "dataset:db:shop.orders"));
}

// One table with columns and a reader whose column names its source in some way.
Mesh& Fill(Mesh& mesh, const std::string& source) {
  LineBuilder orders("sales/orders");
  orders.Offers("orders.c", "shop.orders", {"id", "customer", "total"});
  v1::SchemaProperty& address = *orders.LastTable().add_properties();
  address.set_name("address");
  address.set_physical_name("ADDR");
  v1::SchemaProperty& city = *address.add_properties();
  city.set_name("city");
  city.set_physical_name("CITY");
  v1::SchemaProperty& tags = *orders.LastTable().add_properties();
  tags.set_name("tags");
  tags.add_items()->add_properties()->set_name("key");
  mesh.Add(orders);
  return mesh.Add(
      LineBuilder("finance/revenue").Offers("revenue.c", "fin.revenue", {"day", "sum"}).MadeFrom("sum", source));
}

TEST(LineageColumns, EachSpellingOfASourceIsUnderstood) {
  const struct {
    std::string_view source;
    std::string_view upstream;
  } kCases[] = {
      {"dataset:db:shop.orders#total", "dataset:db:shop.orders#total"},
      {"dataset:db:shop.orders#ADDR.CITY", "dataset:db:shop.orders#address.city"},
      {"dataset:db:shop.orders", "dataset:db:shop.orders"},
      {"shop.orders.total", "dataset:db:shop.orders#total"},
      {"shop.orders.address.city", "dataset:db:shop.orders#address.city"},
      {"shop.orders.ADDR", "dataset:db:shop.orders#address"},
      {"shop.orders.tags.key", "dataset:db:shop.orders#tags.key"},
      {"shop.orders#id", "dataset:db:shop.orders#id"},
      {"shop.orders.unlisted", "dataset:db:shop.orders#unlisted"},
      {"shop.orders", "dataset:db:shop.orders"},
      {"orders.c#id", "dataset:db:shop.orders#id"},
      {"orders.c", "dataset:db:shop.orders"},
      {"nowhere.id", "unresolved:nowhere.id"},
      {"dataset:db:nowhere#id", "unresolved:dataset:db:nowhere#id"},
      {"dataset:other:shop.orders", "unresolved:dataset:other:shop.orders"},
      {"SUM(x) / COUNT(*)", "unresolved:SUM(x) / COUNT(*)"},
      {"...", "unresolved:..."},
  };
  for (const auto& test : kCases) {
    Mesh mesh;
    Fill(mesh, std::string(test.source));
    const std::string column = "dataset:db:fin.revenue#sum";
    const auto up = Trace(mesh, column, kUpward);
    EXPECT_THAT(Names(up), ElementsAre(column, test.upstream)) << test.source;
    const auto down = mesh.Trace({std::string(test.upstream), "", kDownward, kColumns});
    EXPECT_THAT(Edges(down), ElementsAre(std::string(test.upstream) + " -> " + column)) << test.source;
    EXPECT_EQ(Edges(up), Edges(down));
    // Between the tables there is an edge unless the source is unknown.
    const auto tables = Trace(mesh, "dataset:db:fin.revenue", kUpward, kDatasets);
    EXPECT_EQ(tables.nodes_size(), test.upstream.starts_with("unresolved") ? 1 : 2) << test.source;
    EXPECT_EQ(Trace(mesh, "dataset:db:shop.orders", kDownward, kDatasets).nodes_size(), tables.nodes_size());
  }
}

TEST(LineageColumns, NodesAreWhatSchemasListAndWhatIsRead) {
  Mesh mesh;
  Fill(mesh, "shop.orders.unlisted");
  EXPECT_THAT(Names(Trace(mesh, Full("sales/orders"), kDownward, kColumns)),
              ElementsAre("dataset:db:shop.orders#address", "dataset:db:shop.orders#address.city",
                          "dataset:db:shop.orders#customer", "dataset:db:shop.orders#id", "dataset:db:shop.orders#tags",
                          "dataset:db:shop.orders#tags.key", "dataset:db:shop.orders#total"));
  const auto unlisted = Trace(mesh, "dataset:db:shop.orders#unlisted", kDownward);
  EXPECT_THAT(Names(unlisted), ElementsAre("dataset:db:shop.orders#unlisted", "dataset:db:fin.revenue#sum"));
  EXPECT_EQ(unlisted.nodes(0).kind(), v1::LINEAGE_NODE_KIND_COLUMN);
  EXPECT_EQ(unlisted.nodes(0).display_name(), "unlisted");
  EXPECT_THAT(Names(Trace(mesh, "dataset:db:fin.revenue#sum", kUpward, kProducts)),
              ElementsAre(Full("finance/revenue")));
  storage::Revision revision = 0;
  EXPECT_FALSE(mesh.graph().Trace({"dataset:db:shop.orders#nothing"}, Mesh::everybody(), nullptr, &revision).ok());
}

TEST(LineageColumns, AColumnMayBeMadeOfItsNeighbour) {
  Mesh mesh;
  mesh.Add(LineBuilder("sales/orders").Offers("c", "t", {"net", "gross"}).MadeFrom("gross", "t.net"));
  EXPECT_THAT(Edges(Trace(mesh, "dataset:db:t#gross", kUpward)), ElementsAre("dataset:db:t#net -> dataset:db:t#gross"));
  EXPECT_THAT(Edges(Trace(mesh, "dataset:db:t", kUpward)), IsEmpty());  // no edge from a table to itself
}

TEST(LineageColumns, OfTablesWithOneNameThoseThatTheReaderReadsAreMeant) {
  Mesh mesh;
  const auto offer = [](const char* line, const char* contract, const char* server) {
    LineBuilder built(line);
    built.Offers(contract, "orders", {"id"});
    built.LastTable().mutable_datasets(0)->set_namespace_(server);
    return built;
  };
  mesh.Add(offer("sales/orders", "sales.c", "one"));
  mesh.Add(offer("retail/orders", "retail.c", "two"));
  mesh.Add(LineBuilder("a/near").Reads("retail.c").Offers("near.c", "near").MadeFrom("x", "orders.id"));
  mesh.Add(LineBuilder("a/far").Offers("far.c", "far").MadeFrom("x", "orders.id"));
  EXPECT_EQ(Names(Trace(mesh, "dataset:db:near#x", kUpward)).back(), "dataset:two:orders#id");
  EXPECT_EQ(Names(Trace(mesh, "dataset:db:far#x", kUpward)).back(), "unresolved:orders.id");
  EXPECT_THAT(Names(Trace(mesh, "dataset:two:orders#id", kDownward)),
              ElementsAre("dataset:two:orders#id", "dataset:db:near#x"));
  // The same table on two servers of one line is no ambiguity.
  LineBuilder twice = offer("sales/orders", "sales.c", "one");
  v1::DatasetIdentity& test_server = *twice.LastTable().add_datasets();
  test_server.set_namespace_("test");
  test_server.set_name("orders");
  Mesh other;
  other.Add(twice).Add(LineBuilder("a/far").Offers("far.c", "far").MadeFrom("x", "orders.id"));
  EXPECT_THAT(Names(Trace(other, "dataset:db:far#x", kUpward)),
              ElementsAre("dataset:db:far#x", "dataset:one:orders#id", "dataset:test:orders#id"));
}

TEST(LineageColumns, TooLongPathsAndSourcesAreLeftOut) {
  const std::string part(600, 'x');
  LineBuilder line("sales/orders");
  line.Offers("c", "t", {part}).MadeFrom(part, std::string(2000, 's'));
  v1::SchemaProperty& deep = *line.LastTable().mutable_properties(0)->add_properties();
  deep.set_name(part);
  deep.add_transform_source_objects("t." + part);
  Mesh mesh;
  mesh.Add(line);
  EXPECT_THAT(Edges(Trace(mesh, "dataset:db:t", kUpward, kColumns)), IsEmpty());
  EXPECT_THAT(Names(Trace(mesh, "dataset:db:t", kUpward, kColumns)), ElementsAre("dataset:db:t#" + part));
}

}  // namespace
}  // namespace souk::lineage
