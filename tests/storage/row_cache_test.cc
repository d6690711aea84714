// SPDX-License-Identifier: Apache-2.0
// The cache of rows: bounded, and never a word that the rows of the reader's snapshot do not say.
#include "storage/row_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "base/visibility.h"
#include "storage/rows.h"
#include "storage/store.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace souk::storage {
namespace {

using souk::testing::ContractOf;
using souk::testing::LineOf;
using souk::testing::PutDomain;
using souk::testing::RegisterLine;
using souk::testing::SetLineState;
using souk::testing::SimpleModel;

constexpr size_t kRoomy = size_t{1} << 20;
const LineName kOrders = {"sales", "orders", 1};

SharedLine LineWithText(std::string text) {
  auto line = std::make_shared<store::v1::LineState>();
  line->set_actor(std::move(text));
  return line;
}

TEST(RowCacheTest, AnswersReadersOfItsRevisionAndNewerOnes) {
  RowCache cache(kRoomy, 5);
  const std::string key = rows::Line(kOrders);
  EXPECT_FALSE(cache.Find(key, 5)) << "nobody has read it yet";
  const SharedLine line = LineWithText("ada");
  cache.Keep(key, line, 5);
  EXPECT_EQ(std::get<SharedLine>(*cache.Find(key, 5)), line);
  EXPECT_FALSE(cache.Find(key, 4)) << "it may have been another then";
  cache.Advance(6, {rows::Team("ads")});
  EXPECT_EQ(std::get<SharedLine>(*cache.Find(key, 6)), line) << "other rows have changed";
  EXPECT_TRUE(cache.Find(key, 5)) << "a snapshot that is still held";
}

TEST(RowCacheTest, WhatIsNotThereIsKeptToo) {
  RowCache cache(kRoomy, 5);
  cache.Keep(rows::Team("ads"), SharedEntity(), 5);
  ASSERT_TRUE(cache.Find(rows::Team("ads"), 5));
  EXPECT_EQ(std::get<SharedEntity>(*cache.Find(rows::Team("ads"), 5)), nullptr);
  cache.Advance(6, {rows::Team("ads")});
  EXPECT_FALSE(cache.Find(rows::Team("ads"), 6));
}

TEST(RowCacheTest, ASlowReaderCannotBringBackWhatWasReplaced) {
  RowCache cache(kRoomy, 5);
  const std::string key = rows::Line(kOrders);
  // Read at revision 5; then revision 6 changes the row and is published; only then is it kept.
  cache.Advance(6, {key});
  cache.Keep(key, LineWithText("stale"), 5);
  EXPECT_FALSE(cache.Find(key, 6));
  EXPECT_FALSE(cache.Find(key, 5));
  cache.Keep(key, LineWithText("fresh"), 6);
  EXPECT_TRUE(cache.Find(key, 6));
  EXPECT_FALSE(cache.Find(key, 5));
}

TEST(RowCacheTest, ARowDropsEveryPrefixThatLeadsToIt) {
  const std::string odd("a\0b\1c", 5);
  const std::string product = rows::ProductPrefix("sales", "orders");
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {rows::Line(kOrders), {rows::Line(kOrders), product}},
      {rows::IdRow(rows::kDescriptorIds, odd, kOrders), {rows::IdPrefix(rows::kDescriptorIds, odd)}},
      {rows::IdRow(rows::kProducers, "", kOrders), {rows::IdPrefix(rows::kProducers, "")}},
      {rows::IdRow(rows::kConsumers, "c", kOrders), {rows::IdPrefix(rows::kConsumers, "c")}},
      {rows::AssetRow("t", "", kOrders), {rows::IdPrefix(rows::kAssets, "t"), rows::AssetPrefix("t", "")}},
      {rows::AssetRow(odd, odd, kOrders), {rows::IdPrefix(rows::kAssets, odd), rows::AssetPrefix(odd, odd)}},
      {rows::OwnerRow("ada", rows::kByTeam, kOrders), {rows::IdPrefix(rows::kOwners, "ada") + rows::kByTeam}},
      {rows::OwnerRow("ada", rows::kByPerson, kOrders), {rows::IdPrefix(rows::kOwners, "ada") + rows::kByPerson}},
      {rows::Domain("sales"), {rows::Domain("sales")}},
  };
  for (const auto& [row, dropped] : cases) {
    EXPECT_TRUE(RowCache::Holds(row));
    RowCache cache(kRoomy, 1);
    for (const std::string& key : dropped) cache.Keep(key, SharedLine(), 1);
    cache.Keep(rows::IdPrefix(rows::kAssets, "other"), SharedLine(), 1);
    cache.Advance(2, {row});
    for (const std::string& key : dropped) EXPECT_FALSE(cache.Find(key, 2)) << ::testing::PrintToString(key);
    EXPECT_TRUE(cache.Find(rows::IdPrefix(rows::kAssets, "other"), 2));
  }
  EXPECT_FALSE(RowCache::Holds(rows::LineHistory(kOrders, 1)));
  EXPECT_FALSE(RowCache::Holds(rows::LedgerValue("head/x")));
}

