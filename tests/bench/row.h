// SPDX-License-Identifier: Apache-2.0
// A row: a name on the command line, and a function that measures it. The list of all of them is in row.cc.
#pragma once

#include <string_view>
#include <vector>

#include "base/status.h"
#include "tests/bench/measure.h"
#include "tests/bench/workbench.h"

namespace souk::bench {

struct Row {
  std::string_view name;
  std::string_view what;
  // The row's lines, or why they could not be measured. NOT_FOUND: something that it needs is absent, it is skipped.
  StatusOr<std::vector<Line>> (*run)(Workbench& bench);
};

// In the order of the table.
const std::vector<Row>& Rows();

// rows_read.cc
StatusOr<std::vector<Line>> RunGet(Workbench& bench);
StatusOr<std::vector<Line>> RunOwner(Workbench& bench);
// rows_commit.cc
StatusOr<std::vector<Line>> RunCommit(Workbench& bench);
// rows_write.cc
StatusOr<std::vector<Line>> RunRegister(Workbench& bench);
StatusOr<std::vector<Line>> RunBulk(Workbench& bench);
StatusOr<std::vector<Line>> RunBulkJson(Workbench& bench);
// rows_visible.cc
StatusOr<std::vector<Line>> RunVisible(Workbench& bench);
// rows_replicated.cc
StatusOr<std::vector<Line>> RunReplicated(Workbench& bench);
StatusOr<std::vector<Line>> RunReplicatedBulk(Workbench& bench);
StatusOr<std::vector<Line>> RunLatest(Workbench& bench);
// rows_cluster.cc
StatusOr<std::vector<Line>> RunElsewhere(Workbench& bench);
StatusOr<std::vector<Line>> RunFailover(Workbench& bench);
StatusOr<std::vector<Line>> RunBootstrap(Workbench& bench);
// rows_storm.cc
StatusOr<std::vector<Line>> RunStorm(Workbench& bench);
// rows_node.cc
StatusOr<std::vector<Line>> RunColdStart(Workbench& bench);
StatusOr<std::vector<Line>> RunMemory(Workbench& bench);
StatusOr<std::vector<Line>> RunMesh(Workbench& bench);
// rows_governance.cc
StatusOr<std::vector<Line>> RunGate(Workbench& bench);
StatusOr<std::vector<Line>> RunWhatIf(Workbench& bench);
StatusOr<std::vector<Line>> RunDiff(Workbench& bench);

}  // namespace souk::bench
