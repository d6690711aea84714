// SPDX-License-Identifier: Apache-2.0
// The peer of the read rows: a bare gRPC server in the callback mode, as soukd is, that gives back bytes made before.
// It neither parses a request nor builds an answer. Runs in a process of its own: souk-bench --echo-server FILE.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/status.h"

namespace souk::bench {

// Answers in turn: those of GetProduct and those of FindOwner, serialized.
struct EchoAnswers {
  std::vector<std::string> get_product;
  std::vector<std::string> find_owner;
};

Status WriteAnswers(const EchoAnswers& answers, const std::filesystem::path& file);

// Serves on a free port of the loopback, writes the address to the ready file, and returns when SIGTERM comes. An exit
// code.
int RunEchoServer(const std::filesystem::path& answers_file, const std::filesystem::path& ready_file);

}  // namespace souk::bench
