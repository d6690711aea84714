// SPDX-License-Identifier: Apache-2.0
#include "descriptor/conformance/checking.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/limits.h"
#include "descriptor/text.h"

namespace souk::descriptor {
namespace {

// "${NAME}" or "${NAME:-default}" stands for a value that is known later.
bool IsVariable(const Node& node) {
  return node.kind == Node::Kind::kScalar && node.text.starts_with("${") && node.text.ends_with("}");
}

// Calls with each alternative; the bars within brackets are those of the elements.
template <typename Visit>
void EachAlternative(std::string_view type, const Visit& visit) {
  int depth = 0;
  size_t begin = 0;
  for (size_t i = 0; i <= type.size(); ++i) {
    if (i < type.size() && type[i] == '[') ++depth;
    if (i < type.size() && type[i] == ']') --depth;
    if (i < type.size() && (type[i] != '|' || depth > 0)) continue;
    visit(type.substr(begin, i - begin));
    begin = i + 1;
  }
}

bool IsOneOf(std::string_view words, std::string_view word) {
  for (size_t begin = 0; begin <= words.size();) {
    const size_t end = std::min(words.find(',', begin), words.size());
    if (words.substr(begin, end - begin) == word) return true;
    begin = end + 1;
  }
  return false;
}

std::string Spoken(std::string_view words) {
  std::string spoken;
  for (const char c : words) spoken += c == ',' ? std::string(", ") : std::string(1, c);
  return spoken;
}

bool IsStableId(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

// What a type is called in a message.
std::string Noun(std::string_view type) {
  if (type == "text" || type == "id" || type.starts_with('=')) return "a text";
  if (type == "flag") return "true or false";
  if (type == "integer") return "a whole number";
  if (type == "number") return "a number";
  if (type == "scalar") return "a single value";
  return type.starts_with('[') ? "a list" : "an object";
}

}  // namespace

std::vector<Violation> Checking::Run(const Node& root) {
  Object(standard_.shapes.front(), root, "");
  std::stable_sort(violations_.begin(), violations_.end(), [](const Violation& a, const Violation& b) {
    return std::tuple(!a.error, a.line, a.column) < std::tuple(!b.error, b.line, b.column);
  });
  if (violations_.size() > limits::kFindingsMax) violations_.resize(limits::kFindingsMax);
  return std::move(violations_);
}

void Checking::Add(Position at, std::string pointer, std::string_view rule, std::string message, std::string remedy,
                   bool error) {
  if (violations_.size() > 2 * limits::kFindingsMax) return;
  violations_.push_back(
      {std::string(rule), path_, std::move(pointer), at.line, at.column, std::move(message), std::move(remedy), error});
}

void Checking::Fail(const Node& at, const std::string& pointer, std::string_view rule, std::string message,
                    std::string remedy, bool error) {
  Add(at.at, pointer, rule, std::move(message), std::move(remedy), error);
}

void Checking::Require(const Node& node, const std::string& pointer, std::string_view key, const std::string& why) {
  const Node* value = node.Find(key);
  if (value != nullptr && value->kind != Node::Kind::kNull) return;
  Fail(node, pointer, "required", std::string(key) + " is missing" + (why.empty() ? "" : ": " + why),
       "Add " + std::string(key) + ".");
}

const Shape* Checking::FindShape(std::string_view name) const {
  const auto found = std::find_if(standard_.shapes.begin(), standard_.shapes.end(),
                                  [&](const Shape& shape) { return shape.name == name; });
  return found == standard_.shapes.end() ? nullptr : &*found;
}

void Checking::Object(const Shape& shape, const Node& node, const std::string& pointer) {
  for (const Key& key : shape.keys) {
    if (!key.required || key.since > version_) continue;
    // Where anything may stand, nothing is something too.
    const bool anything = key.type == "any" || key.type == "scalar";
    if (!anything || node.Find(key.name) == nullptr) Require(node, pointer, key.name, "");
  }
  for (const Member& member : node.members) {
    std::string inner = pointer;
    AppendToken(inner, member.key);
    const auto key = std::find_if(shape.keys.begin(), shape.keys.end(),
                                  [&](const Key& candidate) { return candidate.name == member.key; });
    if (key == shape.keys.end()) {
      Unknown(shape, member, inner);
      continue;
    }
    if (key->since > version_) {
      Add(member.key_at, inner, "newer-key",
          std::string(member.key) + " comes with " + std::string(standard_.name) + " " +
              std::string(standard_.versions[key->since]) + ", but the document is of " +
              std::string(standard_.versions[version_]),
          "Raise apiVersion, or leave it out.", version_ >= standard_.strict_from || pointer.empty());
    }
    if (member.value->kind != Node::Kind::kNull) Value(key->type, *member.value, inner);
  }
  if (shape.also != nullptr) shape.also(*this, node, pointer);
}

void Checking::Unknown(const Shape& shape, const Member& member, const std::string& pointer) {
  if (shape.open || member.key.starts_with("x-")) return;
  const bool root = &shape == &standard_.shapes.front();
  Add(member.key_at, pointer, "unknown-key",
      Quoted(member.key) + " is no key of " + std::string(root ? standard_.name : shape.name),
      "Check its spelling, or put what is your own under customProperties.", root || version_ >= standard_.strict_from);
}

bool Checking::Fits(std::string_view type, const Node& node) const {
  if (type == "any") return true;
  if (type.starts_with('[')) return node.kind == Node::Kind::kList;
  const bool scalar = node.kind == Node::Kind::kScalar;
  const ScalarType kind = TypeOf(node);
  if (type == "text" || type == "id" || type.starts_with('=')) return scalar && kind == ScalarType::kText;
  if (type == "scalar") return scalar;
  if (scalar && IsVariable(node) && FindShape(type) == nullptr && type != "map") return true;
  if (type == "flag") return kind == ScalarType::kBoolean;
  if (type == "integer") return kind == ScalarType::kInteger;
  if (type == "number") return kind == ScalarType::kInteger || kind == ScalarType::kNumber;
  return node.kind == Node::Kind::kMap;
}

void Checking::Value(std::string_view type, const Node& node, const std::string& pointer) {
  std::string_view fitting;
  std::string nouns;
  EachAlternative(type, [&](std::string_view alternative) {
    if (fitting.empty() && Fits(alternative, node)) fitting = alternative;
    nouns += (nouns.empty() ? "" : " or ") + Noun(alternative);
  });
  if (fitting.empty()) {
    return Fail(node, pointer, "wrong-type", "it must be " + nouns + ", but is " + std::string(KindWord(node)),
                nouns == "a text" ? "Put it in quotes." : "Write " + nouns + ".");
  }
  if (fitting.starts_with('[')) return List(fitting, node, pointer);
  if (fitting.starts_with('=') && !IsVariable(node) && !IsOneOf(fitting.substr(1), node.text)) {
    Fail(node, pointer, "unknown-word", Quoted(node.text) + " is none of the words that may stand here",
         "Use one of " + Spoken(fitting.substr(1)) + ".");
  } else if (fitting == "id" && !IsVariable(node) && !IsStableId(node.text)) {
    Fail(node, pointer, "stable-id", Quoted(node.text) + " is no stable id",
         "Use letters, digits, underscores and hyphens only.");
  } else if (const Shape* shape = FindShape(fitting)) {
    Object(*shape, node, pointer);
  }
}

void Checking::List(std::string_view type, const Node& node, const std::string& pointer) {
  if (type.ends_with('+')) {
    type.remove_suffix(1);
    if (node.members.empty())
      Fail(node, pointer, "empty-list", "the list is empty", "Add an element, or leave it out.");
  }
  const std::string_view element = type.substr(1, type.size() - 2);
  for (size_t i = 0; i < node.members.size(); ++i) {
    Value(element, *node.members[i].value, pointer + "/" + std::to_string(i));
  }
}

}  // namespace souk::descriptor
