// SPDX-License-Identifier: Apache-2.0
// The `souk` command line.
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "client/cli/environment.h"
#include "client/cli/run.h"

namespace {

std::optional<std::string> Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

int TerminalWidth() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);
  const souk::SystemClock clock;
  souk::cli::Environment env{std::cin, std::cout, std::cerr, clock, souk::client::MachineRandom(), Variable};
  env.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  env.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
  env.width = TerminalWidth();
  return souk::cli::Run(std::vector<std::string>(argv + 1, argv + argc), env);
}
