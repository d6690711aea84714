// SPDX-License-Identifier: Apache-2.0
#include "index/lineage/walk.h"

#include <algorithm>
#include <utility>

namespace souk::lineage {
namespace {

constexpr size_t kNodesBetweenLooks = 64;  // nodes expanded between two looks at the deadline

}  // namespace

void Walk::Run(const std::vector<Node>& starts) {
  for (const Node& start : starts) {
    if ((options_.directions & kUp) != 0) Visit(start, kUp, 0);
    if ((options_.directions & kDown) != 0) Visit(start, kDown, 0);
  }
  CutToSize(0);
  for (uint32_t depth = 1; cut_.empty() && !(up_.empty() && down_.empty()); ++depth) {
    const std::vector<uint32_t> up = std::exchange(up_, {});
    const std::vector<uint32_t> down = std::exchange(down_, {});
    if (depth > options_.depth_max) {
      cut_ = "depth";
      break;
    }
    const size_t level_begin = reached_.size();
    if (!Expand(kUp, up, depth) || !Expand(kDown, down, depth)) {
      // What this round found so far depends on where it was stopped: drop it, and go on from the round before.
      for (size_t i = level_begin; i < reached_.size(); ++i) index_.Erase(reached_[i].node.Key());
      reached_.resize(level_begin);
      cut_ = "deadline";
      frontier_ = up;
      frontier_.insert(frontier_.end(), down.begin(), down.end());
      std::sort(frontier_.begin(), frontier_.end());
      frontier_.erase(std::unique(frontier_.begin(), frontier_.end()), frontier_.end());
      return;
    }
    CutToSize(level_begin);
  }
  if (!cut_.empty()) FindFrontier();
}

bool Walk::Expand(uint8_t direction, const std::vector<uint32_t>& from, uint32_t depth) {
  for (size_t i = 0; i < from.size(); ++i) {
    if (i % kNodesBetweenLooks == 0 && options_.stop && !options_.stop().ok()) return false;
    hops_.clear();
    const Node node = reached_[from[i]].node;
    if (direction == kUp) {
      resolver_.Upstream(options_.level, node, hops_);
    } else {
      resolver_.Downstream(options_.level, node, hops_);
    }
    for (const Hop& hop : hops_) Visit(hop.node, direction, depth);
  }
  return true;
}

void Walk::Visit(const Node& node, uint8_t direction, uint32_t depth) {
  const auto [at, is_new] = index_.Insert(node.Key(), static_cast<uint32_t>(reached_.size()));
  if (is_new) reached_.push_back({node, depth, 0});
  if ((reached_[at].directions & direction) != 0) return;
  reached_[at].directions |= direction;
  (direction == kUp ? up_ : down_).push_back(at);
}

// Keeps of the newest depth what there is room for, first names first.
void Walk::CutToSize(size_t level_begin) {
  if (reached_.size() <= options_.nodes_max) return;
  cut_ = "nodes";
  std::vector<std::pair<std::string, Reached>> level;
  level.reserve(reached_.size() - level_begin);
  for (size_t i = level_begin; i < reached_.size(); ++i) {
    level.emplace_back(resolver_.NameOf(reached_[i].node), reached_[i]);
    index_.Erase(reached_[i].node.Key());
  }
  std::sort(level.begin(), level.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  reached_.resize(level_begin);
  for (const auto& [name, reached] : level) {
    if (reached_.size() == options_.nodes_max) break;
    index_.Insert(reached.node.Key(), static_cast<uint32_t>(reached_.size()));
    reached_.push_back(reached);
  }
}

void Walk::FindFrontier() {
  for (uint32_t i = 0; i < reached_.size(); ++i) {
    if (i % kNodesBetweenLooks == 0 && options_.stop && !options_.stop().ok()) {
      cut_ = "deadline";
      return;
    }
    if (GoesOn(reached_[i], kUp) || GoesOn(reached_[i], kDown)) frontier_.push_back(i);
  }
  if (frontier_.empty() && cut_ == "depth") cut_.clear();  // the last hop was reached just when nothing was left
}

bool Walk::GoesOn(const Reached& from, uint8_t direction) {
  if ((from.directions & direction) == 0) return false;
  hops_.clear();
  if (direction == kUp) {
    resolver_.Upstream(options_.level, from.node, hops_);
  } else {
    resolver_.Downstream(options_.level, from.node, hops_);
  }
  return std::any_of(hops_.begin(), hops_.end(), [&](const Hop& hop) {
    const auto at = Find(hop.node);
    return !at || (reached_[*at].directions & direction) == 0;
  });
}

}  // namespace souk::lineage
