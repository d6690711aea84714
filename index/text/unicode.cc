// SPDX-License-Identifier: Apache-2.0
#include "index/text/unicode.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace souk::text {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kPointMax = 0x10FFFF;

// Base letters of Latin characters, from the canonical decompositions of Unicode; '.' keeps the character, '*' is one
// of the pairs below.
constexpr char32_t kLatinFirst = 0xC0;
constexpr std::string_view kLatin =
    "aaaaaa*ceeeeiiiidnooooo.ouuuuy**aaaaaa*ceeeeiiiidnooooo.ouuuuy*y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii**jjkkklllllll"
    "lllnnnnnnnnnoooooo**rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"
    "................................oo.............uu..............."
    "....*********aaiioouuuuuuuuuu.aaaa....ggkkoooo..j***gg..nnaa...."
    "aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy............"
    "................";
constexpr char32_t kLatinAdditionalFirst = 0x1E00;
constexpr std::string_view kLatinAdditional =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
    "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
    "wwwwwwwwwwxxxxyyzzzzzzhtwy....*.aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
    "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";

struct Pair {
  char32_t point;
  char first;
  char second;
};
constexpr Pair kPairs[] = {
    {0xC6, 'a', 'e'},  {0xDE, 't', 'h'},  {0xDF, 's', 's'},  {0xE6, 'a', 'e'},   {0xFE, 't', 'h'},  {0x132, 'i', 'j'},
    {0x133, 'i', 'j'}, {0x152, 'o', 'e'}, {0x153, 'o', 'e'}, {0x1C4, 'd', 'z'},  {0x1C5, 'd', 'z'}, {0x1C6, 'd', 'z'},
    {0x1C7, 'l', 'j'}, {0x1C8, 'l', 'j'}, {0x1C9, 'l', 'j'}, {0x1CA, 'n', 'j'},  {0x1CB, 'n', 'j'}, {0x1CC, 'n', 'j'},
    {0x1F1, 'd', 'z'}, {0x1F2, 'd', 'z'}, {0x1F3, 'd', 'z'}, {0x1E9E, 's', 's'},
};

struct Accent {
  char32_t point;
  char32_t base;
};
constexpr Accent kGreekAccents[] = {
    {0x386, 0x3B1}, {0x388, 0x3B5}, {0x389, 0x3B7}, {0x38A, 0x3B9}, {0x38C, 0x3BF}, {0x38E, 0x3C5}, {0x38F, 0x3C9},
    {0x390, 0x3B9}, {0x3AA, 0x3B9}, {0x3AB, 0x3C5}, {0x3AC, 0x3B1}, {0x3AD, 0x3B5}, {0x3AE, 0x3B7}, {0x3AF, 0x3B9},
    {0x3B0, 0x3C5}, {0x3C2, 0x3C3}, {0x3CA, 0x3B9}, {0x3CB, 0x3C5}, {0x3CC, 0x3BF}, {0x3CD, 0x3C5}, {0x3CE, 0x3C9},
};

// What is not a letter, in order of code points. What stands in no range is one.
struct Range {
  char32_t first;
  char32_t last;
  CharClass char_class;
};
constexpr CharClass kSep = CharClass::kSeparator;
constexpr CharClass kIgn = CharClass::kIgnorable;
constexpr CharClass kIdeo = CharClass::kIdeograph;
constexpr Range kRanges[] = {
    {0x80, 0xA9, kSep},        {0xAB, 0xAC, kSep},       {0xAD, 0xAD, kIgn},        {0xAE, 0xB4, kSep},
    {0xB6, 0xB9, kSep},        {0xBB, 0xBF, kSep},       {0xD7, 0xD7, kSep},        {0xF7, 0xF7, kSep},
    {0x2B0, 0x2FF, kSep},      {0x300, 0x36F, kIgn},     {0x37E, 0x37E, kSep},      {0x387, 0x387, kSep},
    {0x483, 0x489, kIgn},      {0x55A, 0x55F, kSep},     {0x589, 0x58A, kSep},      {0x591, 0x5BD, kIgn},
    {0x5BE, 0x5BE, kSep},      {0x5C0, 0x5C0, kSep},     {0x5C3, 0x5C3, kSep},      {0x600, 0x60D, kSep},
    {0x61B, 0x61B, kSep},      {0x61C, 0x61C, kIgn},     {0x61D, 0x61F, kSep},      {0x640, 0x640, kIgn},
    {0x64B, 0x65F, kIgn},      {0x66A, 0x66D, kSep},     {0x670, 0x670, kIgn},      {0x6D4, 0x6D4, kSep},
    {0x964, 0x965, kSep},      {0xE4F, 0xE4F, kSep},     {0x180B, 0x180E, kIgn},    {0x1AB0, 0x1AFF, kIgn},
    {0x1DC0, 0x1DFF, kIgn},    {0x2000, 0x200A, kSep},   {0x200B, 0x200F, kIgn},    {0x2010, 0x2029, kSep},
    {0x202A, 0x202E, kIgn},    {0x202F, 0x205F, kSep},   {0x2060, 0x206F, kIgn},    {0x20A0, 0x20CF, kSep},
    {0x20D0, 0x20FF, kIgn},    {0x2190, 0x2BFF, kSep},   {0x2E00, 0x2E7F, kSep},    {0x2E80, 0x2FDF, kIdeo},
    {0x2FF0, 0x3004, kSep},    {0x3005, 0x3007, kIdeo},  {0x3008, 0x3020, kSep},    {0x3021, 0x3029, kIdeo},
    {0x302A, 0x302F, kIgn},    {0x3030, 0x3030, kSep},   {0x3031, 0x3035, kIdeo},   {0x3036, 0x303F, kSep},
    {0x3041, 0x3098, kIdeo},   {0x3099, 0x309A, kIgn},   {0x309B, 0x309C, kSep},    {0x309D, 0x309F, kIdeo},
    {0x30A0, 0x30A0, kSep},    {0x30A1, 0x30FA, kIdeo},  {0x30FB, 0x30FB, kSep},    {0x30FC, 0x312F, kIdeo},
    {0x31A0, 0x31FF, kIdeo},   {0x3200, 0x33FF, kSep},   {0x3400, 0x4DBF, kIdeo},   {0x4DC0, 0x4DFF, kSep},
    {0x4E00, 0x9FFF, kIdeo},   {0xD800, 0xF8FF, kSep},   {0xF900, 0xFAFF, kIdeo},   {0xFE00, 0xFE0F, kIgn},
    {0xFE10, 0xFE1F, kSep},    {0xFE20, 0xFE2F, kIgn},   {0xFE30, 0xFE6F, kSep},    {0xFEFF, 0xFEFF, kIgn},
    {0xFF5F, 0xFF65, kSep},    {0xFF66, 0xFF9F, kIdeo},  {0xFFE0, 0xFFFF, kSep},    {0x1F000, 0x1FAFF, kSep},
    {0x20000, 0x3FFFF, kIdeo}, {0xE0000, 0xE0FFF, kIgn}, {0xF0000, 0x10FFFF, kSep},
};

