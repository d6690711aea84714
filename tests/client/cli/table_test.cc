// SPDX-License-Identifier: Apache-2.0
#include "client/cli/table.h"

#include <gtest/gtest.h>

#include <sstream>

#include "client/cli/text.h"
#include "client/cli/yaml_writer.h"

namespace souk::cli {
namespace {

std::string Drawn(const Table& table, int width) {
  std::ostringstream out;
  WriteTable(table, Style(false), width, out);
  return out.str();
}

TEST(TextTest, WidthIsWhatATerminalShows) {
  EXPECT_EQ(DisplayWidth("orders"), 6);
  EXPECT_EQ(DisplayWidth("Zieliński"), 9);
  EXPECT_EQ(DisplayWidth("注文"), 4);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1);  // combining accent
  EXPECT_EQ(DisplayWidth("\xFF\xFE"), 2);
  EXPECT_EQ(DisplayWidth(""), 0);
}

TEST(TextTest, FitCutsWholeCharacters) {
  EXPECT_EQ(Fit("orders", 6), "orders");
  EXPECT_EQ(Fit("orders", 4), "ord…");
  EXPECT_EQ(Fit("注文書", 4), "注…");
}

TEST(TextTest, ControlCharactersDontReachATerminal) {
  EXPECT_EQ(Clean("a\033[31mb"), "a?[31mb");
  EXPECT_EQ(Clean("a\nb\tc"), "a b c");
  EXPECT_EQ(Clean("a\xC2\x9Bz"), "a?z");        // C1 control
  EXPECT_EQ(Clean("a\xE2\x80\xAE z"), "a? z");  // right-to-left override
  EXPECT_EQ(Clean("bad \xFF"), "bad ?");
  EXPECT_EQ(Clean("注文 é"), "注文 é");
}

TEST(TextTest, StatesAndNames) {
  for (int i = v1::PRODUCT_STATE_PROPOSED; i <= v1::PRODUCT_STATE_RETIRED; ++i) {
    const auto state = static_cast<v1::ProductState>(i);
    EXPECT_EQ(StateOf(StateWord(state)), state);
  }
  EXPECT_EQ(StateOf("nonsense"), v1::PRODUCT_STATE_UNSPECIFIED);
  EXPECT_EQ(StateOf(""), v1::PRODUCT_STATE_UNSPECIFIED);
  EXPECT_EQ(ShortName("domains/sales/products/orders/lines/2"), "sales/orders@2");
  EXPECT_EQ(ShortName("dataset:a:b"), "dataset:a:b");
  EXPECT_EQ(LastSegment("teams/checkout"), "checkout");
  EXPECT_EQ(LastSegment("checkout"), "checkout");
}

TEST(TableTest, ColumnsAlignByWidth) {
  const Table table = {{"NAME", "WHAT"}, {{"注文", "a"}, {"orders", "b"}}};
  EXPECT_EQ(Drawn(table, 0), "NAME    WHAT\n注文    a\norders  b\n");
}

TEST(TableTest, OnlyTheLastColumnIsCutAndKeepsItsMinimum) {
  const Table table = {{"NAME", "WHAT"}, {{"orders", "a long text that goes on and on"}}};
  EXPECT_EQ(Drawn(table, 24), "NAME    WHAT\norders  a long text tha…\n");
  EXPECT_EQ(Drawn(table, 5), "NAME    WHAT\norders  a long text…\n");
}

TEST(TableTest, CsvQuotesWhatNeedsIt) {
  std::ostringstream out;
  WriteCsv({{"a", "b"}, {{"x,y", "say \"hi\""}, {"line\nbreak", ""}}}, out);
  EXPECT_EQ(out.str(), "a,b\r\n\"x,y\",\"say \"\"hi\"\"\"\r\n\"line\nbreak\",\r\n");
}

TEST(YamlTest, Table) {
  constexpr struct {
    const char* json;
    const char* yaml;
  } kCases[] = {
      {R"({})", "{}\n"},
      {R"({"b":1,"a":"text"})", "b: 1\na: text\n"},
      {R"({"a":{"b":["x",{"c":true,"d":null}]}})", "a:\n  b:\n  - x\n  - c: true\n    d: null\n"},
      {R"({"a":[],"b":{}})", "a: []\nb: {}\n"},
      {R"([[1,2],["a: b"]])", "- - 1\n  - 2\n- - \"a: b\"\n"},
      {R"({"a":"no","b":"1.0","c":"","d":"two\nlines","e":"-","f":"Ünder","g":"2026-01-01","h":"a #b"})",
       "a: \"no\"\nb: \"1.0\"\nc: \"\"\nd: \"two\\nlines\"\ne: \"-\"\nf: \"Ünder\"\ng: \"2026-01-01\"\nh: \"a #b\"\n"},
      {R"("alone")", "alone\n"},
  };
  for (const auto& test : kCases) {
    const auto yaml = JsonToYaml(test.json);
    ASSERT_TRUE(yaml.ok());
    EXPECT_EQ(*yaml, test.yaml) << test.json;
  }
  EXPECT_FALSE(JsonToYaml("{").ok());
}

}  // namespace
}  // namespace souk::cli
