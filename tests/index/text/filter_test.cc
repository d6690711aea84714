// SPDX-License-Identifier: Apache-2.0
#include "index/text/filter.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"

namespace souk::text {
namespace {

const std::vector<std::string> kFields = {"state", "domain", "name", "tag", "size"};

class Line {
 public:
  explicit Line(std::map<std::string, std::vector<std::string>, std::less<>> values) : values_(std::move(values)) {}
  bool Passes(std::string_view text) const {
    const auto filter = Filter::Parse(text, kFields);
    EXPECT_TRUE(filter.ok()) << text << ": " << filter.status().ToString();
    return filter.ok() && filter->Matches([this](std::string_view field) -> const std::vector<std::string>& {
      static const std::vector<std::string> none;
      const auto found = values_.find(field);
      return found == values_.end() ? none : found->second;
    });
  }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

const Line kOrders({{"state", {"active"}},
                    {"domain", {"sales", "domains/sales"}},
                    {"name", {"daily_orders", "sales/orders"}},
                    {"tag", {"pii", "Müller", "tier:1"}},
                    {"size", {"10"}}});

TEST(Filter, Compares) {
  const struct {
    std::string_view filter;
    bool want;
  } cases[] = {
      {"", true},
      {"   ", true},
      {"state = active", true},
      {"state=active", true},
      {"state = \"active\"", true},
      {"state = 'active'", true},
      {"state = ACTIVE", true},
      {"state = draft", false},
      {"state != draft", true},
      {"state != active", false},
      {"tag:pii", true},
      {"tag:pi", false},
      {"tag = pii", true},
      {"tag != pii", false},  // the opposite of =, not "another one"
      {"tag = muller", true},
      {"tag = \"tier:1\"", true},
      {"tag = tier:1", true},
      {"tag:*", true},
      {"size:*", true},
      {"name:orders", true},  // a word of it
      {"name:order", false},
      {"name = daily*", true},
      {"name = *orders", true},
      {"name = *ly_or*", true},
      {"name = orders*", false},
      {"name = \"daily\"", false},
      {"size > 9", true},  // as numbers
      {"size > 10", false},
      {"size >= 10", true},
      {"size < 9", false},
      {"size <= 10", true},
      {"state < b", true},  // as text
      {"orders", true},     // bare: any field
      {"pii", true},
      {"nothing", false},
      {"\"sales/orders\"", true},
      {"domain = domains/sales", true},
  };
  for (const auto& test : cases) EXPECT_EQ(kOrders.Passes(test.filter), test.want) << test.filter;
}

TEST(Filter, CombinesAsAip160Says) {
  const struct {
    std::string_view filter;
    bool want;
  } cases[] = {
      {"state = active domain = sales", true},
      {"state = active domain = other", false},
      {"state = active AND domain = sales", true},
      {"state = draft OR state = active", true},
      // OR binds tighter than AND: (draft) AND (sales OR active)
      {"state = draft AND domain = sales OR state = active", false},
      {"state = draft OR state = active AND domain = sales", true},
      {"NOT state = draft", true},
      {"NOT state = active", false},
      {"-tag:pii", false},
      {"-tag:other state = active", true},
      {"NOT (state = draft OR tag:pii)", false},
      {"NOT NOT state = active", true},
      {"(state = active)", true},
      {"((state = draft) OR (tag:pii AND (domain = sales)))", true},
      {"state = active AND NOT tag:gone OR tag:pii", true},
  };
  for (const auto& test : cases) EXPECT_EQ(kOrders.Passes(test.filter), test.want) << test.filter;
}

TEST(Filter, NamesTheColumnOfADefect) {
  const struct {
    std::string_view filter;
    std::string_view column;
  } cases[] = {
      {"stat = active", "1"},
      {"state = active AND foo = 1", "20"},
      {"state =", "8"},
      {"state = = active", "9"},
      {"(state = active", "1"},
      {"state = active)", "15"},
      {"state = \"active", "9"},
      {"AND state = active", "1"},
      {"state = active AND", "19"},
      {"state = active OR", "18"},
      {"NOT", "4"},
      {"()", "2"},
      {"state ! active", "7"},
      {"= active", "1"},
      {"tag = é AND foo = 1", "13"},  // characters, not bytes
  };
  for (const auto& test : cases) {
    const auto filter = Filter::Parse(test.filter, kFields);
    ASSERT_FALSE(filter.ok()) << test.filter;
    EXPECT_EQ(filter.status().code(), Code::kInvalidArgument);
    EXPECT_EQ(filter.status().reason(), "BAD_FILTER");
    const auto& metadata = filter.status().detail().metadata;
    ASSERT_FALSE(metadata.empty());
    EXPECT_EQ(metadata.front().second, test.column) << test.filter << ": " << filter.status().message();
  }
}

TEST(Filter, ListsTheFieldsItKnows) {
  const auto filter = Filter::Parse("colour = red", kFields);
  ASSERT_FALSE(filter.ok());
  EXPECT_NE(filter.status().message().find("state, domain, name, tag, size"), std::string::npos);
}

std::string Repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Filter, HoldsItsLimitsAtTheEdge) {
  const auto parses = [](const std::string& text) { return Filter::Parse(text, kFields).ok(); };
  EXPECT_TRUE(parses(Repeat("(", limits::kFilterDepthMax) + "pii" + Repeat(")", limits::kFilterDepthMax)));
  EXPECT_FALSE(parses(Repeat("(", limits::kFilterDepthMax + 1) + "pii" + Repeat(")", limits::kFilterDepthMax + 1)));
  EXPECT_TRUE(parses(Repeat("a ", limits::kFilterTermsMax)));
  EXPECT_FALSE(parses(Repeat("a ", limits::kFilterTermsMax + 1)));
  EXPECT_TRUE(parses("name = " + std::string(limits::kFilterBytesMax - 7, 'x')));
  EXPECT_FALSE(parses("name = " + std::string(limits::kFilterBytesMax - 6, 'x')));
  EXPECT_TRUE(parses(Repeat("NOT ", 500) + "pii"));  // no nesting, no stack
}

TEST(Filter, TellsWhichFieldsItNames) {
  const auto filter = Filter::Parse("NOT (tag:pii OR state = retired)", kFields);
  ASSERT_TRUE(filter.ok());
  EXPECT_TRUE(filter->Names("state"));
  EXPECT_TRUE(filter->Names("tag"));
  EXPECT_FALSE(filter->Names("domain"));
  EXPECT_FALSE(filter->empty());
  EXPECT_EQ(filter->comparisons(), 2U);
  EXPECT_TRUE(Filter::Parse(" ", kFields)->empty());
}

}  // namespace
}  // namespace souk::text
