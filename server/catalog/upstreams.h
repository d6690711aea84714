// SPDX-License-Identifier: Apache-2.0
// What a registration says of the lines that it reads from. Not thread-safe: a round is one planner's.
#pragma once

#include <vector>

#include "base/status.h"
#include "server/catalog/candidate.h"
#include "server/catalog/round.h"
#include "storage/ledger.h"

namespace souk::catalog {

// An upstream that is about to retire can't gain a consumer: ABORTED, and guarded. One that is not there is a warning
// and an open edge; findings grow to limits::kFindingsMax at most.
Status CheckUpstreams(const Candidate& candidate, Round& round, std::vector<storage::Guard>& guards,
                      std::vector<v1::Finding>& findings);

}  // namespace souk::catalog
