// SPDX-License-Identifier: Apache-2.0
#include "client/lib/backoff.h"

#include <gtest/gtest.h>

#include <set>

namespace souk::client {
namespace {

using std::chrono::milliseconds;

TEST(BackoffTest, DoublesUpToTheMaximum) {
  Backoff backoff(milliseconds(100), milliseconds(2000), [] { return 1.0; });
  std::vector<int64_t> pauses;
  for (int i = 0; i < 7; ++i) pauses.push_back(backoff.Next().count());
  EXPECT_EQ(pauses, (std::vector<int64_t>{100, 200, 400, 800, 1600, 2000, 2000}));
  backoff.Reset();
  EXPECT_EQ(backoff.Next(), milliseconds(100));
}

TEST(BackoffTest, JitterTakesUpToHalf) {
  Backoff backoff(milliseconds(100), milliseconds(2000), [] { return 0.0; });
  EXPECT_EQ(backoff.Next(), milliseconds(50));
  EXPECT_EQ(backoff.Next(), milliseconds(100));
}

TEST(RandomTest, IdsDiffer) {
  const Random random = MachineRandom();
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(NewRequestId(random));
  EXPECT_EQ(ids.size(), 1000U);
  EXPECT_EQ(ids.begin()->size(), 32U);
}

}  // namespace
}  // namespace souk::client
