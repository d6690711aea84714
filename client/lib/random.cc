// SPDX-License-Identifier: Apache-2.0
#include "client/lib/random.h"

#include <memory>
#include <mutex>
#include <random>
#include <string_view>

namespace souk::client {

Random MachineRandom() {
  struct Source {
    std::mutex mutex;
    std::mt19937_64 engine{std::random_device{}()};
  };
  return [source = std::make_shared<Source>()] {
    const std::lock_guard lock(source->mutex);
    return std::uniform_real_distribution<double>(0.0, 1.0)(source->engine);
  };
}

std::string NewRequestId(const Random& random) {
  constexpr int kDigits = 32;
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string id;
  for (int i = 0; i < kDigits; ++i) id += kHex[static_cast<size_t>(random() * static_cast<double>(kHex.size()))];
  return id;
}

}  // namespace souk::client
