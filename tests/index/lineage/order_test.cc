// SPDX-License-Identifier: Apache-2.0
// Whatever the order in which lines are registered, changed and changed back, the graph is that of what they are now.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/index/lineage/random_mesh.h"

namespace souk::lineage {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

constexpr uint32_t kProducts = 8;
constexpr int kMeshes = 40;
constexpr int kRegistrations = 60;

class LineageOrder : public ::testing::TestWithParam<uint32_t> {};

TEST_P(LineageOrder, DoesNotMatter) {
  std::mt19937 random(GetParam());
  Mesh lived;
  std::map<std::string, LineBuilder> last;
  for (int i = 0; i < kRegistrations; ++i) {
    const LineBuilder line = RandomLine(random, kProducts);
    lived.Add(line);
    last.insert_or_assign(line.line().name(), line);
  }
  std::vector<LineBuilder> lines;
  for (const auto& [name, line] : last) lines.push_back(line);
  std::shuffle(lines.begin(), lines.end(), random);
  Mesh fresh;
  for (const LineBuilder& line : lines) fresh.Add(line);
  EXPECT_THAT(lived.graph().DifferencesFrom(fresh.graph()), IsEmpty());
  EXPECT_EQ(lived.graph().status().entries, fresh.graph().status().entries);
  EXPECT_THAT(lived.graph().DifferencesFrom(lived.graph()), IsEmpty());
  for (const LineBuilder& line : lines) {
    for (const auto granularity :
         {v1::LINEAGE_NODE_KIND_PRODUCT, v1::LINEAGE_NODE_KIND_DATASET, v1::LINEAGE_NODE_KIND_COLUMN}) {
      for (const size_t nodes_max : {size_t{0}, size_t{3}}) {
        const TraceRequest request = {line.line().name(), "", {}, granularity, 0, nodes_max};
        EXPECT_EQ(lived.Trace(request).DebugString(), fresh.Trace(request).DebugString());
      }
    }
    EXPECT_EQ(lived.graph().ConsumersOf(line.line().name()), fresh.graph().ConsumersOf(line.line().name()));
  }
  // The comparison has teeth: one line less, or one that is different, shows.
  const LineBuilder other = RandomLine(random, kProducts).Reads("only here");
  fresh.Add(other);
  EXPECT_THAT(lived.graph().DifferencesFrom(fresh.graph()), Not(IsEmpty()));
  EXPECT_THAT(fresh.graph().DifferencesFrom(lived.graph()), Not(IsEmpty()));
}

// Every edge is seen from both of its ends, and a trace both ways is what a search over all edges finds.
TEST_P(LineageOrder, BothDirectionsAgree) {
  std::mt19937 random(GetParam());
  Mesh mesh;
  std::set<std::string> lines;
  for (int i = 0; i < kRegistrations; ++i) {
    const LineBuilder line = RandomLine(random, kProducts);
    mesh.Add(line);
    lines.insert(line.line().name());
  }
  for (const auto granularity :
       {v1::LINEAGE_NODE_KIND_PRODUCT, v1::LINEAGE_NODE_KIND_DATASET, v1::LINEAGE_NODE_KIND_COLUMN}) {
    std::set<std::pair<std::string, std::string>> seen_down;
    std::set<std::pair<std::string, std::string>> seen_up;
    std::set<std::string> nodes(lines);
    for (const std::string& line : lines) {
      for (const std::string& name : Names(mesh.Trace({line, "", {}, granularity}))) nodes.insert(name);
    }
    for (const std::string& node : nodes) {
      const auto up = mesh.Trace({node, "", v1::LINEAGE_DIRECTION_UP, granularity, 1});
      const auto down = mesh.Trace({node, "", v1::LINEAGE_DIRECTION_DOWN, granularity, 1});
      for (const auto& edge : up.edges()) seen_up.emplace(edge.upstream(), edge.downstream());
      for (const auto& edge : down.edges()) seen_down.emplace(edge.upstream(), edge.downstream());
      // What one hop down reaches has the node one hop up. (A line with several datasets starts from all of them.)
      const auto starts = std::count_if(down.nodes().begin(), down.nodes().end(),
                                        [](const v1::LineageNode& other) { return other.depth() == 0; });
      for (const auto& next : down.nodes()) {
        if (next.depth() == 0 || starts > 1 || down.nodes(0).name() != node) continue;
        const auto back = mesh.Trace({next.name(), "", v1::LINEAGE_DIRECTION_UP, granularity, 1});
        EXPECT_THAT(Names(back), ::testing::Contains(node)) << next.name();
      }
    }
    EXPECT_EQ(seen_up, seen_down);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LineageOrder, ::testing::Range(uint32_t{1}, uint32_t{kMeshes}));

}  // namespace
}  // namespace souk::lineage
