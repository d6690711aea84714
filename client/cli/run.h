// SPDX-License-Identifier: Apache-2.0
// Runs one command line. No exception leaves it.
#pragma once

#include <string>
#include <vector>

#include "client/cli/environment.h"

namespace souk::cli {

// `arguments` without the program's name. Returns the exit code (exit_code.h).
int Run(const std::vector<std::string>& arguments, Environment& env);

}  // namespace souk::cli
