// SPDX-License-Identifier: Apache-2.0
#include "descriptor/tree_builder.h"

#include <algorithm>
#include <memory>
#include <new>
#include <type_traits>
#include <unordered_set>

#include "base/limits.h"
#include "base/names.h"
#include "descriptor/text.h"

namespace souk::descriptor {
namespace {
constexpr std::string_view kMergeKey = "<<";

// The arena frees them without looking at them.
static_assert(std::is_trivially_destructible_v<Node> && std::is_trivially_destructible_v<Member>);

// Up to here a map's keys are compared each with each, which is quicker than to sort them.
constexpr size_t kSmallMap = 16;
}  // namespace

bool TreeBuilder::Null(Position at, Anchor anchor) {
  if (AwaitsKey()) return Fail(at, "key", "a key is empty", "Give every key a name.");
  Node* node = NewNode(Node::Kind::kNull, at);
  Remember(anchor, node);
  return Charge(*node) && Attach(node);
}

bool TreeBuilder::Scalar(Position at, std::string_view text, bool quoted, Anchor anchor) {
  // Raw bytes were checked before parsing; only escapes such as \u0000 can bring in more.
  if (quoted && !IsCleanUtf8(text)) {
    Fail(at, "utf8", "the text contains a NUL or half a surrogate pair", "Remove the escape sequence.");
    text = {};
  }
  if (AwaitsKey()) return TakeKey(at, text, quoted);
  Node* node = NewNode(Node::Kind::kScalar, at);
  node->text = Keep(text);
  node->quoted = quoted;
  node->bytes = text.size();
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
  frame.first = members_.size();
  const bool charged = Charge(*frame.node);
  stack_.push_back(frame);
  return charged;
}

bool TreeBuilder::End() {
  const Frame frame = stack_.back();
  stack_.pop_back();
  if (frame.node->kind == Node::Kind::kMap) {
    CheckDuplicates(std::span(members_).subspan(frame.first));
    if (frame.merges && !Merge(frame)) return false;
  }
  frame.node->members = Keep(std::span(members_).subspan(frame.first));
  members_.resize(frame.first);
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

bool TreeBuilder::TakeKey(Position at, std::string_view text, bool quoted) {
  Frame& frame = stack_.back();
  if (!quoted && text == kMergeKey) frame.merges = true;
  bytes_ += text.size();
  frame.key = Keep(text);
  frame.key_at = at;
  frame.has_key = true;
  return true;
}

Node* TreeBuilder::NewNode(Node::Kind kind, Position at) const {
  Node* node = new (tree_.arena->allocate(sizeof(Node), alignof(Node))) Node();
  node->kind = kind;
  node->at = at;
  return node;
}

std::string_view TreeBuilder::Keep(std::string_view text) const {
  char* kept = static_cast<char*>(tree_.arena->allocate(text.size(), alignof(char)));
  std::copy(text.begin(), text.end(), kept);
  return {kept, text.size()};
}

std::span<const Member> TreeBuilder::Keep(std::span<const Member> members) const {
  auto* kept = static_cast<Member*>(tree_.arena->allocate(members.size_bytes(), alignof(Member)));
  std::uninitialized_copy(members.begin(), members.end(), kept);
  return {kept, members.size()};
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
  members_.push_back({frame.key, frame.key_at, node});
  ++frame.count;
  frame.key = {};
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

void TreeBuilder::CheckDuplicates(std::span<const Member> members) {
  const auto occurs_before = [&](size_t i) {
    return std::any_of(members.begin(), members.begin() + static_cast<std::ptrdiff_t>(i),
                       [&](const Member& other) { return other.key == members[i].key; });
  };
  bool unique = members.size() <= kSmallMap;
  for (size_t i = 1; unique && i < members.size(); ++i) unique = !occurs_before(i);
  if (unique) return;
  std::vector<const Member*> sorted(members.size());
  std::transform(members.begin(), members.end(), sorted.begin(), [](const Member& m) { return &m; });
  std::stable_sort(sorted.begin(), sorted.end(), [](const Member* a, const Member* b) { return a->key < b->key; });
  for (size_t i = 1; i < sorted.size() && tree_.problems.size() < limits::kFindingsMax; ++i) {
    if (sorted[i]->key != sorted[i - 1]->key) continue;
    Fail(sorted[i]->key_at, "duplicate-key", "the key " + Quoted(sorted[i]->key) + " occurs twice",
         "Keep one of the two.");
    AppendToken(tree_.problems.back().pointer, sorted[i]->key);
  }
}

// YAML's merge key: keys of the named maps that the map does not have itself.
bool TreeBuilder::Merge(const Frame& frame) {
  const auto found = std::find_if(members_.begin() + static_cast<std::ptrdiff_t>(frame.first), members_.end(),
                                  [](const Member& member) { return member.key == kMergeKey; });
  const Node& source = *found->value;
  const Position at = found->key_at;
  members_.erase(found);
  if (source.kind == Node::Kind::kMap) return MergeFrom(frame, source);
  const bool maps = source.kind == Node::Kind::kList &&
                    std::all_of(source.members.begin(), source.members.end(),
                                [](const Member& m) { return m.value->kind == Node::Kind::kMap; });
  if (!maps) return Fail(at, "merge-key", "\"<<\" merges something that is no object", "Merge objects only.");
  return std::all_of(source.members.begin(), source.members.end(),
                     [&](const Member& member) { return MergeFrom(frame, *member.value); });
}

bool TreeBuilder::MergeFrom(const Frame& frame, const Node& source) {
  std::unordered_set<std::string_view> own;
  for (size_t i = frame.first; i < members_.size(); ++i) own.insert(members_[i].key);
  for (const Member& member : source.members) {
    if (own.count(member.key) > 0) continue;
    if (!Charge(*member.value)) return false;
    frame.node->nodes += member.value->nodes;
    frame.node->bytes += member.value->bytes + member.key.size();
    members_.push_back(member);
  }
  return true;
}

std::string TreeBuilder::Pointer() const {
  std::string pointer;
  for (const Frame& frame : stack_) {
    if (frame.node->kind == Node::Kind::kList) {
      AppendToken(pointer, std::to_string(frame.count));
    } else if (frame.has_key) {
      AppendToken(pointer, frame.key);
    }
  }
  return pointer;
}

}  // namespace souk::descriptor
