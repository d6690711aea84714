// SPDX-License-Identifier: Apache-2.0
#include "index/text/scorer.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "index/text/document.h"
#include "index/text/tokenizer.h"
#include "index/text/unicode.h"

namespace souk::text {
namespace {

// The unsplit form of an identifier says less than another word would: its parts were counted already.
constexpr double kIdentifierShare = 0.5;
constexpr double kStopWordShare = 0.3;
// Shorter beginnings of names are no names yet.
constexpr size_t kNamePrefixBytesMin = 2;
constexpr size_t kFreeScratchesMax = 16;
// With more documents than this share of all, looking at each is quicker than sorting.
constexpr size_t kTouchedShareToScan = 32;

double Saturate(double gain) { return (kSaturation + 1) * gain / (kSaturation + gain); }

double Idf(uint64_t lines, uint64_t having) {
  const auto n = static_cast<double>(having);
  return std::log(1 + (static_cast<double>(lines) - n + 0.5) / (n + 0.5));
}

void KeepCommon(std::vector<uint32_t>& documents, const std::vector<uint32_t>& others) {
  std::vector<uint32_t> common;
  std::set_intersection(documents.begin(), documents.end(), others.begin(), others.end(), std::back_inserter(common));
  documents = std::move(common);
}

}  // namespace

double StateSignal(uint8_t state) {
  switch (state) {
    case v1::PRODUCT_STATE_ACTIVE:
      return 0.5;
    case v1::PRODUCT_STATE_DEPRECATED:
      return 0.2;
    case v1::PRODUCT_STATE_DRAFT:
    case v1::PRODUCT_STATE_PROPOSED:
      return 0.1;
    default:
      return 0;
  }
}

std::unique_ptr<ScratchPool::Scratch> ScratchPool::Take(size_t documents) {
  std::unique_ptr<Scratch> scratch;
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      scratch = std::move(free_.back());
      free_.pop_back();
    }
  }
  if (scratch == nullptr) scratch = std::make_unique<Scratch>();
  if (scratch->documents.size() < documents) scratch->documents.resize(documents);
  return scratch;
}

void ScratchPool::Give(std::unique_ptr<Scratch> scratch) {
  for (const uint32_t document : scratch->touched) scratch->documents[document] = DocumentScore();
  scratch->touched.clear();
  const std::lock_guard lock(mutex_);
  if (free_.size() < kFreeScratchesMax) free_.push_back(std::move(scratch));
}

Scorer::Scorer(const Snapshot& snapshot, const Query& query, RowFilter& filter, ScratchPool& pool,
               const std::function<Status()>& stop)
    : snapshot_(snapshot),
      query_(query),
      filter_(filter),
      pool_(pool),
      stop_(stop),
      scratch_(pool.Take(snapshot.postings->documents_end())),
      lines_(snapshot.by_name->size()) {
  if (!filter_.sees_all()) {
    lines_ = 0;
    visible_.resize(snapshot.rows.slots());
    for (const uint32_t slot : *snapshot.by_name) {
      visible_[slot] = filter_.Visible(slot) ? 1 : 0;
      lines_ += visible_[slot];
    }
  }
  for (uint32_t i = 0; i < query_.words.size(); ++i) {
    const QueryWord& word = query_.words[i];
    const uint32_t bit = uint32_t{1} << i;
    const double share = !word.scored ? 0 : (query_.required & bit) != 0 ? 1 : kStopWordShare;
    weights_.push_back({word.term, bit, share});
  }
  for (const std::string& term : query_.identifiers) weights_.push_back({term, 0, kIdentifierShare});
}

Scorer::~Scorer() {
  for (const uint32_t document : scratch_->of_word) scratch_->documents[document] = DocumentScore();
  scratch_->of_word.clear();
  pool_.Give(std::move(scratch_));
}

Status Scorer::Run() {
  for (Weight& weight : weights_) {
    RETURN_IF_ERROR(stop_());
    RETURN_IF_ERROR(ScoreWord(weight));
  }
  return MarkTiers();
}