TEST(RowCacheTest, ForgetsWhatWasNotAskedForLongestAndStaysWithinItsBytes) {
  RowCache cache(kRoomy, 1);
  constexpr int kLines = 4000;
  constexpr size_t kTextBytes = 1000;
  const std::string favourite = rows::Team("favourite");
  cache.Keep(favourite, SharedEntity(), 1);
  size_t kept = 0;
  for (int i = 0; i < kLines; ++i) {
    cache.Keep(rows::Team("t" + std::to_string(i)), LineWithText(std::string(kTextBytes, 'x')), 1);
    EXPECT_TRUE(cache.Find(favourite, 1));
  }
  for (int i = 0; i < kLines; ++i) kept += cache.Find(rows::Team("t" + std::to_string(i)), 1) ? 1U : 0U;
  EXPECT_GT(kept, 0U);
  EXPECT_LT(kept * kTextBytes, kRoomy);
  EXPECT_FALSE(cache.Find(rows::Team("t0"), 1));
  cache.Keep(rows::Team("huge"), LineWithText(std::string(kRoomy, 'x')), 1);
  EXPECT_FALSE(cache.Find(rows::Team("huge"), 1)) << "one row does not push out all others";
  EXPECT_TRUE(cache.Find(favourite, 1));
  RowCache none(0, 1);
  none.Keep(favourite, SharedEntity(), 1);
  EXPECT_FALSE(none.Find(favourite, 1));
}

SharedAnswer AnswerFrom(const std::vector<std::string>& keys, std::string bytes = "answer") {
  Answer answer;
  answer.bytes = std::move(bytes);
  for (const std::string& key : keys) answer.reads.rows.push_back(RowStamps::SlotOf(key));
  return std::make_shared<const Answer>(std::move(answer));
}

TEST(RowCacheTest, AnAnswerStaysUntilARowItWasMadeFromChanges) {
  const std::string asset = rows::IdPrefix(rows::kAssets, "t");
  const std::vector<std::string> changes = {rows::Line(kOrders), rows::AssetRow("t", "space", kOrders)};
  for (const std::string& change : changes) {
    RowCache cache(kRoomy, 5);
    const SharedAnswer answer = AnswerFrom({rows::Line(kOrders), asset});
    cache.Keep("?who", answer, 5);
    EXPECT_EQ(std::get<SharedAnswer>(*cache.Find("?who", 5)), answer);
    EXPECT_FALSE(cache.Find("?who", 4)) << "it may have been another then";
    cache.Advance(6, {rows::Team("ads"), rows::AssetRow("other", "", kOrders)});
    EXPECT_EQ(std::get<SharedAnswer>(*cache.Find("?who", 6)), answer) << "other rows have changed";
    cache.Advance(7, {change});
    EXPECT_FALSE(cache.Find("?who", 7));
    cache.Keep("?who", answer, 6);
    EXPECT_FALSE(cache.Find("?who", 7)) << "a slow reader can't bring it back";
    const SharedAnswer next = AnswerFrom({rows::Line(kOrders), asset});
    cache.Keep("?who", next, 7);
    EXPECT_EQ(std::get<SharedAnswer>(*cache.Find("?who", 7)), next);
  }
}

TEST(RowCacheTest, AnswersAreCounted) {
  constexpr int kAnswers = 400;
  constexpr size_t kAnswerBytes = 20'000;
  RowCache cache(kRoomy, 1);
  for (int i = 0; i < kAnswers; ++i) {
    const std::string question = "?" + std::to_string(i);
    cache.Keep(question, AnswerFrom({}, std::string(kAnswerBytes, 'x')), 1);
    EXPECT_TRUE(cache.Find(question, 1)) << "the newest has room";
  }
  size_t kept = 0;
  for (int i = 0; i < kAnswers; ++i) kept += cache.Find("?" + std::to_string(i), 1) ? 1U : 0U;
  EXPECT_GT(kept, kRoomy / kAnswerBytes / 2);
  EXPECT_LT(kept * kAnswerBytes, kRoomy);
  cache.Keep("?huge", AnswerFrom({}, std::string(kRoomy, 'x')), 1);
  EXPECT_FALSE(cache.Find("?huge", 1)) << "one answer does not push out all others";
}

