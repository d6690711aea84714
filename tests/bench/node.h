// SPDX-License-Identifier: Apache-2.0
// Real nodes for a measurement, and what a process costs. From the main thread: a node ends with its starter.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "client/lib/client.h"
#include "tests/support/node.h"

namespace souk::bench {

using support::Node;

// Starts soukd on a data folder, made if absent, and waits until it serves.
StatusOr<std::unique_ptr<Node>> StartNode(const std::filesystem::path& data_dir, std::vector<std::string> flags = {});
std::unique_ptr<client::Client> ClientOf(const Node& node);

// Processor time of all threads of a process so far; 0 if it is gone.
double CpuSeconds(pid_t pid);
// Its resident memory; 0 if it is gone.
double ResidentMb(pid_t pid);

}  // namespace souk::bench
