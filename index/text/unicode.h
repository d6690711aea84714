// SPDX-License-Identifier: Apache-2.0
// Just enough Unicode for an index: decoding that survives any bytes, and one fold of a character to what it is
// searched as (lower case, no diacritics). Own small tables, no locale. Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace souk::text {

enum class CharClass : uint8_t {
  kSeparator,  // between words
  kLetter,     // of words; letters of scripts without case included
  kDigit,      // 0-9
  kIdeograph,  // a word of its own: Han, kana
  kIgnorable,  // leaves no trace: combining marks, joiners, soft hyphens
};

// A decoded character. Ill-formed bytes come one by one as U+FFFD.
struct Decoded {
  char32_t point;
  uint8_t bytes;
};
// `at` must be below text.size().
Decoded DecodeAt(std::string_view text, size_t at);

struct FoldedChar {
  CharClass char_class;
  bool upper;       // an upper-case letter: a camel boundary may stand in front of it
  char32_t first;   // folded
  char32_t second;  // 0, or the second letter of "ae", "ss" and the like
};
FoldedChar Fold(char32_t point);

void AppendUtf8(std::string& out, char32_t point);
void AppendFolded(std::string& out, const FoldedChar& folded);

// The whole text, folded; separators stay as they are, ill-formed bytes become '?'.
std::string FoldText(std::string_view text);

// The text's first characters, at most bytes_max bytes, never cut inside a character.
std::string_view CutUtf8(std::string_view text, size_t bytes_max);

}  // namespace souk::text
