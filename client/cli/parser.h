// SPDX-License-Identifier: Apache-2.0
// The command line, read by the commands' own descriptions. Pure function.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "client/cli/session.h"

namespace souk::cli {

// `arguments` without the program's name. INVALID_ARGUMENT for whatever is wrong with them.
StatusOr<Invocation> ParseCommandLine(const std::vector<std::string>& arguments);

// The command that the words begin with, the longest name first; null if there is none. `used` gets the number of
// words that its name took. Options among the words are skipped.
const CommandSpec* FindCommand(const std::vector<std::string>& arguments, size_t& used);

}  // namespace souk::cli
