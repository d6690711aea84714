// SPDX-License-Identifier: Apache-2.0
// A disk that is full, broken or without power: nothing acknowledged is lost, nothing refused is there, and everybody
// is told the truth.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/visibility.h"
#include "storage/store.h"
#include "tests/storage/fault_file_system.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace souk::storage {
namespace {

using souk::testing::Fault;
using souk::testing::FaultFileSystem;
using souk::testing::RegisterLine;
using souk::testing::SimpleModel;
using souk::testing::Soon;
using ::testing::IsEmpty;

class FaultsTest : public ::testing::Test {
 protected:
  StatusOr<std::unique_ptr<Store>> Open(FaultFileSystem* disk, const std::string& name = "store") {
    StoreOptions options;
    options.directory = folder_ / name;
    options.env = disk == nullptr ? nullptr : disk->env();
    return Store::Open(options, clock_);
  }
  std::unique_ptr<Store> MustOpen(FaultFileSystem* disk, const std::string& name = "store") {
    auto store = Open(disk, name);
    EXPECT_TRUE(store.ok()) << store.status().ToString();
    return store.ok() ? std::move(*store) : nullptr;
  }
  static StatusOr<Revision> Register(Store& store, int i) {
    return RegisterLine(store, SimpleModel("sales", "p" + std::to_string(i)));
  }
  // Tries until it is written, for longer than the engine takes to look at the disk again; 0 if it never is.
  Revision RegisterOnceItWorks(Store& store, int i, std::chrono::seconds patience = std::chrono::seconds(15)) {
    const Deadline deadline = clock_.Monotonic() + patience;
    auto revision = Register(store, i);
    while (!revision.ok() && clock_.Monotonic() < deadline) {
      // Waiting for a change that does not come is how a follower would wait, too.
      (void)store.Changes(store.applied(), 1, clock_.Monotonic() + std::chrono::milliseconds(100)).ok();
      revision = Register(store, i);
    }
    return revision.ok() ? *revision : 0;
  }
  // Everything that the store holds is whole, and exactly these products are in it, or one of `maybe` besides.
  void ExpectProducts(const Store& store, const std::vector<int>& expected, const std::vector<int>& maybe = {}) {
    uint64_t checked = 0;
    const View view = store.Current(everything_);
    EXPECT_THAT(*view.VerifyChains(&checked), IsEmpty());
    EXPECT_EQ(checked, store.applied());
    std::map<std::string, bool> open;
    for (const int i : maybe) open["sales/p" + std::to_string(i) + "@1"] = true;
    std::map<std::string, bool> wanted;
    for (const int i : expected) wanted["sales/p" + std::to_string(i) + "@1"] = true;
    EXPECT_TRUE(view.ForEachLine("", "",
                                 [&](const store::v1::LineState& line) {
                                   const std::string name = ParseLineName(line.name())->Short();
                                   EXPECT_TRUE(wanted.erase(name) == 1 || open.count(name) == 1)
                                       << name << " was never acknowledged";
                                   return true;
                                 })
                    .ok());
    EXPECT_THAT(wanted, IsEmpty()) << "acknowledged and lost";
  }

