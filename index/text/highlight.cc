// SPDX-License-Identifier: Apache-2.0
#include "index/text/highlight.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "index/text/tokenizer.h"
#include "index/text/unicode.h"

namespace souk::text {
namespace {

constexpr size_t kContextBytes = 60;  // in front of the first match

using Span = std::pair<uint32_t, uint32_t>;

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Where the shown part begins: at the text's start, or at a word some way before the match.
size_t CutStart(std::string_view text, size_t match) {
  if (text.size() <= kHighlightBytesMax || match <= kContextBytes) return 0;
  size_t start = match - kContextBytes;
  const size_t space = text.find(' ', start);
  if (space < match) start = space + 1;
  while (start < match && IsContinuation(text[start])) ++start;
  return start;
}

}  // namespace

Highlighter::Highlighter(const Query& query) {
  for (const QueryWord& word : query.words) {
    if (word.scored) terms_.insert(word.term);
  }
  terms_.insert(query.identifiers.begin(), query.identifiers.end());
}

bool Highlighter::Add(std::string_view field, std::string_view text, v1::SearchHit& hit, size_t from) const {
  std::vector<Span> spans;
  const auto shift = static_cast<uint32_t>(from);
  Tokenize(text.substr(from), [&](const Token& token) {
    if (terms_.contains(token.term)) spans.emplace_back(token.start + shift, token.end + shift);
  });
  if (spans.empty()) return false;
  std::sort(spans.begin(), spans.end());
  const size_t start = CutStart(text, spans.front().first);
  const std::string_view shown = CutUtf8(text.substr(start), kHighlightBytesMax);
  v1::Highlight& highlight = *hit.add_highlights();
  highlight.set_field(std::string(field));
  highlight.set_text(std::string(shown));
  uint32_t end = 0;  // of the span before: an identifier and its parts overlap
  for (const auto& [first, behind] : spans) {
    const auto begin = std::max(static_cast<uint32_t>(first - start), end);
    const auto stop = static_cast<uint32_t>(behind - start);
    if (stop > shown.size()) break;
    if (stop <= begin) continue;
    const int last = highlight.spans_size() - 1;
    if (last >= 0 && highlight.spans(last) == begin && begin > first - start) {
      highlight.set_spans(last, stop);  // goes on where the one before ended
    } else {
      highlight.add_spans(begin);
      highlight.add_spans(stop);
    }
    end = stop;
  }
  return true;
}

}  // namespace souk::text
