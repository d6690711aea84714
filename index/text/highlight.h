// SPDX-License-Identifier: Apache-2.0
// Marks what matched in a text. Pure; thread-safe.
#pragma once

#include <string_view>
#include <unordered_set>

#include "index/text/query.h"
#include "souk/v1/discovery_service.pb.h"

namespace souk::text {

// Bytes of a highlighted text; longer ones are cut around the first match, at characters.
inline constexpr size_t kHighlightBytesMax = 240;

class Highlighter {
 public:
  // Refers to the query, which must outlive it.
  explicit Highlighter(const Query& query);

  // Adds the text, or the part of it around the first match, with the spans of all matches in it. False, and nothing
  // added, if no word of the query is in it.
  // Looks only at what comes from byte `from` on.
  bool Add(std::string_view field, std::string_view text, v1::SearchHit& hit, size_t from = 0) const;

 private:
  std::unordered_set<std::string_view> terms_;
};

}  // namespace souk::text
