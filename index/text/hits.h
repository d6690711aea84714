// SPDX-License-Identifier: Apache-2.0
// Makes the hits of one page: attributes from the columns in memory, what matched from positions, highlights from the
// stored texts. For one call on one thread.
#pragma once

#include <vector>

#include "base/status.h"
#include "index/text/query.h"
#include "index/text/scorer.h"
#include "index/text/snapshot.h"
#include "souk/v1/discovery_service.pb.h"

namespace souk::text {

// The attributes alone.
void FillHit(const Snapshot& snapshot, uint32_t slot, double score, v1::SearchHit& hit);

// matched_on, and what the request asks for beyond it. `page` and the response's hits are in the same order.
Status DescribeMatches(const Snapshot& snapshot, const Query& query, Scorer& scorer, const v1::SearchRequest& request,
                       const std::vector<ScoredLine>& page, v1::SearchResponse& response);

}  // namespace souk::text
