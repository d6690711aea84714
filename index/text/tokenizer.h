// SPDX-License-Identifier: Apache-2.0
// Text to index terms. Identifiers are split at '_', '-', '.', '/', ':', '@', '#', at camel humps and between letters
// and digits, and their unsplit form is kept at the position of the first part: "customerId" gives "customer" and
// "customerid" at one position, "id" at the next. Terms are folded (unicode.h) and lightly stemmed (stem.h); each Han
// or kana character is a term. Queries and documents go through the same function, so they meet.
//
// Pure; thread-safe. Any bytes may be given: ill-formed UTF-8 separates words.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace souk::text {

// Bytes of a term; what is longer is cut, in documents and queries alike.
inline constexpr size_t kTermBytesMax = 96;
// Parts of one identifier; a longer one goes on as another.
inline constexpr size_t kIdentifierPartsMax = 64;

struct Token {
  std::string_view term;  // folded and stemmed; valid during the call
  std::string_view word;  // folded only
  uint32_t start;         // bytes in the text
  uint32_t end;
  uint32_t position;  // from 0; parts of one text stand side by side
  bool compound;      // the unsplit form of several parts
  bool ideograph;
  bool stop;  // a stop word standing alone
};

// In order of position. Never emits an empty term.
void Tokenize(std::string_view text, const std::function<void(const Token&)>& emit);

// The text's words, unstemmed, joined by '-': equal for "baseline_active_users", "Baseline active users" and
// "baselineActiveUsers".
std::string NameKey(std::string_view text);

}  // namespace souk::text
