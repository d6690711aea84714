// SPDX-License-Identifier: Apache-2.0
// Ledger keys that are being written: by registrations that are planned, and not yet in the store or given up. Who
// plans looks here beside the view: what stands on such a key would only find its guard moved, so it waits. Planning is
// done by one at a time; committing is not, so that one plans while another one's bytes go to the disk. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"

namespace souk::catalog {

class UnderWay {
 public:
  using Keys = std::set<std::string, std::less<>>;
  // Holds the right to plan.
  using Turn = std::unique_lock<std::mutex>;

  Turn Enter() { return Turn(mutex_); }
  // For whoever has the turn.
  Keys& keys(const Turn& /*turn*/) { return keys_; }
  uint64_t removals(const Turn& /*turn*/) const { return removals_; }

  void Remove(const std::vector<std::string>& keys) {
    {
      const std::lock_guard lock(mutex_);
      for (const std::string& key : keys) keys_.erase(key);
      ++removals_;
    }
    removed_.notify_all();
  }

  // Until somebody has removed keys after there had been so many removals, or the deadline.
  void AwaitRemoval(uint64_t removals, Deadline until) {
    Turn turn = Enter();
    removed_.wait_until(turn, until, [&] { return removals_ != removals; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable removed_;
  Keys keys_;
  uint64_t removals_ = 0;
};

}  // namespace souk::catalog
