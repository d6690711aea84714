// SPDX-License-Identifier: Apache-2.0
#include "descriptor/yaml_problem.h"

#include <algorithm>
#include <array>

namespace souk::descriptor {
namespace {

struct Phrase {
  std::string_view theirs;
  std::string_view ours;
  std::string_view remedy;
};

constexpr std::string_view kRemedy = "Mend the syntax; indent with spaces, and quote texts that hold \": \" or \"#\".";
constexpr std::string_view kUnclosed = "found unexpected end of stream";
constexpr std::string_view kIndent = "Indent entries of one level alike, with spaces.";
constexpr std::string_view kBracket = "Close it, and put a comma between its entries.";

// A problem of libyaml is known by its beginning.
constexpr std::array<Phrase, 23> kProblems = {{
    {"mapping values are not allowed", "\": \" stands where no key may be", "Quote texts that hold \": \"."},
    {"could not find expected ':'", "the \":\" is missing", "Write \"key: value\", and indent long texts."},
    {"did not find expected key", "something stands where the next key was expected", kIndent},
    {"did not find expected '-' indicator", "something stands where the next \"- \" was expected", kIndent},
    {"block sequence entries are not allowed", "\"- \" stands where no list may begin",
     "Begin the list on a line of its own."},
    {"found unexpected ':'", "a word in brackets ends with \":\"", "Put a space behind the colon, or quote the word."},
    {"mapping keys are not allowed", "a key stands where none may be", kIndent},
    {"did not find expected ',' or ']'", "a list in brackets is not closed, or a comma is missing", kBracket},
    {"did not find expected ',' or '}'", "an object in braces is not closed, or a comma is missing", kBracket},
    {kUnclosed, "a text in quotes is not closed", "Close the quotes."},
    {"found unexpected document indicator", "a text in quotes is not closed before the document ends",
     "Close the quotes."},
    {"found unknown escape character", "a backslash is followed by a character that it does not escape",
     "Write \"\\\\\" for a backslash, or use single quotes."},
    {"did not find expected hexdecimal number", "an escape sequence lacks hexadecimal digits",
     "Write \\x with two, \\u with four or \\U with eight of them."},
    {"found invalid Unicode character escape code", "an escape sequence names no character",
     "Remove the escape sequence."},
    {"found character that cannot start any token", "a text begins with a character that has another meaning",
     "Put the text in quotes; indent with spaces, not with tabs."},
    {"found a tab character", "a tab stands where only spaces may indent", "Indent with spaces."},
    {"did not find expected node content", "a value is missing", "Write the value, or remove the comma or tag."},
    {"did not find expected alphabetic or numeric character",
     "the name of an anchor or alias is not made of letters, digits, \"-\" and \"_\"",
     "Choose another name, or quote texts that begin with & or *."},
    {"did not find expected <document start>", "something stands after the document's end",
     "Keep one document in the file."},
    {"found undefined tag handle", "a tag's prefix is not declared", "Remove the tag, or quote the text."},
    {"found incompatible YAML document", "the document asks for another version of YAML",
     "Remove the line that begins with %YAML."},
    {"did not find expected comment or line break", "something stands behind the sign that opens a text block",
     "Begin the text on the next line."},
    {"found an indentation indicator equal to 0", "a text block can't be indented by 0",
     "Remove the number behind | or >."},
}};

// What was being read when the problem was met.
constexpr std::array<Phrase, 11> kContexts = {{
    {"while parsing a block mapping", "object", ""},
    {"while parsing a flow mapping", "object", ""},
    {"while parsing a block collection", "list", ""},
    {"while parsing a flow sequence", "list", ""},
    {"while scanning a quoted scalar", "text", ""},
    {"while parsing a quoted scalar", "text", ""},
    {"while scanning a plain scalar", "text", ""},
    {"while scanning a block scalar", "text", ""},
    {"while scanning a simple key", "key", ""},
    {"while scanning an anchor", "anchor", ""},
    {"while scanning an alias", "alias", ""},
}};

template <size_t n>
const Phrase* FindPhrase(const std::array<Phrase, n>& phrases, std::string_view text) {
  const auto* const found = std::find_if(phrases.begin(), phrases.end(),
                                         [&](const Phrase& phrase) { return text.starts_with(phrase.theirs); });
  return found == phrases.end() ? nullptr : found;
}

}  // namespace

YamlProblem ExplainYaml(std::string_view problem, std::string_view context, size_t context_line, size_t line) {
  const Phrase* known = FindPhrase(kProblems, problem);
  const Phrase* inside = FindPhrase(kContexts, context);
  YamlProblem explained;
  explained.at_context = problem.starts_with(kUnclosed);
  explained.message = "this is no YAML: " + std::string(known != nullptr ? known->ours : problem);
  if (inside != nullptr && context_line != line && !explained.at_context) {
    explained.message +=
        ", in the " + std::string(inside->ours) + " that begins in line " + std::to_string(context_line);
  }
  explained.remedy = std::string(known != nullptr ? known->remedy : kRemedy);
  return explained;
}

}  // namespace souk::descriptor
