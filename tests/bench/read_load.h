// SPDX-License-Identifier: Apache-2.0
// The client of the read rows: one thread that keeps a fixed number of calls in flight, over a few connections. The
// same code and the same number ask soukd and the echo. One thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"

namespace souk::bench {

// Calls in flight, and connections that they share. Beyond 16 calls the echo gets no faster on two cores.
inline constexpr size_t kReadsInFlight = 32;
inline constexpr size_t kReadConnections = 4;

struct ReadResult {
  uint64_t calls = 0;
  double seconds = 0;
  double p50_us = 0;
  double p99_us = 0;
  double per_second() const { return static_cast<double>(calls) / seconds; }
};

class ReadLoad {
 public:
  explicit ReadLoad(const std::string& address);
  ~ReadLoad();

  // Each asks for the names in turn until the time is over. The error of the first call that fails, which ends it.
  StatusOr<ReadResult> GetProducts(const std::vector<std::string>& names, std::chrono::milliseconds duration);
  StatusOr<ReadResult> FindOwners(const std::vector<std::string>& identifiers, std::chrono::milliseconds duration);

 private:
  struct Channels;
  std::unique_ptr<Channels> channels_;
};

}  // namespace souk::bench
