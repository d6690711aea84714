// SPDX-License-Identifier: Apache-2.0
// A search and a suggestion over one snapshot. Thread-safe: everything given is only read.
#pragma once

#include <functional>

#include "base/status.h"
#include "base/visibility.h"
#include "index/text/scorer.h"
#include "index/text/snapshot.h"
#include "index/text/text_index.h"

namespace souk::text {

StatusOr<SearchAnswer> SearchSnapshot(const Snapshot& snapshot, ScratchPool& pool, const v1::SearchRequest& request,
                                      const SearchPage& page, const Visibility& visibility,
                                      const std::function<Status()>& stop);

StatusOr<v1::SuggestResponse> SuggestFromSnapshot(const Snapshot& snapshot, const v1::SuggestRequest& request,
                                                  const Visibility& visibility);

}  // namespace souk::text
