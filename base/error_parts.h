// SPDX-License-Identifier: Apache-2.0
// What the functions of errors.h are made of. Internal to base/. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace souk::errors {

using Metadata = std::vector<std::pair<std::string, std::string>>;

// Text that a caller gave: without control characters, cut to a readable length; in quotation marks, or plain.
std::string Quote(std::string_view text);
std::string Plain(std::string_view text);

Status Make(Code code, std::string reason, std::string message, std::string remedy, Metadata metadata = {});

// "a, b and 7 more".
std::string Join(const std::vector<std::string>& items);

}  // namespace souk::errors
