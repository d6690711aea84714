// SPDX-License-Identifier: Apache-2.0
// Proves a snapshot against the store: every document is what the line's state makes of it, none is missing, none is
// too many. Thread-safe; changes nothing.
#pragma once

#include "base/status.h"
#include "index/text/snapshot.h"
#include "index/text/text_index.h"
#include "storage/view.h"

namespace souk::text {

// Adds to the verdict. Fails only where the view does.
Status VerifyDocuments(const Snapshot& snapshot, const storage::View& view, TextVerdict& verdict);

}  // namespace souk::text
