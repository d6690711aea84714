// SPDX-License-Identifier: Apache-2.0
// The grammar of AIP-160, less functions and nested fields:
//
//   filter     = { sequence { "AND" sequence } }
//   sequence   = factor { factor }
//   factor     = term { "OR" term }
//   term       = [ "NOT" | "-" ] ( "(" filter ")" | restriction )
//   restriction = word [ operator value ]
#include <algorithm>
#include <utility>

#include "base/errors.h"
#include "base/limits.h"
#include "index/text/filter.h"
#include "index/text/filter_node.h"
#include "index/text/unicode.h"

namespace souk::text {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsQuote(char c) { return c == '"' || c == '\''; }
bool IsOperatorByte(char c) { return c == '=' || c == '!' || c == '<' || c == '>' || c == ':'; }
bool EndsValue(char c) { return IsSpace(c) || IsQuote(c) || c == '(' || c == ')'; }

}  // namespace

class FilterParser {
 public:
  FilterParser(std::string_view text, const std::vector<std::string>& known_fields)
      : text_(text), known_fields_(known_fields) {}

  StatusOr<Filter> Parse() {
    if (text_.size() > limits::kFilterBytesMax) {
      return errors::BadFilter(1, "it has " + std::to_string(text_.size()) + " bytes, at most " +
                                      std::to_string(limits::kFilterBytesMax) + " are taken");
    }
    SkipSpace();
    std::unique_ptr<Filter::Node> root;
    if (at_ < text_.size()) {
      root = std::make_unique<Filter::Node>();
      RETURN_IF_ERROR(ParseFilter(0, *root));
      if (at_ < text_.size()) return Fail("there is a ')' too many");
    }
    return Filter(std::move(root), comparisons_, known_fields_);
  }

 private:
  using Node = Filter::Node;
  using Kind = Node::Kind;
  using Operator = Comparison::Operator;

