// SPDX-License-Identifier: Apache-2.0
// Child processes. A child ends with the thread that started it, so that a test that crashes leaves nothing behind:
// start it from a thread that lives as long. Waiting is done on the child's pidfd, never by sleeping. Not thread-safe.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"

namespace souk::support {

struct ProcessOptions {
  std::vector<std::string> command = {};      // the program's path first
  std::vector<std::string> environment = {};  // "NAME=value", in front of this process's own
  std::filesystem::path directory = {};       // to start in; empty: this process's own
  std::filesystem::path input = {};           // standard input; empty: nothing to read
  std::filesystem::path output = {};          // standard output, appended; empty: thrown away
  std::filesystem::path errors = {};          // standard error, appended; empty: thrown away
};

class Process {
 public:
  // INTERNAL if there can be no child. A program that can't be run exits with 127.
  static StatusOr<Process> Start(const ProcessOptions& options);
  // Kills it if it still runs.
  ~Process();
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;

  pid_t pid() const { return pid_; }
  // Readable once the child has ended.
  int pidfd() const { return pidfd_; }
  void Signal(int signal) const;
  // Its exit code, or 128 and the signal that ended it. Nothing if it still runs after that time.
  std::optional<int> Wait(std::chrono::milliseconds duration_max);

 private:
  Process(pid_t pid, int pidfd) : pid_(pid), pidfd_(pidfd) {}

  pid_t pid_;
  int pidfd_;
  std::optional<int> exit_code_;
};

struct CommandResult {
  int exit_code = -1;
  std::string out;
  std::string err;
};

struct RunOptions {
  std::vector<std::string> environment = {};
  std::filesystem::path directory = {};
  std::string input = {};
  // A command that takes longer is killed; its exit code is then -1.
  std::chrono::milliseconds duration_max{120'000};
};

// Runs a command to its end.
CommandResult Run(const std::vector<std::string>& command, const RunOptions& options = {});

}  // namespace souk::support
