// SPDX-License-Identifier: Apache-2.0
// A real node as a child process, and the real command line beside it. The binaries are in the folder that SOUK_BIN_DIR
// names, else beside the running program. Ports are free ones; a node ends with the thread that started it.
// Not thread-safe, but for the addresses.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tests/support/process.h"
#include "tests/support/temp_directory.h"

namespace souk::support {

struct NodeOptions {
  std::filesystem::path data_directory = {};
  std::string grpc_address = "127.0.0.1:0";
  std::string http_address = "127.0.0.1:0";
  std::vector<std::string> flags = {};  // further flags of soukd
  std::filesystem::path log = {};       // appended; empty: kept only as long as the node
  // Of a start, rebuild of all indexes included, under a sanitizer on a busy machine.
  std::chrono::milliseconds start_duration_max{60'000};
  std::chrono::milliseconds stop_duration_max{60'000};
};

class Node {
 public:
  // Launches it and waits until it serves. UNAVAILABLE with the end of its log if it does not.
  static StatusOr<std::unique_ptr<Node>> Start(NodeOptions options);
  // Only launches it; it may be killed before it serves.
  static StatusOr<std::unique_ptr<Node>> Launch(NodeOptions options);
  Status WaitReady();
  // Kills it if it still runs.
  ~Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const std::string& grpc_address() const { return grpc_address_; }
  const std::string& http_address() const { return http_address_; }
  pid_t pid() const { return process_.pid(); }
  // The end of what it wrote.
  std::string Log() const;

  // SIGTERM. INTERNAL with the log unless it drains and exits with 0 in time.
  Status Stop();
  // SIGKILL, and waits until it is gone.
  void Kill();
  void Signal(int signal) const { process_.Signal(signal); }
  // From now on no file may grow beyond that: a full disk, for a process that can't tell. Nothing lifts the limit.
  Status LimitFileBytes(std::optional<uint64_t> bytes_max) const;

 private:
  Node(NodeOptions options, std::unique_ptr<TempDirectory> folder, Process process);

  NodeOptions options_;
  std::unique_ptr<TempDirectory> folder_;  // ready file and log
  Process process_;
  std::string grpc_address_;
  std::string http_address_;
};

// The path of one of our binaries.
std::filesystem::path Binary(std::string_view name);

// The checkout, where tests find samples and corpora: SOUK_SOURCE_DIR, else the current folder.
std::filesystem::path SourceDirectory();

// Runs `souk ARGUMENTS` against a node, away from the person's own configuration. Neither output is a terminal.
CommandResult RunSouk(const std::string& grpc_address, const std::vector<std::string>& arguments,
                      RunOptions options = {});

}  // namespace souk::support
