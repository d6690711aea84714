// SPDX-License-Identifier: Apache-2.0
#include "descriptor/document_tree.h"

#include <algorithm>

namespace souk::descriptor {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsBooleanWord(std::string_view text) {
  return text == "true" || text == "True" || text == "TRUE" || text == "false" || text == "False" || text == "FALSE";
}

// Takes leading digits off text and says whether there were any.
bool ConsumeDigits(std::string_view& text) {
  size_t digits = 0;
  while (digits < text.size() && IsDigit(text[digits])) ++digits;
  text.remove_prefix(digits);
  return digits > 0;
}

bool IsOtherBase(std::string_view text) {
  const auto all = [](std::string_view digits, std::string_view allowed) {
    return !digits.empty() && digits.find_first_not_of(allowed) == std::string_view::npos;
  };
  if (text.starts_with("0o")) return all(text.substr(2), "01234567");
  if (text.starts_with("0x")) return all(text.substr(2), "0123456789abcdefABCDEF");
  return false;
}

bool IsSpecialFloat(std::string_view text) {
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return true;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text == ".inf" || text == ".Inf" || text == ".INF";
}

ScalarType TypeOfPlain(std::string_view text) {
  if (IsNullWord(text)) return ScalarType::kNull;
  if (IsBooleanWord(text)) return ScalarType::kBoolean;
  if (IsOtherBase(text)) return ScalarType::kInteger;
  if (IsSpecialFloat(text)) return ScalarType::kNumber;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const bool whole = ConsumeDigits(text);
  if (whole && text.empty()) return ScalarType::kInteger;
  bool fraction = false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = ConsumeDigits(text);
  }
  if (!whole && !fraction) return ScalarType::kText;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (!ConsumeDigits(text)) return ScalarType::kText;
  }
  return text.empty() ? ScalarType::kNumber : ScalarType::kText;
}

}  // namespace

const Node* Node::Find(std::string_view key) const {
  if (kind != Kind::kMap) return nullptr;
  const auto found = std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.key == key; });
  return found == members.end() ? nullptr : found->value;
}

ScalarType TypeOf(const Node& node) {
  if (node.kind == Node::Kind::kNull) return ScalarType::kNull;
  if (node.kind != Node::Kind::kScalar) return ScalarType::kNone;
  return node.quoted ? ScalarType::kText : TypeOfPlain(node.text);
}

bool IsNullWord(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

std::string_view KindWord(const Node& node) {
  switch (TypeOf(node)) {
    case ScalarType::kNone:
      return node.kind == Node::Kind::kMap ? "an object" : "a list";
    case ScalarType::kNull:
      return "empty";
    case ScalarType::kBoolean:
      return "a boolean";
    case ScalarType::kInteger:
    case ScalarType::kNumber:
      return "a number";
    case ScalarType::kText:
      break;
  }
  return "text";
}

void AppendToken(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (const char c : token) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

}  // namespace souk::descriptor
