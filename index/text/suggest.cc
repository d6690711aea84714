// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "base/limits.h"
#include "base/names.h"
#include "index/text/search.h"
#include "index/text/suggest_terms.h"

namespace souk::text {
namespace {

constexpr size_t kEntriesMax = 20'000;  // looked at for one answer

// How well a value meets what was typed; smaller is better.
enum class Fit : uint8_t { kWhole, kStart, kWord };

struct Candidate {
  Fit fit;
  ValueKind kind;
  uint32_t id;
  uint64_t lines;
};

std::string_view KindLabel(ValueKind kind) {
  switch (kind) {
    case ValueKind::kProduct:
      return "product";
    case ValueKind::kColumn:
      return "column";
    case ValueKind::kTag:
      return "tag";
    case ValueKind::kDomain:
      return "domain";
    default:
      return "owner";
  }
}

// Each value that begins, or has a word that begins, with the prefix: once, with its best fit. A prefix of a letter or
// two in a large mesh meets too many to rank them all while one types: the first in the order of the alphabet are
// taken, among them, first of all, whatever equals the prefix.
std::vector<Candidate> FindCandidates(const SuggestTerms& terms, const std::string& prefix) {
  std::vector<Candidate> candidates;
  terms.ForEach(prefix, kEntriesMax, [&](const SuggestEntry& entry, std::string_view key) {
    const Fit fit = entry.offset != 0 ? Fit::kWord : key.size() == prefix.size() ? Fit::kWhole : Fit::kStart;
    candidates.push_back({fit, entry.kind, entry.id, 0});
  });
  const auto order = [](const Candidate& c) { return std::tuple(c.kind, c.id, c.fit); };
  std::sort(candidates.begin(), candidates.end(),
            [&](const Candidate& a, const Candidate& b) { return order(a) < order(b); });
  const auto same = [](const Candidate& a, const Candidate& b) { return a.kind == b.kind && a.id == b.id; };
  candidates.erase(std::unique(candidates.begin(), candidates.end(), same), candidates.end());
  return candidates;
}

// Lines that have the value, are visible and not retired.
void CountLines(const Snapshot& snapshot, const Visibility& visibility, std::vector<Candidate>& candidates) {
  if (visibility.AllowsAll()) {
    for (Candidate& candidate : candidates) {
      candidate.lines = (*snapshot.dictionaries)[candidate.kind].Lines(candidate.id);
    }
    return;
  }
  std::map<std::pair<ValueKind, uint32_t>, Candidate*> by_value;
  for (Candidate& candidate : candidates) by_value[{candidate.kind, candidate.id}] = &candidate;
  for (const uint32_t slot : *snapshot.by_name) {
    const Row& row = snapshot.RowOf(slot);
    if (row.state() == v1::PRODUCT_STATE_RETIRED) continue;
    if (!visibility.Allows(row.Line(*snapshot.dictionaries))) continue;
    for (const ValueKind kind : kSuggestKinds) {
      std::vector<uint32_t> values(row.Values(kind).begin(), row.Values(kind).end());
      std::sort(values.begin(), values.end());
      values.erase(std::unique(values.begin(), values.end()), values.end());
      for (const uint32_t id : values) {
        const auto candidate = by_value.find({kind, id});
        if (candidate != by_value.end()) ++candidate->second->lines;
      }
    }
  }
}

v1::Suggestion MakeSuggestion(const Snapshot& snapshot, const Candidate& candidate) {
  const std::string& value = (*snapshot.dictionaries)[candidate.kind].Text(candidate.id);
  v1::Suggestion suggestion;
  suggestion.set_kind(std::string(KindLabel(candidate.kind)));
  suggestion.set_count(candidate.lines);
  if (candidate.kind == ValueKind::kProduct) {
    const size_t mark = value.find('\0');
    suggestion.set_name(value.substr(0, mark));
    suggestion.set_text(value.substr(mark + 1));
    return suggestion;
  }
  suggestion.set_text(value);
  if (candidate.kind == ValueKind::kDomain) suggestion.set_name(DomainName(value));
  return suggestion;
}

// Whole matches first; then the kinds take turns, so that a crowd of columns does not hide the products.
std::vector<Candidate> TakeTurns(const Snapshot& snapshot, const std::vector<Candidate>& candidates, size_t limit) {
  const auto better = [&snapshot](const Candidate& a, const Candidate& b) {
    if (a.fit != b.fit) return a.fit < b.fit;
    if (a.lines != b.lines) return a.lines > b.lines;
    const Dictionary& dictionary = (*snapshot.dictionaries)[a.kind];
    return dictionary.Text(a.id) < dictionary.Text(b.id);
  };
  std::vector<Candidate> whole;
  std::vector<std::vector<Candidate>> of_kind;
  for (const ValueKind kind : kSuggestKinds) {
    std::vector<Candidate>& best = of_kind.emplace_back();
    std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(best),
                 [kind](const Candidate& candidate) { return candidate.kind == kind; });
    const size_t kept = std::min(limit, best.size());
    std::partial_sort(best.begin(), best.begin() + static_cast<ptrdiff_t>(kept), best.end(), better);
    best.resize(kept);
    const auto behind = std::find_if(best.begin(), best.end(), [](const Candidate& c) { return c.fit != Fit::kWhole; });
    whole.insert(whole.end(), best.begin(), behind);
    best.erase(best.begin(), behind);
  }
  std::vector<Candidate> taken = std::move(whole);
  for (size_t turn = 0; turn < limit; ++turn) {
    for (const std::vector<Candidate>& best : of_kind) {
      if (turn < best.size()) taken.push_back(best[turn]);
    }
  }
  if (taken.size() > limit) taken.resize(limit);
  return taken;
}

}  // namespace

StatusOr<v1::SuggestResponse> SuggestFromSnapshot(const Snapshot& snapshot, const v1::SuggestRequest& request,
                                                  const Visibility& visibility) {
  if (request.prefix().size() > limits::kQueryBytesMax) {
    return errors::BadField("prefix", "it has " + std::to_string(request.prefix().size()) + " bytes",
                            "Send at most " + std::to_string(limits::kQueryBytesMax) + " bytes.");
  }
  if (request.limit() < 0) return errors::BadField("limit", "it is negative", "Send zero or more.");
  const int32_t limit = request.limit() == 0 ? limits::kSuggestDefault : std::min(request.limit(), limits::kSuggestMax);
  std::string prefix = SuggestKey(request.prefix());
  prefix.erase(0, prefix.find_first_not_of('_'));  // what was typed may begin with a space
  v1::SuggestResponse response;
  if (prefix.empty()) return response;
  std::vector<Candidate> candidates = FindCandidates(snapshot.suggest, prefix);
  CountLines(snapshot, visibility, candidates);
  std::erase_if(candidates, [](const Candidate& candidate) { return candidate.lines == 0; });
  for (const Candidate& candidate : TakeTurns(snapshot, candidates, static_cast<size_t>(limit))) {
    *response.add_suggestions() = MakeSuggestion(snapshot, candidate);
  }
  return response;
}

}  // namespace souk::text
