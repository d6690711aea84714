// SPDX-License-Identifier: Apache-2.0
#include "client/lib/backoff.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace souk::client {

Backoff::Backoff(std::chrono::milliseconds first, std::chrono::milliseconds max, Random random)
    : first_(first), max_(max), random_(std::move(random)), step_(std::min(first, max)) {}

std::chrono::milliseconds Backoff::Next() {
  const double share = 0.5 + 0.5 * random_();
  const std::chrono::milliseconds pause(static_cast<int64_t>(static_cast<double>(step_.count()) * share));
  step_ = std::min(max_, step_ * 2);
  return pause;
}

void Backoff::Reset() { step_ = std::min(first_, max_); }

}  // namespace souk::client
