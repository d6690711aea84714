// SPDX-License-Identifier: Apache-2.0
// Breadth-first walks, hop by hop, from several nodes at once and up, down or both ways. What does not fit into the
// limits is left out by depth, then by name, so that the same question has the same answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "index/lineage/compact.h"
#include "index/lineage/resolver.h"

namespace souk::lineage {

inline constexpr uint8_t kUp = 1;
inline constexpr uint8_t kDown = 2;

struct Reached {
  Node node;
  uint32_t depth = 0;
  uint8_t directions = 0;  // in which it was reached, and so would be walked on
};

struct WalkOptions {
  Level level = Level::kProducts;
  uint8_t directions = kUp | kDown;
  size_t depth_max = 0;
  size_t nodes_max = 0;
  std::function<Status()> stop;
};

class Walk {
 public:
  Walk(Resolver& resolver, const WalkOptions& options) : resolver_(resolver), options_(options) {}

  void Run(const std::vector<Node>& starts);

  // By depth. Nodes of one depth are in no order.
  const std::vector<Reached>& reached() const { return reached_; }
  // Index into reached().
  std::optional<uint32_t> Find(const Node& node) const { return index_.Find(node.Key()); }
  // Empty: everything was reached. Else "depth", "nodes" or "deadline".
  const std::string& cut() const { return cut_; }
  // Indices of the nodes from which a walk that was cut would have gone on.
  const std::vector<uint32_t>& frontier() const { return frontier_; }

 private:
  // False: time is up.
  bool Expand(uint8_t direction, const std::vector<uint32_t>& from, uint32_t depth);
  void Visit(const Node& node, uint8_t direction, uint32_t depth);
  void CutToSize(size_t level_begin);
  void FindFrontier();
  bool GoesOn(const Reached& from, uint8_t direction);

  Resolver& resolver_;
  const WalkOptions& options_;
  std::vector<Reached> reached_;
  IdMap index_;
  std::vector<uint32_t> up_;  // to be walked on from, in the next round
  std::vector<uint32_t> down_;
  std::vector<uint32_t> frontier_;
  std::vector<Hop> hops_;
  std::string cut_;
};

}  // namespace souk::lineage
