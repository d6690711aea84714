// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/threads.h"

#include <atomic>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/bench/measure.h"

namespace souk::bench {

StatusOr<double> InThreads(size_t threads, size_t steps, const std::function<Status(size_t)>& step) {
  std::atomic<size_t> next{0};
  std::mutex mutex;
  Status failure;  // guarded by mutex
  std::latch start(static_cast<std::ptrdiff_t>(threads) + 1);
  const auto work = [&] {
    start.arrive_and_wait();
    for (size_t i = next++; i < steps; i = next++) {
      Status status = step(i);
      if (status.ok()) continue;
      next = steps;
      const std::lock_guard lock(mutex);
      if (failure.ok()) failure = std::move(status);
    }
  };
  std::vector<std::thread> workers;
  for (size_t i = 0; i < threads; ++i) workers.emplace_back(work);
  start.arrive_and_wait();
  const Stopwatch watch;
  for (std::thread& worker : workers) worker.join();
  const double seconds = watch.seconds();
  RETURN_IF_ERROR(failure);
  return seconds;
}

}  // namespace souk::bench
