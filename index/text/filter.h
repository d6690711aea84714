// SPDX-License-Identifier: Apache-2.0
// AIP-160 filters over lines: text to a tree, and the tree against one line's attributes. OR binds tighter than AND;
// words side by side mean AND; "-x" and "NOT x" negate; "=", "!=", "<", "<=", ">", ">=", and ":" (has). Pure;
// thread-safe.
//
//   state = active AND (domain = sales OR domain = payments)
//   tag:pii -team = "checkout"        has the tag; is not of that team
//   name = "daily*"                   '*' at either end of a value stands for anything
//   owner:alice                       a value that is it, or has it among its words: alice@example.com
//   classification:*                  any value at all
//   orders                            a bare word: any field has it
//
// Values compare without regard to case and diacritics; a field with several values matches if any of them does, and
// "!=" is the opposite of "=". "<" and its kin compare numbers as numbers, other values as text.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace souk::text {

// Attributes of one line that a filter may name: every value of a field, in lower case for words. Unknown field: see
// Parse.
using AttributeValues = std::function<const std::vector<std::string>&(std::string_view field)>;

// A leaf of the tree.
struct Comparison {
  enum class Operator : uint8_t { kEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kHas };

  std::string field;  // empty: any known field
  Operator op = Operator::kEqual;
  std::string value;        // folded
  bool any_before = false;  // '*' at the start
  bool any_behind = false;  // '*' at the end
  size_t index = 0;         // of the leaf in the filter, from 0

  bool Matches(std::string_view attribute) const;
};

class Filter {
 public:
  // INVALID_ARGUMENT (BAD_FILTER) with the 1-based column for text that can't be read, unknown fields (the message
  // lists the known ones), or limits. Empty text matches everything.
  static StatusOr<Filter> Parse(std::string_view text, const std::vector<std::string>& known_fields);

  Filter(Filter&&) noexcept;
  Filter& operator=(Filter&&) noexcept;
  ~Filter();

  bool Matches(const AttributeValues& values) const;
  // The same for callers that compare by themselves, for example because they remember what they compared.
  bool Evaluate(const std::function<bool(const Comparison&)>& compare) const;
  // True if the filter compares this field anywhere.
  bool Names(std::string_view field) const;
  bool empty() const;
  // Number of leaves.
  size_t comparisons() const { return comparisons_; }

 private:
  friend class FilterParser;
  struct Node;
  Filter(std::unique_ptr<Node> root, size_t comparisons, std::vector<std::string> known_fields);

  std::unique_ptr<Node> root_;
  size_t comparisons_ = 0;
  std::vector<std::string> known_fields_;
};

}  // namespace souk::text