CharClass ClassOf(char32_t point) {
  const Range* range = std::upper_bound(std::begin(kRanges), std::end(kRanges), point,
                                        [](char32_t value, const Range& r) { return value < r.first; });
  if (range == std::begin(kRanges)) return CharClass::kLetter;
  --range;
  return point <= range->last ? range->char_class : CharClass::kLetter;
}

// Upper case of Latin letters: even code points above U+0100, but for the stretches where the parity is turned.
bool IsUpperLatin(char32_t c) {
  if (c <= 0xFF) return c <= 0xDE;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E) || (c >= 0x1CD && c <= 0x1DC)) return (c & 1U) != 0;
  return (c & 1U) == 0;
}

bool FoldLatin(char32_t c, FoldedChar& out) {
  char base = '.';
  if (c >= kLatinFirst && c < kLatinFirst + kLatin.size()) base = kLatin[c - kLatinFirst];
  if (c >= kLatinAdditionalFirst && c < kLatinAdditionalFirst + kLatinAdditional.size()) {
    base = kLatinAdditional[c - kLatinAdditionalFirst];
  }
  if (base == '.') return false;
  out = {CharClass::kLetter, IsUpperLatin(c), static_cast<char32_t>(base), 0};
  if (base != '*') return true;
  for (const Pair& pair : kPairs) {
    if (pair.point != c) continue;
    out.first = static_cast<char32_t>(pair.first);
    out.second = static_cast<char32_t>(pair.second);
  }
  return true;
}

// Greek, Cyrillic, Armenian. Zero: nothing to fold.
char32_t FoldOtherScripts(char32_t c) {
  for (const Accent& accent : kGreekAccents) {
    if (accent.point == c) return accent.base;
  }
  if (c >= 0x391 && c <= 0x3A9) return c + 0x20;
  if (c >= 0x410 && c <= 0x42F) return c + 0x20;
  if (c == 0x401 || c == 0x451) return 0x435;
  if (c >= 0x400 && c <= 0x40F) return c + 0x50;
  if ((c >= 0x460 && c <= 0x481) || (c >= 0x48A && c <= 0x4BF) || (c >= 0x4D0 && c <= 0x52F)) return c | 1U;
  if (c >= 0x531 && c <= 0x556) return c + 0x30;
  return 0;
}

bool IsContinuation(std::string_view text, size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

}  // namespace

Decoded DecodeBeyondAsciiAt(std::string_view text, size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const uint8_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return {kReplacement, 1};
  char32_t point = lead & (0xFFU >> (length + 1U));
  for (uint8_t i = 1; i < length; ++i) {
    if (!IsContinuation(text, at + i)) return {kReplacement, 1};
    point = (point << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (overlong || surrogate || point > kPointMax) return {kReplacement, 1};
  return {point, length};
}

FoldedChar FoldBeyondAscii(char32_t point) {
  constexpr char32_t kFullWidthFirst = 0xFF01;
  constexpr char32_t kFullWidthLast = 0xFF5E;
  if (point >= kFullWidthFirst && point <= kFullWidthLast) point = point - kFullWidthFirst + '!';
  if (point < kAsciiEnd) return FoldAscii(point);
  if (FoldedChar latin{}; FoldLatin(point, latin)) return latin;
  if (const char32_t lower = FoldOtherScripts(point); lower != 0) return {CharClass::kLetter, lower != point, lower, 0};
  return {ClassOf(point), false, point, 0};
}

void AppendUtf8(std::string& out, char32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0U | (point >> 6U));
    out += static_cast<char>(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0U | (point >> 12U));
    out += static_cast<char>(0x80U | ((point >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (point & 0x3FU));
  } else {
    out += static_cast<char>(0xF0U | (point >> 18U));
    out += static_cast<char>(0x80U | ((point >> 12U) & 0x3FU));
    out += static_cast<char>(0x80U | ((point >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (point & 0x3FU));
  }
}

std::string FoldText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Decoded decoded = DecodeAt(text, at);
    at += decoded.bytes;
    const FoldedChar folded = Fold(decoded.point);
    if (folded.char_class == CharClass::kIgnorable) continue;
    if (decoded.point == kReplacement) {
      out += '?';
    } else {
      AppendFolded(out, folded);
    }
  }
  return out;
}

std::string_view CutUtf8(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  size_t end = bytes_max;
  while (end > 0 && IsContinuation(text, end)) --end;
  return text.substr(0, end);
}

}  // namespace souk::text
