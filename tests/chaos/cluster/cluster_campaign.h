// SPDX-License-Identifier: Apache-2.0
// Episodes of: clients that write and read through all nodes, faults meanwhile, everything well again, and then the
// history of the episode held to what a cluster promises. The cluster goes on from one episode to the next. One thread
// runs it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/status.h"
#include "tests/chaos/cluster/faults.h"
#include "tests/chaos/history/checker.h"

namespace souk::chaos {

struct ClusterCampaignOptions {
  int episodes = 1;
  // Goes on for so long instead, whatever the episodes.
  std::optional<std::chrono::minutes> duration = std::nullopt;
  // Faults strike for so long in each.
  int episode_seconds = 30;
  uint64_t seed = 1;
  // One kind of fault, by its name; "" for all of them.
  std::string only = "";
  bool keep = false;
  // Negative control: clients pass off reads of any age as reads of the latest.
  bool old_reads = false;
};

struct ClusterCampaignResult {
  int episodes = 0;
  FaultCounts faults;
  Verdict verdict;                           // sums over all episodes; its violations are among those below
  uint64_t changes_of_node = 0;              // by readers of the feed
  uint64_t relists = 0;                      // of nodes, so far as they tell at the end of an episode
  std::chrono::milliseconds resumed_max{0};  // after everything was well again, until the last node took a write
  uint64_t violations = 0;
};

// An error where no cluster can be started at all; what it does wrong is a violation.
StatusOr<ClusterCampaignResult> RunClusterCampaign(const ClusterCampaignOptions& options);

}  // namespace souk::chaos
