// SPDX-License-Identifier: Apache-2.0
#include "client/cli/text_scan.h"

#include <gtest/gtest.h>

namespace souk::cli {
namespace {

TEST(TopLevelScalarTest, Table) {
  constexpr struct {
    std::string_view text;
    std::string_view want;
  } kCases[] = {
      {"kind: DataProduct\n", "DataProduct"},
      {"# kind: Other\napiVersion: v1\nkind:   'DataProduct'   # words\n", "DataProduct"},
      {"\xEF\xBB\xBFkind: DataProduct", "DataProduct"},
      {"kind: \"DataProduct\"\r\n", "DataProduct"},
      {"nested:\n  kind: DataProduct\n", ""},
      {"kindness: much\n", ""},
      {"  {\"a\":{\"kind\":\"Inner\"},\"kind\":\"DataProduct\"}", "DataProduct"},
      {"{\"kind\":", ""},
      {"", ""},
      {"\xFF\xFE", ""},
  };
  for (const auto& test : kCases) EXPECT_EQ(TopLevelScalar(test.text, "kind"), test.want) << test.text;
}

TEST(JsonMembersTest, ValuesAreUntouched) {
  const auto members = JsonMembers(R"( { "odps" : {"a": 1.0, "b":"}\"{"} , "odcs":[1,{"x":[]}],"n":null} )");
  ASSERT_TRUE(members.ok()) << members.status().ToString();
  ASSERT_EQ(members->size(), 3U);
  EXPECT_EQ((*members)[0].key, "odps");
  EXPECT_EQ((*members)[0].value, R"({"a": 1.0, "b":"}\"{"})");
  EXPECT_EQ((*members)[1].value, R"([1,{"x":[]}])");
  EXPECT_EQ((*members)[2].value, "null");
  EXPECT_TRUE(JsonMembers("{}")->empty());
}

TEST(JsonMembersTest, BrokenOutlinesAreErrors) {
  for (const std::string_view text : {"", "[]", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1}x", "{\"a\":\"b}",
                                      "{\"a\":[1}", "{\"a\":1 \"b\":2}", "{a:1}"}) {
    EXPECT_EQ(JsonMembers(text).status().code(), Code::kInvalidArgument) << text;
  }
}

TEST(JsonElementsTest, Table) {
  const auto elements = JsonElements(R"([ {"a":[1,2]} , 3,"x,y" ])");
  ASSERT_TRUE(elements.ok());
  EXPECT_EQ(*elements, (std::vector<std::string_view>{R"({"a":[1,2]})", "3", R"("x,y")"}));
  EXPECT_TRUE(JsonElements("[]")->empty());
  EXPECT_FALSE(JsonElements("[1").ok());
}

TEST(SplitYamlStreamTest, SeparatorsSplitAndBlanksFall) {
  EXPECT_EQ(SplitYamlStream("a: 1\n---\nb: 2\n---\n\n"), (std::vector<std::string>{"a: 1\n", "b: 2\n"}));
  EXPECT_EQ(SplitYamlStream("---\na: |\n  ---\n"), (std::vector<std::string>{"a: |\n  ---\n"}));
  EXPECT_TRUE(SplitYamlStream("").empty());
}

}  // namespace
}  // namespace souk::cli
