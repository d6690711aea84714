// SPDX-License-Identifier: Apache-2.0
#include "client/cli/text_scan.h"

#include <algorithm>

#include "base/errors.h"

namespace souk::cli {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

Status NotJson(std::string_view problem) {
  return errors::BadField("line", "not a JSON object: " + std::string(problem),
                          "Write one object a line, as {\"odps\":{...},\"odcs\":{...}}.");
}

std::string_view TrimBlank(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// Walks over the outline of JSON: strings and brackets count, everything else is taken as it is.
class JsonOutline {
 public:
  explicit JsonOutline(std::string_view text) : text_(text) {}

  void SkipBlank() { at_ = std::min(text_.find_first_not_of(kBlank, at_), text_.size()); }
  bool Take(char c) {
    SkipBlank();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool AtEnd() {
    SkipBlank();
    return at_ >= text_.size();
  }
  // The string that begins here, quotes included; empty if there is none.
  std::string_view TakeString() {
    SkipBlank();
    const size_t first = at_;
    if (first >= text_.size() || text_[first] != '"') return {};
    for (size_t i = first + 1; i < text_.size(); ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == '"') {
        at_ = i + 1;
        return text_.substr(first, at_ - first);
      }
    }
    return {};
  }
  // The value that begins here; empty if it does not end.
  std::string_view TakeValue() {
    SkipBlank();
    const size_t first = at_;
    size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (TakeString().empty()) return {};
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}' || c == ']')) break;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
    }
    const std::string_view value = TrimBlank(text_.substr(first, at_ - first));
    const bool plain = !value.empty() && value.front() != '{' && value.front() != '[' && value.front() != '"';
    const bool runs_on = plain && value.find_first_of(" \t\r\n\":") != std::string_view::npos;
    return depth == 0 && !runs_on ? value : std::string_view();
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

std::string_view Unquote(std::string_view text) {
  text = TrimBlank(text);
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

std::string_view WithoutMark(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  return text.substr(0, kByteOrderMark.size()) == kByteOrderMark ? text.substr(kByteOrderMark.size()) : text;
}

}  // namespace

StatusOr<std::vector<JsonMember>> JsonMembers(std::string_view object) {
  JsonOutline outline(WithoutMark(object));
  std::vector<JsonMember> members;
  if (!outline.Take('{')) return NotJson("it does not begin with {");
  while (!outline.Take('}')) {
    if (!members.empty() && !outline.Take(',')) return NotJson("a comma is missing");
    JsonMember member;
    member.key = outline.TakeString();
    if (member.key.empty()) return NotJson("a field has no name");
    member.key = Unquote(member.key);
    if (!outline.Take(':')) return NotJson("a colon is missing");
    member.value = outline.TakeValue();
    if (member.value.empty()) return NotJson("a value is missing or does not end");
    members.push_back(member);
  }
  if (!outline.AtEnd()) return NotJson("something follows the object");
  return members;
}

StatusOr<std::vector<std::string_view>> JsonElements(std::string_view array) {
  JsonOutline outline(array);
  std::vector<std::string_view> elements;
  if (!outline.Take('[')) return NotJson("an array does not begin with [");
  while (!outline.Take(']')) {
    if (!elements.empty() && !outline.Take(',')) return NotJson("a comma is missing");
    const std::string_view element = outline.TakeValue();
    if (element.empty()) return NotJson("an element is missing or does not end");
    elements.push_back(element);
  }
  return elements;
}

std::string TopLevelScalar(std::string_view text, std::string_view field) {
  text = WithoutMark(text);
  const std::string_view trimmed = TrimBlank(text);
  if (!trimmed.empty() && trimmed.front() == '{') {
    const auto members = JsonMembers(trimmed);
    if (!members.ok()) return {};
    for (const JsonMember& member : *members) {
      if (member.key == field) return std::string(Unquote(member.value));
    }
    return {};
  }
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.substr(0, field.size()) != field) continue;
    line = TrimBlank(line.substr(field.size()));
    if (line.empty() || line.front() != ':') continue;
    line.remove_prefix(1);
    if (const size_t comment = line.find(" #"); comment != std::string_view::npos) line = line.substr(0, comment);
    return std::string(Unquote(line));
  }
  return {};
}

std::vector<std::string> SplitYamlStream(std::string_view text) {
  std::vector<std::string> documents(1);
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
    text.remove_prefix(line.size());
    const std::string_view bare = TrimBlank(line);
    if (bare == "---" && line.front() == '-') {
      documents.emplace_back();
    } else {
      documents.back() += line;
    }
  }
  const auto blank = [](const std::string& document) { return TrimBlank(document).empty(); };
  documents.erase(std::remove_if(documents.begin(), documents.end(), blank), documents.end());
  return documents;
}

}  // namespace souk::cli
