// SPDX-License-Identifier: Apache-2.0
// Cycles of: start a node on the same data, hold it to the journal, write, kill -9 at a random moment. One thread runs
// it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/status.h"

namespace souk::chaos {

struct CampaignOptions {
  int cycles = 25;
  // Goes on for so long instead, whatever the cycles.
  std::optional<std::chrono::minutes> duration = std::nullopt;
  uint64_t seed = 1;
  int writers = 4;
  // Leaves the data where it is.
  bool keep = false;
  // Negative control: loses one acknowledged change on purpose, from the journal's point of view.
  bool forget_one = false;
};

struct CampaignResult {
  int cycles = 0;
  uint64_t acknowledged = 0;
  uint64_t unknown = 0;
  uint64_t violations = 0;
};

// An error where no node can be started at all; what a node does wrong is a violation.
StatusOr<CampaignResult> RunCampaign(const CampaignOptions& options);

}  // namespace souk::chaos
