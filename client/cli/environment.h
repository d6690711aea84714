// SPDX-License-Identifier: Apache-2.0
// What the command line touches of the machine, so that a test can stand in for it. Plain values; one thread.
#pragma once

#include <chrono>
#include <functional>
#include <istream>
#include <optional>
#include <ostream>
#include <string>

#include "base/clock.h"
#include "client/lib/random.h"

namespace souk::cli {

struct Environment {
  std::istream& in;
  std::ostream& out;  // data, and nothing else
  std::ostream& err;  // everything else
  const Clock& clock;
  client::Random random;
  // An environment variable, if it is set.
  std::function<std::optional<std::string>(const std::string& name)> variable;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  int width = 0;  // columns of the terminal; 0: unknown, nothing is cut
  // For tests: instead of waiting between tries.
  std::function<void(std::chrono::milliseconds)> pause = {};
};

}  // namespace souk::cli
