// SPDX-License-Identifier: Apache-2.0
// search, suggest.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.h"
#include "client/cli/command_list.h"
#include "client/cli/config.h"
#include "client/cli/paging.h"
#include "client/cli/text.h"

namespace souk::cli {
namespace {

// The words that matched stand out.
std::string Highlighted(const v1::Highlight& highlight, const Style& style) {
  const std::string& text = highlight.text();
  std::string out;
  size_t at = 0;
  for (int i = 0; i + 1 < highlight.spans_size(); i += 2) {
    const size_t begin = std::clamp<size_t>(highlight.spans(i), at, text.size());
    const size_t end = std::clamp<size_t>(highlight.spans(i + 1), begin, text.size());
    out += Clean(std::string_view(text).substr(at, begin - at));
    const std::string match = Clean(std::string_view(text).substr(begin, end - begin));
    out += style.coloured() ? style.Yellow(match) : "*" + match + "*";
    at = end;
  }
  return out + Clean(std::string_view(text).substr(at));
}

void WriteHits(const v1::SearchResponse& response, std::ostream& out, const Style& style) {
  for (const v1::SearchHit& hit : response.hits()) {
    out << style.Bold(Clean(ShortName(hit.name()))) << "  " << StateWord(hit.state()) << "  "
        << style.Dim(Clean(hit.team())) << fmt::format("  {:.2f}", hit.score()) << "\n";
    for (const v1::Highlight& highlight : hit.highlights()) {
      out << "    " << style.Dim(Clean(highlight.field())) << ": " << Highlighted(highlight, style) << "\n";
    }
    for (const v1::ScorePart& part : hit.explanation()) {
      out << fmt::format("    {:>10.4f}  {}\n", part.value(), Clean(part.label()));
    }
  }
}

// Facets are their own small tables below the hits.
void WriteFacets(const v1::SearchResponse& response, std::ostream& out, const Style& style) {
  for (const v1::Facet& facet : response.facets()) {
    out << "\n" << style.Bold(Clean(facet.field())) << "\n";
    for (const v1::FacetValue& value : facet.values()) {
      out << fmt::format("  {:>6}  {}\n", value.count(), Clean(value.value()));
    }
    if (facet.truncated()) out << "  and more\n";
  }
}

// The first few places; a product can match in a hundred columns.
std::string Matched(const v1::SearchHit& hit) {
  constexpr int kShownMax = 3;
  std::vector<std::string> shown = Strings(hit.matched_on());
  const int more = hit.matched_on_size() - kShownMax;
  if (more <= 0) return Join(shown, " ");
  shown.resize(kShownMax);
  return Join(shown, " ") + fmt::format(" +{}", more);
}

Answer SearchAnswer(const v1::SearchResponse& response) {
  Answer answer;
  answer.message = &response;
  answer.table.header = {"PRODUCT", "STATE", "TEAM", "MATCHED", "SUMMARY"};
  for (const v1::SearchHit& hit : response.hits()) {
    answer.table.rows.push_back(
        {ShortName(hit.name()), StateWord(hit.state()), hit.team(), Matched(hit), hit.summary()});
    answer.names.push_back(hit.name());
    if (!hit.id().empty()) answer.ids.push_back(hit.id());
  }
  return answer;
}

}  // namespace

StatusOr<int> RunSearch(Session& session) {
  constexpr int64_t kLimitDefault = limits::kSearchPageSizeDefault;
  v1::SearchRequest request;
  request.set_query(Join(session.words(), " "));
  request.set_filter(session.Text("filter"));
  for (const std::string& facet : SplitList(session.Text("facets"))) request.add_facets(facet);
  request.set_highlight(session.Has("highlight"));
  request.set_explain(session.Has("explain"));
  const PagedCall<v1::SearchRequest, v1::SearchResponse, v1::SearchHit> paged = {
      &client::Client::Search, &v1::SearchResponse::mutable_hits, session.Number("limit", kLimitDefault)};
  ASSIGN_OR_RETURN(const v1::SearchResponse response, AllPages(session, request, paged));
  Answer answer = SearchAnswer(response);
  const bool detailed = session.Has("highlight") || session.Has("explain");
  if (detailed || !response.facets().empty()) {
    const Look look = {session.out_style(), session.env().out_is_terminal ? session.env().width : 0};
    answer.text = [&, look](std::ostream& out, const Style& style) {
      if (detailed) {
        WriteHits(response, out, style);
      } else {
        WriteTable(answer.table, style, look.width, out);
      }
      WriteFacets(response, out, style);
    };
  }
  RETURN_IF_ERROR(session.Print(answer).status());
  const auto shown = static_cast<uint64_t>(response.hits_size());
  if (shown == 0) {
    session.Note("nothing found; `souk suggest` completes what is being typed");
  } else if (shown < response.total_size()) {
    session.Note(fmt::format("{} of {} shown; --limit N shows more", shown, response.total_size()));
  }
  if (response.any_word_fallback()) session.Note("no product has all of these words; shown are those with any of them");
  if (!response.incomplete_reason().empty()) session.Note("the answer may be cut: " + response.incomplete_reason());
  return kExitOk;
}

StatusOr<int> RunSuggest(Session& session) {
  v1::SuggestRequest request;
  request.set_prefix(Join(session.words(), " "));
  request.set_limit(static_cast<int32_t>(std::min<int64_t>(session.Number("limit", 0), limits::kSuggestMax)));
  session.SetConsistency(request);
  ASSIGN_OR_RETURN(const v1::SuggestResponse response, session.client().Suggest(request, session.call()));
  Answer answer;
  answer.message = &response;
  answer.table.header = {"TEXT", "KIND", "LINES", "NAME"};
  for (const v1::Suggestion& suggestion : response.suggestions()) {
    answer.table.rows.push_back(
        {suggestion.text(), suggestion.kind(), std::to_string(suggestion.count()), suggestion.name()});
    if (!suggestion.name().empty()) answer.names.push_back(suggestion.name());
    answer.ids.push_back(suggestion.text());
  }
  return session.Print(answer);
}

}  // namespace souk::cli
