// SPDX-License-Identifier: Apache-2.0
#include "descriptor/fields.h"

#include "base/limits.h"
#include "descriptor/text.h"

namespace souk::descriptor {

bool Fields::Has(std::string_view key) const {
  const Node* member = node_.Find(key);
  return member != nullptr && TypeOf(*member) != ScalarType::kNull;
}

std::string_view Fields::Text(std::string_view key) const {
  const Node* member = node_.Find(key);
  return member == nullptr ? std::string_view() : TextOf(key, kNoIndex, *member).value_or(std::string_view());
}

std::string_view Fields::RequiredText(std::string_view key, std::string_view remedy) const {
  const Node* member = node_.Find(key);
  const std::string_view text = Text(key);
  const ScalarType type = member == nullptr ? ScalarType::kNull : TypeOf(*member);
  const bool right_type = type == ScalarType::kNull || type == ScalarType::kText;  // else Text has complained
  if (right_type && Trimmed(text).empty()) {
    Note(key, "required", std::string(key) + " is missing", std::string(remedy));
  }
  return text;
}

std::string_view Fields::Scalar(std::string_view key) const {
  const Node* member = node_.Find(key);
  if (member == nullptr || TypeOf(*member) == ScalarType::kNull) return {};
  if (member->kind == Node::Kind::kScalar) return member->text;
  WrongType(key, kNoIndex, *member, "a single value");
  return {};
}

bool Fields::Flag(std::string_view key) const {
  const Node* member = node_.Find(key);
  if (member == nullptr || TypeOf(*member) == ScalarType::kNull) return false;
  if (TypeOf(*member) == ScalarType::kBoolean) {
    return member->text.front() == 't' || member->text.front() == 'T';
  }
  WrongType(key, kNoIndex, *member, "true or false");
  return false;
}

void Fields::Each(std::string_view key, const std::function<void(const Fields&)>& visit) const {
  const Node* list = List(key);
  if (list == nullptr) return;
  for (size_t i = 0; i < list->members.size(); ++i) {
    const Node& element = *list->members[i].value;
    if (element.kind == Node::Kind::kMap) {
      visit(Fields(*this, key, i, element));
    } else {
      WrongType(key, i, element, "an object");
    }
  }
}

void Fields::EachText(std::string_view key, const std::function<void(std::string_view)>& visit) const {
  const Node* list = List(key);
  if (list == nullptr) return;
  for (size_t i = 0; i < list->members.size(); ++i) {
    if (const auto text = TextOf(key, i, *list->members[i].value)) visit(*text);
  }
}

void Fields::With(std::string_view key, const std::function<void(const Fields&)>& visit) const {
  const Node* member = node_.Find(key);
  if (member == nullptr || TypeOf(*member) == ScalarType::kNull) return;
  if (member->kind != Node::Kind::kMap) return WrongType(key, kNoIndex, *member, "an object");
  visit(Fields(*this, key, kNoIndex, *member));
}

void Fields::EachScalarMember(const std::function<void(std::string_view key, std::string_view text)>& visit) const {
  for (const Member& member : node_.members) {
    if (member.value->kind == Node::Kind::kScalar) visit(member.key, member.value->text);
  }
}

std::string Fields::Pointer() const {
  std::string pointer;
  AppendPointer(pointer);
  return pointer;
}

v1::SourceLocation Fields::Location() const {
  v1::SourceLocation location;
  location.set_path(reading_.path);
  location.set_pointer(Pointer());
  location.set_line(node_.at.line);
  location.set_column(node_.at.column);
  return location;
}

void Fields::Note(std::string_view key, std::string_view rule, std::string message, std::string remedy,
                  bool error) const {
  const Node* member = key.empty() ? nullptr : node_.Find(key);
  std::string pointer = Pointer();
  if (member != nullptr) AppendToken(pointer, key);
  Add(std::move(pointer), member == nullptr ? node_.at : member->at, rule, std::move(message), std::move(remedy),
      error);
}

void Fields::AppendPointer(std::string& pointer) const {
  if (parent_ == nullptr) return;
  parent_->AppendPointer(pointer);
  AppendToken(pointer, key_);
  if (index_ != kNoIndex) AppendToken(pointer, std::to_string(index_));
}

void Fields::WrongType(std::string_view key, size_t index, const Node& node, std::string_view wanted) const {
  std::string pointer = Pointer();
  AppendToken(pointer, key);
  if (index != kNoIndex) AppendToken(pointer, std::to_string(index));
  const bool number_for_text = wanted == "text" && node.kind == Node::Kind::kScalar;
  const std::string name = index == kNoIndex ? std::string(key) : "an element of " + std::string(key);
  std::string remedy =
      number_for_text ? "Put it in quotes: \"" + std::string(node.text.substr(0, limits::kResourceIdCharsMax)) + "\"."
                      : "Write " + std::string(wanted) + ".";
  Add(std::move(pointer), node.at, "wrong-type",
      name + " must be " + std::string(wanted) + ", but is " + std::string(KindWord(node)), std::move(remedy), true);
}

void Fields::Add(std::string pointer, Position at, std::string_view rule, std::string message, std::string remedy,
                 bool error) const {
  if (reading_.violations.size() >= limits::kFindingsMax) return;
  Violation violation;
  violation.rule = std::string(rule);
  violation.path = reading_.path;
  violation.pointer = std::move(pointer);
  violation.line = at.line;
  violation.column = at.column;
  violation.message = std::move(message);
  violation.remedy = std::move(remedy);
  violation.error = error;
  reading_.violations.push_back(std::move(violation));
}

const Node* Fields::List(std::string_view key) const {
  const Node* member = node_.Find(key);
  if (member == nullptr || TypeOf(*member) == ScalarType::kNull) return nullptr;
  if (member->kind == Node::Kind::kList) return member;
  WrongType(key, kNoIndex, *member, "a list");
  return nullptr;
}

std::optional<std::string_view> Fields::TextOf(std::string_view key, size_t index, const Node& node) const {
  const ScalarType type = TypeOf(node);
  if (type == ScalarType::kText) return node.text;
  if (type != ScalarType::kNull) WrongType(key, index, node, "text");
  return std::nullopt;
}

}  // namespace souk::descriptor
