// SPDX-License-Identifier: Apache-2.0
#include "index/lineage/trace.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "base/errors.h"
#include "base/limits.h"
#include "index/lineage/walk.h"

namespace souk::lineage {
namespace {

// Edges of one answer. Ten for each node is far above any real mesh; lines with hundreds of datasets on both ends of
// an edge would multiply without it.
constexpr size_t kEdgesMax = 10 * static_cast<size_t>(limits::kLineageNodesMax);
constexpr size_t kNoLimit = std::numeric_limits<size_t>::max();

// What a trace found, before it is put in order.
struct Found {
  std::vector<Reached> nodes;
  std::vector<Node> frontier;
  std::string cut;
};

StatusOr<Level> LevelOf(v1::LineageNodeKind granularity, const Node& root) {
  switch (granularity) {
    case v1::LINEAGE_NODE_KIND_PRODUCT:
      return Level::kProducts;
    case v1::LINEAGE_NODE_KIND_DATASET:
      return Level::kDatasets;
    case v1::LINEAGE_NODE_KIND_COLUMN:
      return Level::kColumns;
    case v1::LINEAGE_NODE_KIND_UNSPECIFIED:
      break;
    default:
      return errors::BadField("granularity", "an open edge is no granularity",
                              "Ask for products, datasets or columns.");
  }
  if (root.kind == NodeKind::kDataset) return Level::kDatasets;
  return root.kind == NodeKind::kColumn || root.kind == NodeKind::kOpenSource ? Level::kColumns : Level::kProducts;
}

Found WalkFrom(Resolver& resolver, const std::vector<Node>& starts, const WalkOptions& options) {
  Walk walk(resolver, options);
  walk.Run(starts);
  Found found;
  found.nodes = walk.reached();
  for (const uint32_t at : walk.frontier()) found.frontier.push_back(walk.reached()[at].node);
  found.cut = walk.cut();
  return found;
}

// All nodes on any way from the starts to the targets. A node is on one if it lies below a start and above a target;
// the shortest way through it is the sum of both distances.
class Between {
 public:
  Between(Resolver& resolver, const WalkOptions& options)
      : resolver_(resolver),
        options_(options),
        down_options_(options),
        up_options_(options),
        down_(resolver, down_options_),
        up_(resolver, up_options_) {
    down_options_.directions = kDown;
    up_options_.directions = kUp;
    for (WalkOptions* walk : {&down_options_, &up_options_}) walk->depth_max = walk->nodes_max = kNoLimit;
  }

  Found Run(const std::vector<Node>& starts, const std::vector<Node>& targets) {
    Found found;
    down_.Run(starts);
    if (down_.cut().empty()) up_.Run(targets);
    if (!down_.cut().empty() || !up_.cut().empty()) {
      found.cut = "deadline";
      found.frontier = starts;
    } else {
      Keep(found);
      FindFrontier(found);
    }
    if (found.nodes.empty()) {
      for (const Node& start : starts) found.nodes.push_back({start, 0, 0});
    }
    return found;
  }

 private:
  bool OnWay(const Node& node) const { return down_.Find(node) && up_.Find(node); }

  void Keep(Found& found) {
    std::vector<std::tuple<uint32_t, std::string, Reached>> kept;
    for (const Reached& reached : down_.reached()) {
      const auto above = up_.Find(reached.node);
      if (!above) continue;
      if (size_t{reached.depth} + up_.reached()[*above].depth > options_.depth_max) {
        found.cut = "depth";
        continue;
      }
      kept.emplace_back(reached.depth, resolver_.NameOf(reached.node), reached);
    }
    if (kept.size() > options_.nodes_max) {
      found.cut = "nodes";
      std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) {
        return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
      });
      kept.resize(options_.nodes_max);
    }
    for (auto& [depth, name, reached] : kept) found.nodes.push_back(reached);
  }

