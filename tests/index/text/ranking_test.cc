// SPDX-License-Identifier: Apache-2.0
// In which order lines are found, and why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/index/text/shelf.h"

namespace souk::testing {
namespace {

using ::testing::ElementsAre;

v1::DataProduct WithPurpose(std::string_view domain, std::string_view product, std::string_view purpose) {
  v1::DataProduct model = SimpleModel(domain, product);
  model.mutable_description()->set_purpose(std::string(purpose));
  return model;
}

// Lines whose words alone would put the wrong one first.
void FillShelf(Shelf& shelf) {
  std::string chatter;
  for (int i = 0; i < 30; ++i) chatter += "baseline active users. ";
  shelf.Put(WithPurpose("x", "chatter", chatter));
  shelf.Put(WithPurpose("x", "baseline_active_users_by_country", chatter));
  shelf.Put(SimpleModel("a", "baseline_active_users", "1.0.0"));
  shelf.Put(SimpleModel("a", "baseline_active_users", "2.0.0"), v1::PRODUCT_STATE_DRAFT);
  shelf.Put(SimpleModel("b", "baseline_active_users"), v1::PRODUCT_STATE_DEPRECATED);
  v1::DataProduct table = SimpleModel("c", "renamed");
  table.mutable_contracts(0)->mutable_schema(0)->set_physical_name("warehouse.core.baseline_active_users");
  shelf.Put(table);
}

TEST(Ranking, TheNameComesFirstThenTheTableThenItsBeginning) {
  Shelf shelf;
  FillShelf(shelf);
  const std::vector<std::string> want = {"a/baseline-active-users@1",
                                         "b/baseline-active-users@1",
                                         "a/baseline-active-users@2",
                                         "c/renamed@1",
                                         "x/baseline-active-users-by-country@1",
                                         "x/chatter@1"};
  EXPECT_EQ(shelf.Names("baseline_active_users"), want);
  EXPECT_EQ(shelf.Names(" BASELINE_ACTIVE_USERS "), want);
}

TEST(Ranking, TheNameMayBeSpelledInAnyWay) {
  Shelf shelf;
  FillShelf(shelf);
  for (const char* query : {"baseline active users", "Baseline-Active-Users", "baselineActiveUsers"}) {
    const std::vector<std::string> names = shelf.Names(query);
    ASSERT_GE(names.size(), 5U) << query;
    for (size_t i = 0; i < 3; ++i) EXPECT_NE(names[i].find("/baseline-active-users@"), std::string::npos) << query;
    EXPECT_EQ(names[3].find("/baseline-active-users@"), std::string::npos) << query;
  }
}

TEST(Ranking, TheNameAsWrittenComesBeforeOtherSpellingsOfIt) {
  Shelf shelf;
  shelf.Put(SimpleModel("a", "orders_2"));
  shelf.Put(SimpleModel("b", "orders2"));
  EXPECT_THAT(shelf.Names("orders2"), ElementsAre("b/orders2@1", "a/orders-2@1"));
  EXPECT_THAT(shelf.Names("orders_2"), ElementsAre("a/orders-2@1", "b/orders2@1"));
}

TEST(Ranking, ANameBeingTypedIsFound) {
  Shelf shelf;
  FillShelf(shelf);
  EXPECT_EQ(shelf.Names("baseline_act").size(), 4U);
  EXPECT_EQ(shelf.Names("baseline_active_users_by_c").front(), "x/baseline-active-users-by-country@1");
}

TEST(Ranking, IdentifiersAreFoundWhole) {
  Shelf shelf;
  FillShelf(shelf);
  EXPECT_EQ(shelf.Names("warehouse.core.baseline_active_users").front(), "c/renamed@1");
  EXPECT_EQ(shelf.Names("core.baseline_active_users").front(), "c/renamed@1");
  EXPECT_EQ(shelf.Names("id.b.baseline_active_users.v1").front(), "b/baseline-active-users@1");
  EXPECT_EQ(shelf.Names("a/baseline-active-users@2").front(), "a/baseline-active-users@2");
}

TEST(Ranking, RareWordsAndGoodFieldsWeighMore) {
  Shelf shelf;
  for (int i = 0; i < 20; ++i) shelf.Put(WithPurpose("n", "noise" + std::to_string(i), "common words"));
  shelf.Put(WithPurpose("x", "in_docs", "common refunds"));
  v1::DataProduct tagged = WithPurpose("x", "in_column", "common words");
  tagged.mutable_contracts(0)->mutable_schema(0)->mutable_properties(0)->set_description("refunds");
  shelf.Put(tagged);
  shelf.Put(WithPurpose("x", "daily_refunds_in_name", "common words"));
  EXPECT_THAT(shelf.Names("refunds"), ElementsAre("x/daily-refunds-in-name@1", "x/in-docs@1", "x/in-column@1"));
}

TEST(Ranking, StateAndNamePartEquals) {
  Shelf shelf;
  shelf.Put(WithPurpose("x", "p1", "same words"), v1::PRODUCT_STATE_DRAFT);
  shelf.Put(WithPurpose("x", "p2", "same words"), v1::PRODUCT_STATE_DEPRECATED);
  shelf.Put(WithPurpose("x", "p4", "same words"), v1::PRODUCT_STATE_ACTIVE);
  shelf.Put(WithPurpose("x", "p3", "same words"), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_THAT(shelf.Names("same words"), ElementsAre("x/p3@1", "x/p4@1", "x/p2@1", "x/p1@1"));
}

TEST(Ranking, DoesNotDependOnHowTheIndexGrew) {
  Shelf slowly;
  Shelf at_once;
  std::vector<storage::Change> changes;
  for (int i = 0; i < 60; ++i) {
    const std::string text = "word" + std::to_string(i % 7) + " word" + std::to_string(i % 5) + " shared";
    const v1::DataProduct model = WithPurpose("d", "p" + std::to_string(i), text);
    slowly.Put(WithPurpose("d", "p" + std::to_string(i), "something else"));
    slowly.Put(model);
    changes.push_back(ChangeOf(static_cast<storage::Revision>(i + 1), StateOf(model)));
  }
  ASSERT_TRUE(at_once.index().Apply(changes).ok());
  const v1::SearchResponse a = slowly.Search("word3 shared");
  const v1::SearchResponse b = at_once.Search("word3 shared");
  ASSERT_EQ(a.hits_size(), b.hits_size());
  for (int i = 0; i < a.hits_size(); ++i) {
    EXPECT_EQ(a.hits(i).name(), b.hits(i).name());
    EXPECT_DOUBLE_EQ(a.hits(i).score(), b.hits(i).score());
  }
}

TEST(Ranking, ExplanationsAddUp) {
  Shelf shelf;
  FillShelf(shelf);
  for (const char* query : {"baseline_active_users", "active users", "users country", "amount", "what the users"}) {
    v1::SearchRequest request;
    request.set_query(query);
    request.set_explain(true);
    const v1::SearchResponse response = shelf.Search(request, AllowAll());
    ASSERT_GT(response.hits_size(), 0);
    for (const v1::SearchHit& hit : response.hits()) {
      double sum = 0;
      for (const v1::ScorePart& part : hit.explanation()) {
        EXPECT_FALSE(part.label().empty());
        sum += part.value();
      }
      EXPECT_NEAR(sum, hit.score(), 1e-4) << query << " " << hit.name();
    }
  }
}

}  // namespace
}  // namespace souk::testing
