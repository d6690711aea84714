// SPDX-License-Identifier: Apache-2.0
#include "descriptor/odcs.h"

#include <array>

#include "descriptor/common_fields.h"

namespace souk::descriptor {
namespace {

void ReadServer(const Fields& fields, v1::Server& server) {
  SetText(server, &v1::Server::mutable_server, fields.Text("server"));
  SetText(server, &v1::Server::mutable_type,
          fields.RequiredText("type", "Name the platform, for example \"bigquery\" or \"postgres\"."));
  SetText(server, &v1::Server::mutable_environment, fields.Text("environment"));
  fields.EachScalarMember([&](std::string_view key, std::string_view text) {
    constexpr std::array<std::string_view, 5> kNotThePlatforms = {"id", "server", "type", "environment", "description"};
    for (const std::string_view other : kNotThePlatforms) {
      if (key == other) return;
    }
    (*server.mutable_fields())[std::string(key)] = std::string(text);
  });
}

void ReadServiceLevel(const Fields& fields, v1::ServiceLevel& level) {
  SetText(level, &v1::ServiceLevel::mutable_property,
          fields.RequiredText("property", "Name what is promised, for example \"latency\"."));
  SetText(level, &v1::ServiceLevel::mutable_value, fields.Scalar("value"));
  SetText(level, &v1::ServiceLevel::mutable_value_ext, fields.Scalar("valueExt"));
  SetText(level, &v1::ServiceLevel::mutable_unit, fields.Text("unit"));
  SetText(level, &v1::ServiceLevel::mutable_element, fields.Text("element"));
  SetText(level, &v1::ServiceLevel::mutable_driver, fields.Text("driver"));
  *level.mutable_location() = fields.Location();
}

}  // namespace

void ReadContract(const Fields& root, v1::DataContract& contract) {
  *contract.mutable_location() = root.Location();
  SetText(contract, &v1::DataContract::mutable_id,
          root.RequiredText("id", "Give the contract an id; output ports refer to it by contractId."));
  SetText(contract, &v1::DataContract::mutable_name, root.Text("name"));
  SetText(contract, &v1::DataContract::mutable_version, root.Text("version"));
  SetText(contract, &v1::DataContract::mutable_status, root.Text("status"));
  SetText(contract, &v1::DataContract::mutable_domain, root.Text("domain"));
  SetText(contract, &v1::DataContract::mutable_data_product, root.Text("dataProduct"));
  ReadDescription(root, [&]() { return contract.mutable_description(); });
  ReadTags(root, *contract.mutable_tags());
  root.Each("servers", [&](const Fields& fields) { ReadServer(fields, *contract.add_servers()); });
  root.Each("schema", [&](const Fields& fields) { ReadSchemaObject(fields, *contract.add_schema()); });
  root.Each("slaProperties", [&](const Fields& fields) { ReadServiceLevel(fields, *contract.add_service_levels()); });
}

}  // namespace souk::descriptor
