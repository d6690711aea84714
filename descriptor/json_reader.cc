// SPDX-License-Identifier: Apache-2.0
#include "descriptor/json_reader.h"

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>

#include "descriptor/tree_builder.h"

namespace souk::descriptor {
namespace {

bool IsBetween(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == ':'; }

bool IsBracket(char c) { return c == '{' || c == '}' || c == '[' || c == ']'; }

// The SAX events carry no position, but they come in document order: this walks along in the bytes.
class TokenWalk {
 public:
  explicit TokenWalk(std::string_view bytes) : bytes_(bytes) {}

  // Start of the next token; skips it. The parser has accepted it, so little can be wrong with it.
  Position Next(std::string_view* text) {
    SkipBetween();
    const size_t begin = offset_;
    const Position at{line_, static_cast<uint32_t>(begin - line_start_) + 1};
    SkipToken();
    *text = bytes_.substr(begin, offset_ - begin);
    return at;
  }

  Position PositionOf(size_t offset) {
    offset = std::min(offset, bytes_.size());
    while (offset_ < offset) Step();
    return {line_, static_cast<uint32_t>(offset - std::min(offset, line_start_)) + 1};
  }

 private:
  void Step() {
    if (bytes_[offset_++] == '\n') {
      ++line_;
      line_start_ = offset_;
    }
  }

  void SkipBetween() {
    while (offset_ < bytes_.size() && IsBetween(bytes_[offset_])) Step();
  }

  // No token of an accepted document holds a line end: only white space can.
  void SkipToken() {
    if (offset_ >= bytes_.size()) return;
    const char first = bytes_[offset_++];
    if (IsBracket(first)) return;
    if (first == '"') return SkipString();
    while (offset_ < bytes_.size() && !IsBetween(bytes_[offset_]) && !IsBracket(bytes_[offset_]) &&
           bytes_[offset_] != '"') {
      ++offset_;
    }
  }

  void SkipString() {
    while (offset_ < bytes_.size()) {
      const char c = bytes_[offset_++];
      if (c == '"') return;
      if (c == '\\' && offset_ < bytes_.size()) ++offset_;
    }
  }

  std::string_view bytes_;
  size_t offset_ = 0;
  size_t line_start_ = 0;
  uint32_t line_ = 1;
};

// nlohmann's SAX interface, by its names.
class Handler {
 public:
  using Json = nlohmann::json;

  Handler(std::string_view bytes, Tree& tree) : walk_(bytes), builder_(tree) {}

  bool null() {
    const Position at = Token();
    return builder_.Null(at, 0);
  }
  bool boolean(bool /*value*/) { return Plain(); }
  bool number_integer(Json::number_integer_t /*value*/) { return Plain(); }
  bool number_unsigned(Json::number_unsigned_t /*value*/) { return Plain(); }
  bool number_float(Json::number_float_t /*value*/, const Json::string_t& /*text*/) { return Plain(); }
  bool string(Json::string_t& value) {
    const Position at = Token();
    return builder_.Scalar(at, value, true, 0);
  }
  bool binary(Json::binary_t& /*value*/) { return false; }
  bool start_object(std::size_t /*elements*/) {
    const Position at = Token();
    return builder_.BeginMap(at, 0);
  }
  bool key(Json::string_t& value) { return string(value); }
  bool end_object() {
    Token();
    return builder_.End();
  }
  bool start_array(std::size_t /*elements*/) {
    const Position at = Token();
    return builder_.BeginList(at, 0);
  }
  bool end_array() { return end_object(); }
  bool parse_error(std::size_t offset, const std::string& /*token*/, const nlohmann::detail::exception& error) {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while …"
    std::string_view what = error.what();
    if (const size_t bracket = what.find("] "); bracket != std::string_view::npos) what.remove_prefix(bracket + 2);
    if (const size_t colon = what.find(": "); colon != std::string_view::npos) what.remove_prefix(colon + 2);
    return builder_.Fail(walk_.PositionOf(offset == 0 ? 0 : offset - 1), "json-syntax",
                         "this is no JSON: " + std::string(what.substr(0, what.find("; last read"))),
                         "Mend the syntax; JSON has no comments and no trailing commas.");
  }

  TreeBuilder& builder() { return builder_; }

 private:
  Position Token() { return walk_.Next(&token_); }
  bool Plain() {
    const Position at = Token();
    return builder_.Scalar(at, token_, false, 0);
  }

  TokenWalk walk_;
  TreeBuilder builder_;
  std::string_view token_;
};

}  // namespace

Tree ReadJson(std::string_view bytes) {
  Tree tree;
  Handler handler(bytes, tree);
  bool whole = false;
  try {
    whole = Handler::Json::sax_parse(bytes.begin(), bytes.end(), &handler);
  } catch (const std::exception& error) {
    handler.builder().Fail({}, "json-syntax", std::string("this can't be read as JSON: ") + error.what(),
                           "Mend the syntax.");
  }
  if (!whole) tree.root = nullptr;
  return tree;
}

}  // namespace souk::descriptor
