// SPDX-License-Identifier: Apache-2.0
// Fetches a list page by page and answers with one response that holds all of it.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/limits.h"
#include "base/status.h"
#include "client/cli/session.h"

namespace souk::cli {

template <typename Request, typename Response, typename Item>
struct PagedCall {
  StatusOr<Response> (client::Client::*method)(Request, const client::CallOptions&);
  google::protobuf::RepeatedPtrField<Item>* (Response::*items)();
  int64_t limit = 0;  // 0: all
  int32_t page_size_max = limits::kPageSizeMax;
};

// The answer's next_page_token is where it goes on, if the limit cut it.
template <typename Request, typename Response, typename Item>
StatusOr<Response> AllPages(Session& session, Request request, const PagedCall<Request, Response, Item>& paged) {
  // The last page is as small as the limit wants it: its token goes on right behind the last item.
  const auto page_size = [&paged](int64_t so_far) {
    const int64_t left = paged.limit > 0 ? paged.limit - so_far : paged.page_size_max;
    return static_cast<int32_t>(std::min<int64_t>(left, paged.page_size_max));
  };
  request.set_page_size(page_size(0));
  session.SetConsistency(request);
  ASSIGN_OR_RETURN(Response all, (session.client().*paged.method)(request, session.call()));
  auto* items = (all.*paged.items)();
  while (!all.next_page_token().empty() && (paged.limit == 0 || items->size() < paged.limit)) {
    request.set_page_token(all.next_page_token());
    request.set_page_size(page_size(items->size()));
    ASSIGN_OR_RETURN(Response page, (session.client().*paged.method)(request, session.call()));
    items->MergeFrom(*(page.*paged.items)());
    all.set_next_page_token(page.next_page_token());
    all.set_revision(page.revision());
  }
  return all;
}

// Says that a list was cut, which must not pass for a whole one.
template <typename Response>
void NoteMore(Session& session, const Response& response, int shown) {
  if (response.next_page_token().empty()) return;
  session.Note(std::to_string(shown) + " shown, and there are more; --limit 0 shows all");
}

}  // namespace souk::cli
