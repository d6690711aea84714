// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "tests/index/text/shelf.h"

namespace souk::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

// "kind:text=count"
std::vector<std::string> Lines(const v1::SuggestResponse& response) {
  std::vector<std::string> lines;
  for (const v1::Suggestion& suggestion : response.suggestions()) {
    lines.push_back(suggestion.kind() + ":" + suggestion.text() + "=" + std::to_string(suggestion.count()));
  }
  return lines;
}

std::vector<std::string> Suggest(const Shelf& shelf, std::string_view prefix) {
  return Lines(shelf.Suggest(prefix, AllowAll()));
}

TEST(Suggest, CompletesEveryKind) {
  Shelf shelf;
  v1::DataProduct model = SimpleModel("sales", "salvage");
  model.add_tags("salient");
  model.mutable_team()->mutable_members(0)->set_username("sally@example.com");
  model.mutable_contracts(0)->mutable_schema(0)->mutable_properties(0)->set_name("salary");
  shelf.Put(model);
  EXPECT_THAT(Suggest(shelf, "sal"), ElementsAre("product:salvage=1", "column:salary=1", "domain:sales=1",
                                                 "tag:salient=1", "owner:sales team=1", "owner:sally@example.com=1"));
  EXPECT_THAT(Suggest(shelf, "xyz"), IsEmpty());
  EXPECT_THAT(Suggest(shelf, ""), IsEmpty());
  const v1::SuggestResponse response = shelf.Suggest("sal", AllowAll());
  EXPECT_EQ(response.suggestions(0).name(), "domains/sales/products/salvage");
  EXPECT_EQ(response.suggestions(1).name(), "");
  EXPECT_EQ(response.suggestions(2).name(), "domains/sales");
}

TEST(Suggest, KnowsTheWordsInsideAndAnySpelling) {
  Shelf shelf;
  shelf.Put(SimpleModel("d", "baseline_active_users"));
  for (const char* prefix : {"b", "baseline", "baseline_a", "baseline a", "Baseline-A", "BASELINE_ACTIVE_USERS",
                             "active_u", "users", " baseline", "bäs"}) {
    EXPECT_THAT(Suggest(shelf, prefix), Contains("product:baseline_active_users=1")) << prefix;
  }
  EXPECT_THAT(Suggest(shelf, "sers"), IsEmpty());
}

TEST(Suggest, OneMoreLetterNeverHidesTheExactMatch) {
  Shelf shelf;
  const std::string name = "orders";
  shelf.Put(SimpleModel("d", name));
  for (int i = 0; i < 300; ++i) {
    v1::DataProduct model = SimpleModel("d" + std::to_string(i % 3), "orders_" + std::to_string(i));
    model.mutable_contracts(0)->mutable_schema(0)->mutable_properties(0)->set_name("orders_count");
    shelf.Put(model);
  }
  for (size_t letters = 1; letters <= name.size(); ++letters) {
    const std::vector<std::string> lines = Suggest(shelf, name.substr(0, letters));
    if (letters == name.size()) {
      EXPECT_EQ(lines.front(), "product:orders=1");
    }
  }
  v1::SuggestRequest request;
  request.set_prefix(name);
  request.set_limit(1);
  storage::Revision revision = 0;
  const auto one = shelf.index().Suggest(request, AllowAll(), &revision);
  EXPECT_THAT(Lines(*one), ElementsAre("product:orders=1"));
  EXPECT_EQ(revision, shelf.revision());
}

TEST(Suggest, CountsLinesThatAreNotRetired) {
  Shelf shelf;
  shelf.Put(SimpleModel("d", "orders", "1.0.0"));
  shelf.Put(SimpleModel("d", "orders", "2.0.0"));
  EXPECT_THAT(Suggest(shelf, "orders"), ElementsAre("product:orders=2"));
  EXPECT_THAT(Suggest(shelf, "amount"), ElementsAre("column:amount=2"));
  shelf.Put(SimpleModel("d", "orders", "1.0.0"), v1::PRODUCT_STATE_RETIRED);
  EXPECT_THAT(Suggest(shelf, "amount"), ElementsAre("column:amount=1"));
  shelf.Put(SimpleModel("d", "orders", "2.0.0"), v1::PRODUCT_STATE_RETIRED);
  EXPECT_THAT(Suggest(shelf, "orders"), IsEmpty());
  shelf.Put(SimpleModel("d", "orders", "2.0.0"));
  EXPECT_THAT(Suggest(shelf, "orders"), ElementsAre("product:orders=1"));
}

TEST(Suggest, ForgetsWhatALineNoLongerHas) {
  Shelf shelf;
  v1::DataProduct model = SimpleModel("d", "orders");
  model.add_tags("interim");
  shelf.Put(model);
  EXPECT_THAT(Suggest(shelf, "interim"), ElementsAre("tag:interim=1"));
  shelf.Put(SimpleModel("d", "orders"));
  EXPECT_THAT(Suggest(shelf, "interim"), IsEmpty());
}

TEST(Suggest, HoldsItsLimits) {
  Shelf shelf;
  for (int i = 0; i < 120; ++i) shelf.Put(SimpleModel("d", "p" + std::to_string(i)));
  v1::SuggestRequest request;
  request.set_prefix("p");
  storage::Revision revision = 0;
  EXPECT_EQ(shelf.index().Suggest(request, AllowAll(), &revision)->suggestions_size(), limits::kSuggestDefault);
  request.set_limit(1000);
  EXPECT_EQ(shelf.index().Suggest(request, AllowAll(), &revision)->suggestions_size(), limits::kSuggestMax);
  request.set_limit(-1);
  EXPECT_EQ(shelf.index().Suggest(request, AllowAll(), &revision).status().code(), Code::kInvalidArgument);
  request.set_limit(0);
  request.set_prefix(std::string(limits::kQueryBytesMax + 1, 'p'));
  EXPECT_EQ(shelf.index().Suggest(request, AllowAll(), &revision).status().code(), Code::kInvalidArgument);
}

TEST(Suggest, WorksAcrossManyUpdates) {
  Shelf shelf;
  std::vector<storage::Change> changes;
  storage::Revision revision = 0;
  for (int i = 0; i < 3000; ++i) {
    v1::DataProduct model = SimpleModel("d", "word" + std::to_string(i));
    changes.push_back(ChangeOf(++revision, StateOf(model)));
    if (changes.size() == 250) {
      ASSERT_TRUE(shelf.index().Apply(changes).ok());
      changes.clear();
    }
  }
  for (const int i : {0, 7, 1234, 2047, 2048, 2999}) {
    const std::string name = "word" + std::to_string(i);
    EXPECT_EQ(Suggest(shelf, name).front(), "product:" + name + "=1");
  }
}

}  // namespace
}  // namespace souk::testing
