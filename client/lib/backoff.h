// SPDX-License-Identifier: Apache-2.0
// The pauses between tries: doubling, with jitter, so that many clients of a node that comes back don't come at once.
// Not thread-safe.
#pragma once

#include <chrono>

#include "client/lib/random.h"

namespace souk::client {

class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds max, Random random);

  // The next pause: between half of the current step and all of it; then the step doubles, up to the maximum.
  std::chrono::milliseconds Next();
  // After a success: starts over.
  void Reset();

 private:
  const std::chrono::milliseconds first_;
  const std::chrono::milliseconds max_;
  const Random random_;
  std::chrono::milliseconds step_;
};

}  // namespace souk::client
