// SPDX-License-Identifier: Apache-2.0
#include "index/text/query.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <string>

#include "base/limits.h"

namespace souk::text {
namespace {

Query Parse(std::string_view text) {
  const auto query = ParseQuery(text);
  EXPECT_TRUE(query.ok()) << query.status().ToString();
  return query.ok() ? *query : Query();
}

TEST(Query, SplitsWordsAndKeepsIdentifiers) {
  const Query query = Parse("customer_id orders");
  ASSERT_EQ(query.words.size(), 3U);
  EXPECT_EQ(query.words[0].term, "customer");
  EXPECT_EQ(query.words[1].term, "id");
  EXPECT_EQ(query.words[2].term, "order");
  EXPECT_EQ(query.required, 7U);
  EXPECT_EQ(query.identifiers, std::vector<std::string>{"customerid"});
  EXPECT_EQ(query.plain, "customer_id orders");
  EXPECT_TRUE(query.clauses.empty());
}

TEST(Query, NeverRequiresStopWordsUnlessThereIsNothingElse) {
  EXPECT_EQ(std::popcount(Parse("the number of orders").required), 2);
  EXPECT_EQ(std::popcount(Parse("to be").required), 2);
}

TEST(Query, ReadsPhrasesAndExclusions) {
  const Query query = Parse("\"daily active\" users -test -\"old stuff\"");
  EXPECT_EQ(std::popcount(query.required), 3);
  ASSERT_EQ(query.clauses.size(), 3U);
  EXPECT_TRUE(query.clauses[0].adjacent);
  EXPECT_FALSE(query.clauses[0].excluded);
  EXPECT_TRUE(query.clauses[1].excluded);
  EXPECT_EQ(query.clauses[2].places.size(), 2U);
  EXPECT_TRUE(query.clauses[2].excluded && query.clauses[2].adjacent);
  EXPECT_EQ(query.plain, "daily active users");
}

TEST(Query, BlankAndWordless) {
  EXPECT_TRUE(Parse("").blank);
  EXPECT_TRUE(Parse(" \t ").blank);
  EXPECT_FALSE(Parse("!!!").blank);
  EXPECT_FALSE(Parse("!!!").has_words());
  EXPECT_TRUE(Parse("-x").plain.empty());
  EXPECT_EQ(Parse("- x").plain, "- x");  // a dash alone excludes nothing
  EXPECT_EQ(Parse("\"open").words.size(), 1U);
}

TEST(Query, HoldsItsLimitsAtTheEdge) {
  std::string words;
  for (size_t i = 0; i < limits::kQueryTermsMax; ++i) words += "w" + std::string(i + 1, 'x') + " ";
  EXPECT_TRUE(ParseQuery(words).ok());
  const auto too_many = ParseQuery(words + "more");
  ASSERT_FALSE(too_many.ok());
  EXPECT_EQ(too_many.status().code(), Code::kInvalidArgument);
  EXPECT_TRUE(ParseQuery(std::string(limits::kQueryBytesMax, 'a')).ok());
  EXPECT_FALSE(ParseQuery(std::string(limits::kQueryBytesMax + 1, 'a')).ok());
}

}  // namespace
}  // namespace souk::text
