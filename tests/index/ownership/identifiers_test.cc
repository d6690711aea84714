// SPDX-License-Identifier: Apache-2.0
// Which line an identifier means, today and in the past.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/ownership/ownership.h"
#include "tests/index/ownership/catalog.h"

namespace souk::ownership {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class IdentifiersTest : public CatalogTest {
 protected:
  void SetUp() override {
    v1::DataProduct orders = Model("sales", "Orders");
    orders.set_id("urn:orders");
    Offer(orders, "orders.contract", "shop.orders", "postgres://db:5432");
    Offer(orders, "files.contract", "s3://bucket/orders/");
    Register(orders);
    orders.set_version("2.1.0");
    Register(orders);
    orders.set_version("3.0.0");
    Register(orders, v1::PRODUCT_STATE_RETIRED);

    v1::DataProduct other = Model("retail", "orders");
    other.set_id("urn:retail");
    Offer(other, "retail.contract", "shop.orders.archive");
    Offer(other, "retail.topic", "orders-events");
    Register(other);
    v1::DataProduct twin = Model("web", "clicks");
    Offer(twin, "web.topic", "orders-events");
    Register(twin);
    v1::DataProduct old = Model("old", "clicks");
    Offer(old, "old.topic", "shop.orders.archive");
    old.set_id("sales/orders");  // a descriptor id that looks like a short form
    Register(old, v1::PRODUCT_STATE_RETIRED);
    v1::DataProduct odd = Model("odd", "ids");
    odd.set_id("no/such-product");
    Register(odd);
  }
};

TEST_F(IdentifiersTest, MeansALineByTheFirstKindThatMatches) {
  const struct {
    std::string_view identifier;
    std::string_view line;
  } kCases[] = {
      {"domains/sales/products/orders", "sales/orders@2"},
      {"domains/sales/products/orders/lines/1", "sales/orders@1"},
      {"domains/sales/products/orders/lines/3", "sales/orders@3"},
      {"domains/sales/products/orders/versions/2.0.7", "sales/orders@2"},
      {"sales/orders", "sales/orders@2"},
      {"sales/orders@1", "sales/orders@1"},
      {"urn:orders", "sales/orders@2"},
      {"orders.contract", "sales/orders@2"},
      {"shop.orders", "sales/orders@2"},
      {"dataset:postgres://db:5432:shop.orders", "sales/orders@2"},
      {"dataset:postgres://db:5432:shop.orders#id", "sales/orders@2"},
      {"shop.orders#id", "sales/orders@2"},
      {"orders.contract#id", "sales/orders@2"},
      {"s3://bucket/orders/", "sales/orders@2"},
      {"s3://bucket/orders/2026/01/part-0.parquet", "sales/orders@2"},
      {"shop.orders.archive", "retail/orders@1"},  // retired lines lose
      {"old/clicks", "old/clicks@1"},              // unless there is no other
      {"no/such-product", "odd/ids@1"},            // no product of that name, but a descriptor id
  };
  const storage::View now = View();
  const storage::View past = Past();
  for (const auto& test : kCases) {
    for (const storage::View* view : {&now, &past}) {
      const auto line = ResolveLine(*view, test.identifier);
      ASSERT_TRUE(line.ok()) << test.identifier << " " << line.status().ToString();
      EXPECT_EQ(line->Short(), test.line) << test.identifier;
    }
  }
}

TEST_F(IdentifiersTest, RefusesWhatIsUnknownAmbiguousOrNoIdentifier) {
  const storage::View now = View();
  const storage::View past = Past();
  for (const storage::View* view : {&now, &past}) {
    for (const char* unknown :
         {"sales/nothing", "sales/orders@7", "domains/sales", "nothing", "s3://bucket/returns/x", "s3://bucket",
          "dataset:other:shop.orders", "dataset:", "#", "#x", "x#", "://", "a://"}) {
      EXPECT_EQ(ResolveLine(*view, unknown).status().code(), Code::kNotFound) << unknown;
    }
    const Status ambiguous = ResolveLine(*view, "orders-events").status();
    EXPECT_EQ(ambiguous.code(), Code::kInvalidArgument);
    EXPECT_THAT(ambiguous.message(),
                HasSubstr("domains/retail/products/orders/lines/1, domains/web/products/clicks/lines/1"));
    EXPECT_EQ(ResolveLine(*view, "").status().reason(), "MISSING_FIELD");
    EXPECT_EQ(ResolveLine(*view, std::string(1025, 'x')).status().reason(), "IDENTIFIER_TOO_LONG");
    EXPECT_EQ(ResolveLine(*view, std::string(1024, '/')).status().code(), Code::kNotFound);
  }
}

TEST_F(IdentifiersTest, TellsTheWay) {
  const auto way = [this](std::string_view identifier) {
    const auto owner = FindOwner(View(), identifier);
    EXPECT_TRUE(owner.ok()) << owner.status().ToString();
    return std::vector<std::string>(owner->derived_via().begin(), owner->derived_via().end());
  };
  EXPECT_EQ(way("shop.orders").front(),
            "\"shop.orders\" is the physical name of data of domains/sales/products/orders/lines/2");
  EXPECT_EQ(way("dataset:postgres://db:5432:shop.orders#id").front(),
            "\"id\" is a column of dataset:postgres://db:5432:shop.orders");
  EXPECT_EQ(way("s3://bucket/orders/2026").front(), "\"s3://bucket/orders/2026\" begins with \"s3://bucket/orders/\"");
  EXPECT_THAT(way("sales/orders").front(), HasSubstr("newest live line domains/sales/products/orders/lines/2"));
  EXPECT_THAT(way("old/clicks").front(), HasSubstr("none is live"));
}

TEST_F(IdentifiersTest, AColumnIsOneThatTheSchemaHas) {
  v1::DataProduct wide = Model("wide", "tables");
  Offer(wide, "wide.contract", "lake.wide", "postgres://db:5432");
  v1::SchemaObject& table = *wide.mutable_contracts(0)->mutable_schema(0);
  table.add_properties()->set_name("id");
  v1::SchemaProperty& address = *table.add_properties();
  address.set_name("address");
  address.add_properties()->set_name("city");
  v1::SchemaProperty& items = *table.add_properties();
  items.set_name("items");
  items.add_items()->add_properties()->set_name("price");
  Register(wide);
  const storage::View now = View();
  for (const std::string whole :
       {"lake.wide", "dataset:postgres://db:5432:lake.wide", "wide/tables", "wide.contract"}) {
    for (const char* column : {"id", "address", "address.city", "items.price"}) {
      EXPECT_TRUE(FindOwner(now, whole + "#" + column).ok()) << whole << "#" << column;
    }
    for (const char* column : {"zzz", "city", "address.zzz", "i", "id.", "address."}) {
      EXPECT_EQ(FindOwner(now, whole + "#" + column).status().code(), Code::kNotFound) << whole << "#" << column;
    }
  }
}

class Hiding final : public Visibility {
 public:
  bool AllowsAll() const override { return false; }
  bool Allows(const LineName& line) const override { return line.domain != "retail"; }
};

TEST_F(IdentifiersTest, HiddenLinesAreNoCandidates) {
  const Hiding hiding;
  const auto line = ResolveLine(store_->Current(hiding), "orders-events");
  ASSERT_TRUE(line.ok()) << line.status().ToString();
  EXPECT_EQ(line->Short(), "web/clicks@1");
}

}  // namespace
}  // namespace souk::ownership
