// SPDX-License-Identifier: Apache-2.0
#include "storage/identifier_rows.h"

#include <algorithm>
#include <iterator>

#include "base/roles.h"
#include "storage/rows.h"

namespace souk::storage {
namespace {

void AppendOwners(const LineName& line, const souk::v1::DeclaredTeam& team, std::vector<std::string>& keys) {
  // Only what the descriptor says: an inherited owner may change without this line changing.
  const std::string team_id = Slug(team.name());
  if (!team_id.empty()) keys.push_back(rows::OwnerRow(team_id, rows::kByTeam, line));
  for (const souk::v1::Member& member : team.members()) {
    const bool owns = IsOwnerRole(member.role()) && member.date_out().empty() && !member.username().empty();
    if (owns) keys.push_back(rows::OwnerRow(member.username(), rows::kByPerson, line));
  }
}

void AppendAssets(const LineName& line, const souk::v1::DataProduct& model, std::vector<std::string>& keys) {
  for (const souk::v1::DataContract& contract : model.contracts()) {
    for (const souk::v1::SchemaObject& object : contract.schema()) {
      bool named = object.physical_name().empty();
      for (const souk::v1::DatasetIdentity& dataset : object.datasets()) {
        keys.push_back(rows::AssetRow(dataset.name(), dataset.namespace_(), line));
        // A lookup by name finds this row as well.
        named = named || dataset.name() == object.physical_name();
      }
      if (!named) keys.push_back(rows::AssetRow(object.physical_name(), "", line));
    }
  }
}

}  // namespace

std::vector<std::string> IdentifierRows(const LineName& line, const souk::v1::DataProduct& model,
                                        souk::v1::ProductState state) {
  std::vector<std::string> keys;
  if (!model.id().empty()) keys.push_back(rows::IdRow(rows::kDescriptorIds, model.id(), line));
  for (const souk::v1::OutputPort& port : model.output_ports()) {
    if (!port.contract_id().empty()) keys.push_back(rows::IdRow(rows::kProducers, port.contract_id(), line));
  }
  AppendAssets(line, model, keys);
  if (state != souk::v1::PRODUCT_STATE_RETIRED) {
    for (const souk::v1::InputPort& port : model.input_ports()) {
      if (!port.contract_id().empty()) keys.push_back(rows::IdRow(rows::kConsumers, port.contract_id(), line));
    }
    AppendOwners(line, model.team(), keys);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

void ReplaceRows(const std::vector<std::string>& before, const std::vector<std::string>& after, RowAccess& rows) {
  std::vector<std::string> keys;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(keys));
  for (const std::string& key : keys) rows.Delete(key);
  keys.clear();
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::back_inserter(keys));
  for (const std::string& key : keys) rows.Put(key, "");
}

}  // namespace souk::storage
