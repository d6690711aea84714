// SPDX-License-Identifier: Apache-2.0
// JSON text as YAML in block style, with the same order of fields. Pure function.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace souk::cli {

// INTERNAL if it is not JSON.
StatusOr<std::string> JsonToYaml(std::string_view json);

}  // namespace souk::cli
