// SPDX-License-Identifier: Apache-2.0
#include "index/lineage/differences.h"

#include <algorithm>
#include <iterator>

#include "index/lineage/resolver.h"

namespace souk::lineage {
namespace {

constexpr size_t kDifferencesMax = 20;  // enough to see what went wrong

// One graph as text, line by line. Every edge is asked for from both of its ends, so that a lost reference shows.
class Description {
 public:
  explicit Description(const MeshGraph& graph) : graph_(graph), resolver_(graph, everybody_) {
    for (uint32_t line = 0; line < graph.lines().size(); ++line) lines_.emplace_back(graph.NameOf(line), line);
    std::sort(lines_.begin(), lines_.end());
  }

  const std::vector<std::pair<LineName, uint32_t>>& lines() const { return lines_; }

  std::vector<std::string> Of(uint32_t line) {
    const LineEntry& entry = graph_.lines()[line];
    const StringPool& strings = graph_.strings();
    const Node node = {NodeKind::kLine, line};
    facts_ = {"node " + resolver_.NameOf(node) + " id=" + std::string(strings.Text(entry.id)) + " display_name=" +
              std::string(strings.Text(entry.display_name)) + " state=" + std::to_string(entry.state)};
    AddEdges(Level::kProducts, node);
    for (const Node& dataset : resolver_.At(Level::kDatasets, node)) {
      facts_.push_back("node " + resolver_.NameOf(dataset) + " of " + resolver_.NameOf(node));
      AddEdges(Level::kDatasets, dataset);
    }
    for (const Node& column : resolver_.At(Level::kColumns, node)) {
      facts_.push_back("node " + resolver_.NameOf(column) + " of " + resolver_.NameOf(node));
      AddEdges(Level::kColumns, column);
    }
    std::sort(facts_.begin(), facts_.end());
    facts_.erase(std::unique(facts_.begin(), facts_.end()), facts_.end());
    return std::move(facts_);
  }

 private:
  void AddEdges(Level level, const Node& node) {
    hops_.clear();
    resolver_.Upstream(level, node, hops_);
    for (const Hop& hop : hops_) AddEdge(hop.node, node, hop.contract, "below");
    std::vector<Node> open;
    for (const Hop& hop : hops_) {
      if (hop.node.kind >= NodeKind::kOpenContract) open.push_back(hop.node);
    }
    hops_.clear();
    resolver_.Downstream(level, node, hops_);
    for (const Hop& hop : hops_) AddEdge(node, hop.node, hop.contract, "above");
    for (const Node& unresolved : open) {  // nobody else would ask for their other end
      hops_.clear();
      resolver_.Downstream(level, unresolved, hops_);
      const bool knows_us =
          std::any_of(hops_.begin(), hops_.end(), [&node](const Hop& hop) { return hop.node == node; });
      if (knows_us) AddEdge(unresolved, node, kNobody, "above");
    }
  }

  void AddEdge(const Node& upstream, const Node& downstream, uint32_t contract, std::string_view seen_from) {
    std::string edge = "edge " + resolver_.NameOf(upstream) + " -> " + resolver_.NameOf(downstream);
    if (contract != kNobody) edge += " by " + std::string(graph_.strings().Text(graph_.term(contract).text));
    facts_.push_back(edge + " seen from " + std::string(seen_from));
  }

  const MeshGraph& graph_;
  const AllowAll everybody_;
  Resolver resolver_;
  std::vector<std::pair<LineName, uint32_t>> lines_;
  std::vector<std::string> facts_;
  std::vector<Hop> hops_;
};

class Comparison {
 public:
  Comparison(const MeshGraph& left, const MeshGraph& right) : left_(left), right_(right) {}

  std::vector<std::string> Run() {
    auto a = left_.lines().begin();
    auto b = right_.lines().begin();
    while ((a != left_.lines().end() || b != right_.lines().end()) && found_.size() < kDifferencesMax) {
      const bool only_left = b == right_.lines().end() || (a != left_.lines().end() && a->first < b->first);
      const bool only_right = a == left_.lines().end() || (b != right_.lines().end() && b->first < a->first);
      if (only_left) {
        Add("only left: node " + (a++)->first.ToString());
      } else if (only_right) {
        Add("only right: node " + (b++)->first.ToString());
      } else {
        Compare(left_.Of((a++)->second), right_.Of((b++)->second));
      }
    }
    return std::move(found_);
  }

 private:
  void Add(std::string difference) {
    if (found_.size() < kDifferencesMax) found_.push_back(std::move(difference));
  }

  void Compare(const std::vector<std::string>& left, const std::vector<std::string>& right) {
    if (left == right) return;
    std::vector<std::string> missing;
    std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(missing));
    for (const std::string& fact : missing) Add("only left: " + fact);
    missing.clear();
    std::set_difference(right.begin(), right.end(), left.begin(), left.end(), std::back_inserter(missing));
    for (const std::string& fact : missing) Add("only right: " + fact);
  }

  Description left_;
  Description right_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> Differences(const MeshGraph& left, const MeshGraph& right) {
  return Comparison(left, right).Run();
}

}  // namespace souk::lineage