// Every answer that goes through the cache is compared with a walk over the rows of the same snapshot, which does not.
class CachedViewTest : public ::testing::Test {
 protected:
  static constexpr int kProducts = 3;

  static std::string Product(int i) { return "p" + std::to_string(i); }

  // Empty, or what differs.
  static std::string Difference(const View& view) {
    std::vector<SharedLine> lines;
    const Status walked = view.ForEachLine("", "", [&](const store::v1::LineState& line) {
      lines.push_back(std::make_shared<const store::v1::LineState>(line));
      return true;
    });
    if (!walked.ok()) return walked.ToString();
    for (int i = 0; i < kProducts; ++i) {
      const LineName name = {"sales", Product(i), 1};
      const auto same = std::find_if(lines.begin(), lines.end(),
                                     [&](const SharedLine& line) { return line->name() == name.ToString(); });
      const SharedLine want = same == lines.end() ? nullptr : *same;
      const auto found = view.FindLine(name);
      if (!found.ok() || (*found == nullptr) != (want == nullptr)) return Product(i) + " is there or not";
      if (want && (*found)->SerializeAsString() != want->SerializeAsString()) return Product(i) + " differs";
      const auto of_product = view.LinesOfProduct("sales", Product(i));
      if (!of_product.ok() || of_product->size() != (want ? 1U : 0U)) return "lines of " + Product(i);
    }
    for (const std::string version : {"a", "b"}) {
      std::vector<LineName> want;
      for (const SharedLine& line : lines) {
        if (line->model().id() == version) want.push_back(*ParseLineName(line->name()));
      }
      const auto found = view.LinesByDescriptorId(version);
      if (!found.ok() || *found != want) return "lines of the id " + version;
    }
    return "";
  }

  // A change of one of the products: its id goes to and fro, it retires and comes back.
  void Change(int step) {
    v1::DataProduct model = SimpleModel("sales", Product(step % kProducts));
    model.set_id(step / kProducts % 2 == 0 ? "a" : "b");
    const bool retires = step % 5 == 4;
    const auto done =
        retires ? SetLineState(*store_, LineOf(model), v1::PRODUCT_STATE_RETIRED) : RegisterLine(*store_, model);
    EXPECT_TRUE(done.ok() || retires) << done.status().ToString();
  }

  souk::testing::TempDir folder_;
  SystemClock clock_;
  AllowAll everything_;
  std::unique_ptr<Store> store_ = souk::testing::OpenStore(folder_ / "store", clock_);
};

TEST_F(CachedViewTest, EverySnapshotAgreesWithItsRows) {
  std::vector<View> held;
  constexpr int kSteps = 30;
  for (int step = 0; step < kSteps; ++step) {
    held.push_back(store_->Current(everything_));
    EXPECT_EQ(Difference(held.back()), "") << step;
    Change(step);
    EXPECT_EQ(Difference(held.back()), "") << "a snapshot that is no longer the newest, " << step;
  }
  for (const View& view : held) EXPECT_EQ(Difference(view), "");
}

TEST_F(CachedViewTest, ReadersOfOldAndNewSnapshotsAgreeWithTheirRowsWhileAWriterCommits) {
  constexpr int kSteps = 150;
  constexpr size_t kReaders = 3;
  std::atomic<bool> done = false;
  std::array<std::string, kReaders> differences;
  std::vector<std::thread> readers;
  for (std::string& difference : differences) {
    readers.emplace_back([&] {
      while (!done && difference.empty()) {
        const View older = store_->Current(everything_);
        difference = Difference(older);
        if (difference.empty()) difference = Difference(store_->Current(everything_));
        if (difference.empty()) difference = Difference(older);
      }
    });
  }
  for (int step = 0; step < kSteps; ++step) Change(step);
  done = true;
  for (std::thread& reader : readers) reader.join();
  for (const std::string& difference : differences) EXPECT_EQ(difference, "");
}

}  // namespace
}  // namespace souk::storage
