// SPDX-License-Identifier: Apache-2.0
// Chance, injected: jitter and request ids come from here. Thread-safe.
#pragma once

#include <functional>
#include <string>

namespace souk::client {

// Uniform in [0, 1).
using Random = std::function<double()>;

// A source seeded by the machine.
Random MachineRandom();

// 128 random bits, hexadecimal: as unique as a UUID.
std::string NewRequestId(const Random& random);

}  // namespace souk::client
