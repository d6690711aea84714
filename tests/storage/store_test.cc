// SPDX-License-Identifier: Apache-2.0
// The store as a whole: what is committed is there, now, as of the past, and after it was closed.
#include "storage/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/visibility.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace souk::storage {
namespace {

using souk::testing::ContractOf;
using souk::testing::LineOf;
using souk::testing::OpenStore;
using souk::testing::RegisterLine;
using souk::testing::SimpleModel;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StoreTest : public ::testing::Test {
 protected:
  souk::testing::TempDir folder_;
  SystemClock clock_;
  AllowAll everything_;
};

TEST_F(StoreTest, ALineIsThereOnceItsRegistrationIsCommitted) {
  const auto store = OpenStore(folder_ / "store", clock_);
  const auto revision = RegisterLine(*store, SimpleModel("sales", "orders"));
  ASSERT_TRUE(revision.ok()) << revision.status().ToString();
  EXPECT_EQ(*revision, 1U);
  EXPECT_EQ(store->applied(), 1U);
  EXPECT_EQ(store->live_lines(), 1U);
  const View view = store->Current(everything_);
  const auto line = view.FindLine({"sales", "orders", 1});
  ASSERT_TRUE(line.ok() && line->has_value());
  EXPECT_EQ((*line)->model().version(), "1.0.0");
  EXPECT_THAT(*view.LinesByContractId(ContractOf("sales", "orders")), ElementsAre(LineName{"sales", "orders", 1}));
  EXPECT_THAT(*view.LinesByContractId("another"), IsEmpty());
}

TEST_F(StoreTest, EverythingIsThereAgainWhenItIsOpenedAgain) {
  std::string epoch;
  {
    const auto store = OpenStore(folder_ / "store", clock_);
    ASSERT_TRUE(RegisterLine(*store, SimpleModel("sales", "orders")).ok());
    epoch = store->epoch();
  }
  const auto store = OpenStore(folder_ / "store", clock_);
  EXPECT_EQ(store->epoch(), epoch);
  EXPECT_EQ(store->applied(), 1U);
  EXPECT_TRUE((*store->Current(everything_).FindLine({"sales", "orders", 1})).has_value());
}

}  // namespace
}  // namespace souk::storage
