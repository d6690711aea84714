// SPDX-License-Identifier: Apache-2.0
// Finds and scores the documents of a query: BM25F over the fields of text_fields.h, from postings read in bulk; above
// it tiers for whole names and identifiers; below it a small signal for the line's state.
//
//   score = tier + sum over words of  idf(w) * (k1 + 1) * x / (k1 + x)  + state
//   x     = sum over fields of  weight(f) * occurrences / (1 - b(f) + b(f) * length / average length)
//
// For one call on one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "index/text/query.h"
#include "index/text/row_filter.h"
#include "index/text/snapshot.h"

namespace souk::text {

// Best first. A line of a higher tier comes before every line of a lower one: no sum of words reaches kTierStep.
enum class Tier : uint8_t { kWords, kNamePrefix, kIdentifier, kName, kWrittenName };
inline constexpr double kTierStep = 10'000;

struct TierSpec {
  Tier tier;
  std::string_view label;  // in explanations
};
inline constexpr TierSpec kTiers[] = {
    {Tier::kWords, ""},                         // has the words
    {Tier::kNamePrefix, "tier:name-prefix"},    // its name begins with the query
    {Tier::kIdentifier, "tier:identifier"},     // descriptor or contract id, resource name, physical name is the query
    {Tier::kName, "tier:name"},                 // its name is the query but for spelling: "Baseline active users"
    {Tier::kWrittenName, "tier:written-name"},  // its name is the query: "baseline_active_users"
};

// Added for the line's state: enough to part equals, too little to outweigh a word.
double StateSignal(uint8_t state);

struct DocumentScore {
  double score = 0;
  float gain = 0;       // of the word being read
  uint32_t words = 0;   // mask of the query's words that it has
  uint16_t fields = 0;  // mask of fields in which it has one
  Tier tier = Tier::kWords;
  bool touched = false;
};

// Working memory of one search, kept for the next.
class ScratchPool {
 public:
  struct Scratch {
    std::vector<DocumentScore> documents;  // all zero between searches
    std::vector<uint32_t> touched;
    std::vector<uint32_t> of_word;
  };
  std::unique_ptr<Scratch> Take(size_t documents);
  void Give(std::unique_ptr<Scratch> scratch);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Scratch>> free_;
};

struct ScoredLine {
  uint32_t document;
  uint32_t slot;
  double score;
};

class Scorer {
 public:
  // `stop` is asked now and then.
  Scorer(const Snapshot& snapshot, const Query& query, RowFilter& filter, ScratchPool& pool,
         const std::function<Status()>& stop);
  ~Scorer();
  Scorer(const Scorer&) = delete;
  Scorer& operator=(const Scorer&) = delete;

  // Reads the postings. Call first.
  Status Run();

  // Lines that match, in no order: all words or a higher tier; if there is none, any word.
  Status Collect(std::vector<ScoredLine>& lines, bool* any_word_fallback);
  // Slots of the lines that an exclusion hits, sorted.
  Status CollectExcluded(std::vector<uint32_t>& slots);

  uint16_t FieldsOf(uint32_t document) const { return scratch_->documents[document].fields; }
  Tier TierOf(uint32_t document) const { return scratch_->documents[document].tier; }
  // The terms of the score of each of the documents (ascending), in that order.
  Status Explain(const std::vector<uint32_t>& documents, std::vector<std::vector<v1::ScorePart>>& parts);

 private:
  struct Weight {
    std::string_view term;
    uint32_t bit;  // 0 for the unsplit form of an identifier
    double share;  // of a plain word's weight; 0 for words that are only excluded
    double idf = 0;
  };

  Status ScoreWord(Weight& weight);
  Status MarkTiers();
  Status MarkKey(const std::string& key, bool prefix, Tier exact, Tier begun);
  void Touch(uint32_t document);
  // In the order of documents: neighbours in memory, and the clauses want them so.
  void SortTouched();
  // Narrows down to documents with every phrase, and finds those that an exclusion hits.
  Status ApplyClauses(std::vector<uint32_t>& full, std::vector<uint32_t>& excluded);
  // Documents of a clause among the touched, ascending.
  Status FindClause(const QueryClause& clause, std::vector<uint32_t>& found);
  Status KeepAdjacent(const QueryClause& clause, std::vector<uint32_t>& documents);
  size_t SegmentOf(uint32_t document) const;
  uint32_t SlotOf(uint32_t document) const;
  uint8_t StateOf(uint32_t document) const;

  const Snapshot& snapshot_;
  const Query& query_;
  RowFilter& filter_;
  ScratchPool& pool_;
  const std::function<Status()>& stop_;
  std::unique_ptr<ScratchPool::Scratch> scratch_;
  std::vector<Weight> weights_;
  std::vector<uint8_t> visible_;  // by slot; empty if all are
  uint64_t lines_ = 0;            // that are visible
};

}  // namespace souk::text
