// SPDX-License-Identifier: Apache-2.0
// And ResolveColumn of index/ownership/ownership.h.
#include "index/ownership/column.h"

#include <algorithm>
#include <set>
#include <string>

#include "base/errors.h"
#include "index/ownership/identifiers.h"
#include "index/ownership/ownership.h"

namespace souk::ownership {
namespace {

bool IsTable(const v1::SchemaObject& object, std::string_view table) {
  return object.physical_name() == table ||
         std::any_of(object.datasets().begin(), object.datasets().end(),
                     [table](const v1::DatasetIdentity& dataset) { return dataset.name() == table; });
}

// The tables that an identifier of the line speaks of: the narrowest reading that fits any.
std::vector<const v1::SchemaObject*> TablesOf(const v1::DataProduct& model, std::string_view identifier) {
  std::vector<const v1::SchemaObject*> named;
  std::vector<const v1::SchemaObject*> of_contract;
  std::vector<const v1::SchemaObject*> all;
  for (const v1::DataContract& contract : model.contracts()) {
    for (const v1::SchemaObject& object : contract.schema()) {
      all.push_back(&object);
      if (contract.id() == identifier) of_contract.push_back(&object);
      if (IsTable(object, identifier)) named.push_back(&object);
    }
  }
  return !named.empty() ? named : !of_contract.empty() ? of_contract : all;
}

// Below a column: its fields, and those of its items.
bool HasColumnBelow(const v1::SchemaProperty& property, std::string_view path) {
  return HasColumn(property.properties(), path) ||
         std::any_of(property.items().begin(), property.items().end(),
                     [path](const v1::SchemaProperty& item) { return HasColumnBelow(item, path); });
}

}  // namespace

bool HasColumn(const google::protobuf::RepeatedPtrField<v1::SchemaProperty>& properties, std::string_view path) {
  return std::any_of(properties.begin(), properties.end(), [path](const v1::SchemaProperty& property) {
    for (const std::string* name : {&property.name(), &property.physical_name()}) {
      if (name->empty() || !path.starts_with(*name)) continue;
      const std::string_view rest = path.substr(name->size());
      if (rest.empty() || (rest.front() == '.' && HasColumnBelow(property, rest.substr(1)))) return true;
    }
    return false;
  });
}

StatusOr<std::optional<DatasetName>> ResolveColumn(const storage::View& view, std::string_view identifier) {
  if (identifier.find('#') == std::string_view::npos) return std::optional<DatasetName>();
  ASSIGN_OR_RETURN(const ResolvedLine resolved, ResolveIdentifier(view, identifier));
  if (resolved.column.empty()) return std::optional<DatasetName>();
  std::set<DatasetName> columns;
  for (const v1::SchemaObject* object : TablesOf(resolved.line->model(), resolved.table)) {
    if (!HasColumn(object->properties(), resolved.column)) continue;
    for (const v1::DatasetIdentity& dataset : object->datasets()) {
      columns.insert({dataset.namespace_(), dataset.name(), resolved.column});
    }
  }
  if (columns.empty()) return errors::NotFound("column", identifier);
  if (columns.size() == 1) return std::optional(*columns.begin());
  std::vector<std::string> candidates;
  for (const DatasetName& column : columns) candidates.push_back(column.ToString());
  return errors::AmbiguousIdentifier(identifier, candidates);
}

}  // namespace souk::ownership
