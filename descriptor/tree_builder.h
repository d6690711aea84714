// SPDX-License-Identifier: Apache-2.0
// Builds a Tree from the events of a YAML or JSON parser and enforces, while it parses, what a hostile document would
// try: depth, nodes, aliases, size once aliases are followed, duplicate keys, keys that are no text. One thread.
//
// Each event returns false if parsing must stop; what is wrong is then in tree.problems. In a map the events alternate:
// a scalar (the key), then any node (its value).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "descriptor/document_tree.h"

namespace souk::descriptor {

class TreeBuilder {
 public:
  // Anchors are numbered by the parser from 1; 0 means none.
  using Anchor = size_t;

  explicit TreeBuilder(Tree& tree) : tree_(tree) {}

  bool Null(Position at, Anchor anchor);
  // Copies text.
  bool Scalar(Position at, std::string_view text, bool quoted, Anchor anchor);
  bool BeginMap(Position at, Anchor anchor) { return Begin(Node::Kind::kMap, at, anchor); }
  bool BeginList(Position at, Anchor anchor) { return Begin(Node::Kind::kList, at, anchor); }
  bool End();
  bool Alias(Position at, Anchor anchor);

  // Adds a problem at the node that is being read. Returns false, for callers that stop.
  bool Fail(Position at, std::string_view rule, std::string message, std::string remedy);

 private:
  struct Frame {
    Node* node = nullptr;
    Anchor anchor = 0;
    size_t first = 0;      // of its members in members_
    size_t count = 0;      // of them, so far
    bool has_key = false;  // in a map: the key was read, its value comes next
    std::string_view key;
    Position key_at;
    bool merges = false;  // a map with the plain key "<<"
  };

  bool AwaitsKey() const;
  bool TakeKey(Position at, std::string_view text, bool quoted);
  bool Begin(Node::Kind kind, Position at, Anchor anchor);
  Node* NewNode(Node::Kind kind, Position at) const;
  std::string_view Keep(std::string_view text) const;
  std::span<const Member> Keep(std::span<const Member> members) const;
  bool Attach(const Node* node);
  bool Charge(const Node& node);
  void Remember(Anchor anchor, const Node* node);
  void CheckDuplicates(std::span<const Member> members);
  bool Merge(const Frame& frame);
  bool MergeFrom(const Frame& frame, const Node& source);
  std::string Pointer() const;

  Tree& tree_;
  std::vector<Frame> stack_;
  std::vector<Member> members_;  // of all open maps and lists, those of the innermost last
  std::vector<const Node*> anchors_;
  uint64_t nodes_ = 0;
  uint64_t bytes_ = 0;
  size_t aliases_ = 0;
};

}  // namespace souk::descriptor