  void FindFrontier(Found& found) {
    if (found.cut.empty()) return;
    IdMap kept;
    for (const Reached& reached : found.nodes) kept.Insert(reached.node.Key(), 0);
    std::vector<Hop> hops;
    for (const Reached& reached : found.nodes) {
      hops.clear();
      resolver_.Downstream(options_.level, reached.node, hops);
      const bool goes_on = std::any_of(hops.begin(), hops.end(),
                                       [&](const Hop& hop) { return OnWay(hop.node) && !kept.Find(hop.node.Key()); });
      if (goes_on) found.frontier.push_back(reached.node);
    }
  }

  Resolver& resolver_;
  const WalkOptions& options_;
  WalkOptions down_options_;
  WalkOptions up_options_;
  Walk down_;
  Walk up_;
};

// Puts what was found into the order of the answer.
class Answer {
 public:
  Answer(Resolver& resolver, Level level, Found found) : resolver_(resolver), level_(level), found_(std::move(found)) {}

  v1::TraceLineageResponse Build(const Node& root) {
    Order(root);
    for (size_t i = 0; i < nodes_.size(); ++i) AddNode(nodes_[i], names_[i]);
    CollectEdges();
    AddEdges();
    std::vector<std::string> frontier;
    for (const Node& node : found_.frontier) frontier.push_back(resolver_.NameOf(node));
    std::sort(frontier.begin(), frontier.end());
    for (std::string& name : frontier) response_.add_frontier(std::move(name));
    response_.set_complete(found_.cut.empty());
    response_.set_incomplete_reason(found_.cut);
    return std::move(response_);
  }

 private:
  struct Edge {
    uint32_t upstream;
    uint32_t downstream;
    uint32_t contract;
  };

  // Root first, then by depth and name.
  void Order(const Node& root) {
    std::vector<std::pair<std::string, Reached>> named;
    named.reserve(found_.nodes.size());
    for (const Reached& reached : found_.nodes) named.emplace_back(resolver_.NameOf(reached.node), reached);
    std::sort(named.begin(), named.end(), [&root](const auto& a, const auto& b) {
      const bool a_is_root = a.second.node == root;
      const bool b_is_root = b.second.node == root;
      if (a_is_root != b_is_root) return a_is_root;
      return std::tie(a.second.depth, a.first) < std::tie(b.second.depth, b.first);
    });
    for (auto& [name, reached] : named) {
      ranks_.Insert(reached.node.Key(), static_cast<uint32_t>(nodes_.size()));
      nodes_.push_back(reached);
      names_.push_back(std::move(name));
    }
  }

  void AddNode(const Reached& reached, const std::string& name) {
    const MeshGraph& graph = resolver_.graph();
    const StringPool& strings = graph.strings();
    v1::LineageNode& node = *response_.add_nodes();
    node.set_name(name);
    node.set_depth(reached.depth);
    std::string_view display_name = std::string_view(name).substr(name.find(':') + 1);  // of an open edge
    node.set_kind(v1::LINEAGE_NODE_KIND_UNRESOLVED);
    if (reached.node.kind == NodeKind::kLine) {
      const LineEntry& line = graph.lines()[reached.node.index];
      node.set_kind(v1::LINEAGE_NODE_KIND_PRODUCT);
      node.set_id(std::string(strings.Text(line.id)));
      node.set_state(line.state);
      display_name = strings.Text(line.display_name);
    } else if (reached.node.kind == NodeKind::kDataset) {
      node.set_kind(v1::LINEAGE_NODE_KIND_DATASET);
      display_name = strings.Text(graph.dataset(reached.node.index).name);
    } else if (reached.node.kind == NodeKind::kColumn) {
      node.set_kind(v1::LINEAGE_NODE_KIND_COLUMN);
      display_name = strings.Text(reached.node.column);
    }
    node.set_display_name(std::string(display_name));
  }

  // Every edge between two nodes of the answer, whichever way the walk went.
  void CollectEdges() {
    std::vector<Hop> hops;
    for (uint32_t i = 0; i < nodes_.size(); ++i) {
      hops.clear();
      resolver_.Upstream(level_, nodes_[i].node, hops);
      const size_t before = edges_.size();
      for (const Hop& hop : hops) {
        const auto upstream = ranks_.Find(hop.node.Key());
        if (upstream) edges_.push_back({*upstream, i, hop.contract});
      }
      Unique(before);
      if (edges_.size() > kEdgesMax && i + 1 < nodes_.size()) {
        if (found_.cut.empty()) found_.cut = "edges";
        return;
      }
    }
  }

