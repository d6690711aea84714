// SPDX-License-Identifier: Apache-2.0
// How the following of a ledger that is elsewhere goes. A value.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/status.h"

namespace souk::storage {

struct FollowerStatus {
  // OK while the ledger answers, or why it is not followed at the moment.
  Status connected;
  // True while the rows are filled anew.
  bool filling = false;
  // Since the ledger was last heard of; what is read now may be so old. Small while it is connected.
  std::chrono::milliseconds silence{0};
  // Since the commit of the newest applied revision, by its writer's clock; 0 where the ledger is not known to have
  // anything newer.
  std::chrono::milliseconds lag{0};
  // Since the start: followed again after the connection was lost; revisions missing in the feed; the rows filled anew.
  uint64_t resumes = 0;
  uint64_t gaps = 0;
  uint64_t relists = 0;
  // Changes that no node of Souk made; times that all rows were compared with the ledger, and that they differed.
  uint64_t foreign_changes = 0;
  uint64_t comparisons = 0;
  uint64_t differences = 0;
};

}  // namespace souk::storage
