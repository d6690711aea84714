// SPDX-License-Identifier: Apache-2.0
#include "index/text/postings_terms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace souk::text {
namespace {

using ::testing::ElementsAre;

std::vector<uint32_t> PositionsOf(const PostingsTerms& terms, std::string_view term) {
  std::vector<uint32_t> positions;
  terms.ForEachOccurrence(term, [&](const PostingsTerms::Occurrence& occurrence) {
    positions.push_back(occurrence.position);
    return true;
  });
  return positions;
}

TEST(PostingsTerms, FindsOccurrencesInTheOrderTheyCame) {
  PostingsTerms terms;
  EXPECT_TRUE(terms.Add("b", {0, 7}));
  EXPECT_TRUE(terms.Add("a", {0, 8}));
  EXPECT_FALSE(terms.Add("b", {1, 3}));
  EXPECT_FALSE(terms.Add("b", {1, 9}));
  EXPECT_THAT(PositionsOf(terms, "b"), ElementsAre(7, 3, 9));
  EXPECT_THAT(PositionsOf(terms, "a"), ElementsAre(8));
  EXPECT_THAT(PositionsOf(terms, "c"), ElementsAre());
  EXPECT_THAT(PositionsOf(terms, ""), ElementsAre());
}

TEST(PostingsTerms, StopsWhereTheVisitorDoes) {
  PostingsTerms terms;
  for (uint32_t i = 0; i < 3; ++i) terms.Add("a", {i, i});
  size_t visited = 0;
  terms.ForEachOccurrence("a", [&](const PostingsTerms::Occurrence& occurrence) {
    ++visited;
    return occurrence.document == 0;
  });
  EXPECT_EQ(visited, 2U);
}

// More than the table begins with.
TEST(PostingsTerms, KeepsManyInOrder) {
  PostingsTerms terms;
  constexpr uint32_t kTerms = 5000;
  std::vector<std::string> expected;
  for (uint32_t i = 0; i < kTerms; ++i) {
    expected.push_back("term" + std::to_string(i * 7919 % kTerms));
    EXPECT_TRUE(terms.Add(expected.back(), {i, i}));
  }
  for (uint32_t i = 0; i < kTerms; ++i) EXPECT_THAT(PositionsOf(terms, expected[i]), ElementsAre(i));
  std::vector<std::string> visited;
  terms.ForEachTerm([&](std::string_view term, const std::vector<PostingsTerms::Occurrence>& occurrences) {
    EXPECT_EQ(occurrences.size(), 1U);
    visited.emplace_back(term);
  });
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(visited, expected);
}

}  // namespace
}  // namespace souk::text