  // Each edge once; one that a contract carries says more than one of the same ends without.
  void Unique(size_t begin) {
    const auto first = edges_.begin() + static_cast<std::ptrdiff_t>(begin);
    std::sort(first, edges_.end(), [](const Edge& a, const Edge& b) {
      return std::tie(a.upstream, a.contract) < std::tie(b.upstream, b.contract);  // kNobody is the last
    });
    const auto last = std::unique(first, edges_.end(), [](const Edge& a, const Edge& b) {
      return a.upstream == b.upstream && (a.contract == b.contract || b.contract == kNobody);
    });
    edges_.erase(last, edges_.end());
  }

  std::string_view ContractOf(const Edge& edge) const {
    const MeshGraph& graph = resolver_.graph();
    return edge.contract == kNobody ? std::string_view() : graph.strings().Text(graph.term(edge.contract).text);
  }

  void AddEdges() {
    std::vector<uint32_t> by_name(names_.size());
    for (uint32_t i = 0; i < by_name.size(); ++i) by_name[i] = i;
    std::sort(by_name.begin(), by_name.end(), [this](uint32_t a, uint32_t b) { return names_[a] < names_[b]; });
    std::vector<uint32_t> place(names_.size());
    for (uint32_t i = 0; i < by_name.size(); ++i) place[by_name[i]] = i;
    std::sort(edges_.begin(), edges_.end(), [&](const Edge& a, const Edge& b) {
      if (a.upstream != b.upstream) return place[a.upstream] < place[b.upstream];
      if (a.downstream != b.downstream) return place[a.downstream] < place[b.downstream];
      return ContractOf(a) < ContractOf(b);
    });
    for (const Edge& edge : edges_) {
      v1::LineageEdge& out = *response_.add_edges();
      out.set_upstream(names_[edge.upstream]);
      out.set_downstream(names_[edge.downstream]);
      out.add_provenance("declared");
      out.set_contract_id(std::string(ContractOf(edge)));
    }
  }

  Resolver& resolver_;
  Level level_;
  Found found_;
  std::vector<Reached> nodes_;
  std::vector<std::string> names_;
  IdMap ranks_;
  std::vector<Edge> edges_;
  v1::TraceLineageResponse response_;
};

StatusOr<Node> Root(Resolver& resolver, std::string_view name, Level level) {
  const auto node = resolver.Find(name, level);
  if (!node) return errors::NotFound("lineage node", name);
  return *node;
}

}  // namespace

StatusOr<v1::TraceLineageResponse> TraceGraph(const MeshGraph& graph, const TraceRequest& request,
                                              const Visibility& visibility, const std::function<Status()>& stop) {
  Resolver resolver(graph, visibility);
  const Level wish = request.granularity == v1::LINEAGE_NODE_KIND_COLUMN ? Level::kColumns : Level::kProducts;
  ASSIGN_OR_RETURN(const Node root, Root(resolver, request.root, wish));
  WalkOptions options;
  ASSIGN_OR_RETURN(options.level, LevelOf(request.granularity, root));
  options.depth_max = request.depth_max == 0 ? size_t{limits::kLineageDepthMax} : request.depth_max;
  options.nodes_max = request.nodes_max == 0 ? size_t{limits::kLineageNodesMax} : request.nodes_max;
  options.stop = stop;
  const std::vector<Node> starts = resolver.At(options.level, root);
  Found found;
  if (request.direction == v1::LINEAGE_DIRECTION_BETWEEN) {
    ASSIGN_OR_RETURN(const Node target, Root(resolver, request.target, options.level));
    found = Between(resolver, options).Run(starts, resolver.At(options.level, target));
  } else {
    if (request.direction == v1::LINEAGE_DIRECTION_UP) options.directions = kUp;
    if (request.direction == v1::LINEAGE_DIRECTION_DOWN) options.directions = kDown;
    found = WalkFrom(resolver, starts, options);
  }
  return Answer(resolver, options.level, std::move(found)).Build(root);
}

}  // namespace souk::lineage
