// SPDX-License-Identifier: Apache-2.0
// What every ledger asks of a transaction, and the words with which it refuses. Pure functions; thread-safe.
#pragma once

#include <string_view>

#include "base/status.h"
#include "storage/ledger.h"

namespace souk::storage {

// INVALID_ARGUMENT: no write id, over the limits of a transaction, a key twice, a key that is empty or holds 0x00.
Status CheckTransaction(const Transaction& transaction);
// Bytes of keys and values, as the limit counts them: without the marks of imports.
size_t BytesOf(const Transaction& transaction);

// ABORTED, reason CONCURRENT_CHANGE, metadata "guard".
Status GuardConflict(const Guard& guard);
// OUT_OF_RANGE, reason REVISION_COMPACTED, metadata "oldest".
Status FeedCompacted(Revision oldest, std::string_view epoch);

}  // namespace souk::storage
