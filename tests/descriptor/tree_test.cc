// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/limits.h"
#include "descriptor/json_reader.h"
#include "descriptor/yaml_reader.h"

namespace souk::descriptor {
namespace {

// The tree in one line: {key:"text" other:[1 2]}, quoted texts in quotes.
std::string Shown(const Node& node) {
  if (node.kind == Node::Kind::kNull) return "null";
  if (node.kind == Node::Kind::kScalar)
    return node.quoted ? "\"" + std::string(node.text) + "\"" : std::string(node.text);
  std::string out;
  for (const Member& member : node.members) {
    if (!out.empty()) out += ' ';
    if (node.kind == Node::Kind::kMap) out += std::string(member.key) + ":";
    out += Shown(*member.value);
  }
  return node.kind == Node::Kind::kMap ? "{" + out + "}" : "[" + out + "]";
}

// The tree, or its first problem as "rule pointer:line:column".
std::string Outcome(const Tree& tree) {
  if (tree.problems.empty()) return tree.root == nullptr ? "nothing" : Shown(*tree.root);
  const TreeProblem& problem = tree.problems.front();
  EXPECT_FALSE(problem.message.empty());
  EXPECT_FALSE(problem.remedy.empty());
  return problem.rule + " " + problem.pointer + ":" + std::to_string(problem.at.line) + ":" +
         std::to_string(problem.at.column);
}

struct Case {
  std::string_view text;
  std::string_view want;
};

TEST(YamlReaderTest, Table) {
  constexpr Case kCases[] = {
      {"a: 1\nb: 'x'", "{a:1 b:\"x\"}"},
      {"a: no\nb: on\nc: 2024-01-01\nd: 09:00", "{a:no b:on c:2024-01-01 d:09:00}"},
      {"a:\nb: ~\nc: null", "{a:null b:null c:null}"},
      {"- 1\n- [2, {x: y}]", "[1 [2 {x:y}]]"},
      {"a: |\n  two\n  lines\n", "{a:\"two\nlines\n\"}"},
      {"{\"a\": \"b\"}", "{a:\"b\"}"},
      {"a: &x {b: 1}\nc: *x", "{a:{b:1} c:{b:1}}"},
      {"base: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3", "{base:{b:1 c:2} d:{c:3 b:1}}"},
      {"x: &x {a: 1}\ny: &y {b: 2}\nd:\n  <<: [*x, *y]", "{x:{a:1} y:{b:2} d:{a:1 b:2}}"},
      {"'<<': 1", "{<<:1}"},
      {"a: !!str 5", "{a:\"5\"}"},
      {"a: ! 5", "{a:\"5\"}"},
      {"%YAML 1.2\n---\na: 1\n...\n", "{a:1}"},
      {"a: 1\r\nb: 2\r\n", "{a:1 b:2}"},
      {"a: &x 1\nb: &x 2\nc: *x", "{a:1 b:2 c:2}"},
      // What YAML 1.1 takes for the end of a line is text: U+0085, U+2028, U+2029.
      {"a: x\xC2\x85y\xE2\x80\xA8z\xE2\x80\xA9\nb: 1", "{a:x\xC2\x85y\xE2\x80\xA8z\xE2\x80\xA9 b:1}"},
      {"a: |\n  x\xE2\x80\xA8y\nb: 1", "{a:\"x\xE2\x80\xA8y\n\" b:1}"},
      // What is refused.
      {"", "empty :1:1"},
      {"# nothing\n", "empty :1:1"},
      {"a: 1\na: 2", "duplicate-key /a:2:1"},
      {"x:\n  b:\n  - c: 1\n    d: 2\n    c: 3", "duplicate-key /x/b/0/c:5:5"},
      {"a: 1\n---\nb: 2", "multiple-documents :2:1"},
      {"a: !custom 5", "tag /a:1:4"},
      {"!!python/object:x {a: 1}", "tag :1:1"},
      {"a: !!binary aGk=", "tag /a:1:4"},
      {"? [a]\n: b", "key :1:3"},
      {"? {a: b}\n: c", "key :1:3"},
      {"a: &x [*x]", "aliases /a/0:1:8"},
      {"d:\n  <<: 5", "merge-key /d:2:3"},
      {"d:\n  <<: [5]", "merge-key /d:2:3"},
      {"a: \"\\u0000\"", "utf8 /a:1:4"},
      {"a: b\nc: d\x01", "control-character :2:5"},
      {"a: é\xC2\x80", "control-character :1:6"},
      {"a: *nowhere", "yaml-syntax /a:1:4"},
      {"a:\n\tb: 1", "yaml-syntax /a:2:1"},
      {"a: [1, 2", "yaml-syntax /a/2:1:9"},
      {"a: 'open", "yaml-syntax /a:1:4"},
      {"a: 1\nb: \"open\nc: 2\n", "yaml-syntax /b:2:4"},
      {"a: b: c", "yaml-syntax :1:5"},
      {"\"a\": 1\n b: 2", "yaml-syntax :2:3"},
  };
  for (const Case& test : kCases) EXPECT_EQ(Outcome(ReadYaml(test.text)), test.want) << test.text;
}

TEST(JsonReaderTest, Table) {
  constexpr Case kCases[] = {
      {R"({"a": 1, "b": "x", "c": null, "d": true})", "{a:1 b:\"x\" c:null d:true}"},
      {R"({"a": 1.10, "b": -2e3, "c": [[], {}]})", "{a:1.10 b:-2e3 c:[[] {}]}"},
      {R"({"a\"}": "b\\", "c": "é"})", "{a\"}:\"b\\\" c:\"é\"}"},
      {"  [1,\n 2]  ", "[1 2]"},
      {"\"text\"", "\"text\""},
      {"", "json-syntax :1:1"},
      {"{\"a\": 1,}", "json-syntax :1:9"},
      {"{\"a\": 1} x", "json-syntax :1:10"},
      {"{\n \"a\": nope}", "json-syntax /a:2:8"},
      {"{\"a\": 1, \"a\": 2}", "duplicate-key /a:1:10"},
      {"[{\n\"b\": {\"c\": 1,\n \"c\": 2}}]", "duplicate-key /0/b/c:3:2"},
      {R"({"a": "\u0000"})", "utf8 /a:1:7"},
      {R"({"a": "\ud800"})", "json-syntax /a:1:14"},
      {"{\"a\": 1e999}", "json-syntax /a:1:11"},
      {"{'a': 1}", "json-syntax :1:2"},
      {"// no\n{}", "json-syntax :1:1"},
  };
  for (const Case& test : kCases) EXPECT_EQ(Outcome(ReadJson(test.text)), test.want) << test.text;
}

TEST(TreeTest, EveryNodeKnowsWhereItStands) {
  const Tree yaml = ReadYaml("a: 1\nlist:\n- x: y\n- - z\n");
  ASSERT_NE(yaml.root, nullptr);
  const Node& list = *yaml.root->Find("list");
  EXPECT_EQ(list.at.line, 3U);
  EXPECT_EQ(list.members[0].value->Find("x")->at.column, 6U);
  EXPECT_EQ(list.members[1].value->members[0].value->at.line, 4U);
  const Tree json = ReadJson("{\"a\": 1,\n \"list\": [{\"x\":\n  \"y\"},[ -5 ]]}");
  ASSERT_NE(json.root, nullptr);
  const Node& items = *json.root->Find("list");
  EXPECT_EQ(items.at.line, 2U);
  EXPECT_EQ(items.at.column, 10U);
  EXPECT_EQ(items.members[0].value->Find("x")->at.line, 3U);
  EXPECT_EQ(items.members[0].value->Find("x")->at.column, 3U);
  EXPECT_EQ(items.members[1].value->members[0].value->at.column, 10U);
}

TEST(TreeTest, ColumnsCountBytes) {
  for (const Tree& tree : {ReadYaml("ä: ö\n数: [é, x]\n"), ReadJson("{\"ä\": \"ö\",\n\"数\":[\"é\",1]}")}) {
    ASSERT_NE(tree.root, nullptr);
    const Node& list = *tree.root->Find("数");
    EXPECT_EQ(list.at.line, 2U);
    EXPECT_EQ(list.at.column, tree.root->members[0].value->quoted ? 7U : 6U);
    EXPECT_EQ(list.members[1].value->at.column, list.at.column + 5 + (tree.root->members[0].value->quoted ? 1U : 0U));
  }
  EXPECT_EQ(Outcome(ReadYaml("ä: é\xE2\x80\xA8ü\nb: ö: 1")), "yaml-syntax :2:6");
}

TEST(YamlReaderTest, ProblemsAreToldInPlainWords) {
  constexpr Case kCases[] = {
      {"a: b: c", "this is no YAML: \": \" stands where no key may be"},
      {"a:\n- 1\n- [1,\n  2",
       "this is no YAML: a list in brackets is not closed, or a comma is missing, in the list "
       "that begins in line 3"},
      {"a: \"x\nb: 1", "this is no YAML: a text in quotes is not closed"},
      {"a: 1\nb\n", "this is no YAML: the \":\" is missing, in the key that begins in line 2"},
      {"[{a:}]", "this is no YAML: a word in brackets ends with \":\""},
      {"a:\n\t- 1", "this is no YAML: a text begins with a character that has another meaning"},
      {"a: !x!y z", "this is no YAML: a tag's prefix is not declared"},
      {"a: *x", "this is no YAML: the alias \"x\" names no anchor above it"},
  };
  for (const Case& test : kCases) {
    const Tree tree = ReadYaml(test.text);
    ASSERT_EQ(tree.problems.size(), 1U) << test.text;
    EXPECT_EQ(tree.problems.front().message, test.want);
  }
}

TEST(TreeTest, TypesAreThoseOfYaml12) {
  constexpr struct {
    std::string_view text;
    ScalarType want;
  } kCases[] = {
      {"true", ScalarType::kBoolean}, {"False", ScalarType::kBoolean}, {"yes", ScalarType::kText},
      {"on", ScalarType::kText},      {"No", ScalarType::kText},       {"tRue", ScalarType::kText},
      {"1", ScalarType::kInteger},    {"-1", ScalarType::kInteger},    {"0o17", ScalarType::kInteger},
      {"0xfF", ScalarType::kInteger}, {"0x", ScalarType::kText},       {"1_000", ScalarType::kText},
      {"1.", ScalarType::kNumber},    {".5", ScalarType::kNumber},     {"1.10", ScalarType::kNumber},
      {"1e3", ScalarType::kNumber},   {"1e", ScalarType::kText},       {".", ScalarType::kText},
      {"-.inf", ScalarType::kNumber}, {".nan", ScalarType::kNumber},   {"1.2.3", ScalarType::kText},
      {"-", ScalarType::kText},       {"~", ScalarType::kNull},        {"null", ScalarType::kNull},
      {"12:30", ScalarType::kText},   {"v1", ScalarType::kText},       {"+5", ScalarType::kInteger},
  };
  for (const auto& test : kCases) {
    Node node;
    node.kind = Node::Kind::kScalar;
    node.text = test.text;
    EXPECT_EQ(TypeOf(node), test.want) << test.text;
    node.quoted = true;
    EXPECT_EQ(TypeOf(node), ScalarType::kText) << test.text;
  }
}

// A list nested to the depth given.
std::string Nested(size_t depth) { return std::string(depth, '[') + "1" + std::string(depth, ']'); }

TEST(TreeLimitsTest, DepthAtItsEdge) {
  for (Tree (*read)(std::string_view) : {&ReadYaml, &ReadJson}) {
    EXPECT_NE(read(Nested(limits::kDocumentDepthMax)).root, nullptr);
    EXPECT_EQ(Outcome(read(Nested(limits::kDocumentDepthMax + 1))).substr(0, 6), "depth ");
  }
  std::string block;
  for (size_t i = 0; i <= limits::kDocumentDepthMax; ++i) block += std::string(i, ' ') + "a:\n";
  EXPECT_EQ(Outcome(ReadYaml(block + std::string(limits::kDocumentDepthMax + 1, ' ') + "b: 1")).substr(0, 6), "depth ");
}

TEST(TreeLimitsTest, AliasesCountAtTheirDepth) {
  const std::string half = Nested(limits::kDocumentDepthMax / 2);
  const auto with = [&](size_t depth) {
    return "a: &x " + half + "\nb: " + std::string(depth, '[') + "*x" + std::string(depth, ']');
  };
  EXPECT_NE(ReadYaml(with(limits::kDocumentDepthMax / 2 - 1)).root, nullptr);
  EXPECT_EQ(Outcome(ReadYaml(with(limits::kDocumentDepthMax / 2))).substr(0, 6), "depth ");
}

TEST(TreeLimitsTest, AliasesAtTheirEdge) {
  const auto with = [](size_t aliases) {
    std::string text = "a: &x 1\nb: [";
    for (size_t i = 0; i < aliases; ++i) text += "*x,";
    return text + "1]";
  };
  EXPECT_NE(ReadYaml(with(limits::kDocumentAliasesMax)).root, nullptr);
  EXPECT_EQ(Outcome(ReadYaml(with(limits::kDocumentAliasesMax + 1))).substr(0, 8), "aliases ");
}

TEST(TreeLimitsTest, NodesAtTheirEdge) {
  // 1 root, 1 list of n nodes and its text n times.
  const auto with = [](size_t copies, size_t more) {
    std::string text = "- &x [";
    for (int i = 0; i < 998; ++i) text += "~,";
    text += "~]\n";
    for (size_t i = 0; i < copies; ++i) text += "- *x\n";
    for (size_t i = 0; i < more; ++i) text += "- ~\n";
    return text;
  };
  // The root, and 500 times 1,000 nodes less one.
  EXPECT_NE(ReadYaml(with(498, 999)).root, nullptr);
  EXPECT_EQ(Outcome(ReadYaml(with(498, 1000))).substr(0, 6), "nodes ");
}

TEST(TreeLimitsTest, TextBehindAliasesIsCounted) {
  const std::string text(limits::kDocumentBytesMax / 4, 'x');
  const auto with = [&](int copies) {
    std::string document = "- &x " + text + "\n";
    for (int i = 0; i < copies; ++i) document += "- *x\n";
    return document;
  };
  EXPECT_NE(ReadYaml(with(15)).root, nullptr);
  EXPECT_EQ(Outcome(ReadYaml(with(16))).substr(0, 6), "nodes ");
}

TEST(TreeHostileTest, BombsAndGarbageEndAsProblems) {
  std::string laughs = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c <= 'z'; ++c) {
    const char before = static_cast<char>(c - 1);
    laughs += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 10; ++i) laughs += std::string(i == 0 ? "" : ",") + "*" + before;
    laughs += "]\n";
  }
  EXPECT_EQ(Outcome(ReadYaml(laughs)).substr(0, 6), "nodes ");

  constexpr size_t kMany = 100'000;
  for (const std::string_view piece :
       {"[",  "{", "- ",    "? ",    "{a: ", "[a: ", "*a ", "&a ", "!a ", "'",   "\"",  "a: ", "|\n",
        "# ", "%", "---\n", "...\n", "<<: ", ", ",   ": ",  "\t",  "-\n", "a\n", "\n ", "]"}) {
    std::string text;
    while (text.size() < kMany) text += piece;
    EXPECT_FALSE(ReadJson(text).problems.empty()) << piece;
    const Tree tree = ReadYaml(text);  // a few of them are YAML, such as a comment or one long word
    EXPECT_TRUE(tree.root == nullptr || tree.problems.empty()) << piece;
  }
}

TEST(TreeHostileTest, EveryPrefixOfADocumentEndsWell) {
  const std::string text = "a: &x {b: [1, 'two', \"\\u00e9\"]}\nc:\n- *x\n- |\n  text\n- <<: *x\n";
  for (size_t size = 0; size <= text.size(); ++size) {
    const Tree tree = ReadYaml(std::string_view(text).substr(0, size));
    EXPECT_EQ(tree.root == nullptr, !tree.problems.empty());
  }
  const std::string json = R"({"a": [1, "tw\u00e9o", {"b": null}], "c": -1.5e3})";
  for (size_t size = 0; size < json.size(); ++size) {
    EXPECT_EQ(ReadJson(std::string_view(json).substr(0, size)).root, nullptr);
  }
}

}  // namespace
}  // namespace souk::descriptor
