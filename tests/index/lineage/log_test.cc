// SPDX-License-Identifier: Apache-2.0
// The graph over restarts: what was persisted is there again, what is damaged or another's is not, and in the end it is
// what the changes make of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/errors.h"
#include "index/lineage/lineage_graph.h"
#include "tests/index/lineage/mesh.h"
#include "tests/index/lineage/random_mesh.h"
#include "tests/support/temp_dir.h"

namespace souk::lineage {
namespace {

using ::testing::IsEmpty;

constexpr uint32_t kProducts = 12;

storage::Change ChangeOf(storage::Revision revision, const LineBuilder& line) {
  storage::Change change;
  change.revision = revision;
  storage::EntityDelta& delta = change.deltas.emplace_back();
  delta.entity = line.line().name();
  delta.line = std::make_shared<const store::v1::LineState>(line.line());
  return change;
}

// A history of one line a revision, from 1; and a graph of it in a folder, which is closed as kill -9 would.
class LogTest : public ::testing::Test {
 protected:
  LogTest() { Open(); }

  void Open(std::string epoch = "epoch") {
    graph_.reset();
    LineageGraphOptions options;
    options.directory = folder_ / "lineage";
    options.epoch = std::move(epoch);
    options.before_persist = [this] { return before_persist_; };
    auto graph = LineageGraph::Open(options);
    ASSERT_TRUE(graph.ok()) << graph.status().ToString();
    graph_ = std::move(graph).value();
  }

  void Add(const LineBuilder& line) {
    history_.push_back(ChangeOf(history_.size() + 1, line));
    ASSERT_TRUE(graph_->Apply({history_.back()}).ok());
  }
  void AddRandom(int lines) {
    for (int i = 0; i < lines; ++i) Add(RandomLine(random_, kProducts));
  }
  storage::Revision applied() const { return graph_->status().applied; }

  // The graph of the first revisions of the history.
  std::vector<std::string> DifferencesFromHistory(storage::Revision revision) const {
    LineageGraph fresh;
    EXPECT_TRUE(fresh.Apply({history_.begin(), history_.begin() + static_cast<std::ptrdiff_t>(revision)}).ok());
    return graph_->DifferencesFrom(fresh);
  }
  // As the runner does after a start.
  void ReplayGap() { ASSERT_TRUE(graph_->Apply(history_).ok()); }

