// SPDX-License-Identifier: Apache-2.0
// Names for products that no search takes for one another. Pure function.
#pragma once

#include <cstddef>
#include <string>

namespace souk::chaos {

// Injective below some 2.4 million; neighbours differ in several letters.
std::string WordOf(size_t number);

}  // namespace souk::chaos
