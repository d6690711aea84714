// SPDX-License-Identifier: Apache-2.0
// Time, injected. Wall time is for people and retention and never decides an order; deadlines are monotonic.
// Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace souk {

// A point on the monotonic clock by which an answer is due.
using Deadline = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  // Microseconds since 1970, UTC.
  virtual int64_t NowUs() const = 0;
  // Monotonic.
  virtual std::chrono::steady_clock::time_point Monotonic() const = 0;
};

// The machine's clock.
class SystemClock final : public Clock {
 public:
  int64_t NowUs() const override;
  std::chrono::steady_clock::time_point Monotonic() const override;
};

// A clock that a test sets.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t now_us) : now_us_(now_us) {}
  int64_t NowUs() const override { return now_us_; }
  std::chrono::steady_clock::time_point Monotonic() const override {
    return std::chrono::steady_clock::time_point(std::chrono::microseconds(now_us_));
  }
  void AdvanceUs(int64_t by_us) { now_us_ += by_us; }

 private:
  int64_t now_us_;
};

// "2026-03-01T12:00:00Z", seconds only where there is no fraction.
std::string FormatTimeUs(int64_t time_us);

}  // namespace souk
