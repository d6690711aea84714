// SPDX-License-Identifier: Apache-2.0
// Opens the store of a node over the ledger that its options name. Free functions.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/status.h"
#include "server/options.h"
#include "storage/store.h"

namespace souk::server {

// What Store::Open() and Store::Follow() say, UNAVAILABLE if etcd does not answer and the folder is a new one,
// FAILED_PRECONDITION if it is of a version that loses data. A folder that was used before may be behind its ledger.
StatusOr<std::unique_ptr<storage::Store>> OpenStore(const Options& options, const Clock& clock);

// Waits until the store has everything that was acknowledged anywhere before this call, and says now and then how far
// it is. Not where the ledger does not answer, or no longer: then what the store has is all that there is to serve.
Status CatchUp(storage::Store& store, const Clock& clock, Deadline deadline);

}  // namespace souk::server
