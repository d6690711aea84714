// SPDX-License-Identifier: Apache-2.0
#include "descriptor/odcs.h"

#include <array>

#include "descriptor/common_fields.h"

namespace souk::descriptor {
namespace {

void ReadServer(const Fields& fields, v1::Server& server) {
  server.set_server(fields.Text("server"));
  server.set_type(fields.RequiredText("type", "Name the platform, for example \"bigquery\" or \"postgres\"."));
  server.set_environment(fields.Text("environment"));
  fields.EachScalarMember([&](const std::string& key, const std::string& text) {
    constexpr std::array<std::string_view, 5> kNotThePlatforms = {"id", "server", "type", "environment", "description"};
    for (const std::string_view other : kNotThePlatforms) {
      if (key == other) return;
    }
    (*server.mutable_fields())[key] = text;
  });
}

void ReadServiceLevel(const Fields& fields, v1::ServiceLevel& level) {
  level.set_property(fields.RequiredText("property", "Name what is promised, for example \"latency\"."));
  level.set_value(fields.Scalar("value"));
  level.set_value_ext(fields.Scalar("valueExt"));
  level.set_unit(fields.Text("unit"));
  level.set_element(fields.Text("element"));
  level.set_driver(fields.Text("driver"));
}

}  // namespace

void ReadContract(const Fields& root, v1::DataContract& contract) {
  *contract.mutable_location() = root.Location();
  contract.set_id(root.RequiredText("id", "Give the contract an id; output ports refer to it by contractId."));
  contract.set_name(root.Text("name"));
  contract.set_version(root.Text("version"));
  contract.set_status(root.Text("status"));
  contract.set_domain(root.Text("domain"));
  contract.set_data_product(root.Text("dataProduct"));
  ReadDescription(root, [&]() { return contract.mutable_description(); });
  ReadTags(root, *contract.mutable_tags());
  root.Each("servers", [&](const Fields& fields) { ReadServer(fields, *contract.add_servers()); });
  root.Each("schema", [&](const Fields& fields) { ReadSchemaObject(fields, *contract.add_schema()); });
  root.Each("slaProperties", [&](const Fields& fields) { ReadServiceLevel(fields, *contract.add_service_levels()); });
}

}  // namespace souk::descriptor