void Scorer::Touch(uint32_t document) {
  DocumentScore& score = scratch_->documents[document];
  if (score.touched) return;
  score.touched = true;
  scratch_->touched.push_back(document);
}

Status Scorer::ScoreWord(Weight& weight) {
  std::vector<DocumentScore>& scores = scratch_->documents;
  std::vector<uint32_t>& of_word = scratch_->of_word;
  const ImpactTable& impacts = *snapshot_.impacts;
  const std::vector<Segment>& segments = snapshot_.postings->segments();
  for (size_t i = 0; i < segments.size(); ++i) {
    const SegmentColumns& columns = *segments[i].columns;
    DocumentScore* const first = scores.data() + segments[i].base;
    RETURN_IF_ERROR(snapshot_.postings->ForEachPosting(
        i, weight.term, [&](TextField field, const int32_t* documents, const int32_t* counts, size_t size) {
          const uint8_t* lengths = columns.lengths[IndexOf(field)].data();
          const auto bit = static_cast<uint16_t>(weight.share > 0 ? 1U << IndexOf(field) : 0U);
          for (size_t k = 0; k < size; ++k) {
            const auto document = static_cast<uint32_t>(documents[k]);
            if (!visible_.empty() && visible_[columns.slots[document]] == 0) continue;
            DocumentScore& score = first[document];
            if (score.gain == 0) of_word.push_back(segments[i].base + document);
            score.gain += impacts(field, lengths[document]) * static_cast<float>(counts[k]);
            score.fields |= bit;
          }
        }));
  }
  weight.idf = weight.share * Idf(lines_, of_word.size());
  for (const uint32_t document : of_word) {
    Touch(document);
    DocumentScore& score = scores[document];
    score.score += weight.idf * Saturate(score.gain);
    score.words |= weight.bit;
    score.gain = 0;
  }
  of_word.clear();
  return Status::Ok();
}

Status Scorer::MarkTiers() {
  if (query_.plain.empty()) return Status::Ok();
  const std::string name_key = NameKey(query_.plain);
  if (!name_key.empty()) {
    const std::string key = kNameKey + std::string(CutUtf8(name_key, kKeyBytesMax));
    RETURN_IF_ERROR(MarkKey(key, name_key.size() >= kNamePrefixBytesMin, Tier::kName, Tier::kNamePrefix));
  }
  RETURN_IF_ERROR(MarkKey(FoldedKey(kIdentifierKey, query_.plain), false, Tier::kIdentifier, Tier::kIdentifier));
  return MarkKey(FoldedKey(kWrittenNameKey, query_.plain), false, Tier::kWrittenName, Tier::kWrittenName);
}

Status Scorer::MarkKey(const std::string& key, bool prefix, Tier exact, Tier begun) {
  const std::vector<Segment>& segments = snapshot_.postings->segments();
  for (size_t i = 0; i < segments.size(); ++i) {
    RETURN_IF_ERROR(snapshot_.postings->ForEachKey(
        i, key, prefix, [&](std::string_view rest, const int32_t* documents, size_t size) {
          const Tier tier = rest.empty() ? exact : begun;
          for (size_t k = 0; k < size; ++k) {
            const auto local = static_cast<uint32_t>(documents[k]);
            if (!visible_.empty() && visible_[segments[i].columns->slots[local]] == 0) continue;
            const uint32_t document = segments[i].base + local;
            Touch(document);
            DocumentScore& score = scratch_->documents[document];
            score.tier = std::max(score.tier, tier);
          }
        }));
  }
  return Status::Ok();
}

size_t Scorer::SegmentOf(uint32_t document) const {
  const std::vector<Segment>& segments = snapshot_.postings->segments();
  const auto after = std::upper_bound(segments.begin(), segments.end(), document,
                                      [](uint32_t value, const Segment& segment) { return value < segment.base; });
  return static_cast<size_t>(after - segments.begin()) - 1;
}

uint32_t Scorer::SlotOf(uint32_t document) const {
  const Segment& segment = snapshot_.postings->segments()[SegmentOf(document)];
  return segment.columns->slots[document - segment.base];
}

