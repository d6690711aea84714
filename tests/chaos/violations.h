// SPDX-License-Identifier: Apache-2.0
// Collects what must never happen, and says it at once. Thread-safe.
#pragma once

#include <cstdint>
#include <iostream>
#include <mutex>
#include <string>

namespace souk::chaos {

class Violations {
 public:
  void Add(const std::string& text) {
    const std::lock_guard lock(mutex_);
    ++count_;
    if (count_ <= kShownMax) std::cerr << "VIOLATION (cycle " << cycle_ << "): " << text << std::endl;
  }
  void SetCycle(int cycle) {
    const std::lock_guard lock(mutex_);
    cycle_ = cycle;
  }
  uint64_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  static constexpr uint64_t kShownMax = 50;  // one lost file may break thousands of checks
  mutable std::mutex mutex_;
  uint64_t count_ = 0;
  int cycle_ = 0;
};

}  // namespace souk::chaos
