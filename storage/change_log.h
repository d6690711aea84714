// SPDX-License-Identifier: Apache-2.0
// Changes read back from the disk, for followers that are too far behind for memory. The same as what was told when
// they happened. Free functions; thread-safe.
#pragma once

#include <vector>

#include "base/names.h"
#include "base/status.h"
#include "storage/change.h"
#include "storage/snapshot.h"

namespace souk::storage {

// Changes after `after` in order, at most `changes_max`. DATA_LOSS if a row can't be read.
StatusOr<std::vector<Change>> ReadChanges(const Snapshot& snapshot, Revision after, size_t changes_max);

// A line as it was at a revision: the newest state not above it. Null if it was not there yet.
StatusOr<SharedLine> LineAt(const Snapshot& snapshot, const LineName& line, Revision revision);

}  // namespace souk::storage
