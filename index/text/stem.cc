// SPDX-License-Identifier: Apache-2.0
#include "index/text/stem.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace souk::text {
namespace {

constexpr size_t kWordLettersMin = 3;
constexpr size_t kStemLettersMin = 3;  // what must be left where -ing or -ed is cut

// In order.
constexpr std::string_view kStopWords[] = {
    "a",     "all",   "an",   "and",  "any",   "are",   "as",   "at",   "be",  "been",  "being", "but",
    "by",    "can",   "did",  "do",   "does",  "each",  "for",  "from", "had", "has",   "have",  "how",
    "i",     "if",    "in",   "into", "is",    "it",    "its",  "me",   "my",  "no",    "nor",   "not",
    "of",    "on",    "or",   "our",  "so",    "such",  "than", "that", "the", "their", "them",  "then",
    "there", "these", "they", "this", "those", "to",    "too",  "was",  "we",  "were",  "what",  "when",
    "where", "which", "who",  "will", "with",  "would", "you",  "your",
};

constexpr size_t kStopWordBytesMax = [] {
  size_t bytes = 0;
  for (const std::string_view word : kStopWords) bytes = std::max(bytes, word.size());
  return bytes;
}();

constexpr size_t kLetters = 'z' - 'a' + 1;

// Where the words of each letter begin, and behind the last.
constexpr std::array<size_t, kLetters + 1> kStopWordsOf = [] {
  std::array<size_t, kLetters + 1> begins{};
  for (const std::string_view word : kStopWords) ++begins[static_cast<size_t>(word.front() - 'a') + 1];
  for (size_t letter = 0; letter < kLetters; ++letter) begins[letter + 1] += begins[letter];
  return begins;
}();

bool IsVowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }

bool HasVowel(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) { return IsVowel(c) || c == 'y'; });
}

void CutPlural(std::string& word) {
  if (word.back() != 's' || word.ends_with("ss") || word.ends_with("us") || word.ends_with("is")) return;
  if (word.size() == kWordLettersMin && word.ends_with("as")) return;  // gas, has, was
  if (word.ends_with("ies") && word.size() > 4) {
    word.resize(word.size() - 2);  // queries, as query below: queri
  } else if (word.ends_with("sses") || word.ends_with("xes") || word.ends_with("zes") || word.ends_with("ches") ||
             word.ends_with("shes")) {
    word.resize(word.size() - 2);
  } else {
    word.pop_back();
  }
}

void CutParticiple(std::string& word) {
  size_t cut = 0;
  if (word.ends_with("ing")) cut = 3;
  if (word.ends_with("ed") && !word.ends_with("eed")) cut = 2;
  if (cut == 0 || word.size() < cut + kStemLettersMin) return;
  const std::string_view stem = std::string_view(word).substr(0, word.size() - cut);
  if (!HasVowel(stem)) return;
  word.resize(stem.size());
  const char last = word.back();
  const bool doubled = word.size() > 2 && last == word[word.size() - 2];
  if (doubled && !IsVowel(last) && last != 'l' && last != 's' && last != 'z') word.pop_back();
}

}  // namespace

void Stem(std::string& word) {
  if (word.size() < kWordLettersMin) return;
  if (!std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; })) return;
  CutPlural(word);
  CutParticiple(word);
  if (word.size() <= kWordLettersMin) return;
  if (word.back() == 'e') word.pop_back();
  if (word.back() == 'y' && !IsVowel(word[word.size() - 2])) word.back() = 'i';
}

bool IsStopWord(std::string_view word) {
  // Asked of every word of every text: most differ in length from the few of their letter.
  if (word.empty() || word.size() > kStopWordBytesMax || word.front() < 'a' || word.front() > 'z') return false;
  const auto letter = static_cast<size_t>(word.front() - 'a');
  const auto* const begin = std::begin(kStopWords) + kStopWordsOf[letter];
  const auto* const end = std::begin(kStopWords) + kStopWordsOf[letter + 1];
  return std::find(begin, end, word) != end;
}

}  // namespace souk::text
