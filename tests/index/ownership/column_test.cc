// SPDX-License-Identifier: Apache-2.0
// Which column "#column" behind an identifier means.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/ownership/ownership.h"
#include "tests/index/ownership/catalog.h"

namespace souk::ownership {
namespace {

using ::testing::HasSubstr;

constexpr char kNamespace[] = "postgres://db:5432";

class ColumnTest : public CatalogTest {
 protected:
  void SetUp() override {
    v1::DataProduct orders = Model("sales", "Orders");
    orders.set_id("urn:orders");
    Offer(orders, "orders.contract", "shop.orders", kNamespace);
    AddColumns(orders, {"id", "place"});
    v1::SchemaProperty& place = *orders.mutable_contracts(0)->mutable_schema(0)->mutable_properties(1);
    place.set_physical_name("plc");
    place.add_properties()->set_name("city");
    place.add_items()->add_properties()->set_name("street");
    Offer(orders, "items.contract", "shop.items", kNamespace);
    AddColumns(orders, {"id", "price"});
    Offer(orders, "nowhere.contract", "shop.nowhere");
    AddColumns(orders, {"lost"});
    Register(orders);

    v1::DataProduct odd = Model("odd", "ids");
    odd.set_id("urn:a#id");  // an identifier of its own, no column
    Register(odd);
  }

  static void AddColumns(v1::DataProduct& model, std::initializer_list<const char*> names) {
    v1::SchemaObject& object = *model.mutable_contracts(model.contracts_size() - 1)->mutable_schema(0);
    for (const char* name : names) object.add_properties()->set_name(name);
  }
};

TEST_F(ColumnTest, EveryKindOfIdentifierMayCarryAColumn) {
  const struct {
    std::string_view identifier;
    std::string_view column;  // empty: no column is named that way
  } kCases[] = {
      {"shop.orders#id", "dataset:postgres://db:5432:shop.orders#id"},
      {"shop.orders#place.city", "dataset:postgres://db:5432:shop.orders#place.city"},
      {"shop.orders#plc.street", "dataset:postgres://db:5432:shop.orders#plc.street"},
      {"items.contract#id", "dataset:postgres://db:5432:shop.items#id"},
      {"sales/orders#price", "dataset:postgres://db:5432:shop.items#price"},
      {"urn:orders#price", "dataset:postgres://db:5432:shop.items#price"},
      {"shop.orders", ""},
      {"urn:a#id", ""},
  };
  const storage::View now = View();
  const storage::View past = Past();
  for (const auto& test : kCases) {
    for (const storage::View* view : {&now, &past}) {
      const auto column = ResolveColumn(*view, test.identifier);
      ASSERT_TRUE(column.ok()) << test.identifier << " " << column.status().ToString();
      EXPECT_EQ(*column ? (*column)->ToString() : "", test.column) << test.identifier;
    }
  }
}

TEST_F(ColumnTest, UnknownAndAmbiguousOnesAreErrors) {
  for (const char* unknown : {"shop.orders#price", "shop.orders#place.price", "items.contract#place", "sales/orders#x",
                              "sales/orders#lost", "nothing#id"}) {
    EXPECT_EQ(ResolveColumn(View(), unknown).status().code(), Code::kNotFound) << unknown;
  }
  const Status several = ResolveColumn(View(), "sales/orders#id").status();
  EXPECT_EQ(several.reason(), "AMBIGUOUS_IDENTIFIER");
  EXPECT_THAT(several.message(), HasSubstr("shop.items#id, dataset:"));
}

}  // namespace
}  // namespace souk::ownership