  souk::testing::TempDir folder_;
  SystemClock clock_;
  AllowAll everything_;
};

TEST_F(FaultsTest, AFullDiskRefusesWritesAndKeepsReading) {
  FaultFileSystem disk;
  auto store = MustOpen(&disk);
  ASSERT_TRUE(Register(*store, 1).ok());
  disk.Fail(Fault::kFull);
  for (int i = 2; i < 6; ++i) {
    const auto refused = Register(*store, i);
    EXPECT_EQ(refused.status().code(), Code::kResourceExhausted) << refused.status().ToString();
    EXPECT_EQ(refused.status().reason(), "NOT_WRITABLE");
  }
  EXPECT_EQ(store->applied(), 1U);
  EXPECT_EQ(store->live_lines(), 1U);
  const auto status = store->ledger().Status(Soon());
  EXPECT_FALSE(status->writable);
  EXPECT_THAT(status->not_writable_reason, ::testing::HasSubstr("full"));
  EXPECT_THAT(*store->Changes(1, 10, souk::testing::Now()), IsEmpty()) << "nobody is told what did not happen";
  ExpectProducts(*store, {1});

  disk.Heal();
  store.reset();
  store = MustOpen(nullptr);
  ExpectProducts(*store, {1});
  EXPECT_EQ(*Register(*store, 7), 2U) << "a refused revision is used again";
}

TEST_F(FaultsTest, WritesWorkAgainByThemselvesOnceThereIsSpace) {
  FaultFileSystem disk;
  auto store = MustOpen(&disk);
  ASSERT_TRUE(Register(*store, 1).ok());
  disk.Fail(Fault::kFull);
  ASSERT_FALSE(Register(*store, 2).ok());
  disk.Heal();
  EXPECT_EQ(RegisterOnceItWorks(*store, 3), 2U);
  EXPECT_TRUE(store->ledger().Status(Soon())->writable);
  ExpectProducts(*store, {1, 3});
  store.reset();
  store = MustOpen(nullptr);
  ExpectProducts(*store, {1, 3});
}

// What failed must not come back from the log once its revision has been given to another.
TEST_F(FaultsTest, WhatFailedStaysGoneOnceWritesWorkAgain) {
  for (const Fault fault : {Fault::kFull, Fault::kBrokenSync}) {
    for (const bool empty_memory : {true, false}) {
      const std::string name = std::to_string(static_cast<int>(fault)) + (empty_memory ? "-empty" : "-filled");
      SCOPED_TRACE(name);
      FaultFileSystem disk;
      auto store = MustOpen(&disk, name);
      ASSERT_TRUE(Register(*store, 1).ok());
      store.reset();
      store = MustOpen(&disk, name);
      if (!empty_memory) {
        ASSERT_TRUE(Register(*store, 2).ok());
      }
      disk.Fail(fault);
      ASSERT_FALSE(Register(*store, 3).ok());
      disk.Heal();
      // A disk that could not sync is not trusted again: a restart decides what became of the one that failed.
      const std::chrono::seconds patience(fault == Fault::kFull ? 15 : 0);
      if (RegisterOnceItWorks(*store, 4, patience) == 0) {
        ASSERT_EQ(fault, Fault::kBrokenSync);
        store.reset();
        store = MustOpen(nullptr, name);
        ExpectProducts(*store, empty_memory ? std::vector<int>{1} : std::vector<int>{1, 2}, {3});
        continue;
      }
      const std::vector<int> expected = empty_memory ? std::vector<int>{1, 4} : std::vector<int>{1, 2, 4};
      ExpectProducts(*store, expected);
      store.reset();
      store = MustOpen(nullptr, name);
      ASSERT_TRUE(store);
      ExpectProducts(*store, expected);
    }
  }
}

TEST_F(FaultsTest, AFailedSyncIsAnUnknownOutcome) {
  FaultFileSystem disk;
  auto store = MustOpen(&disk);
  ASSERT_TRUE(Register(*store, 1).ok());
  disk.Fail(Fault::kBrokenSync);
  Transaction transaction;
  transaction.write_id = "the unknown one";
  transaction.writes = {{"key", "value"}};
  const auto unknown = store->ledger().Commit(transaction, Soon());
  EXPECT_EQ(unknown.status().code(), Code::kUnknown) << unknown.status().ToString();
  EXPECT_EQ(store->applied(), 1U);
  EXPECT_EQ(store->ledger().Resolve("the unknown one", Soon()).status().code(), Code::kUnavailable)
      << "a restart may still find it";
  EXPECT_FALSE(Register(*store, 2).ok());
  EXPECT_FALSE(store->ledger().Status(Soon())->writable);

  disk.Heal();
  store.reset();
  store = MustOpen(nullptr);
  const auto resolved = store->ledger().Resolve("the unknown one", Soon());
  ASSERT_TRUE(resolved.ok());
  EXPECT_EQ((*store->Current(everything_).LedgerKey("key")).has_value(), resolved->has_value());
  EXPECT_EQ(store->applied(), *resolved ? 2U : 1U);
  EXPECT_TRUE(Register(*store, 3).ok());
}

TEST_F(FaultsTest, WithoutPowerNothingAcknowledgedIsLost) {
  for (int round = 0; round < 8; ++round) {
    FaultFileSystem disk;
    const std::string name = "power" + std::to_string(round);
    auto store = MustOpen(&disk, name);
    std::vector<int> acknowledged;
    std::vector<int> unknown;
    constexpr int kCommits = 20;
    disk.Fail(Fault::kPowerOff, 1 + round * 5);
    for (int i = 0; i < kCommits; ++i) {
      if (Register(*store, i).ok()) {
        acknowledged.push_back(i);
      } else {
        unknown.push_back(i);
      }
    }
    EXPECT_LT(acknowledged.size(), static_cast<size_t>(kCommits));
    store.reset();
    disk.LoseUnsynced();
    store = MustOpen(nullptr, name);
    ASSERT_TRUE(store) << "round " << round;
    ExpectProducts(*store, acknowledged, unknown);
  }
}

// As SQLite's tests do: the n-th writing call fails, for every n, from the first opening on.
TEST_F(FaultsTest, AnyCallMayFail) {
  constexpr int kCalls = 45;
  for (const Fault fault : {Fault::kFull, Fault::kBrokenSync}) {
    for (int n = 1; n <= kCalls; n += 2) {
      const std::string name = std::to_string(static_cast<int>(fault)) + "-" + std::to_string(n);
      SCOPED_TRACE(name);
      FaultFileSystem disk;
      disk.Fail(fault, n);
      std::vector<int> acknowledged;
      std::vector<int> unknown;
      if (auto store = Open(&disk, name); store.ok()) {
        for (int i = 0; i < 8; ++i) {
          const auto revision = Register(**store, i);
          if (revision.ok()) {
            acknowledged.push_back(i);
          } else if (revision.status().code() == Code::kUnknown) {
            unknown.push_back(i);
          }
          if (i == 4) (void)(*store)->Checkpoint(folder_ / (name + "-copy")).ok();
        }
      } else {
        EXPECT_TRUE(store.status().code() == Code::kResourceExhausted || store.status().code() == Code::kUnavailable ||
                    store.status().code() == Code::kUnknown)
            << store.status().ToString();
      }
      const auto store = MustOpen(nullptr, name);
      ASSERT_TRUE(store);
      ExpectProducts(*store, acknowledged, unknown);
    }
  }
}

}  // namespace
}  // namespace souk::storage
