// SPDX-License-Identifier: Apache-2.0
#include "tests/descriptor/documents.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

namespace souk::descriptor {
namespace {

constexpr std::string_view kProduct = R"(apiVersion: v1.0.0
kind: DataProduct
id: sales.orders.v2
name: Orders
version: 2.1.0
status: active
domain: Sales
type: aggregate
description:
  purpose: Every order that a shopper placed.
  usage: Join on order_id.
  limitations: Orders by phone are missing.
tags: [orders, gold]
synonyms:
- synonym: purchases
support:
- channel: sales-data
  url: https://chat.example.com/sales-data
  description: Weekdays
team:
  name: checkout
  description: Runs the checkout.
  members:
  - username: ada@example.com
    name: Ada
    role: Owner
    dateIn: 2023-01-15
  - username: bob@example.com
    role: owner
    dateOut: 2024-01-15
inputPorts:
- name: payments
  version: 1.0.0
  contractId: payments.v1.contract
outputPorts:
- name: orders
  description: One row for each order.
  type: table
  version: 2.1.0
  contractId: sales.orders.v2.contract
  tags: [hot]
)";

constexpr std::string_view kContract = R"(apiVersion: v3.1.0
kind: DataContract
id: sales.orders.v2.contract
name: Orders
version: 2.1.0
status: active
domain: sales
dataProduct: Orders
description:
  purpose: What orders promises.
tags: [contract]
servers:
- server: production
  type: postgres
  environment: prod
  host: db.example.com
  port: 5432
  database: shop
  schema: sales
schema:
- name: orders
  physicalName: orders_v2
  physicalType: table
  businessName: Orders
  description: One row for each order.
  tags: [pii]
  properties:
  - name: order_id
    logicalType: string
    physicalType: uuid
    required: true
    unique: true
    primaryKey: true
    description: Identifies the order.
  - name: address
    physicalName: ship_address
    logicalType: object
    classification: restricted
    description: Where it goes.
    properties:
    - name: city
      logicalType: string
      description: The town.
  - name: lines
    logicalType: array
    description: What was bought.
    items:
      logicalType: object
      properties:
      - name: amount
        logicalType: number
        description: EUR.
        transformSourceObjects: [payments.amount]
        quality:
        - type: library
          metric: invalidValues
          mustBeLessThan: 5
          unit: percent
          dimension: accuracy
  quality:
  - name: enough
    type: sql
    query: SELECT count(*) FROM orders
    mustBeBetween: [1, 1000000]
slaProperties:
- property: latency
  value: 4
  unit: h
  element: orders.order_id
  driver: analytics
- property: timeOfAvailability
  value: 09:00-08:00
)";

}  // namespace

std::string ProductText() { return std::string(kProduct); }
std::string ContractText() { return std::string(kContract); }

std::string Replaced(std::string text, std::string_view what, std::string_view with) {
  const size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  if (at == std::string::npos) return text;
  EXPECT_EQ(text.find(what, at + 1), std::string::npos) << "ambiguous: " << what;
  text.replace(at, what.size(), with);
  return text;
}

v1::Bundle BundleOf(std::initializer_list<std::pair<std::string_view, std::string>> documents) {
  v1::Bundle bundle;
  for (const auto& [path, text] : documents) {
    v1::Document& document = *bundle.add_documents();
    document.set_path(std::string(path));
    document.set_content(text);
  }
  return bundle;
}

v1::Bundle BundleOf(std::string product, std::string contract) {
  return BundleOf({{kProductPath, std::move(product)}, {kContractPath, std::move(contract)}});
}

Violation Find(const std::vector<Violation>& violations, std::string_view rule) {
  const auto found =
      std::find_if(violations.begin(), violations.end(), [&](const Violation& v) { return v.rule == rule; });
  if (found != violations.end()) return *found;
  Violation none;
  none.rule = "none";
  return none;
}

std::string PlaceOf(const StatusOr<ParsedBundle>& parsed, std::string_view rule) {
  if (parsed.ok()) return "accepted";
  const Violation violation = Find(parsed.status().detail().violations, rule);
  if (violation.rule == "none") return "no such rule: " + parsed.status().ToString();
  EXPECT_FALSE(violation.message.empty());
  EXPECT_FALSE(violation.remedy.empty());
  return violation.pointer + ":" + std::to_string(violation.line) + ":" + std::to_string(violation.column);
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::filesystem::path Corpora() {
  const char* root = std::getenv("SOUK_SOURCE_DIR");
  return std::filesystem::path(root == nullptr ? "." : root) / ".." / "shared" / "corpora";
}

v1::Bundle ReadFolder(const std::filesystem::path& folder) {
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".yaml" || extension == ".json") files.insert(entry.path());
  }
  v1::Bundle bundle;
  for (const std::filesystem::path& file : files) {
    v1::Document& document = *bundle.add_documents();
    document.set_path(file.filename().string());
    document.set_content(ReadFile(file));
  }
  return bundle;
}

}  // namespace souk::descriptor