  Status Fail(std::string_view problem) const { return FailAt(at_, problem); }
  Status FailAt(size_t at, std::string_view problem) const {
    size_t column = 1;
    for (size_t i = 0; i < at && i < text_.size(); i += DecodeAt(text_, i).bytes) ++column;
    return errors::BadFilter(column, problem);
  }

  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }

  // Takes a keyword that stands alone.
  bool TakeKeyword(std::string_view keyword) {
    if (text_.substr(at_, keyword.size()) != keyword) return false;
    const size_t end = at_ + keyword.size();
    if (end < text_.size() && !EndsValue(text_[end])) return false;
    at_ = end;
    SkipSpace();
    return true;
  }

  bool AtKeyword(std::string_view keyword) {
    const size_t here = at_;
    const bool found = TakeKeyword(keyword);
    at_ = here;
    return found;
  }

  bool AtEnd() const { return at_ >= text_.size() || text_[at_] == ')'; }

  // One child stands for itself.
  static void Collapse(Node& node) {
    if (node.children.size() != 1 || node.kind == Kind::kNot) return;
    std::unique_ptr<Node> child = std::move(node.children.front());
    node = std::move(*child);
  }

  Status ParseFilter(size_t depth, Node& node) {
    node.kind = Kind::kAll;
    do {
      if (AtEnd() || AtKeyword("AND") || AtKeyword("OR")) return Fail("a comparison is missing here");
      while (!AtEnd() && !AtKeyword("AND")) {
        node.children.push_back(std::make_unique<Node>());
        RETURN_IF_ERROR(ParseFactor(depth, *node.children.back()));
      }
    } while (TakeKeyword("AND"));
    Collapse(node);
    return Status::Ok();
  }

  Status ParseFactor(size_t depth, Node& node) {
    node.kind = Kind::kAny;
    do {
      node.children.push_back(std::make_unique<Node>());
      RETURN_IF_ERROR(ParseTerm(depth, *node.children.back()));
    } while (TakeKeyword("OR"));
    Collapse(node);
    return Status::Ok();
  }

  Status ParseTerm(size_t depth, Node& node) {
    bool negated = false;
    while (true) {
      const bool minus = at_ + 1 < text_.size() && text_[at_] == '-' && !IsSpace(text_[at_ + 1]);
      if (minus) ++at_;
      if (!minus && !TakeKeyword("NOT")) break;
      negated = !negated;
    }
    if (!negated) return ParseSimple(depth, node);
    node.kind = Kind::kNot;
    node.children.push_back(std::make_unique<Node>());
    return ParseSimple(depth, *node.children.front());
  }

  Status ParseSimple(size_t depth, Node& node) {
    if (AtEnd() || AtKeyword("AND") || AtKeyword("OR")) return Fail("a comparison is missing here");
    if (text_[at_] != '(') return ParseRestriction(node);
    if (depth >= limits::kFilterDepthMax) {
      return Fail("parentheses nest deeper than " + std::to_string(limits::kFilterDepthMax));
    }
    const size_t opening = at_++;
    SkipSpace();
    RETURN_IF_ERROR(ParseFilter(depth + 1, node));
    if (at_ >= text_.size()) return FailAt(opening, "this '(' is not closed");
    ++at_;
    SkipSpace();
    return Status::Ok();
  }

  Status ParseRestriction(Node& node) {
    const size_t start = at_;
    Comparison& comparison = node.comparison;
    if (comparisons_ == limits::kFilterTermsMax) {
      return Fail("there are more than " + std::to_string(limits::kFilterTermsMax) + " comparisons");
    }
    comparison.index = comparisons_++;
    const bool quoted = IsQuote(text_[at_]);
    std::string word;
    if (quoted) {
      RETURN_IF_ERROR(ParseQuoted(word));
    } else {
      while (at_ < text_.size() && !EndsValue(text_[at_]) && !IsOperatorByte(text_[at_])) word += text_[at_++];
    }
    SkipSpace();
    if (at_ >= text_.size() || !IsOperatorByte(text_[at_])) {
      comparison.op = Operator::kHas;
      SetValue(comparison, word, quoted);
      return Status::Ok();
    }
    if (word.empty()) return FailAt(start, "a field is missing in front of the operator");
    if (quoted || std::find(known_fields_.begin(), known_fields_.end(), word) == known_fields_.end()) {
      return FailAt(start, "unknown field '" + word + "'; known are " + KnownFields());
    }
    comparison.field = word;
    bool negated = false;
    RETURN_IF_ERROR(ParseOperator(comparison.op, negated));
    RETURN_IF_ERROR(ParseValue(comparison));
    if (negated) {
      auto child = std::make_unique<Node>(std::move(node));
      node = Node();
      node.kind = Kind::kNot;
      node.children.push_back(std::move(child));
    }
    return Status::Ok();
  }

  Status ParseOperator(Operator& op, bool& negated) {
    struct Spelling {
      std::string_view text;
      Operator op;
      bool negated;
    };
    constexpr Spelling kSpellings[] = {
        // longer ones first
        {"!=", Operator::kEqual, true}, {"<=", Operator::kLessEqual, false}, {">=", Operator::kGreaterEqual, false},
        {"=", Operator::kEqual, false}, {"<", Operator::kLess, false},       {">", Operator::kGreater, false},
        {":", Operator::kHas, false},
    };
    for (const Spelling& spelling : kSpellings) {
      if (text_.substr(at_, spelling.text.size()) != spelling.text) continue;
      at_ += spelling.text.size();
      op = spelling.op;
      negated = spelling.negated;
      SkipSpace();
      return Status::Ok();
    }
    return Fail("this is no operator; known are =, !=, <, <=, >, >= and :");
  }

  Status ParseValue(Comparison& comparison) {
    const size_t start = at_;
    std::string value;
    const bool quoted = at_ < text_.size() && IsQuote(text_[at_]);
    if (quoted) {
      RETURN_IF_ERROR(ParseQuoted(value));
    } else {
      while (at_ < text_.size() && !EndsValue(text_[at_])) value += text_[at_++];
      if (value.empty() || IsOperatorByte(value.front())) return FailAt(start, "a value is missing here");
    }
    SkipSpace();
    const bool ordered = comparison.op != Operator::kEqual && comparison.op != Operator::kHas;
    SetValue(comparison, value, ordered);
    return Status::Ok();
  }

  static void SetValue(Comparison& comparison, std::string_view value, bool literal) {
    if (!literal && value.starts_with('*')) {
      comparison.any_before = true;
      value.remove_prefix(1);
      if (value.empty()) comparison.any_behind = true;
    }
    if (!literal && value.ends_with('*')) {
      comparison.any_behind = true;
      value.remove_suffix(1);
    }
    comparison.value = FoldText(value);
  }

  // A backslash takes what follows as it is.
  Status ParseQuoted(std::string& out) {
    const size_t opening = at_;
    const char quote = text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_++];
    }
    if (at_ >= text_.size()) return FailAt(opening, "this quote is not closed");
    ++at_;
    return Status::Ok();
  }

  std::string KnownFields() const {
    std::string list;
    for (const std::string& field : known_fields_) list += (list.empty() ? "" : ", ") + field;
    return list;
  }

  std::string_view text_;
  const std::vector<std::string>& known_fields_;
  size_t at_ = 0;
  size_t comparisons_ = 0;
};

StatusOr<Filter> Filter::Parse(std::string_view text, const std::vector<std::string>& known_fields) {
  return FilterParser(text, known_fields).Parse();
}

}  // namespace souk::text
