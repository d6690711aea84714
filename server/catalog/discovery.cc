// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "base/limits.h"
#include "server/catalog/asking.h"
#include "server/catalog/reading.h"

namespace souk::catalog {
namespace {

// No page begins further down: a token that says so was made by hand.
constexpr size_t kOffsetMax = 100'000'000;

}  // namespace

StatusOr<v1::SearchResponse> Discovery::Search(const v1::SearchRequest& request, const CallContext& call) const {
  ASSIGN_OR_RETURN(const size_t size,
                   PageSize(request.page_size(), limits::kSearchPageSizeDefault, limits::kPageSizeMax));
  const std::string digest = RequestDigest(request);
  ASSIGN_OR_RETURN(const std::string cursor, ReadPageToken(request.page_token(), digest));
  ASSIGN_OR_RETURN(const storage::Revision wanted, RevisionFor(parts_, request.consistency(), call, "Search"));
  if (wanted != 0) RETURN_IF_ERROR(parts_.text_runner.WaitApplied(wanted, WaitDeadline(call)));
  text::SearchPage page;
  page.size = size;
  page.offset = cursor.empty() ? 0 : static_cast<size_t>(std::strtoull(cursor.c_str(), nullptr, 10));
  if (page.offset > kOffsetMax) return errors::BadPageToken();
  ASSIGN_OR_RETURN(text::SearchAnswer answer,
                   parts_.text.Search(request, page, *call.visibility, [&] { return call.Check("Search"); }));
  v1::SearchResponse response = std::move(answer.response);
  if (answer.more) response.set_next_page_token(MakePageToken(std::to_string(page.offset + size), digest));
  response.set_revision(Token(parts_, answer.revision));
  return response;
}

StatusOr<v1::SuggestResponse> Discovery::Suggest(const v1::SuggestRequest& request, const CallContext& call) const {
  ASSIGN_OR_RETURN(const storage::Revision wanted, RevisionFor(parts_, request.consistency(), call, "Suggest"));
  if (wanted != 0) RETURN_IF_ERROR(parts_.text_runner.WaitApplied(wanted, WaitDeadline(call)));
  storage::Revision revision = 0;
  ASSIGN_OR_RETURN(v1::SuggestResponse response, parts_.text.Suggest(request, *call.visibility, &revision));
  response.set_revision(Token(parts_, revision));
  return response;
}

}  // namespace souk::catalog
