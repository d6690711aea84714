// SPDX-License-Identifier: Apache-2.0
// Traces of random graphs, cycles included, against the simplest searches that could be right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <vector>

#include "tests/index/lineage/mesh.h"

namespace souk::lineage {
namespace {

constexpr int kNodes = 14;
constexpr uint32_t kGraphs = 30;
constexpr int kFar = 1000;

// Distances by relaxing every edge until nothing changes.
struct Model {
  bool edge[kNodes][kNodes] = {};

  std::vector<int> Distances(int from, bool down) const {
    std::vector<int> distance(kNodes, kFar);
    distance[from] = 0;
    for (int round = 0; round < kNodes; ++round) {
      for (int a = 0; a < kNodes; ++a) {
        for (int b = 0; b < kNodes; ++b) {
          if (down ? edge[a][b] : edge[b][a]) distance[b] = std::min(distance[b], distance[a] + 1);
        }
      }
    }
    return distance;
  }
};

std::string NodeName(int i) { return Full("m/n" + std::to_string(i)); }

struct Expected {
  std::map<std::string, int> nodes;
  std::set<std::string> edges;
};

template <typename Keep>
Expected Expect(const Model& model, const std::vector<int>& distance, const Keep& keep) {
  Expected expected;
  for (int a = 0; a < kNodes; ++a) {
    if (!keep(a)) continue;
    expected.nodes[NodeName(a)] = distance[a];
    for (int b = 0; b < kNodes; ++b) {
      if (keep(b) && model.edge[a][b])
        expected.edges.insert(NodeName(a) + " -> " + NodeName(b) + " by c" + std::to_string(a));
    }
  }
  return expected;
}

void Check(const v1::TraceLineageResponse& response, const Expected& expected, const std::string& root) {
  std::map<std::string, int> nodes;
  for (const v1::LineageNode& node : response.nodes()) nodes[node.name()] = static_cast<int>(node.depth());
  EXPECT_EQ(nodes, expected.nodes);
  EXPECT_EQ(nodes.size(), static_cast<size_t>(response.nodes_size()));  // none twice
  EXPECT_EQ(response.nodes(0).name(), root);
  for (int i = 2; i < response.nodes_size(); ++i) {
    const v1::LineageNode& a = response.nodes(i - 1);
    const v1::LineageNode& b = response.nodes(i);
    EXPECT_LT(std::make_pair(a.depth(), a.name()), std::make_pair(b.depth(), b.name()));
  }
  const std::vector<std::string> edges = Edges(response);
  EXPECT_TRUE(std::is_sorted(edges.begin(), edges.end()));
  EXPECT_EQ(std::set<std::string>(edges.begin(), edges.end()), expected.edges);
  EXPECT_EQ(edges.size(), expected.edges.size());
}

class LineageClosure : public ::testing::TestWithParam<uint32_t> {
 protected:
  void SetUp() override {
    std::mt19937 random(GetParam());
    const uint32_t density = 5 + GetParam() % 20;
    for (int a = 0; a < kNodes; ++a) {
      LineBuilder line("m/n" + std::to_string(a));
      line.Offers("c" + std::to_string(a));
      for (int b = 0; b < kNodes; ++b) {
        model_.edge[b][a] = random() % density == 0;
        if (model_.edge[b][a]) line.Reads("c" + std::to_string(b));
      }
      mesh_.Add(line);
    }
  }

  Model model_;
  Mesh mesh_;
};

TEST_P(LineageClosure, UpDownAndBoth) {
  for (int root = 0; root < kNodes; ++root) {
    const std::vector<int> down = model_.Distances(root, true);
    const std::vector<int> up = model_.Distances(root, false);
    Check(mesh_.Down(NodeName(root)), Expect(model_, down, [&](int a) { return down[a] < kFar; }), NodeName(root));
    Check(mesh_.Up(NodeName(root)), Expect(model_, up, [&](int a) { return up[a] < kFar; }), NodeName(root));
    std::vector<int> both(kNodes);
    for (int a = 0; a < kNodes; ++a) both[a] = std::min(up[a], down[a]);
    Check(mesh_.Trace({NodeName(root)}), Expect(model_, both, [&](int a) { return both[a] < kFar; }), NodeName(root));
    for (const int depth : {1, 2}) {
      const TraceRequest request = {NodeName(root), "", v1::LINEAGE_DIRECTION_DOWN, {}, static_cast<size_t>(depth)};
      const auto cut = mesh_.Trace(request);
      Check(cut, Expect(model_, down, [&](int a) { return down[a] <= depth; }), NodeName(root));
      const bool left_out = std::any_of(down.begin(), down.end(), [&](int d) { return d > depth && d < kFar; });
      EXPECT_EQ(cut.complete(), !left_out);
    }
  }
}

TEST_P(LineageClosure, Between) {
  for (int root = 0; root < kNodes; ++root) {
    for (int target = 0; target < kNodes; ++target) {
      const std::vector<int> down = model_.Distances(root, true);
      const std::vector<int> up = model_.Distances(target, false);
      const bool any_way = down[target] < kFar;
      const auto keep = [&](int a) { return any_way ? down[a] < kFar && up[a] < kFar : a == root; };
      Expected expected = Expect(model_, down, keep);
      Check(mesh_.Trace({NodeName(root), NodeName(target), v1::LINEAGE_DIRECTION_BETWEEN}), expected, NodeName(root));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LineageClosure, ::testing::Range(uint32_t{1}, kGraphs));

}  // namespace
}  // namespace souk::lineage
