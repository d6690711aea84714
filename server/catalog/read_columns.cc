// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/read_columns.h"

#include <map>
#include <optional>
#include <set>

#include "descriptor/columns.h"

namespace souk::catalog {
namespace {

// How sources may call what a contract offers, and which column that is.
class Spellings {
 public:
  Spellings(const v1::DataProduct& offered, std::string_view contract_id) {
    for (const v1::DataContract& contract : offered.contracts()) {
      if (contract.id() != contract_id) continue;
      for (const v1::SchemaObject& object : contract.schema()) {
        AddObject(object.physical_name().empty() ? object.name() : object.physical_name(), object);
        if (contract.schema_size() == 1) AddObject(contract.id(), object);
      }
    }
    descriptor::ForEachColumn(offered, [&](const descriptor::ColumnVisit& visit) {
      if (visit.contract.id() != contract_id) return;
      columns_.emplace(visit.object.name() + "." + visit.path, visit.object.name() + "." + visit.path);
      if (visit.depth == 1 && !visit.property.physical_name().empty()) {
        columns_.emplace(visit.object.name() + "." + visit.property.physical_name(),
                         visit.object.name() + "." + visit.path);
      }
    });
  }

  // Nothing if the source is somebody else's.
  std::optional<std::string> ColumnOf(std::string_view source) const {
    if (const auto whole = objects_.find(source); whole != objects_.end()) return whole->second;
    // The longest beginning that names an object.
    for (size_t cut = source.find_last_of(".#"); cut != std::string_view::npos && cut > 0;
         cut = source.find_last_of(".#", cut - 1)) {
      const auto object = objects_.find(source.substr(0, cut));
      if (object == objects_.end()) continue;
      const auto column = columns_.find(object->second + "." + std::string(source.substr(cut + 1)));
      return column == columns_.end() ? object->second : column->second;
    }
    return std::nullopt;
  }

 private:
  void AddObject(const std::string& spelling, const v1::SchemaObject& object) {
    if (!spelling.empty()) objects_.emplace(spelling, object.name());
  }

  std::map<std::string, std::string, std::less<>> objects_;  // to the object's name
  std::map<std::string, std::string, std::less<>> columns_;  // to "object.column"
};

}  // namespace

std::vector<std::string> ColumnsRead(const v1::DataProduct& consumer, const v1::DataProduct& offered,
                                     std::string_view contract_id) {
  const Spellings spellings(offered, contract_id);
  std::set<std::string> columns;
  const auto note = [&](const v1::SchemaProperty& property) {
    for (const std::string& source : property.transform_source_objects()) {
      if (auto column = spellings.ColumnOf(source)) columns.insert(*std::move(column));
    }
  };
  descriptor::ForEachColumn(consumer, [&](const descriptor::ColumnVisit& visit) {
    note(visit.property);
    for (const v1::SchemaProperty& element : visit.property.items()) note(element);
  });
  return {columns.begin(), columns.end()};
}

}  // namespace souk::catalog