uint8_t Scorer::StateOf(uint32_t document) const {
  const Segment& segment = snapshot_.postings->segments()[SegmentOf(document)];
  return segment.columns->states[document - segment.base];
}

void Scorer::SortTouched() {
  std::vector<uint32_t>& touched = scratch_->touched;
  const size_t documents = snapshot_.postings->documents_end();
  if (touched.size() < documents / kTouchedShareToScan) {
    std::sort(touched.begin(), touched.end());
    return;
  }
  touched.clear();
  for (uint32_t document = 0; document < documents; ++document) {
    if (scratch_->documents[document].touched) touched.push_back(document);
  }
}

Status Scorer::ApplyClauses(std::vector<uint32_t>& full, std::vector<uint32_t>& excluded) {
  for (const QueryClause& clause : query_.clauses) {
    std::vector<uint32_t> found;
    RETURN_IF_ERROR(FindClause(clause, found));
    if (clause.excluded) {
      excluded.insert(excluded.end(), found.begin(), found.end());
      continue;
    }
    // A whole name needs no phrase.
    for (const uint32_t document : scratch_->touched) {
      if (scratch_->documents[document].tier != Tier::kWords) found.push_back(document);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    KeepCommon(full, found);
  }
  std::sort(excluded.begin(), excluded.end());
  return Status::Ok();
}

Status Scorer::Collect(std::vector<ScoredLine>& lines, bool* any_word_fallback) {
  *any_word_fallback = false;
  SortTouched();
  std::vector<uint32_t> full = scratch_->touched;
  std::vector<uint32_t> excluded;
  RETURN_IF_ERROR(ApplyClauses(full, excluded));
  const bool simple = filter_.only_hides_retired();
  const auto add = [&](uint32_t document) {
    const Segment& segment = snapshot_.postings->segments()[SegmentOf(document)];
    const uint32_t slot = segment.columns->slots[document - segment.base];
    const uint8_t state = segment.columns->states[document - segment.base];
    if (!excluded.empty() && std::binary_search(excluded.begin(), excluded.end(), document)) return;
    if (simple ? state == v1::PRODUCT_STATE_RETIRED : !filter_.Matches(slot)) return;
    const DocumentScore& score = scratch_->documents[document];
    lines.push_back({document, slot, score.score + static_cast<double>(score.tier) * kTierStep + StateSignal(state)});
  };
  RETURN_IF_ERROR(stop_());
  for (const uint32_t document : full) {
    const DocumentScore& score = scratch_->documents[document];
    const bool has_all = query_.has_words() && (score.words & query_.required) == query_.required;
    if (has_all || score.tier != Tier::kWords) add(document);
  }
  const bool one_word = (query_.required & (query_.required - 1)) == 0;
  if (!lines.empty() || one_word) return Status::Ok();
  RETURN_IF_ERROR(stop_());
  for (const uint32_t document : scratch_->touched) {
    if ((scratch_->documents[document].words & query_.required) != 0) add(document);
  }
  *any_word_fallback = !lines.empty();
  return Status::Ok();
}

Status Scorer::CollectExcluded(std::vector<uint32_t>& slots) {
  SortTouched();
  for (const QueryClause& clause : query_.clauses) {
    if (!clause.excluded) continue;
    std::vector<uint32_t> found;
    RETURN_IF_ERROR(FindClause(clause, found));
    for (const uint32_t document : found) slots.push_back(SlotOf(document));
  }
  std::sort(slots.begin(), slots.end());
  return Status::Ok();
}

Status Scorer::FindClause(const QueryClause& clause, std::vector<uint32_t>& found) {
  uint32_t mask = 0;
  for (const QueryClause::Place& place : clause.places) mask |= uint32_t{1} << place.word;
  for (const uint32_t document : scratch_->touched) {
    if ((scratch_->documents[document].words & mask) == mask) found.push_back(document);
  }
  return clause.adjacent && clause.places.size() > 1 ? KeepAdjacent(clause, found) : Status::Ok();
}

Status Scorer::KeepAdjacent(const QueryClause& clause, std::vector<uint32_t>& documents) {
  std::vector<uint32_t> kept;
  const std::vector<Segment>& segments = snapshot_.postings->segments();
  for (size_t i = 0; i < segments.size(); ++i) {
    RETURN_IF_ERROR(stop_());
    std::vector<uint32_t> local;
    for (const uint32_t document : documents) {
      if (SegmentOf(document) == i) local.push_back(document - segments[i].base);
    }
    for (const TextFieldSpec& spec : kTextFields) {
      // Where the phrase could begin, document by document, narrowed down word by word.
      std::map<uint32_t, std::vector<uint32_t>> starts;
      for (size_t k = 0; k < clause.places.size() && (k == 0 || !starts.empty()); ++k) {
        const QueryClause::Place& place = clause.places[k];
        std::map<uint32_t, std::vector<uint32_t>> still;
        RETURN_IF_ERROR(
            snapshot_.postings->ForEachPosition(i, query_.words[place.word].term, spec.field, local,
                                                [&](uint32_t document, const std::vector<uint32_t>& positions) {
                                                  std::vector<uint32_t> begin;
                                                  for (const uint32_t position : positions) {
                                                    if (position >= place.offset)
                                                      begin.push_back(position - place.offset);
                                                  }
                                                  if (k != 0) KeepCommon(begin, starts[document]);
                                                  if (!begin.empty()) still[document] = std::move(begin);
                                                }));
        starts = std::move(still);
      }
      for (const auto& [document, positions] : starts) kept.push_back(segments[i].base + document);
    }
  }
  std::sort(kept.begin(), kept.end());
  kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
  documents = std::move(kept);
  return Status::Ok();
}

Status Scorer::Explain(const std::vector<uint32_t>& documents, std::vector<std::vector<v1::ScorePart>>& parts) {
  parts.assign(documents.size(), {});
  const auto add = [&parts](size_t i, std::string label, double value) {
    if (value == 0) return;
    v1::ScorePart& part = parts[i].emplace_back();
    part.set_label(std::move(label));
    part.set_value(value);
  };
  for (size_t i = 0; i < documents.size(); ++i) {
    const Tier tier = TierOf(documents[i]);
    add(i, std::string(kTiers[static_cast<size_t>(tier)].label), static_cast<double>(tier) * kTierStep);
    add(i, "state:" + std::string(StateName(StateOf(documents[i]))), StateSignal(StateOf(documents[i])));
  }
  const std::vector<Segment>& segments = snapshot_.postings->segments();
  for (const Weight& weight : weights_) {
    std::vector<std::array<float, kTextFieldCount>> gains(documents.size());
    for (size_t s = 0; s < segments.size(); ++s) {
      RETURN_IF_ERROR(snapshot_.postings->ForEachPosting(
          s, weight.term, [&](TextField field, const int32_t* found, const int32_t* counts, size_t size) {
            for (size_t k = 0; k < size; ++k) {
              const uint32_t document = segments[s].base + static_cast<uint32_t>(found[k]);
              const auto at = std::lower_bound(documents.begin(), documents.end(), document);
              if (at == documents.end() || *at != document) continue;
              const uint8_t length = segments[s].columns->lengths[IndexOf(field)][document - segments[s].base];
              gains[static_cast<size_t>(at - documents.begin())][IndexOf(field)] =
                  (*snapshot_.impacts)(field, length) * static_cast<float>(counts[k]);
            }
          }));
    }
    for (size_t i = 0; i < documents.size(); ++i) {
      double gain = 0;
      for (const float part : gains[i]) gain += part;
      for (const TextFieldSpec& spec : kTextFields) {
        const double share = gain > 0 ? gains[i][IndexOf(spec.field)] / gain : 0;
        add(i, std::string(spec.label) + ":" + std::string(weight.term), share * weight.idf * Saturate(gain));
      }
    }
  }
  return Status::Ok();
}

}  // namespace souk::text
