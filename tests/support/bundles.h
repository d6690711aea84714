// SPDX-License-Identifier: Apache-2.0
// Small, honest bundles for tests: an ODPS product with one output port and its ODCS contract on a PostgreSQL server,
// complete enough to be active unless a field is emptied. Pure functions but for WriteBundle; thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "souk/v1/product.pb.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::support {

struct Column {
  std::string name;
  std::string type = "string";  // ODCS logical type
  std::string made_from = {};   // a transformSourceObjects entry; empty: none
};

struct Sample {
  std::string domain = "sales";
  std::string name = "Orders";
  std::string version = "1.0.0";
  std::string status = "active";
  std::string purpose = "Every order that a shopper placed.";                            // empty: no docs
  std::string team = "checkout";                                                         // empty: no team
  std::string owner = "ada@example.com";                                                 // empty: no owner
  std::vector<Column> columns = {{"order_id", "string", ""}, {"amount", "number", ""}};  // empty: no schema
  std::string freshness = "5";          // minutes; empty: no quality guarantee
  std::vector<std::string> reads = {};  // contract ids
  std::string uid = {};                 // descriptor id; empty: domain.slug.vMAJOR

  std::string id() const;        // the descriptor's own id: sales.orders.v1
  std::string contract() const;  // of its output port: sales.orders.v1.contract
  std::string line() const;      // domains/sales/products/orders/lines/1
  std::string table() const;     // its physical name: shop.sales.orders_v1
  std::string dataset() const;   // dataset:postgres://db.example.com:5432:shop.sales.orders_v1
};

std::string ProductYaml(const Sample& sample);
std::string ContractYaml(const Sample& sample);
v1::Bundle BundleOf(const Sample& sample);
// create_missing is set.
v1::RegisterProductRequest RegistrationOf(const Sample& sample);
// DIR/product.odps.yaml and DIR/contract.odcs.yaml.
void WriteBundle(const std::filesystem::path& directory, const Sample& sample);

}  // namespace souk::support
