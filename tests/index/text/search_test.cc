// SPDX-License-Identifier: Apache-2.0
// What is found, and what is said of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/limits.h"
#include "tests/index/text/shelf.h"

namespace souk::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

v1::DataProduct WithPurpose(std::string_view domain, std::string_view product, std::string_view purpose) {
  v1::DataProduct model = SimpleModel(domain, product);
  model.mutable_description()->set_purpose(std::string(purpose));
  return model;
}

TEST(Search, FindsALineOnceItIsApplied) {
  Shelf shelf;
  EXPECT_THAT(shelf.Names("orders"), IsEmpty());
  const storage::Revision revision = shelf.Put(SimpleModel("sales", "orders"));
  EXPECT_THAT(shelf.Names("orders"), ElementsAre("sales/orders@1"));
  EXPECT_EQ(shelf.index().status().applied, revision);
  EXPECT_EQ(shelf.index().status().entries, 1U);
  EXPECT_GT(shelf.index().status().size_bytes, 0U);
}

TEST(Search, FollowsUpdatesAndRetirement) {
  Shelf shelf;
  shelf.Put(WithPurpose("sales", "orders", "alpha"));
  shelf.Put(WithPurpose("sales", "orders", "beta"));
  EXPECT_THAT(shelf.Names("alpha"), IsEmpty());
  EXPECT_THAT(shelf.Names("beta"), ElementsAre("sales/orders@1"));
  EXPECT_EQ(shelf.index().status().entries, 1U);

  shelf.Put(WithPurpose("sales", "orders", "beta"), v1::PRODUCT_STATE_RETIRED);
  EXPECT_THAT(shelf.Names("beta"), IsEmpty());
  EXPECT_THAT(shelf.Names("", ""), IsEmpty());
  EXPECT_THAT(shelf.Names("beta", "state = retired"), ElementsAre("sales/orders@1"));
  shelf.Put(WithPurpose("sales", "orders", "beta"), v1::PRODUCT_STATE_DRAFT);
  EXPECT_THAT(shelf.Names("beta"), ElementsAre("sales/orders@1"));
}

TEST(Search, FillsAHit) {
  Shelf shelf;
  shelf.Put(SimpleModel("sales", "daily_orders", "2.1.0"), v1::PRODUCT_STATE_DEPRECATED);
  const v1::SearchResponse response = shelf.Search("orders");
  ASSERT_EQ(response.hits_size(), 1);
  const v1::SearchHit& hit = response.hits(0);
  EXPECT_EQ(hit.name(), "domains/sales/products/daily-orders/lines/2");
  EXPECT_EQ(hit.id(), "id.sales.daily_orders.v2");
  EXPECT_EQ(hit.display_name(), "daily_orders");
  EXPECT_EQ(hit.domain(), "domains/sales");
  EXPECT_EQ(hit.state(), v1::PRODUCT_STATE_DEPRECATED);
  EXPECT_EQ(hit.version(), "2.1.0");
  EXPECT_EQ(hit.summary(), "What daily_orders is for.");
  EXPECT_EQ(hit.team(), "sales team");
  EXPECT_GT(hit.score(), 0);
  EXPECT_TRUE(response.complete());
  EXPECT_EQ(response.total_size(), 1U);
}

TEST(Search, FindsByEveryKindOfText) {
  Shelf shelf;
  v1::DataProduct model = WithPurpose("sales", "orders", "Every purchase of a shopper.");
  model.add_tags("quarterly");
  model.add_synonyms("bookings");
  v1::SchemaObject& table = *model.mutable_contracts(0)->mutable_schema(0);
  table.set_physical_name("warehouse.core.ord_hdr");
  table.mutable_properties(1)->set_description("Gross value in cents.");
  table.mutable_properties(1)->set_business_name("turnover");
  shelf.Put(model);
  v1::DataProduct other = SimpleModel("other", "unrelated");
  other.clear_contracts();
  other.clear_team();
  shelf.Put(other);
  for (const char* query : {"orders", "order", "purchases", "quarterly", "bookings", "amount", "cents", "turnover",
                            "ord_hdr", "warehouse.core.ord_hdr", "ada@example.com", "sales team", "SALES", "Örders",
                            "sales/orders", "id.sales.orders.v1", "domains/sales/products/orders/lines/1"}) {
    const std::vector<std::string> names = shelf.Names(query);
    ASSERT_FALSE(names.empty()) << query;
    EXPECT_EQ(names.front(), "sales/orders@1") << query;
  }
}

