// SPDX-License-Identifier: Apache-2.0
// Many threads that begin at the same moment. An error of one ends the others after the step they are in.
#pragma once

#include <cstddef>
#include <functional>

#include "base/status.h"

namespace souk::bench {

// Clients of the write rows.
inline constexpr size_t kWriters = 64;

// Calls step(0) … step(steps - 1), each once, from `threads` threads; returns the seconds from the first to the last,
// without the making of the threads. The first error if there was one.
StatusOr<double> InThreads(size_t threads, size_t steps, const std::function<Status(size_t)>& step);

}  // namespace souk::bench
