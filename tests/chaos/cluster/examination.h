// SPDX-License-Identifier: Apache-2.0
// What is asked of the nodes of a cluster once everything is well again and nobody writes any more.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/status.h"
#include "tests/chaos/cluster/stage.h"

namespace souk::chaos {

// Waits until all nodes are connected, show the same revision, and so do their indexes; the token of that revision.
// DEADLINE_EXCEEDED with what is wrong if they are not in time.
StatusOr<std::string> AwaitWhole(Stage& stage, std::chrono::seconds duration_max);
// What each node tells of these lines.
std::vector<Account> TakeAccounts(Stage& stage, const std::vector<std::string>& lines);
// Whether all nodes list the same products, byte for byte, and find nothing wrong with themselves.
void CompareNodes(Stage& stage);

}  // namespace souk::chaos