TEST(Search, WantsAllWordsAndFallsBackToAny) {
  Shelf shelf;
  shelf.Put(WithPurpose("a", "one", "red green"));
  shelf.Put(WithPurpose("a", "two", "red blue"));
  v1::SearchResponse response = shelf.Search("red green");
  EXPECT_THAT(NamesOf(response), ElementsAre("a/one@1"));
  EXPECT_FALSE(response.any_word_fallback());
  response = shelf.Search("green blue");
  EXPECT_THAT(NamesOf(response), UnorderedElementsAre("a/one@1", "a/two@1"));
  EXPECT_TRUE(response.any_word_fallback());
  response = shelf.Search("the green of");  // stop words are not required
  EXPECT_THAT(NamesOf(response), ElementsAre("a/one@1"));
  EXPECT_FALSE(shelf.Search("nothing at all here").any_word_fallback());
}

TEST(Search, PhrasesAndExclusions) {
  Shelf shelf;
  shelf.Put(WithPurpose("a", "one", "daily active users"));
  shelf.Put(WithPurpose("a", "two", "active daily users"));
  shelf.Put(WithPurpose("a", "three", "daily batch of the active users"));
  EXPECT_EQ(shelf.Names("daily active").size(), 3U);
  EXPECT_THAT(shelf.Names("\"daily active\""), ElementsAre("a/one@1"));
  EXPECT_THAT(shelf.Names("\"batch of the active\""), ElementsAre("a/three@1"));
  EXPECT_THAT(shelf.Names("daily active -batch"), UnorderedElementsAre("a/one@1", "a/two@1"));
  EXPECT_THAT(shelf.Names("users -\"daily active\""), UnorderedElementsAre("a/two@1", "a/three@1"));
  EXPECT_THAT(shelf.Names("-batch"), UnorderedElementsAre("a/one@1", "a/two@1"));
  EXPECT_THAT(shelf.Names("-daily"), IsEmpty());
}

TEST(Search, IdeographsMeanSomethingSideBySide) {
  Shelf shelf;
  shelf.Put(WithPurpose("a", "one", "订单数据"));
  shelf.Put(WithPurpose("a", "two", "单订"));
  EXPECT_THAT(shelf.Names("订单"), ElementsAre("a/one@1"));
  EXPECT_THAT(shelf.Names("数据"), ElementsAre("a/one@1"));
}

TEST(Search, BlankQueryListsByName) {
  Shelf shelf;
  shelf.Put(SimpleModel("b", "one"));
  shelf.Put(SimpleModel("a", "two", "10.0.0"));
  shelf.Put(SimpleModel("a", "two", "9.0.0"));
  shelf.Put(SimpleModel("a", "gone"), v1::PRODUCT_STATE_RETIRED);
  EXPECT_THAT(shelf.Names(""), ElementsAre("a/two@9", "a/two@10", "b/one@1"));
  EXPECT_THAT(shelf.Names("", "domain = a"), ElementsAre("a/two@9", "a/two@10"));
}

