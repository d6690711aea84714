// SPDX-License-Identifier: Apache-2.0
#include "descriptor/yaml_reader.h"

#include <yaml.h>

#include <string>
#include <unordered_map>

#include "descriptor/text.h"
#include "descriptor/tree_builder.h"
#include "descriptor/yaml_problem.h"
#include "descriptor/yaml_text.h"

namespace souk::descriptor {
namespace {

std::string_view View(const yaml_char_t* text, size_t size) { return {reinterpret_cast<const char*>(text), size}; }
std::string_view View(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}
std::string_view View(const char* text) { return text == nullptr ? std::string_view() : std::string_view(text); }

// Owns what libyaml allocated for one event.
struct Event {
  yaml_event_t raw{};
  Event() = default;
  ~Event() { yaml_event_delete(&raw); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
};

// The events of a text, which must outlive it.
class Parser {
 public:
  explicit Parser(std::string_view text) : ready_(yaml_parser_initialize(&raw_) == 1) {
    if (!ready_) return;
    yaml_parser_set_encoding(&raw_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&raw_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  ~Parser() {
    if (ready_) yaml_parser_delete(&raw_);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  // False at a problem.
  bool Next(Event& event) { return ready_ && yaml_parser_parse(&raw_, &event.raw) == 1; }
  const yaml_parser_t& raw() const { return raw_; }
  bool out_of_memory() const { return !ready_ || raw_.error == YAML_MEMORY_ERROR; }

 private:
  yaml_parser_t raw_{};
  bool ready_;
};

class Reader {
 public:
  Reader(std::string_view bytes, Tree& tree)
      : survey_(SurveyYaml(bytes)), places_(bytes), tree_(tree), builder_(tree) {}

  // False if something is wrong; the problem is then in the tree.
  bool Read(std::string_view bytes) {
    if (survey_.forbidden) {
      return builder_.Fail(places_.OfByte(*survey_.forbidden), "control-character",
                           "the document holds a control character", "Remove it, or write it as an escape in quotes.");
    }
    const std::string hidden = survey_.old_breaks ? HideOldBreaks(bytes) : std::string();
    Parser parser(survey_.old_breaks ? hidden : bytes);
    while (true) {
      Event event;
      if (!parser.Next(event)) return Explain(parser);
      if (event.raw.type == YAML_STREAM_END_EVENT) break;
      if (!Take(event.raw)) return false;
    }
    return tree_.root != nullptr ||
           builder_.Fail({1, 1}, "empty", "the document is empty", "Write a descriptor in it.");
  }

 private:
  Position At(const yaml_mark_t& mark) {
    if (!survey_.ascii) return places_.OfCharacter(mark.index);
    return {static_cast<uint32_t>(mark.line) + 1, static_cast<uint32_t>(mark.column) + 1};
  }

  bool Take(const yaml_event_t& event) {
    const Position at = At(event.start_mark);
    switch (event.type) {
      case YAML_DOCUMENT_START_EVENT:
        return ++documents_ == 1 ||
               builder_.Fail(at, "multiple-documents", "the file holds more than one YAML document",
                             "Give each descriptor a file of its own.");
      case YAML_ALIAS_EVENT:
        return TakeAlias(at, View(event.data.alias.anchor));
      case YAML_SCALAR_EVENT:
        return TakeScalar(at, event);
      case YAML_SEQUENCE_START_EVENT:
        return CheckTag(at, View(event.data.sequence_start.tag)) &&
               builder_.BeginList(at, NewAnchor(event.data.sequence_start.anchor));
      case YAML_MAPPING_START_EVENT:
        return CheckTag(at, View(event.data.mapping_start.tag)) &&
               builder_.BeginMap(at, NewAnchor(event.data.mapping_start.anchor));
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        return builder_.End();
      default:
        return true;
    }
  }

  bool TakeScalar(Position at, const yaml_event_t& event) {
    const auto& scalar = event.data.scalar;
    const std::string_view tag = View(scalar.tag);
    if (!CheckTag(at, tag)) return false;
    const TreeBuilder::Anchor anchor = NewAnchor(scalar.anchor);
    const std::string_view text = View(scalar.value, scalar.length);
    const bool plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (plain && tag.empty() && IsNullWord(text)) return builder_.Null(at, anchor);
    const bool quoted = tag.empty() ? !plain : tag == "!" || tag == "tag:yaml.org,2002:str";
    return survey_.old_breaks ? builder_.Scalar(at, ShowOldBreaks(text), quoted, anchor)
                              : builder_.Scalar(at, text, quoted, anchor);
  }

  bool TakeAlias(Position at, std::string_view name) {
    const auto found = anchors_.find(std::string(name));
    if (found != anchors_.end()) return builder_.Alias(at, found->second);
    return builder_.Fail(at, "yaml-syntax", "this is no YAML: the alias " + Quoted(name) + " names no anchor above it",
                         "Define the anchor first, or quote texts that begin with *.");
  }

  // A name may be given again: aliases below mean the later node.
  TreeBuilder::Anchor NewAnchor(const yaml_char_t* name) {
    if (name == nullptr) return 0;
    anchors_[std::string(View(name))] = ++anchors_made_;
    return anchors_made_;
  }

  bool CheckTag(Position at, std::string_view tag) {
    if (tag.empty() || tag == "!") return true;
    constexpr std::string_view kCore = "tag:yaml.org,2002:";
    if (tag.starts_with(kCore)) {
      const std::string_view word = tag.substr(kCore.size());
      for (const std::string_view known : {"str", "int", "float", "bool", "null", "map", "seq"}) {
        if (word == known) return true;
      }
    }
    return builder_.Fail(at, "tag", "the tag " + Quoted(tag) + " is not one of YAML's own", "Remove the tag.");
  }

  bool Explain(const Parser& parser) {
    if (parser.out_of_memory()) {
      return builder_.Fail({}, "yaml-syntax", "this can't be read as YAML: there is no memory for it",
                           "Split the document.");
    }
    // By index: at the end of the text, the line of libyaml's mark is one that does not exist.
    const yaml_parser_t& raw = parser.raw();
    const Position at = places_.OfCharacter(raw.problem_mark.index);
    const Position context = places_.OfCharacter(raw.context_mark.index);
    YamlProblem problem = ExplainYaml(View(raw.problem), View(raw.context), context.line, at.line);
    return builder_.Fail(problem.at_context ? context : at, "yaml-syntax", std::move(problem.message),
                         std::move(problem.remedy));
  }

  const YamlSurvey survey_;
  YamlPlaces places_;
  Tree& tree_;
  TreeBuilder builder_;
  std::unordered_map<std::string, TreeBuilder::Anchor> anchors_;
  TreeBuilder::Anchor anchors_made_ = 0;
  size_t documents_ = 0;
};

}  // namespace

Tree ReadYaml(std::string_view bytes) {
  Tree tree;
  if (!Reader(bytes, tree).Read(bytes)) tree.root = nullptr;
  return tree;
}

}  // namespace souk::descriptor
