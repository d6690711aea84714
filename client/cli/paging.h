// SPDX-License-Identifier: Apache-2.0
// Fetches a list page by page and answers with one response that holds all of it.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <algorithm>
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

template <typename Request, typename Response, typename Item>
StatusOr<Response> AllPages(Session& session, Request request, const PagedCall<Request, Response, Item>& paged) {
  // The same size for every page: a page token belongs to the request that gave it.
  const int64_t wanted = paged.limit > 0 ? std::min<int64_t>(paged.limit, paged.page_size_max) : paged.page_size_max;
  request.set_page_size(static_cast<int32_t>(wanted));
  session.SetConsistency(request);
  ASSIGN_OR_RETURN(Response all, (session.client().*paged.method)(request, session.call()));
  auto* items = (all.*paged.items)();
  while (!all.next_page_token().empty() && (paged.limit == 0 || items->size() < paged.limit)) {
    request.set_page_token(all.next_page_token());
    ASSIGN_OR_RETURN(Response page, (session.client().*paged.method)(request, session.call()));
    items->MergeFrom(*(page.*paged.items)());
    all.set_next_page_token(page.next_page_token());
    all.set_revision(page.revision());
  }
  if (paged.limit > 0 && items->size() > paged.limit) {
    // Part of the last page is left out: its token would skip that part.
    items->DeleteSubrange(static_cast<int>(paged.limit), items->size() - static_cast<int>(paged.limit));
    all.clear_next_page_token();
  }
  return all;
}

}  // namespace souk::cli