TEST(Search, FiltersByEveryField) {
  Shelf shelf;
  v1::DataProduct model = SimpleModel("sales", "orders");
  model.add_tags("pii");
  model.set_type("aggregate");
  model.mutable_contracts(0)->add_servers()->set_type("bigquery");
  model.mutable_contracts(0)->mutable_schema(0)->mutable_properties(0)->set_classification("restricted");
  shelf.Put(model);
  v1::DataProduct other = SimpleModel("ads", "clicks");
  other.mutable_team()->mutable_members(0)->set_username("bob@example.com");
  other.mutable_contracts(0)->mutable_schema(0)->mutable_properties(1)->set_name("cost");
  shelf.Put(other, v1::PRODUCT_STATE_DRAFT);
  for (const char* filter :
       {"state = active", "domain = sales", "domain = domains/sales", "name:orders", "name = \"sales/orders@1\"",
        "team = \"sales team\"", "team = sales-team", "owner:ada", "owner = \"ada@example.com\"", "tag:pii",
        "type = aggregate", "platform = bigquery", "classification:restricted", "column = amount",
        "column = orders.amount", "pii", "-tag = other name:orders", "NOT state = draft"}) {
    EXPECT_THAT(shelf.Names("", filter), ElementsAre("sales/orders@1")) << filter;
  }
  EXPECT_THAT(shelf.Names("orders", "column = cost"), IsEmpty());
  EXPECT_THAT(shelf.Names("clicks", "column = cost"), ElementsAre("ads/clicks@1"));
}

TEST(Search, CountsFacetsExactlyUnderTheFilter) {
  Shelf shelf;
  for (int i = 0; i < 7; ++i) {
    v1::DataProduct model = SimpleModel(i % 2 == 0 ? "even" : "odd", "p" + std::to_string(i));
    model.add_tags("all");
    if (i > 3) model.add_tags("high");
    shelf.Put(model, i == 6 ? v1::PRODUCT_STATE_RETIRED : v1::PRODUCT_STATE_ACTIVE);
  }
  v1::SearchRequest request;
  request.set_filter("domain = even OR domain = odd");
  for (const char* facet : {"tag", "domain", "state", "team", "platform"}) request.add_facets(facet);
  const v1::SearchResponse response = shelf.Search(request, AllowAll());
  const auto counts = [&](int facet) {
    std::string out;
    for (const v1::FacetValue& value : response.facets(facet).values()) {
      out += value.value() + "=" + std::to_string(value.count()) + " ";
    }
    return out;
  };
  ASSERT_EQ(response.facets_size(), 5);
  EXPECT_EQ(response.facets(0).field(), "tag");
  EXPECT_EQ(counts(0), "all=6 high=2 ");
  EXPECT_EQ(counts(1), "even=3 odd=3 ");
  EXPECT_EQ(counts(2), "active=6 ");
  EXPECT_EQ(counts(3), "even team=3 odd team=3 ");
  EXPECT_EQ(counts(4), "");
  request.set_query("p4");
  EXPECT_EQ(shelf.Search(request, AllowAll()).facets(0).values_size(), 2);
}

TEST(Search, SaysWhereAFacetWasCut) {
  Shelf shelf;
  v1::DataProduct model = SimpleModel("sales", "orders");
  for (size_t i = 0; i <= limits::kFacetValuesMax; ++i) model.add_tags("t" + std::to_string(i));
  shelf.Put(model);
  v1::SearchRequest request;
  request.add_facets("tag");
  const v1::SearchResponse response = shelf.Search(request, AllowAll());
  EXPECT_EQ(static_cast<size_t>(response.facets(0).values_size()), limits::kFacetValuesMax);
  EXPECT_TRUE(response.facets(0).truncated());
}

