// SPDX-License-Identifier: Apache-2.0
#include "index/text/filter.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "index/text/filter_node.h"
#include "index/text/unicode.h"

namespace souk::text {
namespace {

std::optional<double> NumberOf(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

// True if `words` stands in text with no letter or digit beside it.
bool HasWords(std::string_view text, std::string_view words) {
  if (words.empty()) return text.empty();
  for (size_t at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1)) {
    const size_t end = at + words.size();
    const bool starts = at == 0 || !IsWordByte(text[at - 1]) || !IsWordByte(words.front());
    const bool ends = end == text.size() || !IsWordByte(text[end]) || !IsWordByte(words.back());
    if (starts && ends) return true;
  }
  return false;
}

int Order(std::string_view a, std::string_view b) {
  const std::optional<double> x = NumberOf(a);
  const std::optional<double> y = NumberOf(b);
  if (x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
  return a.compare(b);
}

template <typename Node, typename Compare>
bool EvaluateNode(const Node& node, const Compare& compare) {
  const auto holds = [&compare](const std::unique_ptr<Node>& child) { return EvaluateNode(*child, compare); };
  switch (node.kind) {
    case Node::Kind::kAll:
      return std::all_of(node.children.begin(), node.children.end(), holds);
    case Node::Kind::kAny:
      return std::any_of(node.children.begin(), node.children.end(), holds);
    case Node::Kind::kNot:
      return !EvaluateNode(*node.children.front(), compare);
    case Node::Kind::kCompare:
      break;
  }
  return compare(node.comparison);
}

template <typename Node>
bool NodeNames(const Node& node, std::string_view field) {
  if (node.kind == Node::Kind::kCompare) return node.comparison.field == field;
  return std::any_of(node.children.begin(), node.children.end(),
                     [field](const std::unique_ptr<Node>& child) { return NodeNames(*child, field); });
}

}  // namespace

bool Comparison::Matches(std::string_view attribute) const {
  const std::string folded = FoldText(attribute);
  switch (op) {
    case Operator::kLess:
      return Order(folded, value) < 0;
    case Operator::kLessEqual:
      return Order(folded, value) <= 0;
    case Operator::kGreater:
      return Order(folded, value) > 0;
    case Operator::kGreaterEqual:
      return Order(folded, value) >= 0;
    case Operator::kEqual:
    case Operator::kHas:
      break;
  }
  if (any_before && any_behind) return folded.find(value) != std::string::npos;
  if (any_before) return folded.ends_with(value);
  if (any_behind) return folded.starts_with(value);
  return op == Operator::kHas ? HasWords(folded, value) : folded == value;
}

Filter::Filter(std::unique_ptr<Node> root, size_t comparisons, std::vector<std::string> known_fields)
    : root_(std::move(root)), comparisons_(comparisons), known_fields_(std::move(known_fields)) {}
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

bool Filter::Matches(const AttributeValues& values) const {
  return Evaluate([&](const Comparison& comparison) {
    const auto matches = [&](const std::string& field) {
      const std::vector<std::string>& attributes = values(field);
      return std::any_of(attributes.begin(), attributes.end(),
                         [&](const std::string& attribute) { return comparison.Matches(attribute); });
    };
    if (!comparison.field.empty()) return matches(comparison.field);
    return std::any_of(known_fields_.begin(), known_fields_.end(), matches);
  });
}

bool Filter::Evaluate(const std::function<bool(const Comparison&)>& compare) const {
  return root_ == nullptr || EvaluateNode(*root_, compare);
}

bool Filter::Names(std::string_view field) const { return root_ != nullptr && NodeNames(*root_, field); }

bool Filter::empty() const { return root_ == nullptr; }

}  // namespace souk::text
