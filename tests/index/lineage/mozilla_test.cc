// SPDX-License-Identifier: Apache-2.0
// A real mesh: the graph must have exactly its edges, its two cycles among them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "index/lineage/lineage_graph.h"
#include "tests/index/lineage/mesh.h"
#include "tests/index/mozilla_mesh.h"

namespace souk::lineage {
namespace {

constexpr size_t kProducts = 2190;
constexpr size_t kEdges = 1424;

using EdgeSet = std::set<std::pair<std::string, std::string>>;

class MozillaLineage : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto lines = index::ReadMozillaMesh();
    if (lines.empty()) GTEST_SKIP() << index::MozillaMesh() << " is absent";
    ASSERT_EQ(lines.size(), kProducts);
    storage::Change change;
    change.revision = 1;
    for (const auto& line : lines) {
      storage::EntityDelta delta;
      delta.line = std::make_shared<const store::v1::LineState>(line);
      change.deltas.push_back(std::move(delta));
      ids_[line.name()] = line.model().id();
    }
    ASSERT_TRUE(graph_.Apply({change}).ok());
  }

  v1::TraceLineageResponse Trace(const TraceRequest& request) const {
    storage::Revision revision = 0;
    auto response = graph_.Trace(request, Mesh::everybody(), nullptr, &revision);
    EXPECT_TRUE(response.ok()) << response.status().ToString();
    return *std::move(response);
  }

  LineageGraph graph_;
  std::map<std::string, std::string> ids_;  // by name
};

TEST_F(MozillaLineage, EdgesCyclesAndClosuresAreThoseOfTheSource) {
  EdgeSet expected;
  for (const auto& [upstream, downstreams] : index::ReadPairs("edges.tsv")) {
    for (const std::string& downstream : downstreams) expected.emplace(upstream, downstream);
  }
  ASSERT_EQ(expected.size(), kEdges);
  EdgeSet up_edges;
  EdgeSet down_edges;
  std::multiset<size_t> cycles;
  std::set<std::string> in_cycles;
  for (const auto& [name, id] : ids_) {
    for (const auto direction : {v1::LINEAGE_DIRECTION_UP, v1::LINEAGE_DIRECTION_DOWN}) {
      const auto response = Trace({name, "", direction});
      EXPECT_TRUE(response.complete());
      for (const v1::LineageNode& node : response.nodes()) {
        EXPECT_EQ(node.kind(), v1::LINEAGE_NODE_KIND_PRODUCT);
        EXPECT_EQ(node.id(), ids_.at(node.name()));
      }
      for (const v1::LineageEdge& edge : response.edges()) {
        (direction == v1::LINEAGE_DIRECTION_UP ? up_edges : down_edges)
            .emplace(ids_.at(edge.upstream()), ids_.at(edge.downstream()));
      }
    }
    const auto around = Trace({name, name, v1::LINEAGE_DIRECTION_BETWEEN});
    if (around.nodes_size() == 1 || in_cycles.contains(id)) continue;
    cycles.insert(static_cast<size_t>(around.nodes_size()));
    for (const v1::LineageNode& node : around.nodes()) in_cycles.insert(node.id());
  }
  EXPECT_EQ(up_edges, expected);
  EXPECT_EQ(down_edges, expected);
  EXPECT_EQ(cycles, (std::multiset<size_t>{2, 3}));
  RecordProperty("graph_bytes", static_cast<int>(graph_.status().size_bytes));
}

// Each product has one table, so the tables' graph is that of the products.
TEST_F(MozillaLineage, TablesFollowTheProducts) {
  const auto tables = index::ReadPairs("tables.tsv");
  std::map<std::string, std::string> product_of;
  for (const auto& [id, names] : tables) product_of["dataset:bigquery:" + *names.begin()] = id;
  EdgeSet expected;
  for (const auto& [upstream, downstreams] : index::ReadPairs("edges.tsv")) {
    for (const std::string& downstream : downstreams) expected.emplace(upstream, downstream);
  }
  EdgeSet edges;
  for (const auto& [dataset, id] : product_of) {
    const auto response = Trace({dataset, "", v1::LINEAGE_DIRECTION_UP, {}, 1});
    for (const v1::LineageEdge& edge : response.edges()) {
      edges.emplace(product_of.at(edge.upstream()), product_of.at(edge.downstream()));
    }
  }
  EXPECT_EQ(edges, expected);
}

}  // namespace
}  // namespace souk::lineage
