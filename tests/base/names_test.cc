// SPDX-License-Identifier: Apache-2.0
#include "base/names.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/limits.h"

namespace souk {
namespace {

TEST(ResourceIdTest, Table) {
  const std::string longest(limits::kResourceIdCharsMax, 'a');
  const struct {
    std::string text;
    bool want;
  } kCases[] = {{"a", true},
                {"sales", true},
                {"a-1", true},
                {"a--b", true},
                {longest, true},
                {"", false},
                {"1a", false},
                {"-a", false},
                {"a-", false},
                {"A", false},
                {"a_b", false},
                {"a.b", false},
                {"a b", false},
                {"ä", false},
                {longest + "a", false},
                {"a\n", false},
                {std::string("a\0b", 3), false}};
  for (const auto& test : kCases) EXPECT_EQ(IsResourceId(test.text), test.want) << test.text;
}

TEST(SlugTest, SaysHowLongItWouldBe) {
  for (const size_t length : {size_t{1}, limits::kResourceIdCharsMax, limits::kResourceIdCharsMax + 1, size_t{500}}) {
    EXPECT_EQ(SlugSize(std::string(length, 'A')), length);
    EXPECT_EQ(Slug(std::string(length, 'A')).size(), std::min(length, limits::kResourceIdCharsMax));
  }
  EXPECT_EQ(SlugSize("  "), 0U);
}

TEST(SlugTest, Table) {
  const std::string long_text(2 * limits::kResourceIdCharsMax, 'a');
  const struct {
    std::string text;
    std::string want;
  } kCases[] = {
      {"Orders", "orders"},
      {"Customer  Orders (v2)", "customer-orders-v2"},
      {"__a__", "a"},
      {"2024 sales", "p-2024-sales"},
      {"Größe", "gr-e"},
      {"数据", ""},
      {"", ""},
      {"---", ""},
      {"a.b_c/d", "a-b-c-d"},
      {long_text, long_text.substr(0, limits::kResourceIdCharsMax)},
      {std::string(limits::kResourceIdCharsMax - 1, 'a') + ".b", std::string(limits::kResourceIdCharsMax - 1, 'a')}};
  for (const auto& test : kCases) {
    const std::string slug = Slug(test.text);
    EXPECT_EQ(slug, test.want) << test.text;
    EXPECT_TRUE(slug.empty() || IsResourceId(slug)) << test.text;
    EXPECT_EQ(Slug(slug), slug);
  }
}

// The reference as "domain product major version", "-" for what is absent.
std::string Shown(const std::optional<ProductReference>& reference) {
  if (!reference) return "none";
  return reference->domain + " " + reference->product + " " +
         (reference->major ? std::to_string(*reference->major) : "-") + " " + reference->version.value_or("-");
}

TEST(ProductReferenceTest, Table) {
  constexpr struct {
    std::string_view text;
    std::string_view want;
  } kCases[] = {
      {"domains/sales/products/orders", "sales orders - -"},
      {"domains/sales/products/orders/lines/2", "sales orders 2 -"},
      {"domains/sales/products/orders/versions/2.1.0", "sales orders 2 2.1.0"},
      {"sales/orders", "sales orders - -"},
      {"sales/orders@2", "sales orders 2 -"},
      {"sales/orders@0", "sales orders 0 -"},
      {"domains/sales/products/", "none"},
      {"domains/Sales/products/orders", "none"},
      {"domains/sales/products/orders/lines/", "none"},
      {"domains/sales/products/orders/lines/two", "none"},
      {"domains/sales/products/orders/lines/2/x", "none"},
      {"domains/sales/products/orders/lines/4294967296", "none"},
      {"domains/sales/products/orders/versions/", "none"},
      {"domains/sales/products/orders/versions/latest", "none"},
      {"domains/sales/products/orders/versions/1.0/x", "none"},
      {"domains/sales/products/orders/other/1", "none"},
      {"domains/sales", "none"},
      {"sales", "none"},
      {"sales/orders@", "none"},
      {"sales/orders@-1", "none"},
      {"sales/orders@2@3", "none"},
      {"sales/orders/x", "none"},
      {"/orders", "none"},
      {"", "none"},
      {std::string_view("domains/a/products/b/versions/1.0-\0", 35), "none"},
  };
  for (const auto& test : kCases) EXPECT_EQ(Shown(ParseProductReference(test.text)), test.want) << test.text;
  EXPECT_FALSE(ParseProductReference("sales/" + std::string(limits::kIdentifierBytesMax, 'a')));
}

TEST(LineNameTest, RoundTrip) {
  const LineName line{"sales", "orders", 2};
  EXPECT_EQ(line.ToString(), "domains/sales/products/orders/lines/2");
  EXPECT_EQ(line.Short(), "sales/orders@2");
  EXPECT_EQ(line.Product(), "domains/sales/products/orders");
  const auto parsed = ParseLineName(line.ToString());
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(*parsed, line);
  EXPECT_LT((LineName{"a", "b", 2}), (LineName{"a", "b", 10}));
  for (const std::string_view text :
       {"sales/orders@2", "domains/sales/products/orders", "", "domains/sales/products/orders/versions/2.0.0"}) {
    EXPECT_EQ(ParseLineName(text).status().reason(), "BAD_RESOURCE_NAME") << text;
  }
}

TEST(SimpleNameTest, DomainsAndTeams) {
  EXPECT_EQ(*ParseDomainName("domains/sales"), "sales");
  EXPECT_EQ(*ParseDomainName("sales"), "sales");
  EXPECT_EQ(*ParseTeamName("teams/checkout"), "checkout");
  EXPECT_EQ(DomainName("sales"), "domains/sales");
  EXPECT_EQ(TeamName("checkout"), "teams/checkout");
  for (const std::string_view text : {"", "domains/", "domains/Sales", "teams/sales", "domains/a/b"}) {
    EXPECT_EQ(ParseDomainName(text).status().code(), Code::kInvalidArgument) << text;
  }
}

TEST(DatasetNameTest, RoundTrip) {
  const DatasetName kNames[] = {{"bigquery", "p.d.t", ""},
                                {"postgres://h:5432", "b.s.t", "c"},
                                {"pubsub", "topic:p:x", ""},
                                {"s3://bucket", "a#b%c/d", "e:f#g%"},
                                {"arn:aws:glue:r:1", "table/b/x", ""}};
  for (const DatasetName& name : kNames) {
    const auto parsed = ParseDatasetName(name.ToString());
    ASSERT_TRUE(parsed) << name.ToString();
    EXPECT_EQ(*parsed, name);
  }
  EXPECT_EQ(kNames[3].ToString(), "dataset:s3://bucket:a%23b%25c/d#e%3Af%23g%25");
}

TEST(DatasetNameTest, Table) {
  constexpr struct {
    std::string_view text;
    std::string_view want;  // "namespace|name|column"
  } kCases[] = {
      {"dataset:bigquery:p.d.t", "bigquery|p.d.t|"},
      {"dataset:a:b:c", "a:b|c|"},
      {"dataset:a:b#", "a|b|"},
      {"dataset:a:b%zz", "a|b%zz|"},
      {"dataset:a:b%-1", "a|b%-1|"},
      {"dataset:a:b%4", "a|b%4|"},
      {"dataset:a:b%41", "a|bA|"},
      {"dataset:a:", "none"},
      {"dataset:a:#c", "none"},
      {"dataset::b", "none"},
      {"dataset:b", "none"},
      {"a:b", "none"},
      {"", "none"},
      {"dataset:a:b%00", "none"},
      {"dataset:a:b#%00", "none"},
      {"dataset:a:b%ff", "none"},
      {std::string_view("dataset:a\0:b", 12), "none"},
  };
  for (const auto& test : kCases) {
    const auto parsed = ParseDatasetName(test.text);
    const std::string shown = parsed ? parsed->dataset_namespace + "|" + parsed->name + "|" + parsed->column : "none";
    EXPECT_EQ(shown, test.want) << test.text;
  }
}

TEST(VersionTest, MajorTable) {
  constexpr struct {
    std::string_view text;
    int64_t want;  // -1: none
  } kCases[] = {{"2.1.0", 2},
                {"v2", 2},
                {"V3.1", 3},
                {"2", 2},
                {"0.1", 0},
                {"2-rc1", 2},
                {"2+build", 2},
                {"", -1},
                {"v", -1},
                {"x", -1},
                {"2x", -1},
                {"-1", -1},
                {".1", -1},
                {"4294967296", -1},
                {"vv1", -1},
                {" 1", -1},
                {"4294967295", 4294967295}};
  for (const auto& test : kCases) {
    const auto major = MajorOf(test.text);
    EXPECT_EQ(major.ok() ? static_cast<int64_t>(*major) : -1, test.want) << test.text;
    if (!major.ok()) {
      EXPECT_EQ(major.status().reason(), "BAD_VERSION");
    }
  }
}

TEST(VersionTest, OrderIsByNumbersThenByText) {
  const std::vector<std::string> sorted = {"0.9",  "1.0.0-alpha", "1.0.0-beta", "1.0.0", "1.0.1",
                                           "v1.2", "1.10.0-rc",   "1.10.0",     "2",     "10"};
  for (size_t i = 0; i < sorted.size(); ++i) {
    for (size_t k = 0; k < sorted.size(); ++k) {
      EXPECT_EQ(VersionLess(sorted[i], sorted[k]), i < k) << sorted[i] << " " << sorted[k];
    }
  }
}

TEST(RevisionTokenTest, RoundTripAndRefusals) {
  EXPECT_EQ(*ParseRevisionToken(RevisionToken(42, "abc"), "abc"), 42U);
  EXPECT_EQ(*ParseRevisionToken(RevisionToken(UINT64_MAX, "abc"), "abc"), UINT64_MAX);
  EXPECT_EQ(*ParseRevisionToken("0", "abc"), 0U);
  EXPECT_EQ(ParseRevisionToken("42-abd", "abc").status().reason(), "FOREIGN_REVISION");
  EXPECT_EQ(ParseRevisionToken("42-", "abc").status().reason(), "FOREIGN_REVISION");
  for (const std::string_view token :
       {"", "42", "-42", "x-abc", "00", "18446744073709551616-abc", " 1-abc", "1 -abc"}) {
    EXPECT_EQ(ParseRevisionToken(token, "abc").status().reason(), "BAD_REVISION") << token;
  }
}

TEST(Utf8Test, Table) {
  const struct {
    std::string bytes;
    bool want;
  } kCases[] = {
      {"", true},
      {"plain", true},
      {"\xC3\xA9", true},               // e with acute
      {"\xE2\x82\xAC", true},           // euro
      {"\xF0\x9F\x98\x80", true},       // beyond the basic plane
      {"\xEF\xBB\xBFx", true},          // byte order mark
      {"\xF4\x8F\xBF\xBF", true},       // the last code point
      {std::string("a\0b", 3), false},  // NUL
      {"\x80", false},                  // continuation without lead
      {"\xC3", false},                  // cut
      {"\xC3(", false},                 // no continuation
      {"\xC0\x80", false},              // overlong NUL
      {"\xC1\xBF", false},              // overlong
      {"\xE0\x80\xAF", false},          // overlong
      {"\xF0\x80\x80\xAF", false},      // overlong
      {"\xED\xA0\x80", false},          // surrogate
      {"\xF4\x90\x80\x80", false},      // beyond the last code point
      {"\xF5\x80\x80\x80", false},
      {"\xFF\xFE", false},
  };
  for (const auto& test : kCases) EXPECT_EQ(IsCleanUtf8(test.bytes), test.want) << testing::PrintToString(test.bytes);
  // At every offset, for eight bytes are looked at together.
  for (size_t at = 0; at < 20; ++at) {
    std::string text(20, 'a');
    text[at] = '\x7F';
    EXPECT_TRUE(IsCleanUtf8(text)) << at;
    text[at] = '\0';
    EXPECT_FALSE(IsCleanUtf8(text)) << at;
    text[at] = '\x80';
    EXPECT_FALSE(IsCleanUtf8(text)) << at;
  }
}

}  // namespace
}  // namespace souk
