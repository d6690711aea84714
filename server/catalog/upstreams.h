// SPDX-License-Identifier: Apache-2.0
// The lines that a product reads from. Not thread-safe: a round is one planner's.
#pragma once

#include <vector>

#include "base/status.h"
#include "server/catalog/round.h"
#include "souk/v1/governance.pb.h"
#include "storage/ledger.h"

namespace souk::catalog {

// An upstream that is about to retire can't gain a consumer: ABORTED, and guarded.
Status CheckUpstreams(const v1::DataProduct& model, Round& round, std::vector<storage::Guard>& guards);

// What the input ports that name a contract stand on, in their order; not those that read one of the product's own.
// Where several lines offer the contract it is a live one, an active one before a deprecated one.
StatusOr<std::vector<v1::Upstream>> UpstreamsOf(const v1::DataProduct& model, const storage::View& view);

}  // namespace souk::catalog
