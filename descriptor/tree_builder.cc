// SPDX-License-Identifier: Apache-2.0
#include "descriptor/tree_builder.h"

#include <algorithm>
#include <unordered_set>

#include "base/limits.h"
#include "base/names.h"
#include "descriptor/text.h"

namespace souk::descriptor {
namespace {
constexpr std::string_view kMergeKey = "<<";
}

bool TreeBuilder::Null(Position at, Anchor anchor) {
  if (AwaitsKey()) return Fail(at, "key", "a key is empty", "Give every key a name.");
  Node* node = NewNode(Node::Kind::kNull, at);
  Remember(anchor, node);
  return Charge(*node) && Attach(node);
}

bool TreeBuilder::Scalar(Position at, std::string text, bool quoted, Anchor anchor) {
  // Raw bytes were checked before parsing; only escapes such as \u0000 can bring in more.
  if (quoted && !IsCleanUtf8(text)) {
    Fail(at, "utf8", "the text contains a NUL or half a surrogate pair", "Remove the escape sequence.");
    text.clear();
  }
  if (AwaitsKey()) return TakeKey(at, std::move(text), quoted);
  Node* node = NewNode(Node::Kind::kScalar, at);
  node->text = std::move(text);
  node->quoted = quoted;
  node->bytes = node->text.size();
  Remember(anchor, node);
  return Charge(*node) && Attach(node);
}

bool TreeBuilder::Begin(Node::Kind kind, Position at, Anchor anchor) {
  if (AwaitsKey()) return Fail(at, "key", "a key is a list or an object", "Use plain text as key.");
  if (stack_.size() >= limits::kDocumentDepthMax) {
    return Fail(at, "depth", "the document is nested deeper than " + std::to_string(limits::kDocumentDepthMax),
                "Flatten it; descriptors are seldom nested deeper than 10.");
  }
  Frame frame;
  frame.node = NewNode(kind, at);
  frame.node->height = 1;
  frame.anchor = anchor;
  const bool charged = Charge(*frame.node);
  stack_.push_back(std::move(frame));
  return charged;
}

bool TreeBuilder::End() {
  Frame frame = std::move(stack_.back());
  stack_.pop_back();
  if (frame.node->kind == Node::Kind::kMap) {
    CheckDuplicates(*frame.node);
    if (frame.merges && !Merge(*frame.node)) return false;
  }
  Remember(frame.anchor, frame.node);
  return Attach(frame.node);
}

bool TreeBuilder::Alias(Position at, Anchor anchor) {
  if (AwaitsKey()) return Fail(at, "key", "a key is an alias", "Use plain text as key.");
  if (++aliases_ > limits::kDocumentAliasesMax) {
    return Fail(at, "aliases", "more than " + std::to_string(limits::kDocumentAliasesMax) + " aliases",
                "Write the values out.");
  }
  const Node* node = anchor < anchors_.size() ? anchors_[anchor] : nullptr;
  if (node == nullptr) return Fail(at, "aliases", "an alias names a node that contains it", "Write the value out.");
  if (stack_.size() + node->height > limits::kDocumentDepthMax) {
    return Fail(at, "depth", "the document is nested deeper than " + std::to_string(limits::kDocumentDepthMax),
                "Flatten it; descriptors are seldom nested deeper than 10.");
  }
  return Charge(*node) && Attach(node);
}

bool TreeBuilder::Fail(Position at, std::string_view rule, std::string message, std::string remedy) {
  tree_.problems.push_back({std::string(rule), at, Pointer(), std::move(message), std::move(remedy)});
  return false;
}

bool TreeBuilder::AwaitsKey() const {
  return !stack_.empty() && stack_.back().node->kind == Node::Kind::kMap && !stack_.back().has_key;
}

bool TreeBuilder::TakeKey(Position at, std::string text, bool quoted) {
  Frame& frame = stack_.back();
  if (!quoted && text == kMergeKey) frame.merges = true;
  bytes_ += text.size();
  frame.key = std::move(text);
  frame.key_at = at;
  frame.has_key = true;
  return true;
}

Node* TreeBuilder::NewNode(Node::Kind kind, Position at) {
  Node& node = tree_.arena.emplace_back();
  node.kind = kind;
  node.at = at;
  return &node;
}

bool TreeBuilder::Attach(const Node* node) {
  if (stack_.empty()) {
    tree_.root = node;
    return true;
  }
  Frame& frame = stack_.back();
  Node& parent = *frame.node;
  parent.nodes += node->nodes;
  parent.bytes += node->bytes + frame.key.size();
  parent.height = std::max(parent.height, node->height + 1);
  parent.members.push_back({std::move(frame.key), frame.key_at, node});
  frame.key.clear();
  frame.has_key = false;
  return true;
}

bool TreeBuilder::Charge(const Node& node) {
  nodes_ += node.nodes;
  bytes_ += node.bytes;
  if (nodes_ > limits::kDocumentNodesMax) {
    return Fail(node.at, "nodes", "the document has more than " + std::to_string(limits::kDocumentNodesMax) + " nodes",
                "Use fewer aliases, or split the document.");
  }
  if (bytes_ > limits::kDocumentExpandedBytesMax) {
    return Fail(node.at, "nodes",
                "the document grows beyond " + std::to_string(limits::kDocumentExpandedBytesMax) +
                    " bytes when its aliases are followed",
                "Use fewer aliases, or split the document.");
  }
  return true;
}

void TreeBuilder::Remember(Anchor anchor, const Node* node) {
  if (anchor == 0) return;
  if (anchor >= anchors_.size()) anchors_.resize(anchor + 1, nullptr);
  anchors_[anchor] = node;
}

void TreeBuilder::CheckDuplicates(const Node& node) {
  std::vector<const Member*> sorted(node.members.size());
  std::transform(node.members.begin(), node.members.end(), sorted.begin(), [](const Member& m) { return &m; });
  std::stable_sort(sorted.begin(), sorted.end(), [](const Member* a, const Member* b) { return a->key < b->key; });
  for (size_t i = 1; i < sorted.size() && tree_.problems.size() < limits::kFindingsMax; ++i) {
    if (sorted[i]->key != sorted[i - 1]->key) continue;
    Fail(sorted[i]->key_at, "duplicate-key", "the key " + Quoted(sorted[i]->key) + " occurs twice",
         "Keep one of the two.");
    AppendToken(tree_.problems.back().pointer, sorted[i]->key);
  }
}

// YAML's merge key: keys of the named maps that the map does not have itself.
bool TreeBuilder::Merge(Node& node) {
  const auto found = std::find_if(node.members.begin(), node.members.end(),
                                  [](const Member& member) { return member.key == kMergeKey; });
  const Node& source = *found->value;
  const Position at = found->key_at;
  node.members.erase(found);
  if (source.kind == Node::Kind::kMap) return MergeFrom(node, source);
  const bool maps = source.kind == Node::Kind::kList &&
                    std::all_of(source.members.begin(), source.members.end(),
                                [](const Member& m) { return m.value->kind == Node::Kind::kMap; });
  if (!maps) return Fail(at, "merge-key", "\"<<\" merges something that is no object", "Merge objects only.");
  return std::all_of(source.members.begin(), source.members.end(),
                     [&](const Member& member) { return MergeFrom(node, *member.value); });
}

bool TreeBuilder::MergeFrom(Node& into, const Node& source) {
  std::unordered_set<std::string> own;  // copies: the members move while they grow
  for (const Member& member : into.members) own.insert(member.key);
  for (const Member& member : source.members) {
    if (own.count(member.key) > 0) continue;
    if (!Charge(*member.value)) return false;
    into.nodes += member.value->nodes;
    into.bytes += member.value->bytes + member.key.size();
    into.members.push_back(member);
  }
  return true;
}

std::string TreeBuilder::Pointer() const {
  std::string pointer;
  for (const Frame& frame : stack_) {
    if (frame.node->kind == Node::Kind::kList) {
      AppendToken(pointer, std::to_string(frame.node->members.size()));
    } else if (frame.has_key) {
      AppendToken(pointer, frame.key);
    }
  }
  return pointer;
}

}  // namespace souk::descriptor
