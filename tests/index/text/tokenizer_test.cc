// SPDX-License-Identifier: Apache-2.0
#include "index/text/tokenizer.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "index/text/stem.h"
#include "index/text/unicode.h"

namespace souk::text {
namespace {

// "term@position", a '+' behind an unsplit form.
std::string Terms(std::string_view text) {
  std::string out;
  Tokenize(text, [&](const Token& token) {
    if (!out.empty()) out += ' ';
    out += std::string(token.term) + "@" + std::to_string(token.position) + (token.compound ? "+" : "");
  });
  return out;
}

TEST(Tokenizer, SplitsIdentifiersAndKeepsThemWhole) {
  const struct {
    std::string_view text;
    std::string_view want;
  } cases[] = {
      {"", ""},
      {"  --- ...", ""},
      {"orders", "order@0"},
      {"customer_id", "customer@0 customerid@0+ id@1"},
      {"customerId", "customer@0 customerid@0+ id@1"},
      {"HTTPServer", "http@0 httpserver@0+ server@1"},
      {"URLs", "url@0"},
      {"orders2024", "order@0 orders2024@0+ 2024@1"},
      {"sales.orders", "sal@0 salesorder@0+ order@1"},
      {"a.b_c/d", "a@0 abcd@0+ b@1 bc@1+ c@2 d@3"},
      {"first second", "first@0 second@1"},
      {"first, (second)", "first@0 second@1"},
      {"foo__bar", "foo@0 foobar@0+ bar@1"},
      {"end.", "end@0"},
      {"the team's orders", "the@0 team@1 order@2"},
      {"ada@example.com", "ada@0 adaexamplecom@0+ exampl@1 com@2"},
  };
  for (const auto& test : cases) EXPECT_EQ(Terms(test.text), test.want) << test.text;
}

TEST(Tokenizer, FoldsCaseAndDiacritics) {
  EXPECT_EQ(Terms("Übergröße"), Terms("ubergrosse"));
  EXPECT_EQ(Terms("CAFÉ"), Terms("cafe"));
  EXPECT_EQ(Terms("cafe\xcc\x81"), Terms("cafe"));  // a combining accent
  EXPECT_EQ(Terms("Łódź"), Terms("lodz"));
  EXPECT_EQ(Terms("ЗАКАЗЫ"), Terms("заказы"));
  EXPECT_EQ(Terms("ΆΛΦΑ"), Terms("αλφα"));
  EXPECT_EQ(Terms("ｏｒｄｅｒ"), Terms("order"));  // full width
}

TEST(Tokenizer, MakesEveryIdeographATerm) {
  EXPECT_EQ(Terms("订单 数据"), "订@0 单@1 数@2 据@3");
  EXPECT_EQ(Terms("orders订单"), "order@0 订@1 单@2");
  EXPECT_EQ(Terms("주문"), "주문@0");  // Hangul has words
}

TEST(Tokenizer, TellsWhereTermsStand) {
  const std::string text = "Ünit customerId x";
  Tokenize(text, [&](const Token& token) {
    ASSERT_LE(token.end, text.size());
    const std::string there = FoldText(std::string_view(text).substr(token.start, token.end - token.start));
    EXPECT_EQ(there, token.word);
  });
}

TEST(Tokenizer, SurvivesHostileBytes) {
  const std::string cases[] = {
      "\xff\xfe\x80",
      "\xed\xa0\x80",
      "\xf4\x90\x80\x80",
      "\xc0\xaf",
      "abc\xe2\x82",
      std::string("a\0b", 3),
      "\xef\xbf\xbf",
      "\xcc\x81\xcc\x81",
      "_\xcc\x81_",
      std::string(100'000, 'a'),
      std::string(10'000, '_') + "x",
  };
  for (const std::string& text : cases) {
    Tokenize(text, [&](const Token& token) {
      EXPECT_FALSE(token.term.empty());
      EXPECT_LE(token.term.size(), kTermBytesMax);
      EXPECT_LT(token.start, token.end);
      EXPECT_LE(token.end, text.size());
    });
  }
}

TEST(Tokenizer, CutsEndlessIdentifiers) {
  std::string text = "p0";
  for (int i = 1; i < 1000; ++i) text += "_q" + std::to_string(i);
  size_t parts = 0;
  Tokenize(text, [&](const Token& token) { parts += token.compound ? 0 : 1; });
  EXPECT_EQ(parts, 2000U);
}

TEST(Tokenizer, NameKeyForgetsSpelling) {
  EXPECT_EQ(NameKey("baseline_active_users"), "baseline-active-users");
  EXPECT_EQ(NameKey("Baseline Active Users"), "baseline-active-users");
  EXPECT_EQ(NameKey("baselineActiveUsers"), "baseline-active-users");
  EXPECT_NE(NameKey("baseline_active_user"), "baseline-active-users");  // but not the number
}

TEST(Stem, BringsFormsOfAWordTogether) {
  const std::vector<std::vector<std::string>> families = {
      {"order", "orders", "ordered", "ordering"},
      {"query", "queries"},
      {"company", "companies"},
      {"price", "prices", "pricing", "priced"},
      {"run", "runs", "running"},
      {"address", "addresses"},
      {"box", "boxes"},
      {"movie", "movies"},
      {"ad", "ads"},
      {"active", "actives"},
  };
  for (const std::vector<std::string>& family : families) {
    std::string first = family.front();
    Stem(first);
    for (std::string word : family) {
      const std::string was = word;
      Stem(word);
      EXPECT_EQ(word, first) << was;
    }
  }
}

TEST(Stem, LeavesOtherWordsAlone) {
  for (const std::string word : {"status", "is", "gas", "analysis", "thing", "2024", "übers"}) {
    std::string stemmed = word;
    Stem(stemmed);
    EXPECT_EQ(stemmed, word);
  }
}

TEST(Stem, KnowsStopWords) {
  EXPECT_TRUE(IsStopWord("the"));
  EXPECT_TRUE(IsStopWord("a"));
  EXPECT_TRUE(IsStopWord("your"));
  EXPECT_FALSE(IsStopWord("orders"));
  EXPECT_TRUE(IsStopWord("those"));
  EXPECT_FALSE(IsStopWord(""));
  EXPECT_FALSE(IsStopWord("zoo"));
  EXPECT_FALSE(IsStopWord("1"));
  EXPECT_FALSE(IsStopWord("é"));
}

TEST(Unicode, CutsBetweenCharacters) {
  EXPECT_EQ(CutUtf8("aé", 2), "a");
  EXPECT_EQ(CutUtf8("aé", 3), "aé");
  EXPECT_EQ(CutUtf8("订单", 5), "订");
  EXPECT_EQ(CutUtf8("abc", 9), "abc");
}

}  // namespace
}  // namespace souk::text
