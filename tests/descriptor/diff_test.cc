// SPDX-License-Identifier: Apache-2.0
#include "descriptor/diff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "descriptor/contract.h"
#include "tests/descriptor/documents.h"

namespace souk::descriptor {
namespace {

v1::DataProduct ModelOf(std::string product, std::string contract) {
  auto parsed = ParseBundle(BundleOf(std::move(product), std::move(contract)));
  EXPECT_TRUE(parsed.ok()) << parsed.status().ToString();
  return parsed.ok() ? parsed->model : v1::DataProduct();
}

char Letter(v1::ChangeClass change_class) { return " PMB"[change_class]; }

// "B COLUMN_NO_DELETE contracts/…; …"
std::string Shown(const std::vector<v1::Difference>& differences) {
  std::string shown;
  for (const v1::Difference& difference : differences) {
    EXPECT_FALSE(difference.message().empty());
    shown += (shown.empty() ? "" : "; ") + std::string(1, Letter(difference.change_class())) + " " + difference.rule() +
             " " + difference.path();
  }
  return shown;
}

// The differences one by one, sorted.
std::vector<std::string> Lines(const std::string& shown) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < shown.size();) {
    const size_t end = std::min(shown.find("; ", at), shown.size());
    lines.push_back(shown.substr(at, end - at));
    at = end + 2;
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

constexpr std::string_view kContractPlace = "contracts/sales.orders.v2.contract/";
constexpr std::string_view kObjectPlace = "contracts/sales.orders.v2.contract/schema/orders/";

TEST(DiffTest, NothingChanged) {
  const v1::DataProduct model = ModelOf(ProductText(), ContractText());
  EXPECT_TRUE(Diff(model, model).empty());
  EXPECT_EQ(Gravest({}), v1::CHANGE_CLASS_UNSPECIFIED);
  EXPECT_TRUE(Diff(model, ModelOf("# moved\n\n" + ProductText(), "# moved\n" + ContractText())).empty());
}

TEST(DiffTest, VersionsFollowFromTheRest) {
  const v1::DataProduct before = ModelOf(ProductText(), ContractText());
  const v1::DataProduct after = ModelOf(Replaced(ProductText(), "version: 2.1.0\nstatus", "version: 2.2.0\nstatus"),
                                        Replaced(ContractText(), "version: 2.1.0", "version: 2.2.0"));
  EXPECT_TRUE(Diff(before, after).empty());
}

struct Edit {
  std::string_view what;
  std::string_view with;
  std::string_view want;  // with "@" for the contract and "#" for the object
};
constexpr Edit kContractEdits[] = {
    {"- name: order_id", "- name: orderId",
     "M COLUMN_ADDED_REQUIRED #properties/orderId; B COLUMN_NO_DELETE #properties/order_id; B KEY_SAME #primaryKey"},
    {"    - name: city\n      logicalType: string\n", "    - name: town\n      logicalType: string\n",
     "B COLUMN_NO_DELETE #properties/address/properties/city; M COLUMN_ADDED #properties/address/properties/town"},
    {"- name: address", "- name: extra\n    required: true\n  - name: address",
     "M COLUMN_ADDED_REQUIRED #properties/extra"},
    {"- name: address", "- name: extra\n  - name: address", "M COLUMN_ADDED #properties/extra"},
    {"logicalType: number", "logicalType: integer",
     "B COLUMN_SAME_TYPE #properties/lines/items/properties/amount/logicalType"},
    {"physicalType: uuid", "physicalType: text", "B COLUMN_SAME_PHYSICAL_TYPE #properties/order_id/physicalType"},
    {"physicalType: uuid", "physicalType: UUID", ""},
    {"    physicalType: uuid\n", "", "M COLUMN_SAME_PHYSICAL_TYPE #properties/order_id/physicalType"},
    {"logicalType: array", "logicalType: string", "B COLUMN_SAME_TYPE #properties/lines/logicalType"},
    {"required: true", "required: false", "B COLUMN_REQUIRED_TO_OPTIONAL #properties/order_id/required"},
    {"physicalName: ship_address", "physicalName: ship_address\n    required: true",
     "M COLUMN_OPTIONAL_TO_REQUIRED #properties/address/required"},
    {"unique: true", "unique: false", "B COLUMN_UNIQUE_TO_REPEATED #properties/order_id/unique"},
    {"primaryKey: true", "primaryKey: false", "B KEY_SAME #primaryKey"},
    {"physicalName: ship_address", "physicalName: ship",
     "B COLUMN_SAME_PHYSICAL_NAME #properties/address/physicalName"},
    {"    physicalName: ship_address\n", "", "B COLUMN_SAME_PHYSICAL_NAME #properties/address/physicalName"},
    {"physicalName: orders_v2", "physicalName: orders_v3", "B OBJECT_SAME_PHYSICAL_NAME #physicalName"},
    {"physicalName: ship_address", "physicalName: ship_address\n    partitioned: true",
     "M PARTITIONING_CHANGED #properties/address/partitioned"},
    {"classification: restricted", "classification: public",
     "M CLASSIFICATION_CHANGED #properties/address/classification"},
    {"The town.", "The city.", "P DESCRIPTION_CHANGED #properties/address/properties/city/description"},
    {"[payments.amount]", "[payments.total]",
     "P SOURCE_OBJECT_REMOVED #properties/lines/items/properties/amount/transformSourceObjects/payments.amount; P "
     "SOURCE_OBJECT_ADDED #properties/lines/items/properties/amount/transformSourceObjects/payments.total"},
    {"tags: [pii]", "tags: [pii, a/b]", "P TAG_ADDED #tags/a~1b"},
    {"- name: orders\n", "- name: archive\n  physicalName: old\n- name: orders\n", "M OBJECT_ADDED @schema/archive"},
    {"- name: orders\n", "- name: purchases\n", "M OBJECT_NAME_CHANGED #name"},
    {"- name: orders\n  physicalName: orders_v2", "- name: purchases\n  physicalName: p",
     "B OBJECT_NO_DELETE @schema/orders; M OBJECT_ADDED @schema/purchases"},
    {"host: db.example.com", "host: db2.example.com", "B SERVER_SAME @servers/production"},
    {"environment: prod", "environment: live", "P SERVER_ENVIRONMENT_CHANGED @servers/production/environment"},
    {"server: production", "server: main", "M SERVER_ADDED @servers/main; B SERVER_NO_DELETE @servers/production"},
    {"value: 4", "value: 8", "M SLA_WEAKENED @slaProperties/latency orders.order_id (analytics)"},
    {"value: 4", "value: 2", "M SLA_CHANGED @slaProperties/latency orders.order_id (analytics)"},
    {"  unit: h", "  unit: d", "M SLA_CHANGED @slaProperties/latency orders.order_id (analytics)"},
    {"- property: timeOfAvailability\n  value: 09:00-08:00\n", "", "M SLA_REMOVED @slaProperties/timeOfAvailability"},
    {"slaProperties:\n", "slaProperties:\n- property: retention\n  value: 3\n  unit: y\n",
     "M SLA_ADDED @slaProperties/retention"},
    {"mustBeBetween: [1, 1000000]", "mustBeGreaterThan: 1",
     "M QUALITY_RULE_REMOVED #quality; M QUALITY_RULE_ADDED #quality"},
    {"What orders promises.", "What it promises.", "P DESCRIPTION_CHANGED @description/purpose"},
    {"dataProduct: Orders", "dataProduct: Purchases", "P CONTRACT_WORDS_CHANGED @dataProduct"},
};

TEST(DiffTest, ContractTable) {
  const v1::DataProduct before = ModelOf(ProductText(), ContractText());
  for (const auto& test : kContractEdits) {
    std::string place;
    for (const char c : test.want) {
      if (c == '@') {
        place += kContractPlace;
      } else if (c == '#') {
        place += kObjectPlace;
      } else {
        place += c;
      }
    }
    const std::string shown =
        Shown(Diff(before, ModelOf(ProductText(), Replaced(ContractText(), test.what, test.with))));
    EXPECT_EQ(Lines(shown), Lines(place)) << test.what << " -> " << test.with;
  }
}

// Of the second column of a contract with two: what it was like, what it is like, and the rules with whom they break:
// O(ld readers), N(ew readers).
struct Direction {
  std::string_view before;
  std::string_view after;
  std::string_view want;
};
constexpr Direction kDirections[] = {
    {"logicalType: string", "logicalType: integer", "COLUMN_SAME_TYPE ON"},
    {"required: true", "required: false", "COLUMN_REQUIRED_TO_OPTIONAL O"},
    {"required: false", "required: true", "COLUMN_OPTIONAL_TO_REQUIRED N"},
    {"unique: true", "unique: false", "COLUMN_UNIQUE_TO_REPEATED O"},
    {"unique: false", "unique: true", "COLUMN_REPEATED_TO_UNIQUE N"},
    {"physicalName: a", "physicalName: b", "COLUMN_SAME_PHYSICAL_NAME ON"},
    {"logicalTypeOptions: {maxLength: 5}", "logicalTypeOptions: {maxLength: 9}", "CONSTRAINT_LOOSENED O"},
    {"logicalTypeOptions: {maxLength: 9}", "logicalTypeOptions: {maxLength: 5}", "CONSTRAINT_TIGHTENED N"},
    {"logicalTypeOptions: {minimum: 5}", "logicalTypeOptions: {minimum: 1}", "CONSTRAINT_LOOSENED O"},
    {"logicalTypeOptions: {minimum: 1.5}", "logicalTypeOptions: {minimum: 1.75}", "CONSTRAINT_TIGHTENED N"},
    {"logicalTypeOptions: {pattern: a+}", "logicalTypeOptions: {pattern: b+}", "CONSTRAINT_CHANGED ON"},
    {"logicalTypeOptions: {pattern: a+}", "description: any", "CONSTRAINT_LOOSENED O; DESCRIPTION_CHANGED "},
    {"description: any", "logicalTypeOptions: {pattern: a+}", "DESCRIPTION_CHANGED ; CONSTRAINT_TIGHTENED N"},
    {"quality: [{metric: invalidValues, arguments: {validValues: [a, b]}}]",
     "quality: [{metric: invalidValues, arguments: {validValues: [a, c]}}]",
     "VALID_VALUE_REMOVED N; VALID_VALUE_ADDED O"},
    {"quality: [{metric: m, validValues: [a, b]}]", "quality: [{metric: m}]",
     "CONSTRAINT_LOOSENED O; QUALITY_RULE_REMOVED ; QUALITY_RULE_ADDED "},
    {"description: was", "description: is", "DESCRIPTION_CHANGED "},
};

v1::DataContract WithColumn(std::string_view line) {
  v1::Document document;
  document.set_content(
      "kind: DataContract\napiVersion: v3.1.0\nid: c\nversion: 1.0.0\nstatus: active\nschema:\n- name: t\n"
      "  properties:\n  - name: id\n  - name: x\n    " +
      std::string(line) + "\n");
  const auto contract = ParseContract(document);
  EXPECT_TRUE(contract.ok()) << contract.status().ToString();
  return contract.ok() ? *contract : v1::DataContract();
}

TEST(DiffTest, DirectionTable) {
  for (const auto& test : kDirections) {
    std::vector<std::string> shown;
    for (const v1::Difference& difference : Diff(WithColumn(test.before), WithColumn(test.after))) {
      shown.push_back(difference.rule() + " " + (difference.breaks_old_readers() ? "O" : "") +
                      (difference.breaks_new_readers() ? "N" : ""));
      EXPECT_EQ(difference.breaks_old_readers(), difference.change_class() == v1::CHANGE_CLASS_BREAKING);
    }
    std::sort(shown.begin(), shown.end());
    EXPECT_EQ(shown, Lines(std::string(test.want))) << test.before << " -> " << test.after;
  }
}

TEST(DiffTest, ARenameIsSuspectedNotAssumed) {
  const auto removal = [](std::string_view before, std::string_view after) -> std::string {
    for (const v1::Difference& difference : Diff(WithColumn(before), WithColumn(after))) {
      if (difference.rule() == "COLUMN_NO_DELETE") return difference.message();
    }
    return "none";
  };
  const std::string spelt = removal("unique: true\n  - name: user_id", "unique: true\n  - name: userId");
  EXPECT_NE(spelt.find("it may be \"userId\" now"), std::string::npos) << spelt;
  const std::string described = removal("unique: true\n  - {name: old, description: The town.}",
                                        "unique: true\n  - {name: new, description: The town.}");
  EXPECT_NE(described.find("\"new\""), std::string::npos) << described;
  for (const char* other :
       {"unique: true\n  - {name: new, description: Other.}",
        "unique: true\n  - {name: new, description: The town., logicalType: integer}",
        "unique: true\n  - {name: n1, description: The town.}\n  - {name: n2, description: The town.}"}) {
    EXPECT_EQ(removal("unique: true\n  - {name: old, description: The town.}", other), "column \"old\" was removed");
  }
}

TEST(DiffTest, ProductTable) {
  constexpr struct {
    std::string_view what;
    std::string_view with;
    std::string_view want;
  } kCases[] = {
      {"id: sales.orders.v2\n", "id: other\n", "M ID_CHANGED id"},
      {"name: Orders", "name: orders", "P NAME_CHANGED name"},
      {"domain: Sales", "domain: sales", "P DOMAIN_CHANGED domain"},
      {"status: active", "status: deprecated", "P STATUS_CHANGED status"},
      {"purpose: Every order", "purpose: Each order", "P DESCRIPTION_CHANGED description/purpose"},
      {"[orders, gold]", "[orders, silver]", "P TAG_REMOVED tags/gold; P TAG_ADDED tags/silver"},
      {"[orders, gold]", "[gold, orders]", ""},
      {"synonym: purchases", "synonym: buys", "P SYNONYM_ADDED synonyms/buys; P SYNONYM_REMOVED synonyms/purchases"},
      {"name: checkout", "name: cart", "P OWNER_CHANGED team/name"},
      {"username: ada@example.com", "username: eve@example.com", "P OWNER_CHANGED team/members/owners"},
      {"role: Owner", "role: owner", ""},
      {"    dateOut: 2024-01-15\n", "", "P OWNER_CHANGED team/members/owners"},
      {"https://chat.example.com/sales-data", "https://x", "P SUPPORT_CHANGED support"},
      {"- name: payments\n  version: 1.0.0", "- name: payments\n  version: 1.1.0",
       "M INPUT_PORT_REMOVED inputPorts/payments@1.0.0 payments.v1.contract; M INPUT_PORT_ADDED "
       "inputPorts/payments@1.1.0 payments.v1.contract"},
      {"  version: 2.1.0\n  contractId", "  version: 2.2.0\n  contractId",
       "P OUTPUT_PORT_VERSION_CHANGED outputPorts/orders@2.1.0/version"},
      {"  version: 2.1.0\n  contractId", "  version: 3.0.0\n  contractId",
       "B OUTPUT_PORT_VERSION_CHANGED outputPorts/orders@2.1.0/version"},
      {"type: table", "type: topic", "B OUTPUT_PORT_SAME_TYPE outputPorts/orders@2.1.0/type"},
      {"- name: orders\n", "- name: more\n- name: orders\n", "M OUTPUT_PORT_ADDED outputPorts/more"},
      {"  contractId: sales.orders.v2.contract\n", "",
       "B OUTPUT_PORT_SAME_CONTRACT outputPorts/orders@2.1.0/contractId"},
      {"One row for each order.", "A row.", "P DESCRIPTION_CHANGED outputPorts/orders@2.1.0/description"},
  };
  const v1::DataProduct before = ModelOf(ProductText(), ContractText());
  for (const auto& test : kCases) {
    EXPECT_EQ(Shown(Diff(before, ModelOf(Replaced(ProductText(), test.what, test.with), ContractText()))), test.want)
        << test.what << " -> " << test.with;
  }
}

TEST(DiffTest, AContractUnderANewIdIsComparedAllTheSame) {
  const v1::DataProduct before = ModelOf(ProductText(), ContractText());
  const v1::DataProduct after =
      ModelOf(Replaced(ProductText(), "contractId: sales.orders.v2.contract", "contractId: fresh"),
              Replaced(Replaced(ContractText(), "id: sales.orders.v2.contract", "id: fresh"), "The town.", "Town."));
  EXPECT_EQ(Shown(Diff(before, after)),
            "B CONTRACT_SAME_ID contracts/sales.orders.v2.contract/id; P DESCRIPTION_CHANGED "
            "contracts/sales.orders.v2.contract/schema/orders/properties/address/properties/city/description; "
            "B OUTPUT_PORT_SAME_CONTRACT outputPorts/orders@2.1.0/contractId");
}

TEST(DiffTest, ContractsComeAndGo) {
  const v1::DataProduct with = ModelOf(ProductText(), ContractText());
  v1::DataProduct without = with;
  without.clear_contracts();
  EXPECT_EQ(Shown(Diff(with, without)), "B CONTRACT_NO_DELETE contracts/sales.orders.v2.contract");
  EXPECT_EQ(Shown(Diff(without, with)), "M CONTRACT_ADDED contracts/sales.orders.v2.contract");
  EXPECT_EQ(Gravest(Diff(with, without)), v1::CHANGE_CLASS_BREAKING);
  EXPECT_EQ(Gravest(Diff(without, with)), v1::CHANGE_CLASS_MINOR);
}

TEST(DiffTest, BeforeAndAfterAreGiven) {
  const v1::DataProduct before = ModelOf(ProductText(), ContractText());
  const auto differences =
      Diff(before, ModelOf(ProductText(), Replaced(ContractText(), "logicalType: number", "logicalType: integer")));
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_EQ(differences[0].before(), "number");
  EXPECT_EQ(differences[0].after(), "integer");
  EXPECT_EQ(differences[0].message(), "the type of column \"amount\" changed from \"number\" to \"integer\"");
}

}  // namespace
}  // namespace souk::descriptor