TEST(Search, PagesCoverEverythingOnce) {
  Shelf shelf;
  constexpr int kLines = 57;
  std::vector<storage::Change> changes;
  for (int i = 0; i < kLines; ++i) {
    // Many equal scores.
    changes.push_back(ChangeOf(static_cast<storage::Revision>(i + 1),
                               StateOf(WithPurpose("d" + std::to_string(i % 5), "p" + std::to_string(i), "common"))));
  }
  ASSERT_TRUE(shelf.index().Apply(changes).ok());
  for (const char* query : {"common", ""}) {
    v1::SearchRequest request;
    request.set_query(query);
    std::vector<std::string> seen;
    bool more = true;
    for (size_t offset = 0; more; offset += 10) {
      const auto answer = shelf.index().Search(request, {offset, 10}, AllowAll(), [] { return Status::Ok(); });
      ASSERT_TRUE(answer.ok());
      EXPECT_EQ(answer->response.total_size(), static_cast<uint64_t>(kLines));
      for (const std::string& name : NamesOf(answer->response)) seen.push_back(name);
      more = answer->more;
    }
    EXPECT_EQ(seen.size(), static_cast<size_t>(kLines));
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), seen.size());
  }
  const auto beyond = shelf.index().Search({}, {1000, 10}, AllowAll(), [] { return Status::Ok(); });
  EXPECT_EQ(beyond->response.hits_size(), 0);
  EXPECT_FALSE(beyond->more);
}

TEST(Search, SaysWhichFieldAndColumnMatched) {
  Shelf shelf;
  v1::DataProduct model = WithPurpose("sales", "orders", "Every purchase.");
  v1::SchemaObject& table = *model.mutable_contracts(0)->mutable_schema(0);
  table.add_properties()->set_name("customer_id");
  table.mutable_properties(1)->set_description("Gross value, customer pays.");
  model.add_tags("customer-facing");
  shelf.Put(model);
  const auto matched = [&](std::string_view query) {
    const v1::SearchResponse response = shelf.Search(query);
    std::vector<std::string> on;
    if (response.hits_size() == 1)
      on.assign(response.hits(0).matched_on().begin(), response.hits(0).matched_on().end());
    return on;
  };
  EXPECT_THAT(matched("customer"), ElementsAre("tag", "column:orders.amount", "column:orders.customer_id"));
  EXPECT_THAT(matched("purchase"), ElementsAre("description"));
  EXPECT_THAT(matched("orders"), ElementsAre("name", "physical_name"));
  EXPECT_THAT(matched("id.sales.orders.v1"), Contains("identifier"));
  EXPECT_THAT(matched("ord"), ElementsAre("name"));  // the name's beginning
}

TEST(Search, HighlightsSpansOfBytes) {
  Shelf shelf;
  v1::DataProduct model = WithPurpose("sales", "kunden_aufträge", "Größe aller Aufträge, und was daran hängt.");
  model.mutable_contracts(0)->mutable_schema(0)->mutable_properties(0)->set_description("Key of the Aufträge.");
  shelf.Put(model);
  v1::SearchRequest request;
  request.set_query("Aufträge");
  request.set_highlight(true);
  const v1::SearchResponse response = shelf.Search(request, AllowAll());
  ASSERT_EQ(response.hits_size(), 1);
  std::set<std::string> marked;
  for (const v1::Highlight& highlight : response.hits(0).highlights()) {
    ASSERT_EQ(highlight.spans_size() % 2, 0);
    ASSERT_GT(highlight.spans_size(), 0);
    for (int i = 0; i < highlight.spans_size(); i += 2) {
      ASSERT_LE(highlight.spans(i + 1), highlight.text().size());
      marked.insert(highlight.field() + "|" +
                    highlight.text().substr(highlight.spans(i), highlight.spans(i + 1) - highlight.spans(i)));
    }
  }
  EXPECT_THAT(marked, ElementsAre("column:kunden_aufträge.id|Aufträge", "description|Aufträge", "name|aufträge"));
  request.set_highlight(false);
  EXPECT_EQ(shelf.Search(request, AllowAll()).hits(0).highlights_size(), 0);
}

TEST(Search, CutsLongHighlightsAroundTheMatch) {
  Shelf shelf;
  std::string text;
  for (int i = 0; i < 300; ++i) text += "überflüssig ";
  shelf.Put(WithPurpose("sales", "orders", text + "needle " + text));
  v1::SearchRequest request;
  request.set_query("needle");
  request.set_highlight(true);
  const v1::SearchResponse response = shelf.Search(request, AllowAll());
  ASSERT_EQ(response.hits(0).highlights_size(), 1);
  const v1::Highlight& highlight = response.hits(0).highlights(0);
  EXPECT_LE(highlight.text().size(), 240U);
  EXPECT_TRUE(IsCleanUtf8(highlight.text()));
  EXPECT_EQ(highlight.text().substr(highlight.spans(0), highlight.spans(1) - highlight.spans(0)), "needle");
}

