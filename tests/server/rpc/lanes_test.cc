// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/lanes.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <optional>
#include <set>

namespace souk::rpc {
namespace {

TEST(Lane, RunsWhatItTakes) {
  std::atomic<int> ran{0};
  {
    Lane lane("test", 3, 100);
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(lane.Submit([&ran] { ++ran; }));
  }
  EXPECT_EQ(ran, 50);
}

TEST(Lane, RefusesWhenThreadsAndQueueAreFull) {
  constexpr size_t kThreads = 2;
  constexpr size_t kQueue = 3;
  std::latch go(1);
  std::latch begun(kThreads);
  std::atomic<int> ran{0};
  {
    Lane lane("test", kThreads, kQueue);
    const auto first = [&] {
      begun.count_down();
      go.wait();
      ++ran;
    };
    for (size_t i = 0; i < kThreads; ++i) ASSERT_TRUE(lane.Submit(first));
    begun.wait();
    for (size_t i = 0; i < kQueue; ++i) EXPECT_TRUE(lane.Submit([&ran] { ++ran; }));
    EXPECT_FALSE(lane.Submit([&ran] { ++ran; }));
    EXPECT_FALSE(lane.Submit([&ran] { ++ran; }));
    go.count_down();
  }
  EXPECT_EQ(ran, static_cast<int>(kThreads + kQueue));  // what was taken is run, what was refused is not
}

TEST(Lane, WithoutAQueueTakesOneCallAThread) {
  std::latch go(1);
  Lane lane("test", 2, 0);
  EXPECT_TRUE(lane.Submit([&] { go.wait(); }));
  EXPECT_TRUE(lane.Submit([&] { go.wait(); }));
  EXPECT_FALSE(lane.Submit([] {}));
  go.count_down();
}

TEST(Lane, HasRoomAgainWhenCallsEnd) {
  Lane lane("test", 1, 0);
  for (int i = 0; i < 200; ++i) {
    std::latch done(1);
    // The thread is free a moment after its work is done.
    while (!lane.Submit([&done] { done.count_down(); })) std::this_thread::yield();
    done.wait();
  }
}

TEST(Lane, ClosedTakesNothingButEndsWhatItHas) {
  std::latch go(1);
  std::atomic<int> ran{0};
  std::optional<Lane> lane;
  lane.emplace("test", 1, 5);
  ASSERT_TRUE(lane->Submit([&] {
    go.wait();
    ++ran;
  }));
  ASSERT_TRUE(lane->Submit([&] { ++ran; }));
  EXPECT_FALSE(lane->closed());
  lane->Close();
  EXPECT_TRUE(lane->closed());
  EXPECT_FALSE(lane->Submit([&] { ++ran; }));
  go.count_down();
  lane.reset();
  EXPECT_EQ(ran, 2);
}

TEST(Lane, ManySubmittersLoseNothing) {
  std::atomic<int> taken{0};
  std::atomic<int> ran{0};
  {
    Lane lane("test", 4, 8);
    std::vector<std::thread> submitters;
    for (int i = 0; i < 4; ++i) {
      submitters.emplace_back([&] {
        for (int k = 0; k < 2000; ++k) taken += lane.Submit([&ran] { ++ran; }) ? 1 : 0;
      });
    }
    for (std::thread& thread : submitters) thread.join();
  }
  EXPECT_EQ(ran, taken);
  EXPECT_GT(taken, 0);
}

TEST(Lanes, HaveNamesForTheirRefusals) {
  Lanes lanes;
  std::set<std::string> names;
  for (const Lane* lane :
       {&lanes.waiting_reads, &lanes.writes, &lanes.searches, &lanes.traces, &lanes.bulk, &lanes.streams}) {
    EXPECT_FALSE(lane->name().empty());
    names.insert(lane->name());
  }
  EXPECT_EQ(names.size(), 6U);
}

}  // namespace
}  // namespace souk::rpc
