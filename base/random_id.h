// SPDX-License-Identifier: Apache-2.0
// Ids that nobody else has, without asking anybody. A free function; thread-safe.
#pragma once

#include <string>

namespace souk {

// Sixteen hexadecimal digits.
std::string RandomId();

}  // namespace souk
