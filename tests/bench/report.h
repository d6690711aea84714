// SPDX-License-Identifier: Apache-2.0
// The one table, and a file for each row with every sample. One thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/status.h"
#include "tests/bench/measure.h"

namespace souk::bench {

// Where and how it was measured.
struct Machine {
  int cores = 0;
  std::string processor;
  double memory_gb = 0;
  std::string kernel;
  double load = 0;      // average of the last minute, when the run began
  std::string commit;   // "unknown" outside a repository; "+changes" where files differ from it
  std::string command;  // as typed
};

// `root` is the repository's folder.
Machine DescribeMachine(const std::filesystem::path& root, std::string command);

// "2 cores of …, commit …, command …"
std::string Heading(const Machine& machine);
// A Markdown table with its columns aligned.
std::string Table(const std::vector<Line>& lines);
// <folder>/<row>.json
Status WriteJson(const std::filesystem::path& folder, const std::string& row, const std::vector<Line>& lines,
                 const Machine& machine);

}  // namespace souk::bench