  std::filesystem::path File() const { return folder_ / "lineage" / "graph.log"; }
  std::string Bytes() const {
    std::ifstream in(File(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void SetBytes(const std::string& bytes) const { std::ofstream(File(), std::ios::binary | std::ios::trunc) << bytes; }

  souk::testing::TempDir folder_;
  std::mt19937 random_{7};
  Status before_persist_;
  std::vector<storage::Change> history_;
  std::unique_ptr<LineageGraph> graph_;
};

TEST_F(LogTest, WithoutPersistStartsFromNothing) {
  AddRandom(5);
  Open();
  EXPECT_EQ(applied(), 0U);
  EXPECT_EQ(graph_->status().entries, 0U);
}

TEST_F(LogTest, AfterPersistStartsFromThere) {
  AddRandom(50);
  ASSERT_TRUE(graph_->Persist().ok());
  EXPECT_EQ(graph_->status().durable, 50U);
  AddRandom(50);
  EXPECT_EQ(graph_->status().durable, 50U);
  Open();
  EXPECT_EQ(applied(), 50U);
  EXPECT_EQ(graph_->status().durable, 50U);
  EXPECT_THAT(DifferencesFromHistory(50), IsEmpty());
  ReplayGap();
  EXPECT_THAT(DifferencesFromHistory(100), IsEmpty());
}

TEST_F(LogTest, ManyTimes) {
  for (int i = 0; i < 40; ++i) {
    AddRandom(i % 4);  // none too: a revision that is no line's
    if (i % 4 == 0) {
      history_.push_back({history_.size() + 1, 0, {}});
      ASSERT_TRUE(graph_->Apply({history_.back()}).ok());
    }
    ASSERT_TRUE(graph_->Persist().ok());
    Open();
    ASSERT_EQ(applied(), history_.size());
    ASSERT_THAT(DifferencesFromHistory(history_.size()), IsEmpty());
  }
}

TEST_F(LogTest, APortOrSourceOfEveryKindComesBack) {
  Add(LineBuilder("sales/orders@1")
          .Offers("orders", "t", {"a", "b"})
          .MadeFrom("a", "raw.t.x")
          .MadeFrom("b", "dataset:db:raw#y")
          .In(v1::PRODUCT_STATE_DEPRECATED));
  Add(LineBuilder("finance/revenue@2")
          .Reads("orders", "1.0.0")
          .Reads("orders")
          .ReadsByName("sales/orders", "1.2.3")
          .ReadsByName("sales.orders.v1")
          .ReadsByName("nowhere"));
  ASSERT_TRUE(graph_->Persist().ok());
  Open();
  EXPECT_THAT(DifferencesFromHistory(2), IsEmpty());
}

TEST_F(LogTest, APersistThatFailsLosesNothing) {
  AddRandom(10);
  ASSERT_TRUE(graph_->Persist().ok());
  AddRandom(10);
  before_persist_ = errors::Internal("a test's flush");
  EXPECT_EQ(graph_->Persist().code(), Code::kInternal);
  EXPECT_EQ(graph_->status().durable, 10U);
  before_persist_ = Status::Ok();
  ASSERT_TRUE(graph_->Persist().ok());
  Open();
  EXPECT_EQ(applied(), 20U);
  EXPECT_THAT(DifferencesFromHistory(20), IsEmpty());
}

TEST_F(LogTest, AnotherHistorysGraphIsThrownAway) {
  AddRandom(10);
  ASSERT_TRUE(graph_->Persist().ok());
  Open("another");
  EXPECT_EQ(applied(), 0U);
  Open();  // nor is it there for the first any more
  EXPECT_EQ(applied(), 0U);
  ReplayGap();
  ASSERT_TRUE(graph_->Persist().ok());
  Open();
  EXPECT_THAT(DifferencesFromHistory(10), IsEmpty());
}

// Whatever stands in the file: the graph is that of a persisted revision, the newest that is sound, and goes on.
TEST_F(LogTest, DamageIsFoundAndMadeGood) {
  std::vector<size_t> ends;
  for (int i = 0; i < 4; ++i) {
    ends.push_back(Bytes().size());
    AddRandom(6);
    ASSERT_TRUE(graph_->Persist().ok());
  }
  const std::string sound = Bytes();
  for (size_t at = 0; at < sound.size(); at += 1 + at / 16) {
    for (const bool cut : {true, false}) {
      std::string damaged = cut ? sound.substr(0, at) : sound;
      if (!cut) damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
      SetBytes(damaged);
      Open();
      ASSERT_EQ(applied() % 6, 0U) << at;
      ASSERT_LT(applied(), history_.size()) << at;
      ASSERT_TRUE(at < ends[1] || applied() > 0) << at;
      ASSERT_THAT(DifferencesFromHistory(applied()), IsEmpty()) << at;
      ReplayGap();
      ASSERT_TRUE(graph_->Persist().ok());
      Open();
      ASSERT_EQ(applied(), history_.size()) << at;
      ASSERT_THAT(DifferencesFromHistory(applied()), IsEmpty()) << at;
    }
  }
}

TEST_F(LogTest, WhatIsReplacedDoesNotPileUp) {
  AddRandom(20);
  ASSERT_TRUE(graph_->Persist().ok());
  const LineBuilder line = RandomLine(random_, kProducts);
  size_t largest = 0;
  for (int i = 0; i < 5000; ++i) {
    Add(line);
    ASSERT_TRUE(i % 10 != 0 || graph_->Persist().ok());
    if (i == 999) largest = Bytes().size();
  }
  ASSERT_TRUE(graph_->Persist().ok());
  EXPECT_LT(Bytes().size(), 20 * largest);
  Open();
  EXPECT_EQ(applied(), history_.size());
  EXPECT_THAT(DifferencesFromHistory(applied()), IsEmpty());
}

}  // namespace
}  // namespace souk::lineage
