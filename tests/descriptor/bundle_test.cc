// SPDX-License-Identifier: Apache-2.0
// What a bundle becomes: the model, the line, the state, the kept bytes.
#include <gtest/gtest.h>

#include "base/digest.h"
#include "descriptor/columns.h"
#include "descriptor/locate.h"
#include "tests/descriptor/documents.h"

namespace souk::descriptor {
namespace {

ParsedBundle Parse(const v1::Bundle& bundle) {
  auto parsed = ParseBundle(bundle);
  EXPECT_TRUE(parsed.ok()) << parsed.status().ToString();
  return parsed.ok() ? *std::move(parsed) : ParsedBundle();
}

TEST(BundleTest, ReadsTheProduct) {
  const ParsedBundle parsed = Parse(BundleOf(ProductText(), ContractText()));
  const v1::DataProduct& model = parsed.model;
  EXPECT_EQ(parsed.line.ToString(), "domains/sales/products/orders/lines/2");
  EXPECT_EQ(parsed.state, v1::PRODUCT_STATE_ACTIVE);
  EXPECT_TRUE(parsed.warnings.empty()) << parsed.warnings.front().message;
  EXPECT_EQ(model.id(), "sales.orders.v2");
  EXPECT_EQ(model.name(), "Orders");
  EXPECT_EQ(model.domain(), "Sales");
  EXPECT_EQ(model.version(), "2.1.0");
  EXPECT_EQ(model.status(), "active");
  EXPECT_EQ(model.type(), "aggregate");
  EXPECT_EQ(model.description().purpose(), "Every order that a shopper placed.");
  EXPECT_EQ(model.description().usage(), "Join on order_id.");
  EXPECT_EQ(model.description().limitations(), "Orders by phone are missing.");
  ASSERT_EQ(model.tags_size(), 2);
  EXPECT_EQ(model.tags(1), "gold");
  ASSERT_EQ(model.synonyms_size(), 1);
  EXPECT_EQ(model.synonyms(0), "purchases");
  EXPECT_EQ(model.support(0).channel(), "sales-data");
  EXPECT_EQ(model.support(0).url(), "https://chat.example.com/sales-data");
  EXPECT_EQ(model.support(0).description(), "Weekdays");
  EXPECT_EQ(model.team().name(), "checkout");
  EXPECT_EQ(model.team().description(), "Runs the checkout.");
  ASSERT_EQ(model.team().members_size(), 2);
  EXPECT_EQ(model.team().members(0).username(), "ada@example.com");
  EXPECT_EQ(model.team().members(0).name(), "Ada");
  EXPECT_EQ(model.team().members(0).role(), "Owner");
  EXPECT_EQ(model.team().members(0).date_in(), "2023-01-15");
  EXPECT_EQ(model.team().members(1).date_out(), "2024-01-15");
  EXPECT_EQ(model.input_ports(0).name(), "payments");
  EXPECT_EQ(model.input_ports(0).version(), "1.0.0");
  EXPECT_EQ(model.input_ports(0).contract_id(), "payments.v1.contract");
  EXPECT_EQ(model.output_ports(0).description(), "One row for each order.");
  EXPECT_EQ(model.output_ports(0).type(), "table");
  EXPECT_EQ(model.output_ports(0).tags(0), "hot");
}

TEST(BundleTest, WhatIsKeptOfLocationsIsLines) {
  v1::DataProduct model = Parse(BundleOf(ProductText(), ContractText())).model;
  KeepLinesOnly(model);
  const v1::DataContract& contract = model.contracts(0);
  EXPECT_EQ(contract.location().path(), kContractPath);
  const v1::SchemaObject& object = contract.schema(0);
  EXPECT_GT(object.location().line(), 0U);
  EXPECT_EQ(object.location().path() + object.location().pointer(), "");
  EXPECT_EQ(object.properties(0).location().line(), 28U);
  EXPECT_EQ(object.properties(0).location().pointer(), "");
  EXPECT_EQ(object.properties(2).items(0).properties(0).location().pointer(), "");
}

TEST(BundleTest, ReadsTheContract) {
  const ParsedBundle parsed = Parse(BundleOf(ProductText(), ContractText()));
  ASSERT_EQ(parsed.model.contracts_size(), 1);
  const v1::DataContract& contract = parsed.model.contracts(0);
  EXPECT_EQ(contract.id(), "sales.orders.v2.contract");
  EXPECT_EQ(contract.data_product(), "Orders");
  EXPECT_EQ(contract.description().purpose(), "What orders promises.");
  EXPECT_EQ(contract.location().path(), kContractPath);
  const v1::Server& server = contract.servers(0);
  EXPECT_EQ(server.server(), "production");
  EXPECT_EQ(server.environment(), "prod");
  EXPECT_EQ(server.fields().at("port"), "5432");
  EXPECT_EQ(server.fields().count("type"), 0U);
  const v1::SchemaObject& object = contract.schema(0);
  EXPECT_EQ(object.business_name(), "Orders");
  EXPECT_EQ(object.physical_type(), "table");
  ASSERT_EQ(object.datasets_size(), 1);
  EXPECT_EQ(object.datasets(0).namespace_(), "postgres://db.example.com:5432");
  EXPECT_EQ(object.datasets(0).name(), "shop.sales.orders_v2");
  EXPECT_EQ(object.quality(0).expectation(), "mustBeBetween 1 and 1000000");
  EXPECT_EQ(object.quality(0).query(), "SELECT count(*) FROM orders");
  const v1::SchemaProperty& id = object.properties(0);
  EXPECT_TRUE(id.required() && id.unique() && id.primary_key());
  EXPECT_FALSE(id.partitioned());
  EXPECT_EQ(id.physical_type(), "uuid");
  EXPECT_EQ(id.location().pointer(), "/schema/0/properties/0");
  EXPECT_EQ(id.location().line(), 28U);
  EXPECT_EQ(object.properties(1).classification(), "restricted");
  const v1::SchemaProperty& amount = object.properties(2).items(0).properties(0);
  EXPECT_EQ(amount.transform_source_objects(0), "payments.amount");
  EXPECT_EQ(amount.location().pointer(), "/schema/0/properties/2/items/properties/0");
  EXPECT_EQ(amount.quality(0).expectation(), "mustBeLessThan 5 percent");
  EXPECT_EQ(amount.quality(0).metric(), "invalidValues");
  EXPECT_EQ(amount.quality(0).dimension(), "accuracy");
  EXPECT_EQ(contract.service_levels(0).value(), "4");
  EXPECT_EQ(contract.service_levels(0).unit(), "h");
  EXPECT_EQ(contract.service_levels(0).driver(), "analytics");
  EXPECT_EQ(contract.service_levels(1).value(), "09:00-08:00");
}

TEST(BundleTest, ColumnsAreWalkedInDocumentOrder) {
  std::string seen;
  const ParsedBundle parsed = Parse(BundleOf(ProductText(), ContractText()));
  ForEachColumn(parsed.model, [&](const ColumnVisit& visit) {
    seen += visit.path + ":" + std::to_string(visit.depth) + " ";
    EXPECT_EQ(visit.contract.id(), "sales.orders.v2.contract");
    EXPECT_EQ(visit.object.name(), "orders");
  });
  EXPECT_EQ(seen, "order_id:1 address:1 address.city:2 lines:1 lines.amount:2 ");
}

TEST(BundleTest, TheOriginalBytesAreKept) {
  const std::string product = "\xEF\xBB\xBF# a comment\r\n" + ProductText() + "unknownKey: {kept: yes}   \n\n";
  const ParsedBundle parsed = Parse(BundleOf(product, ContractText()));
  ASSERT_EQ(parsed.documents.size(), 2U);
  EXPECT_EQ(parsed.documents[0].content(), product);
  EXPECT_EQ(parsed.documents[0].digest(), Hex(Sha256(product)));
  EXPECT_EQ(parsed.documents[0].media_type(), "application/odps+yaml;version=1.0.0");
  EXPECT_EQ(parsed.documents[1].media_type(), "application/odcs+yaml;version=3.1.0");
  EXPECT_EQ(parsed.locations.at("/domain").line(), 8U);
}

TEST(BundleTest, LocationsReachTwoLevels) {
  const ParsedBundle parsed = Parse(BundleOf(ProductText(), ContractText()));
  EXPECT_EQ(parsed.locations.at("").line(), 1U);
  EXPECT_EQ(parsed.locations.at("/description/purpose").line(), 10U);
  EXPECT_EQ(parsed.locations.at("/description/purpose").column(), 12U);
  EXPECT_EQ(parsed.locations.at("/outputPorts/0").path(), kProductPath);
  EXPECT_EQ(parsed.locations.count("/outputPorts/0/name"), 0U);
}

TEST(BundleTest, TheDigestIsOfPathsAndBytesWhateverTheOrder) {
  const std::string product = ProductText();
  const std::string contract = ContractText();
  const std::string digest = Parse(BundleOf(product, contract)).content_digest;
  EXPECT_EQ(digest.size(), 32U);
  EXPECT_EQ(Parse(BundleOf({{kContractPath, contract}, {kProductPath, product}})).content_digest, digest);
  EXPECT_NE(Parse(BundleOf(product + " ", contract)).content_digest, digest);
  EXPECT_NE(Parse(BundleOf({{"p.yaml", product}, {kContractPath, contract}})).content_digest, digest);
}

TEST(BundleTest, TeamsOfEveryVersionAreRead) {
  const std::string with_object = ProductText();
  const size_t team = with_object.find("team:");
  const size_t end = with_object.find("inputPorts:");
  const std::string as_list =
      with_object.substr(0, team) + "team:\n- username: ada\n  role: owner\n" + with_object.substr(end);
  EXPECT_EQ(Parse(BundleOf(as_list, ContractText())).model.team().members(0).username(), "ada");
  for (const std::string_view form : {"team:\n- username: x\n", "team:\n  members:\n  - username: x\n", "team: x\n"}) {
    EXPECT_TRUE(ParseBundle(BundleOf(ProductText(), ContractText() + std::string(form))).ok()) << form;
  }
}

TEST(BundleTest, SynonymsMayBePlainWords) {
  const std::string product = Replaced(ProductText(), "- synonym: purchases", "- purchases\n- sales");
  EXPECT_EQ(Parse(BundleOf(product, ContractText())).model.synonyms(1), "sales");
}

TEST(BundleTest, AliasesAreFollowed) {
  const std::string contract =
      Replaced(Replaced(ContractText(), "  - name: order_id", "  - &id\n    name: order_id"),
               "    properties:\n    - name: city", "    properties:\n    - *id\n    - <<: *id\n      name: city");
  const ParsedBundle parsed = Parse(BundleOf(ProductText(), contract));
  const v1::SchemaProperty& address = parsed.model.contracts(0).schema(0).properties(1);
  EXPECT_EQ(address.properties(0).name(), "order_id");
  EXPECT_EQ(address.properties(1).name(), "city");
  EXPECT_TRUE(address.properties(1).required());
}

TEST(BundleTest, StatesAreTheWordsOfTheLifeCycle) {
  EXPECT_EQ(ParseState("active"), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_EQ(ParseState(" Deprecated "), v1::PRODUCT_STATE_DEPRECATED);
  EXPECT_EQ(ParseState("live"), v1::PRODUCT_STATE_UNSPECIFIED);
  EXPECT_EQ(ParseState(""), v1::PRODUCT_STATE_UNSPECIFIED);
  for (int i = v1::PRODUCT_STATE_PROPOSED; i <= v1::PRODUCT_STATE_RETIRED; ++i) {
    const auto state = static_cast<v1::ProductState>(i);
    EXPECT_EQ(ParseState(StateWord(state)), state);
  }
  EXPECT_EQ(StateWord(v1::PRODUCT_STATE_UNSPECIFIED), "unspecified");
}

TEST(BundleTest, WithoutANameTheIdNamesTheLine) {
  const ParsedBundle parsed = Parse(BundleOf(Replaced(ProductText(), "name: Orders\n", ""), ContractText()));
  EXPECT_EQ(parsed.line.product, "sales-orders-v2");
  EXPECT_EQ(parsed.model.name(), "");
}

TEST(BundleTest, RemarksTravelAlong) {
  std::string product = Replaced(ProductText(), "apiVersion: v1.0.0", "apiVersion: v1.7.0");
  product = Replaced(product, "  contractId: payments.v1.contract\n", "");
  product = Replaced(product, "status: active", "status: live");
  const std::string contract = Replaced(Replaced(ContractText(), "id: sales.orders.v2.contract", "id: other"),
                                        "logicalType: number", "logicalType: money");
  const ParsedBundle parsed = Parse(BundleOf(product, contract));
  for (const std::string_view rule :
       {"api-version", "input-port-contract", "status-word", "contract-unreferenced", "logical-type"}) {
    const Violation violation = Find(parsed.warnings, rule);
    EXPECT_EQ(violation.rule, rule);
    EXPECT_FALSE(violation.error);
    EXPECT_GT(violation.line, 0U) << rule;
  }
  EXPECT_EQ(parsed.state, v1::PRODUCT_STATE_UNSPECIFIED);
}

TEST(BundleTest, DeprecatedIsAFlagToo) {
  const std::string product = Replaced(ProductText(), "status: active", "deprecated: true");
  EXPECT_EQ(Parse(BundleOf(product, ContractText())).state, v1::PRODUCT_STATE_DEPRECATED);
}

TEST(BundleTest, VersionsOfTheStandards) {
  constexpr struct {
    std::string_view odps;
    std::string_view odcs;
    bool accepted;
  } kCases[] = {{"v0.9.0", "v3.0.0", true},  {"v1.0.0", "v3.0.2", true},  {"v1.1.0", "v3.2.0", true},
                {"1.0", "3.1", true},        {"v1.2.0", "v3.9.9", true},  {"v0.8.0", "v3.1.0", false},
                {"v2.0.0", "v3.1.0", false}, {"v1.0.0", "v2.2.2", false}, {"v1.0.0", "v4.0.0", false},
                {"one", "v3.1.0", false},    {"v1", "v3.1.0", false},     {"v1.0.0", "v3.x", false}};
  for (const auto& test : kCases) {
    const std::string product = Replaced(ProductText(), "v1.0.0", "'" + std::string(test.odps) + "'");
    const std::string contract = Replaced(ContractText(), "v3.1.0", "'" + std::string(test.odcs) + "'");
    const auto parsed = ParseBundle(BundleOf(product, contract));
    EXPECT_EQ(parsed.ok(), test.accepted) << test.odps << " " << test.odcs;
    EXPECT_EQ(PlaceOf(parsed, "api-version"), test.accepted ? "accepted" : "/apiVersion:1:13");
  }
}

TEST(BundleTest, MediaTypesAndPathsChooseTheSyntax) {
  constexpr struct {
    std::string_view path;
    std::string_view media_type;
    std::string_view want;  // media type afterwards; empty: refused
  } kCases[] = {
      {"p.json", "", "application/odps+json;version=1.0.0"},
      {"", "", "application/odps+json;version=1.0.0"},
      {"p.yaml", "", "application/odps+yaml;version=1.0.0"},  // JSON is YAML
      {"p.txt", "application/json", "application/json"},
      {"p.json", "application/yaml", "application/yaml"},
      {"p.yaml", "Application/ODPS+JSON; version=1.0.0", "Application/ODPS+JSON; version=1.0.0"},
      {"p.yaml", "text/x.yaml", "text/x.yaml"},
      {"p.yaml", "application/xml", ""},
      {"p.yaml", "application/notjson", ""},
  };
  const std::string json = R"({"kind": "DataProduct", "apiVersion": "v1.0.0", "id": "i", "name": "n", "domain": "d",
                               "version": "1.0.0", "status": "draft"})";
  for (const auto& test : kCases) {
    v1::Bundle bundle = BundleOf({{test.path, json}});
    bundle.mutable_documents(0)->set_media_type(std::string(test.media_type));
    const auto parsed = ParseBundle(bundle);
    ASSERT_EQ(parsed.ok(), !test.want.empty()) << test.path << " " << test.media_type;
    EXPECT_EQ(parsed.ok() ? parsed->documents[0].media_type() : PlaceOf(parsed, "media-type"),
              parsed.ok() ? test.want : ":0:0");
  }
}

TEST(BundleTest, ADocumentWithoutAPathGetsOneThatIsFree) {
  const v1::Bundle bundle = BundleOf({{"", ProductText()}, {"document-1.yaml", ContractText()}});
  const ParsedBundle parsed = Parse(bundle);
  EXPECT_EQ(parsed.documents[0].path(), "document-2.yaml");
  EXPECT_EQ(parsed.documents[1].path(), "document-1.yaml");
  EXPECT_EQ(parsed.locations.at("").path(), "document-2.yaml");
  EXPECT_EQ(parsed.documents[0].content(), ProductText());
}

}  // namespace
}  // namespace souk::descriptor
