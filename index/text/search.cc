// SPDX-License-Identifier: Apache-2.0
#include "index/text/search.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "index/text/hits.h"
#include "index/text/query.h"
#include "index/text/row_filter.h"

namespace souk::text {
namespace {

constexpr size_t kRowsBetweenStops = 4096;

// One search; its steps in the order in which they are called.
class Search {
 public:
  Search(const Snapshot& snapshot, const v1::SearchRequest& request, const SearchPage& page, RowFilter filter,
         FacetCounter facets, Query query)
      : snapshot_(snapshot),
        request_(request),
        page_(page),
        filter_(std::move(filter)),
        facets_(std::move(facets)),
        query_(std::move(query)) {}

  StatusOr<SearchAnswer> Run(ScratchPool& pool, const std::function<Status()>& stop) {
    Scorer scorer(snapshot_, query_, filter_, pool, stop);
    if (!query_.blank) RETURN_IF_ERROR(scorer.Run());
    // What has nothing but exclusions is a list of everything else.
    const bool list = query_.blank || (query_.plain.empty() && !query_.clauses.empty());
    std::vector<ScoredLine> lines;
    bool fallback = false;
    if (list) {
      RETURN_IF_ERROR(List(scorer, stop, lines));
    } else {
      RETURN_IF_ERROR(scorer.Collect(lines, &fallback));
    }
    for (const ScoredLine& line : lines) facets_.Add(snapshot_.RowOf(line.slot));
    const size_t total = lines.size();
    RETURN_IF_ERROR(stop());
    CutPage(lines, !list);

    SearchAnswer answer;
    answer.revision = snapshot_.revision;
    answer.more = page_.offset + lines.size() < total && !lines.empty();
    answer.response.set_total_size(total);
    answer.response.set_complete(true);
    answer.response.set_any_word_fallback(fallback);
    facets_.Finish(answer.response);
    for (const ScoredLine& line : lines) FillHit(snapshot_, line.slot, line.score, *answer.response.add_hits());
    if (!list) RETURN_IF_ERROR(DescribeMatches(snapshot_, query_, scorer, request_, lines, answer.response));
    return answer;
  }

 private:
  // Everything that passes the filter, by name.
  Status List(Scorer& scorer, const std::function<Status()>& stop, std::vector<ScoredLine>& lines) {
    std::vector<uint32_t> excluded;
    if (!query_.clauses.empty()) RETURN_IF_ERROR(scorer.CollectExcluded(excluded));
    size_t rows = 0;
    for (const uint32_t slot : *snapshot_.by_name) {
      if (rows++ % kRowsBetweenStops == 0) RETURN_IF_ERROR(stop());
      if (std::binary_search(excluded.begin(), excluded.end(), slot) || !filter_.Matches(slot)) continue;
      lines.push_back({0, slot, 0});
    }
    return Status::Ok();
  }

  void CutPage(std::vector<ScoredLine>& lines, bool sort) const {
    const size_t begin = std::min(page_.offset, lines.size());
    const size_t end = begin + std::min(page_.size, lines.size() - begin);
    if (sort) {
      // Equal scores by name, so that pages neither repeat nor skip.
      const auto better = [this](const ScoredLine& a, const ScoredLine& b) {
        if (a.score != b.score) return a.score > b.score;
        return snapshot_.NameLess(a.slot, b.slot);
      };
      std::partial_sort(lines.begin(), lines.begin() + static_cast<ptrdiff_t>(end), lines.end(), better);
    }
    lines.resize(end);
    lines.erase(lines.begin(), lines.begin() + static_cast<ptrdiff_t>(begin));
  }

  const Snapshot& snapshot_;
  const v1::SearchRequest& request_;
  const SearchPage& page_;
  RowFilter filter_;
  FacetCounter facets_;
  Query query_;
};

}  // namespace

StatusOr<SearchAnswer> SearchSnapshot(const Snapshot& snapshot, ScratchPool& pool, const v1::SearchRequest& request,
                                      const SearchPage& page, const Visibility& visibility,
                                      const std::function<Status()>& stop) {
  ASSIGN_OR_RETURN(RowFilter filter, RowFilter::Make(request.filter(), snapshot, visibility));
  ASSIGN_OR_RETURN(FacetCounter facets, FacetCounter::Make(request, snapshot));
  ASSIGN_OR_RETURN(Query query, ParseQuery(request.query()));
  return Search(snapshot, request, page, std::move(filter), std::move(facets), std::move(query)).Run(pool, stop);
}

}  // namespace souk::text
