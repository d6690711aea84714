// SPDX-License-Identifier: Apache-2.0
#include "tests/chaos/word.h"

#include <string_view>

namespace souk::chaos {
namespace {

// Without vowels, digits and 's' no stemmer, splitter or typo rule makes one such word of another.
constexpr std::string_view kLetters = "bcdfghjklmnpqrtvwxz";
constexpr size_t kWordLetters = 5;

}  // namespace

std::string WordOf(size_t number) {
  size_t space = 1;
  for (size_t i = 0; i < kWordLetters; ++i) space *= kLetters.size();
  constexpr size_t kStride = 1'299'709;  // a prime that does not divide the space
  size_t scattered = number * kStride % space;
  std::string word = "zq";
  for (size_t i = 0; i < kWordLetters; ++i, scattered /= kLetters.size()) word += kLetters[scattered % kLetters.size()];
  return word;
}

}  // namespace souk::chaos