TEST(Search, RefusesWhatItCanNotRead) {
  Shelf shelf;
  shelf.Put(SimpleModel("sales", "orders"));
  const auto status = [&](const v1::SearchRequest& request) {
    return shelf.index().Search(request, {0, 10}, AllowAll(), [] { return Status::Ok(); }).status();
  };
  v1::SearchRequest request;
  request.set_filter("colour = red");
  EXPECT_EQ(status(request).reason(), "BAD_FILTER");
  request.Clear();
  request.add_facets("owner");
  EXPECT_EQ(status(request).code(), Code::kInvalidArgument);
  request.Clear();
  for (size_t i = 0; i <= limits::kFacetsMax; ++i) request.add_facets("tag");
  EXPECT_EQ(status(request).code(), Code::kInvalidArgument);
  request.Clear();
  request.set_query(std::string(limits::kQueryBytesMax + 1, 'x'));
  EXPECT_EQ(status(request).code(), Code::kInvalidArgument);
}

TEST(Search, StopsWhenItIsTold) {
  Shelf shelf;
  shelf.Put(SimpleModel("sales", "orders"));
  for (const char* query : {"orders", ""}) {
    v1::SearchRequest request;
    request.set_query(query);
    const auto answer =
        shelf.index().Search(request, {0, 10}, AllowAll(), [] { return Status(Code::kCancelled, "enough"); });
    EXPECT_EQ(answer.status().code(), Code::kCancelled);
  }
  EXPECT_EQ(shelf.Names("orders").size(), 1U);  // and leaves nothing behind
}

TEST(Search, TakesHostileText) {
  Shelf shelf;
  const std::string hostile[] = {std::string("\xff\xfe\xed\xa0\x80 tail"),
                                 std::string("a\0b\x01"
                                             "c",
                                             5),
                                 "\xef\xbf\xbf\xef\xbf\xbe",
                                 std::string(200'000, 'x'),
                                 "\xe2\x80\xae gnirts",
                                 std::string(50'000, '-') + "x_y"};
  int i = 0;
  for (const std::string& text : hostile) {
    v1::DataProduct model = SimpleModel("sales", "p" + std::to_string(i++));
    model.mutable_description()->set_purpose(text);
    model.set_id(text.substr(0, 500));
    model.add_tags(text.substr(0, 500));
    model.mutable_contracts(0)->mutable_schema(0)->mutable_properties(0)->set_name(text.substr(0, 500));
    shelf.Put(model);
    v1::SearchRequest request;
    request.set_query(text.substr(0, 900));
    request.set_highlight(true);
    request.set_explain(true);
    (void)shelf.index().Search(request, {0, 10}, AllowAll(), [] { return Status::Ok(); });
    (void)shelf.Suggest(text.substr(0, 900), AllowAll());
  }
  EXPECT_EQ(shelf.Names("").size(), std::size(hostile));
  EXPECT_THAT(shelf.Names("tail"), ElementsAre("sales/p0@1"));
}

TEST(Search, ChangesWithoutLinesMoveTheRevision) {
  Shelf shelf;
  storage::Change mark;
  mark.revision = 5;
  ASSERT_TRUE(shelf.index().Apply({mark}).ok());
  EXPECT_EQ(shelf.index().status().applied, 5U);
  ASSERT_TRUE(shelf.index().Apply({}).ok());
  ASSERT_TRUE(shelf.index().Apply({ChangeOf(4, StateOf(SimpleModel("sales", "late")))}).ok());  // seen before
  EXPECT_EQ(shelf.index().status().applied, 5U);
  EXPECT_THAT(shelf.Names("late"), IsEmpty());
}

}  // namespace
}  // namespace souk::testing
