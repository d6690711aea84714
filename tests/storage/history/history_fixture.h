// SPDX-License-Identifier: Apache-2.0
// A store in which one of everything has happened, at times of its own: what is exported, imported and backed up in
// these tests. One thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/visibility.h"
#include "storage/history/history_digest.h"
#include "storage/store.h"
#include "tests/support/exports.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace souk::storage::history {

// A Status or StatusOr with that code and reason.
MATCHER_P2(FailsWith, code, reason, "") {
  Status status;
  if constexpr (std::is_same_v<std::decay_t<decltype(arg)>, Status>) {
    status = arg;
  } else {
    status = arg.status();
  }
  *result_listener << status.ToString() << " (" << status.reason() << ")";
  return status.code() == code && status.reason() == reason;
}

class HistoryTest : public ::testing::Test {
 protected:
  static inline const LineName kOrders{"sales", "orders", 1};

  // The same kind of history every time, of its own times.
  void CommitEverything(Store& store) {
    const auto tick = [this] { clock_.AdvanceUs(7'000'000); };
    EXPECT_TRUE(testing::PutTeam(store, "one").ok());
    tick();
    EXPECT_TRUE(testing::PutDomain(store, "sales", "one").ok());
    EXPECT_TRUE(testing::RegisterLine(store, testing::SimpleModel("sales", "orders")).ok());
    tick();
    EXPECT_TRUE(testing::RegisterLine(store, testing::SimpleModel("sales", "orders", "1.1.0")).ok());
    tick();
    EXPECT_TRUE(testing::SetLineState(store, kOrders, v1::PRODUCT_STATE_DEPRECATED).ok());
    EXPECT_TRUE(testing::RegisterLine(store, testing::SimpleModel("ads", "clicks"), v1::PRODUCT_STATE_DRAFT).ok());
    tick();
    Claim(store, "first");
    Claim(store, "second");  // takes away what the first one wrote
    tick();
    EXPECT_TRUE(testing::SetLineState(store, kOrders, v1::PRODUCT_STATE_RETIRED).ok());
  }
  static void Claim(Store& store, const std::string& value) {
    Transaction claim;
    claim.write_id = value;
    claim.writes = {{"claim/contract/x", value}};
    EXPECT_TRUE(store.ledger().Commit(std::move(claim), testing::Soon()).ok());
  }

  std::string HistoryOf(const Store& store) const { return *DigestOfHistory(store.Current(everything_)); }
  std::string StateOf(const Store& store) const { return *DigestOfState(store.Current(everything_)); }

  testing::TempDir folder_;
  ManualClock clock_{1'000'000};
  AllowAll everything_;
  std::unique_ptr<Store> truth_ = testing::OpenStore(folder_ / "truth", clock_);
};

}  // namespace souk::storage::history
