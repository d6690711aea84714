// SPDX-License-Identifier: Apache-2.0
// Runs command lines in the test's own process: their words go in, what they say comes out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/cli/environment.h"
#include "tests/client/support/fake_node.h"
#include "tests/support/temp_directory.h"

namespace souk::cli {

struct Said {
  int code = 0;
  std::string out;
  std::string err;
};

// One node and one home folder. Not thread-safe.
class Terminal {
 public:
  Terminal();

  // With the node's address, unless the words hold --addr.
  Said Run(std::vector<std::string> words, const std::string& input = "");

  client::FakeNode& node() { return node_; }
  std::filesystem::path Home(const std::string& name) const { return home_ / name; }
  // Writes a file below the home folder and returns its path.
  std::string Write(const std::string& name, const std::string& content);

  std::map<std::string, std::string> variables;
  bool out_is_terminal = false;
  bool err_is_terminal = false;

 private:
  support::TempDirectory home_;
  client::FakeNode node_;
  ManualClock clock_{1'000'000};
};

}  // namespace souk::cli
