// SPDX-License-Identifier: Apache-2.0
#include "index/text/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "base/limits.h"
#include "tests/support/records.h"

namespace souk::text {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

store::v1::LineState Orders() {
  store::v1::LineState state;
  state.set_name("domains/sales/products/orders/lines/2");
  state.set_state(v1::PRODUCT_STATE_ACTIVE);
  *state.mutable_model() = testing::SimpleModel("sales", "orders", "2.0.0");
  return state;
}

IndexDocument Build(const store::v1::LineState& state) {
  auto document = BuildDocument(state);
  EXPECT_TRUE(document.ok()) << document.status().ToString();
  return document.ok() ? std::move(document).value() : IndexDocument();
}

// "term/field@position"
std::set<std::string> TermsOf(const IndexDocument& document) {
  std::set<std::string> terms;
  for (size_t i = 0; i < document.terms.size(); ++i) {
    const TermList::Term term = document.terms[i];
    terms.insert(std::string(term.text) + "/" + std::string(SpecOf(term.field).label));
  }
  return terms;
}

TEST(Document, KeepsTheAttributes) {
  store::v1::LineState state = Orders();
  v1::DataProduct& model = *state.mutable_model();
  model.add_tags("pii");
  model.add_tags("pii");
  model.add_tags(" daily ");
  model.set_type("aggregate");
  model.mutable_output_ports(0)->set_type("table");
  model.mutable_contracts(0)->add_servers()->set_type("postgres");
  v1::SchemaObject& table = *model.mutable_contracts(0)->mutable_schema(0);
  table.mutable_properties(0)->set_classification("restricted");
  table.mutable_properties(0)->add_tags("key");
  v1::SchemaProperty& address = *table.add_properties();
  address.set_name("address");
  address.add_properties()->set_name("city");
  v1::SchemaProperty& lines = *table.add_properties();
  lines.set_name("lines");
  lines.add_items()->add_properties()->set_name("sku");
  v1::Member& gone = *model.mutable_team()->add_members();
  gone.set_username("gone@example.com");
  gone.set_role("owner");
  gone.set_date_out("2024-01-01");

  const LineRecord record = Build(state).record;
  EXPECT_EQ(record.line.ToString(), state.name());
  EXPECT_EQ(record.descriptor_id, "id.sales.orders.v2");
  EXPECT_EQ(record.display_name, "orders");
  EXPECT_EQ(record.version, "2.0.0");
  EXPECT_EQ(record.summary, "What orders is for.");
  EXPECT_EQ(record.team, "sales team");
  EXPECT_THAT(record.owners, ElementsAre("ada@example.com"));
  EXPECT_THAT(record.tags, ElementsAre("pii", "daily", "key"));
  EXPECT_THAT(record.types, ElementsAre("aggregate", "table"));
  EXPECT_THAT(record.platforms, ElementsAre("postgres"));
  EXPECT_THAT(record.classifications, ElementsAre("restricted"));
  ASSERT_EQ(record.objects.size(), 1U);
  EXPECT_EQ(record.objects[0].object, "orders");
  EXPECT_THAT(record.objects[0].paths, ElementsAre("id", "amount", "address", "address.city", "lines", "lines.sku"));
}

TEST(Document, IndexesEveryText) {
  store::v1::LineState state = Orders();
  v1::DataProduct& model = *state.mutable_model();
  model.add_synonyms("purchases");
  model.mutable_description()->set_usage("Join on customer.");
  model.mutable_description()->set_limitations("Refunds are absent.");
  v1::DataContract& contract = *model.mutable_contracts(0);
  contract.set_name("Order book");
  contract.mutable_schema(0)->set_business_name("Ledger of sales");
  contract.mutable_schema(0)->set_description("One row each.");
  contract.mutable_schema(0)->mutable_properties(1)->set_business_name("Gross value");
  const IndexDocument document = Build(state);
  const std::set<std::string> terms = TermsOf(document);
  for (const char* term :
       {"order/name", "purchas/synonym", "order/title", "book/title", "ledger/title", "customer/docs", "refund/docs",
        "row/docs", "order/description", "amount/column", "gross/column", "key/column_docs", "salesorder/physical_name",
        "ada/owner", "team/owner", "sal/domain"}) {
    EXPECT_THAT(terms, Contains(term));
  }
  EXPECT_THAT(terms, ::testing::Not(Contains("is/description")));  // stop words of prose
  for (const char* key :
       {"eorders", "norders", "xid.sales.orders.v2", "xsales.orders.v2", "xsales.orders", "xorders", "xsales/orders",
        "xsales/orders@2", "xdomains/sales/products/orders", "idomains/sales/products/orders/lines/2"}) {
    EXPECT_THAT(document.keys, Contains(key));
  }
}

TEST(Document, PositionsRiseAndTellTheColumn) {
  const IndexDocument document = Build(Orders());
  uint32_t last = 0;
  for (size_t i = 0; i < document.terms.size(); ++i) {
    const TermList::Term term = document.terms[i];
    EXPECT_GE(term.position, last);
    last = term.position;
    if (term.text == "amount") {
      EXPECT_EQ(term.position / kColumnStride, 1U);
    }
  }
}

TEST(Document, DigestTellsEveryChangeThatMatters) {
  const std::string digest = Build(Orders()).digest;
  EXPECT_EQ(Build(Orders()).digest, digest);
  const std::function<void(store::v1::LineState&)> changes[] = {
      [](auto& s) { s.set_state(v1::PRODUCT_STATE_DEPRECATED); },
      [](auto& s) { s.mutable_model()->set_name("Orders"); },
      [](auto& s) { s.mutable_model()->set_version("2.0.1"); },
      [](auto& s) { s.mutable_model()->add_synonyms("sales"); },
      [](auto& s) { s.mutable_model()->mutable_description()->set_usage("x"); },
      [](auto& s) { s.mutable_model()->mutable_contracts(0)->set_name("x"); },
      [](auto& s) { s.mutable_model()->mutable_contracts(0)->set_id("x"); },
      [](auto& s) {
        s.mutable_model()->mutable_contracts(0)->mutable_schema(0)->mutable_properties(0)->set_description("x");
      },
  };
  for (const auto& change : changes) {
    store::v1::LineState state = Orders();
    change(state);
    EXPECT_NE(Build(state).digest, digest);
  }
}

TEST(Document, CutsTheSummaryAtAWord) {
  store::v1::LineState state = Orders();
  std::string purpose;
  for (int i = 0; i < 200; ++i) purpose += "größer\n ";
  state.mutable_model()->mutable_description()->set_purpose(purpose);
  const std::string summary = Build(state).record.summary;
  EXPECT_LT(summary.size(), 260U);
  EXPECT_TRUE(summary.ends_with("größer…")) << summary;
  EXPECT_TRUE(IsCleanUtf8(summary));
}

TEST(Document, RecordsSurviveTheirEncoding) {
  const IndexDocument document = Build(Orders());
  const auto record = DecodeRecord(document.stored_record);
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(*record, document.record);
  const auto body = DecodeBody(document.stored_body);
  ASSERT_TRUE(body.ok());
  EXPECT_EQ(EncodeBody(*body), document.stored_body);
}

TEST(Document, DamagedRecordsAreRefused) {
  const std::string bytes = Build(Orders()).stored_record;
  for (size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(DecodeRecord(bytes.substr(0, size)).ok());
  EXPECT_FALSE(DecodeRecord(bytes + "x").ok());
  EXPECT_FALSE(DecodeRecord(std::string(100, '\xff')).ok());
  EXPECT_FALSE(DecodeBody(std::string(3, '\xff')).ok());
}

TEST(Document, RefusesWhatIsNoLine) {
  store::v1::LineState state = Orders();
  state.set_name("teams/x");
  EXPECT_FALSE(BuildDocument(state).ok());
}

TEST(Lengths, AreExactWhenShortAndCloseWhenLong) {
  for (uint32_t length = 0; length < 32; ++length) EXPECT_EQ(DecodeLength(EncodeLength(length)), length);
  uint8_t last = 0;
  for (uint32_t length = 32; length < 200'000; length += 7) {
    const uint8_t code = EncodeLength(length);
    EXPECT_GE(code, last);
    EXPECT_LE(DecodeLength(code), length);
    EXPECT_GE(DecodeLength(code) * 1.07, length);
    last = code;
  }
}

}  // namespace
}  // namespace souk::text
