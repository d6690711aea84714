// SPDX-License-Identifier: Apache-2.0
#include "index/text/query.h"

#include <algorithm>
#include <cctype>

#include "base/errors.h"
#include "base/limits.h"
#include "index/text/tokenizer.h"

namespace souk::text {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// A stretch of the query between spaces or quotes.
struct Piece {
  std::string_view text;
  bool quoted = false;
  bool excluded = false;
};

std::vector<Piece> SplitPieces(std::string_view text) {
  std::vector<Piece> pieces;
  for (size_t at = 0; at < text.size();) {
    if (IsSpace(text[at])) {
      ++at;
      continue;
    }
    Piece piece;
    if (text[at] == '-' && at + 1 < text.size() && !IsSpace(text[at + 1])) {
      piece.excluded = true;
      ++at;
    }
    size_t end = at;
    if (text[at] == '"') {
      piece.quoted = true;
      ++at;
      end = std::min(text.find('"', at), text.size());
      piece.text = text.substr(at, end - at);
      end = std::min(end + 1, text.size());
    } else {
      while (end < text.size() && !IsSpace(text[end]) && text[end] != '"') ++end;
      piece.text = text.substr(at, end - at);
    }
    if (!piece.text.empty()) pieces.push_back(piece);
    at = end;
  }
  return pieces;
}

class Parser {
 public:
  StatusOr<Query> Parse(std::string_view text) {
    for (const Piece& piece : SplitPieces(text)) Add(piece);
    if (query_.words.size() > limits::kQueryTermsMax) {
      return errors::TooMany("query words", query_.words.size(), limits::kQueryTermsMax);
    }
    if (query_.required == 0) query_.required = stop_words_;
    return std::move(query_);
  }

 private:
  void Add(const Piece& piece) {
    query_.blank = false;
    QueryClause clause;
    clause.adjacent = piece.quoted;
    clause.excluded = piece.excluded;
    bool ideographs = false;
    Tokenize(piece.text, [&](const Token& token) {
      if (token.compound) {
        if (!piece.excluded) AddIdentifier(token.term);
        return;
      }
      ideographs = ideographs || token.ideograph;
      const uint32_t word = WordOf(token.term, !piece.excluded);
      if (word >= limits::kQueryTermsMax) return;
      // Prose is indexed without stop words; their places are kept.
      if (!token.stop || !piece.quoted) clause.places.push_back({word, token.position});
      if (piece.excluded) return;
      (token.stop ? stop_words_ : query_.required) |= uint32_t{1} << word;
    });
    // Parts of an excluded identifier, and the characters of a run of Han, mean something only side by side.
    if (piece.excluded || ideographs) clause.adjacent = true;
    if (!clause.places.empty() && (clause.excluded || (clause.adjacent && clause.places.size() > 1))) {
      query_.clauses.push_back(std::move(clause));
    }
    if (piece.excluded) return;
    if (!query_.plain.empty()) query_.plain += ' ';
    query_.plain += piece.text;
  }

  uint32_t WordOf(std::string_view term, bool scored) {
    const auto found = std::find_if(query_.words.begin(), query_.words.end(),
                                    [term](const QueryWord& word) { return word.term == term; });
    if (found == query_.words.end()) {
      query_.words.push_back({std::string(term), scored});
      return static_cast<uint32_t>(query_.words.size() - 1);
    }
    found->scored = found->scored || scored;
    return static_cast<uint32_t>(found - query_.words.begin());
  }

  void AddIdentifier(std::string_view term) {
    if (query_.identifiers.size() >= limits::kQueryTermsMax) return;
    if (std::find(query_.identifiers.begin(), query_.identifiers.end(), term) == query_.identifiers.end()) {
      query_.identifiers.emplace_back(term);
    }
  }

  Query query_;
  uint32_t stop_words_ = 0;
};

}  // namespace

StatusOr<Query> ParseQuery(std::string_view text) {
  if (text.size() > limits::kQueryBytesMax) {
    return errors::BadField("query", "it has " + std::to_string(text.size()) + " bytes",
                            "Send at most " + std::to_string(limits::kQueryBytesMax) + " bytes.");
  }
  return Parser().Parse(text);
}

}  // namespace souk::text
