// SPDX-License-Identifier: Apache-2.0
// The small containers against the standard ones, over long random histories.
#include "index/lineage/compact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>

#include "index/lineage/string_pool.h"

namespace souk::lineage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr int kSteps = 20'000;

TEST(LineageCompact, AnIdMapIsAMap) {
  std::mt19937 random(1);
  std::map<uint64_t, uint32_t> expected;
  IdMap map;
  EXPECT_FALSE(map.Find(7));
  map.Erase(7);
  for (int step = 0; step < kSteps; ++step) {
    const uint64_t key = random() % 500 << (step % 3 * 20);
    if (random() % 3 == 0) {
      expected.erase(key);
      map.Erase(key);
    } else {
      const auto [value, is_new] = map.Insert(key, static_cast<uint32_t>(step));
      EXPECT_EQ(is_new, expected.emplace(key, step).second);
      EXPECT_EQ(value, expected[key]);
    }
    ASSERT_EQ(map.size(), expected.size());
  }
  for (uint64_t key = 0; key < 500; ++key) EXPECT_EQ(map.Find(key).has_value(), expected.contains(key));
  for (const auto& [key, value] : expected) EXPECT_EQ(map.Find(key), value);
}

TEST(LineageCompact, AnIdBagCountsReasons) {
  IdBag bag;
  EXPECT_TRUE(bag.empty());
  bag.Remove(1);
  bag.Add(1);
  EXPECT_THAT(bag.ids(), ElementsAre(1));
  bag.Remove(2);
  EXPECT_THAT(bag.ids(), ElementsAre(1));
  bag.Add(1);
  bag.Add(2);
  EXPECT_THAT(bag.ids(), UnorderedElementsAre(1, 1, 2));
  bag.Remove(1);
  EXPECT_THAT(bag.ids(), UnorderedElementsAre(1, 2));
  bag.Remove(1);
  bag.Remove(1);
  bag.Remove(2);
  EXPECT_THAT(bag.ids(), IsEmpty());
  bag.Add(3);
  EXPECT_THAT(bag.ids(), ElementsAre(3));
}

TEST(LineageCompact, AStringPoolKeepsWhatIsUsedAndNothingElse) {
  std::mt19937 random(2);
  std::map<std::string, std::pair<Symbol, int>> expected;
  StringPool pool;
  EXPECT_EQ(pool.Intern(""), 0U);
  EXPECT_EQ(pool.Find("x"), 0U);
  for (int step = 0; step < kSteps; ++step) {
    const std::string text = "text " + std::to_string(random() % 400);
    if (const auto at = expected.find(text); at != expected.end() && random() % 2 == 0) {
      pool.Release(at->second.first);
      if (--at->second.second == 0) expected.erase(at);
    } else {
      const Symbol symbol = pool.Intern(text);
      auto& known = expected[text];
      EXPECT_TRUE(known.second == 0 || symbol == known.first);
      known = {symbol, known.second + 1};
    }
    ASSERT_EQ(pool.size(), expected.size());
  }
  std::set<Symbol> symbols;
  for (const auto& [text, known] : expected) {
    EXPECT_EQ(pool.Find(text), known.first);
    EXPECT_EQ(pool.Text(known.first), text);
    EXPECT_TRUE(symbols.insert(known.first).second);
  }
  for (const auto& [text, known] : expected) {
    for (int uses = known.second; uses > 0; --uses) pool.Release(known.first);
    EXPECT_EQ(pool.Find(text), 0U);
  }
  EXPECT_EQ(pool.size(), 0U);
}

}  // namespace
}  // namespace souk::lineage
