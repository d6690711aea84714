// SPDX-License-Identifier: Apache-2.0
// AIP-160 filters over lines: text to a tree, and the tree against one line's attributes. OR binds tighter than AND;
// words side by side mean AND; "-x" and "NOT x" negate; "=", "!=", "<", "<=", ">", ">=", and ":" (has). Pure; thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace souk::text {

// Attributes of one line that a filter may name: every value of a field, in lower case for words. Unknown field: see Parse.
using AttributeValues = std::function<const std::vector<std::string>&(std::string_view field)>;

class Filter {
 public:
  // INVALID_ARGUMENT (BAD_FILTER) with the 1-based column for text that can't be read, unknown fields (the message lists
  // the known ones), or limits. Empty text matches everything.
  static StatusOr<Filter> Parse(std::string_view text, const std::vector<std::string>& known_fields);

  Filter(Filter&&) noexcept;
  Filter& operator=(Filter&&) noexcept;
  ~Filter();

  bool Matches(const AttributeValues& values) const;
  // True if the filter compares this field anywhere.
  bool Names(std::string_view field) const;
  bool empty() const;

 private:
  struct Node;
  explicit Filter(std::unique_ptr<Node> root);
  std::unique_ptr<Node> root_;
};

}  // namespace souk::text
