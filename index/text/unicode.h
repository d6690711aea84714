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

inline constexpr char32_t kAsciiEnd = 0x80;

// A decoded character. Ill-formed bytes come one by one as U+FFFD.
struct Decoded {
  char32_t point;
  uint8_t bytes;
};
// `at` must be below text.size().
Decoded DecodeBeyondAsciiAt(std::string_view text, size_t at);
inline Decoded DecodeAt(std::string_view text, size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  return lead < kAsciiEnd ? Decoded{lead, 1} : DecodeBeyondAsciiAt(text, at);
}

struct FoldedChar {
  CharClass char_class;
  bool upper;       // an upper-case letter: a camel boundary may stand in front of it
  char32_t first;   // folded
  char32_t second;  // 0, or the second letter of "ae", "ss" and the like
};
constexpr FoldedChar FoldAscii(char32_t c) {
  if (c >= 'a' && c <= 'z') return {CharClass::kLetter, false, c, 0};
  if (c >= 'A' && c <= 'Z') return {CharClass::kLetter, true, c + ('a' - 'A'), 0};
  if (c >= '0' && c <= '9') return {CharClass::kDigit, false, c, 0};
  return {CharClass::kSeparator, false, c, 0};
}
FoldedChar FoldBeyondAscii(char32_t point);
inline FoldedChar Fold(char32_t point) { return point < kAsciiEnd ? FoldAscii(point) : FoldBeyondAscii(point); }

void AppendUtf8(std::string& out, char32_t point);
inline void AppendFolded(std::string& out, const FoldedChar& folded) {
  if (folded.first < kAsciiEnd) {
    out += static_cast<char>(folded.first);
  } else {
    AppendUtf8(out, folded.first);
  }
  if (folded.second != 0) AppendUtf8(out, folded.second);
}

// The whole text, folded; separators stay as they are, ill-formed bytes become '?'.
std::string FoldText(std::string_view text);

// The text's first characters, at most bytes_max bytes, never cut inside a character.
std::string_view CutUtf8(std::string_view text, size_t bytes_max);

}  // namespace souk::text
