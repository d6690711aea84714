// SPDX-License-Identifier: Apache-2.0
// Names of callers, as they go into the history. Pure functions.
#pragma once

#include <string_view>

namespace souk::auth {

// Printable UTF-8 of a length that a person can read.
bool IsRecordableName(std::string_view name);

}  // namespace souk::auth
