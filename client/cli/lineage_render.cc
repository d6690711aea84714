// SPDX-License-Identifier: Apache-2.0
#include "client/cli/lineage_render.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "client/cli/text.h"

namespace souk::cli {
namespace {

using Neighbours = std::map<std::string, std::vector<std::string>>;

// Draws one side of each root, depth first without recursion: an answer may be a thousand hops deep.
class Tree {
 public:
  Tree(const v1::TraceLineageResponse& lineage, bool up, const Style& style, std::ostream& out)
      : style_(style), out_(out) {
    for (const v1::LineageNode& node : lineage.nodes()) nodes_[node.name()] = &node;
    for (const v1::LineageEdge& edge : lineage.edges()) {
      neighbours_[up ? edge.downstream() : edge.upstream()].push_back(up ? edge.upstream() : edge.downstream());
    }
  }

  // True if what stands below the node was drawn already, below another root.
  bool Drawn(const std::string& root) { return expanded_.count(root) > 0 && !neighbours_[root].empty(); }

  void Draw(const std::string& root) {
    struct Frame {
      std::string name;
      size_t next = 0;
    };
    std::vector<Frame> path = {{root}};
    std::set<std::string> on_path = {root};
    expanded_.insert(root);
    while (!path.empty()) {
      Frame& frame = path.back();
      const std::vector<std::string>& children = neighbours_[frame.name];
      if (frame.next >= children.size()) {
        on_path.erase(frame.name);
        path.pop_back();
        if (!path.empty()) indents_.pop_back();
        continue;
      }
      const std::string child = children[frame.next++];
      const bool last = frame.next == children.size();
      const bool cycle = on_path.count(child) > 0;
      const bool again = !cycle && expanded_.count(child) > 0 && !neighbours_[child].empty();
      WriteNode(child, last, cycle ? " (cycle)" : again ? " (above)" : "");
      if (cycle || again) continue;
      expanded_.insert(child);
      on_path.insert(child);
      indents_.emplace_back(last ? "   " : "│  ");
      path.push_back({child});
    }
  }

 private:
  void WriteNode(const std::string& name, bool last, std::string_view remark) {
    for (const std::string& indent : indents_) out_ << indent;
    out_ << (last ? "└─ " : "├─ ");
    const auto found = nodes_.find(name);
    if (found == nodes_.end()) {
      out_ << Clean(name) << remark << "\n";
      return;
    }
    const v1::LineageNode& node = *found->second;
    out_ << Clean(NodeLabel(node));
    if (node.kind() == v1::LINEAGE_NODE_KIND_UNRESOLVED) out_ << style_.Yellow(" (not registered)");
    if (node.state() != v1::PRODUCT_STATE_UNSPECIFIED && node.state() != v1::PRODUCT_STATE_ACTIVE) {
      out_ << style_.Dim(" " + StateWord(node.state()));
    }
    out_ << style_.Dim(remark) << "\n";
  }

  const Style& style_;
  std::ostream& out_;
  std::map<std::string, const v1::LineageNode*> nodes_;
  Neighbours neighbours_;
  std::set<std::string> expanded_;
  std::vector<std::string> indents_;
};

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : Clean(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// Mermaid has no escapes: entities stand for what would end the label.
std::string MermaidLabel(std::string_view text) {
  std::string out;
  for (const char c : Clean(text)) {
    if (c == '"') {
      out += "#quot;";
    } else if (c == '#') {
      out += "#35;";
    } else {
      out += c;
    }
  }
  return "\"" + out + "\"";
}

// One root's side under its title.
void DrawSide(Tree& tree, const v1::LineageNode& root, const std::string& title, const Style& style,
              std::ostream& out) {
  const bool drawn = tree.Drawn(root.name());
  out << title << (drawn ? style.Dim(" (above)") : "") << "\n";
  if (!drawn) tree.Draw(root.name());
}

}  // namespace

bool IsRoot(const v1::LineageNode& node) { return node.depth() == 0; }

std::string NodeLabel(const v1::LineageNode& node) { return ShortName(node.name()); }

void WriteLineageTree(const v1::TraceLineageResponse& lineage, v1::LineageDirection direction, const Style& style,
                      std::ostream& out) {
  const bool up = direction == v1::LINEAGE_DIRECTION_UP || direction == v1::LINEAGE_DIRECTION_UNSPECIFIED;
  const bool down = direction != v1::LINEAGE_DIRECTION_UP;
  // One for all roots: what is reached from several of them is expanded once.
  Tree above(lineage, true, style, out);
  Tree below(lineage, false, style, out);
  for (const v1::LineageNode& root : lineage.nodes()) {
    if (!IsRoot(root)) continue;
    const std::string name = style.Bold(Clean(NodeLabel(root)));
    if (up != down) {
      DrawSide(up ? above : below, root, name, style, out);
      continue;
    }
    out << name << "\n";
    DrawSide(above, root, style.Dim("depends on"), style, out);
    DrawSide(below, root, style.Dim("is read by"), style, out);
  }
}

void WriteLineageDot(const v1::TraceLineageResponse& lineage, std::ostream& out) {
  out << "digraph lineage {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const v1::LineageNode& node : lineage.nodes()) {
    out << "  " << Quoted(node.name()) << " [label=" << Quoted(NodeLabel(node));
    if (node.kind() == v1::LINEAGE_NODE_KIND_UNRESOLVED) out << ", style=dashed";
    out << "];\n";
  }
  for (const v1::LineageEdge& edge : lineage.edges()) {
    out << "  " << Quoted(edge.upstream()) << " -> " << Quoted(edge.downstream()) << ";\n";
  }
  out << "}\n";
}

void WriteLineageMermaid(const v1::TraceLineageResponse& lineage, std::ostream& out) {
  out << "graph LR\n";
  std::map<std::string, std::string> ids;
  for (const v1::LineageNode& node : lineage.nodes()) {
    const std::string id = "n" + std::to_string(ids.size());
    ids[node.name()] = id;
    const bool open = node.kind() == v1::LINEAGE_NODE_KIND_UNRESOLVED;
    out << "  " << id << (open ? "([" : "[") << MermaidLabel(NodeLabel(node)) << (open ? "])" : "]") << "\n";
  }
  for (const v1::LineageEdge& edge : lineage.edges()) {
    const auto upstream = ids.find(edge.upstream());
    const auto downstream = ids.find(edge.downstream());
    if (upstream == ids.end() || downstream == ids.end()) continue;
    out << "  " << upstream->second << " --> " << downstream->second << "\n";
  }
}

}  // namespace souk::cli
