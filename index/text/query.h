// SPDX-License-Identifier: Apache-2.0
// What a person typed, made into words of the index.
//
//   orders customer     lines that have all words; if there is none, lines that have any
//   "daily active"      words that stand side by side in one text
//   customer_id         its parts, side by side or not; where they stand as one identifier scores higher
//   -test, -"a b"       lines that have it are left out
//
// Common English words ("the", "of") are never required. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace souk::text {

struct QueryWord {
  std::string term;
  bool scored = true;  // false: only in excluded clauses
};

// Words that belong together; only phrases and excluded clauses are kept as clauses.
struct QueryClause {
  struct Place {
    uint32_t word;    // index in Query::words
    uint32_t offset;  // position relative to the clause's first word
  };
  std::vector<Place> places;
  bool adjacent = false;
  bool excluded = false;
};

struct Query {
  std::vector<QueryWord> words;          // distinct; the bit of a word in a mask is its index
  uint32_t required = 0;                 // mask of words that a full answer has
  std::vector<std::string> identifiers;  // unsplit forms: they add to the score, and are never required
  std::vector<QueryClause> clauses;      // phrases and exclusions
  std::string plain;                     // the text without exclusions and quotes: compared with whole names
  bool blank = true;                     // nothing was typed

  bool has_words() const { return required != 0; }
};

// INVALID_ARGUMENT (BAD_FIELD, TOO_MANY) above kQueryBytesMax bytes or kQueryTermsMax words.
StatusOr<Query> ParseQuery(std::string_view text);

}  // namespace souk::text
