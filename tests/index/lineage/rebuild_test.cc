// SPDX-License-Identifier: Apache-2.0
// The graph over a real store: rebuilt from a view it is what the changes made of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "index/lineage/lineage_graph.h"
#include "tests/index/lineage/mesh.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace souk::lineage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr size_t kAll = 1000;

TEST(LineageRebuild, EqualsWhatTheChangesMade) {
  const souk::testing::TempDir folder;
  const SystemClock clock;
  const AllowAll everybody;
  const auto store = souk::testing::OpenStore(folder / "store", clock);
  v1::DataProduct revenue = souk::testing::SimpleModel("finance", "revenue");
  souk::testing::AddInput(revenue, souk::testing::ContractOf("sales", "orders"));
  ASSERT_TRUE(souk::testing::PutDomain(*store, "sales").ok());
  ASSERT_TRUE(souk::testing::RegisterLine(*store, revenue).ok());
  ASSERT_TRUE(souk::testing::RegisterLine(*store, souk::testing::SimpleModel("sales", "orders")).ok());
  ASSERT_TRUE(souk::testing::SetLineState(*store, {"finance", "revenue", 1}, v1::PRODUCT_STATE_RETIRED).ok());
  LineageGraph followed;
  const auto changes = store->Changes(0, kAll, souk::testing::Soon());
  ASSERT_TRUE(changes.ok());
  ASSERT_TRUE(followed.Apply(*changes).ok());
  LineageGraph rebuilt;
  ASSERT_TRUE(rebuilt.Rebuild(store->Current(everybody)).ok());
  EXPECT_THAT(rebuilt.DifferencesFrom(followed), IsEmpty());
  EXPECT_EQ(rebuilt.status().applied, store->applied());
  EXPECT_EQ(followed.status().applied, store->applied());
  EXPECT_THAT(followed.ConsumersOf(Full("sales/orders")), IsEmpty());
  storage::Revision revision = 0;
  const auto down =
      rebuilt.Trace({Full("sales/orders"), "", v1::LINEAGE_DIRECTION_DOWN}, everybody, nullptr, &revision);
  ASSERT_TRUE(down.ok());
  EXPECT_THAT(Names(*down), ElementsAre(Full("sales/orders"), Full("finance/revenue")));
  EXPECT_EQ(down->nodes(1).state(), v1::PRODUCT_STATE_RETIRED);
  // The past has a graph too.
  LineageGraph past;
  const auto then = store->At(store->applied() - 1, everybody);
  ASSERT_TRUE(then.ok());
  ASSERT_TRUE(past.Rebuild(*then).ok());
  EXPECT_THAT(past.ConsumersOf(Full("sales/orders")), ElementsAre(Full("finance/revenue")));
}

TEST(LineageRebuild, IsPersistedInThePlaceOfWhatWas) {
  const souk::testing::TempDir folder;
  const SystemClock clock;
  const AllowAll everybody;
  const auto store = souk::testing::OpenStore(folder / "store", clock);
  ASSERT_TRUE(souk::testing::RegisterLine(*store, souk::testing::SimpleModel("sales", "orders")).ok());
  LineageGraphOptions options;
  options.directory = folder / "lineage";
  options.epoch = store->epoch();
  auto graph = LineageGraph::Open(options);
  ASSERT_TRUE(graph.ok());
  // Something that the store does not know, as after a restore.
  storage::Change stray;
  stray.revision = store->applied() + 1;
  stray.deltas.emplace_back().line =
      std::make_shared<const store::v1::LineState>(LineBuilder("sales/stray@1").Offers("stray").line());
  ASSERT_TRUE((*graph)->Apply({stray}).ok());
  ASSERT_TRUE((*graph)->Persist().ok());
  ASSERT_TRUE((*graph)->Rebuild(store->Current(everybody)).ok());
  ASSERT_TRUE((*graph)->Persist().ok());
  EXPECT_EQ((*graph)->status().durable, store->applied());
  graph->reset();
  graph = LineageGraph::Open(options);
  ASSERT_TRUE(graph.ok());
  EXPECT_EQ((*graph)->status().applied, store->applied());
  LineageGraph rebuilt;
  ASSERT_TRUE(rebuilt.Rebuild(store->Current(everybody)).ok());
  EXPECT_THAT(rebuilt.DifferencesFrom(**graph), IsEmpty());
}

}  // namespace
}  // namespace souk::lineage
