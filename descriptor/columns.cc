// SPDX-License-Identifier: Apache-2.0
#include "descriptor/columns.h"

namespace souk::descriptor {
namespace {

using Visit = std::function<void(const ColumnVisit&)>;

struct Walk {
  const v1::DataContract& contract;
  const v1::SchemaObject& object;
  const Visit& visit;

  void Column(const v1::SchemaProperty& property, const std::string& prefix, int depth) const {
    ColumnVisit column{contract, object, property, prefix + property.name(), depth};
    visit(column);
    Inside(property, column.path + ".", depth + 1);
  }

  // The fields of an object, or of an array's elements; elements themselves have no name and are not visited.
  void Inside(const v1::SchemaProperty& property, const std::string& prefix, int depth) const {
    for (const v1::SchemaProperty& field : property.properties()) Column(field, prefix, depth);
    for (const v1::SchemaProperty& element : property.items()) Inside(element, prefix, depth);
  }
};

}  // namespace

void ForEachColumn(const v1::DataProduct& model, const Visit& visit) {
  for (const v1::DataContract& contract : model.contracts()) {
    for (const v1::SchemaObject& object : contract.schema()) {
      const Walk walk{contract, object, visit};
      for (const v1::SchemaProperty& property : object.properties()) walk.Column(property, "", 1);
    }
  }
}

}  // namespace souk::descriptor
