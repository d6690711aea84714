// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <gtest/gtest.h>

namespace souk {
namespace {

TEST(ClockTest, TimesAreWrittenInUtc) {
  EXPECT_EQ(FormatTimeUs(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatTimeUs(1'772'366'400'000'000), "2026-03-01T12:00:00Z");
  EXPECT_EQ(FormatTimeUs(1'772'366'400'000'050), "2026-03-01T12:00:00.000050Z");
  EXPECT_EQ(FormatTimeUs(-1), "1969-12-31T23:59:59.999999Z");
}

TEST(ClockTest, AManualClockMovesWhenTold) {
  ManualClock clock(1000);
  const auto before = clock.Monotonic();
  clock.AdvanceUs(500);
  EXPECT_EQ(clock.NowUs(), 1500);
  EXPECT_EQ(clock.Monotonic() - before, std::chrono::microseconds(500));
}

TEST(ClockTest, TheSystemClockGoesForward) {
  const SystemClock clock;
  const auto before = clock.Monotonic();
  EXPECT_GE(clock.Monotonic(), before);
  EXPECT_GT(clock.NowUs(), 1'700'000'000'000'000);
}

}  // namespace
}  // namespace souk
