// SPDX-License-Identifier: Apache-2.0
// Where a revision had come from that was imported: a mark among its writes. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "storage/ledger.h"

namespace souk::storage {

// The mark of a revision of another history.
LedgerWrite OriginMark(std::string_view epoch, Revision revision, int64_t time_us);
// The time that the revision had where it came from; nothing if these are not the writes of an imported one.
std::optional<int64_t> OriginTimeOf(const std::vector<LedgerWrite>& writes);

}  // namespace souk::storage
