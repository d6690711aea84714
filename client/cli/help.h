// SPDX-License-Identifier: Apache-2.0
// The manual, made from the commands' descriptions. Pure functions.
#pragma once

#include <ostream>
#include <string_view>

#include "client/cli/command.h"
#include "client/cli/style.h"

namespace souk::cli {

// All commands on one screen.
void WriteOverview(const Style& style, std::ostream& out);

// One command, like a manual page.
void WriteManual(const CommandSpec& command, const Style& style, std::ostream& out);

// The commands below "admin", say. False if there are none.
bool WriteGroup(std::string_view prefix, const Style& style, std::ostream& out);

}  // namespace souk::cli
