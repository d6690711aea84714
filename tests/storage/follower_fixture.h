// SPDX-License-Identifier: Apache-2.0
// For tests of a store that follows a ledger which is elsewhere: here that of another store in the same process, behind
// a wire that can be cut.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/visibility.h"
#include "storage/engine.h"
#include "storage/store.h"
#include "tests/support/records.h"
#include "tests/support/remote_ledger.h"
#include "tests/support/temp_dir.h"

namespace souk::storage {

inline const LineName kOrders{"sales", "orders", 1};

class FollowerTest : public ::testing::Test {
 protected:
  // One of everything that can happen.
  void CommitEverything() {
    EXPECT_TRUE(souk::testing::PutTeam(*truth_, "one").ok());
    EXPECT_TRUE(souk::testing::PutDomain(*truth_, "sales", "one").ok());
    EXPECT_TRUE(souk::testing::RegisterLine(*truth_, souk::testing::SimpleModel("sales", "orders")).ok());
    EXPECT_TRUE(souk::testing::RegisterLine(*truth_, souk::testing::SimpleModel("sales", "orders", "1.1.0")).ok());
    EXPECT_TRUE(souk::testing::SetLineState(*truth_, kOrders, v1::PRODUCT_STATE_DEPRECATED).ok());
    EXPECT_TRUE(
        souk::testing::RegisterLine(*truth_, souk::testing::SimpleModel("ads", "clicks"), v1::PRODUCT_STATE_DRAFT)
            .ok());
    Transaction mark;
    mark.write_id = "mark";
    mark.writes = {{"claim/contract/x", "1"}, {"record/teams/odd/0000000000000001", "not a record"}};
    EXPECT_TRUE(truth_->ledger().Commit(std::move(mark), souk::testing::Soon()).ok());
    EXPECT_TRUE(souk::testing::SetLineState(*truth_, kOrders, v1::PRODUCT_STATE_RETIRED).ok());
  }

  StatusOr<std::unique_ptr<Store>> TryFollow(const std::string& folder) {
    StoreOptions options;
    options.directory = folder_ / folder;
    options.comparison = pace_;
    options.on_oddity = [this](const Status& what) {
      const std::lock_guard lock(oddities_mutex_);
      oddities_.push_back(what.ToString());
    };
    options.on_relist = [this](const Status& /*reason*/) { ++relists_; };
    return Store::Follow(options, std::make_unique<souk::testing::RemoteLedger>(truth_->ledger(), wire_), clock_,
                         souk::testing::Soon());
  }
  std::unique_ptr<Store> Follow(const std::string& folder) {
    auto store = TryFollow(folder);
    EXPECT_TRUE(store.ok()) << store.status().ToString();
    return std::move(*store);
  }
  void ExpectCaughtUp(const Store& store) {
    const Status caught_up = store.WaitApplied(truth_->applied(), souk::testing::Soon());
    EXPECT_TRUE(caught_up.ok()) << caught_up.ToString();
    EXPECT_EQ(store.applied(), truth_->applied());
  }

  // Changes the rows of "node" behind its back, while it does not run.
  void Tamper(const std::function<void(EngineBatch& batch)>& change) {
    EngineOptions options;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "node")) {
      if (entry.is_directory() && entry.path().filename().string().starts_with("rocksdb")) options.directory = entry;
    }
    const auto engine = Engine::Open(options);
    ASSERT_TRUE(engine.ok()) << engine.status().ToString();
    const auto batch = (*engine)->NewBatch();
    change(*batch);
    ASSERT_TRUE((*engine)->Write(*batch).ok());
  }
  // What nodes told of the ledger, in order.
  std::vector<std::string> oddities() {
    const std::lock_guard lock(oddities_mutex_);
    return oddities_;
  }

  // Of the node's rows, on disk.
  int Generations() {
    int generations = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "node")) {
      if (entry.path().filename().string().starts_with("rocksdb")) ++generations;
    }
    return generations;
  }

  // Everything that a view answers, as text.
  std::string Describe(const View& view) {
    std::string text;
    const auto add = [&](const auto& state) {
      text += state.ShortDebugString() + "\n";
      return true;
    };
    EXPECT_TRUE(view.ForEachLine("", "", add).ok());
    EXPECT_TRUE(view.ForEachDomain("", add).ok());
    EXPECT_TRUE(view.ForEachTeam("", add).ok());
    EXPECT_TRUE(view.ForEachRecord(kOrders.ToString(), 0,
                                   [&](const store::v1::ChangeRecord& record, Revision at) {
                                     text += std::to_string(at) + " " + record.ShortDebugString() + "\n";
                                     return true;
                                   })
                    .ok());
    if (view.historic()) return text;
    const auto owned = view.OwnedBy("ada@example.com");
    EXPECT_TRUE(owned.ok());
    for (const OwnedLine& line : *owned) text += line.line.ToString() + "\n";
    EXPECT_TRUE(view.ForEachLedgerKey("",
                                      [&](const KeyState& key) {
                                        text += std::to_string(key.modified) + " " + key.key + "\n";
                                        return true;
                                      })
                    .ok());
    return text;
  }
  // At every revision since the first.
  std::string DescribeAll(const Store& store) {
    std::string text = Describe(store.Current(everything_));
    for (Revision revision = 1; revision <= store.applied(); ++revision) {
      text += "-- " + std::to_string(revision) + "\n" + Describe(*store.At(revision, everything_));
    }
    text += std::to_string(store.live_lines()) + " live, " + std::to_string(store.quarantined()) + " quarantined\n";
    return text;
  }

  souk::testing::TempDir folder_;
  ManualClock manual_{1'000'000};
  SystemClock clock_;
  AllowAll everything_;
  souk::testing::Wire wire_;
  std::atomic<int> relists_ = 0;
  ComparisonPace pace_;
  std::mutex oddities_mutex_;
  std::vector<std::string> oddities_;
  std::unique_ptr<Store> truth_ = souk::testing::OpenStore(folder_ / "truth", manual_);
};

}  // namespace souk::storage
