// SPDX-License-Identifier: Apache-2.0
// A YAML or JSON document as a tree that remembers where everything stands. Scalars keep their text as written; what
// type a plain scalar has is asked of TypeOf (YAML 1.2 core schema: only true and false are booleans, "no" is a word).
// Aliases share the node that they name, so that a small document can't grow in memory; the limits count what it would
// be when written out. A tree owns its nodes and all their text: they end with it, and move with it. Trees are values
// of one thread; const trees may be read by many.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace souk::descriptor {

// 1-based; 0 means unknown.
struct Position {
  uint32_t line = 0;
  uint32_t column = 0;
};

struct Node;

struct Member {
  std::string_view key;  // empty in a list
  Position key_at;
  const Node* value = nullptr;
};

struct Node {
  enum class Kind : uint8_t { kNull, kScalar, kMap, kList };

  Kind kind = Kind::kNull;
  bool quoted = false;  // a scalar that is text, whatever it looks like
  Position at;
  std::string_view text;            // of a scalar
  std::span<const Member> members;  // of a map or list, in document order
  // Size when aliases are followed, this node included.
  uint64_t nodes = 1;
  uint64_t bytes = 0;
  uint32_t height = 0;  // maps and lists on the longest way down, this one included

  // Null if this is no map or has no such key.
  const Node* Find(std::string_view key) const;
};

enum class ScalarType : uint8_t { kNone, kNull, kBoolean, kInteger, kNumber, kText };

// The type of a node by the YAML 1.2 core schema; kNone for maps and lists.
ScalarType TypeOf(const Node& node);
// True for the words that mean null in plain text.
bool IsNullWord(std::string_view text);
// "a number", "a list" and so on, for messages.
std::string_view KindWord(const Node& node);

// What a document's reader found wrong.
struct TreeProblem {
  std::string rule;
  Position at;
  std::string pointer;
  std::string message;
  std::string remedy;
};

struct Tree {
  // Owns all nodes, lists of members and texts, which have no destructors to run.
  std::unique_ptr<std::pmr::monotonic_buffer_resource> arena = std::make_unique<std::pmr::monotonic_buffer_resource>();
  const Node* root = nullptr;         // null if the document could not be read to its end
  std::vector<TreeProblem> problems;  // there may be some beside a root: duplicate keys, for example
};

// Appends a reference token to a JSON pointer (RFC 6901).
void AppendToken(std::string& pointer, std::string_view token);

}  // namespace souk::descriptor
