// SPDX-License-Identifier: Apache-2.0
// What happens to calls, told to whoever counts them. Thread-safe; must not block.
#pragma once

#include <chrono>
#include <string_view>

#include "base/status.h"

namespace souk::catalog {

class CallObserver {
 public:
  virtual ~CallObserver() = default;
  // A call ended. `method` is its full name.
  virtual void Ended(std::string_view method, Code code, std::chrono::nanoseconds took) = 0;
};

}  // namespace souk::catalog
