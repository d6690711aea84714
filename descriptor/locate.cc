// SPDX-License-Identifier: Apache-2.0
#include "descriptor/locate.h"

namespace souk::descriptor {
namespace {

template <typename Part>
void KeepLine(Part& part) {
  if (!part.has_location()) return;
  if (part.location().line() == 0) return part.clear_location();  // it came without a document
  part.mutable_location()->clear_path();
  part.mutable_location()->clear_pointer();
}

void KeepLines(google::protobuf::RepeatedPtrField<v1::SchemaProperty>& properties) {
  for (v1::SchemaProperty& property : properties) {
    KeepLine(property);
    KeepLines(*property.mutable_properties());
    KeepLines(*property.mutable_items());
  }
}

}  // namespace

v1::SourceLocation Locate(const Locations& locations, const std::string& pointer) {
  std::string nearest = pointer;
  while (!locations.empty()) {
    if (const auto found = locations.find(nearest); found != locations.end()) return found->second;
    if (nearest.empty()) break;
    nearest.resize(nearest.rfind('/') == std::string::npos ? 0 : nearest.rfind('/'));
  }
  v1::SourceLocation location;
  location.set_pointer(pointer);
  return location;
}

v1::SourceLocation Inside(const v1::SourceLocation& outer, std::string_view pointer) {
  v1::SourceLocation location = outer;
  location.set_pointer(outer.pointer() + std::string(pointer));
  return location;
}

void KeepLinesOnly(v1::DataProduct& model) {
  for (v1::DataContract& contract : *model.mutable_contracts()) {
    for (v1::ServiceLevel& level : *contract.mutable_service_levels()) level.clear_location();
    for (v1::SchemaObject& object : *contract.mutable_schema()) {
      KeepLine(object);
      KeepLines(*object.mutable_properties());
    }
  }
}

}  // namespace souk::descriptor
