// SPDX-License-Identifier: Apache-2.0
#include "governance/change_place.h"

#include <algorithm>

namespace souk::governance {
namespace {

// The tokens of a path, unescaped as RFC 6901 says.
std::vector<std::string> TokensOf(std::string_view path) {
  std::vector<std::string> tokens(1);
  for (size_t i = 0; i < path.size(); ++i) {
    const bool escape = path[i] == '~' && i + 1 < path.size();
    if (path[i] == '/') {
      tokens.emplace_back();
    } else if (escape) {
      tokens.back() += path[++i] == '1' ? '/' : '~';
    } else {
      tokens.back() += path[i];
    }
  }
  return tokens;
}

// "name" or "name@version", as a difference names a port.
bool IsNamed(const v1::OutputPort& port, std::string_view key) {
  return key == (port.version().empty() ? port.name() : port.name() + "@" + port.version());
}

template <typename List>
auto Named(const List& list, const std::string& name) {
  return std::find_if(list.begin(), list.end(), [&](const auto& element) { return element.name() == name; });
}

// Fields of the elements of an array are fields of the column: the elements have no name.
const google::protobuf::RepeatedPtrField<v1::SchemaProperty>& FieldsOf(const v1::SchemaProperty& property) {
  const v1::SchemaProperty* inner = &property;
  while (inner->properties().empty() && !inner->items().empty()) inner = &inner->items(0);
  return inner->properties();
}

v1::SourceLocation InObject(const v1::SchemaObject& object, const std::vector<std::string>& properties) {
  v1::SourceLocation location = object.location();
  const auto* fields = &object.properties();
  for (const std::string& name : properties) {
    const auto property = Named(*fields, name);
    if (property == fields->end()) break;
    location = property->location();
    fields = &FieldsOf(*property);
  }
  return location;
}

}  // namespace

ChangePlace PlaceOf(std::string_view path, const v1::DataProduct& before) {
  const std::vector<std::string> tokens = TokensOf(path);
  ChangePlace place;
  if (tokens.size() < 2) return place;
  if (tokens[0] == "outputPorts") {
    for (const v1::OutputPort& port : before.output_ports()) {
      if (IsNamed(port, tokens[1])) place.contract_id = port.contract_id();
    }
    return place;
  }
  if (tokens[0] != "contracts") return place;
  place.contract_id = tokens[1];
  if (tokens.size() < 4 || tokens[2] != "schema") return place;
  place.object = tokens[3];
  place.column = place.object;
  size_t at = 4;
  while (at < tokens.size()) {
    if (tokens[at] == "items") {
      ++at;
    } else if (tokens[at] == "properties" && at + 1 < tokens.size()) {
      place.properties.push_back(tokens[at + 1]);
      place.column += "." + tokens[at + 1];
      at += 2;
    } else {
      break;
    }
  }
  return place;
}

v1::SourceLocation LocationOf(const ChangePlace& place, const v1::DataProduct& after) {
  const auto& contracts = after.contracts();
  const auto contract = std::find_if(contracts.begin(), contracts.end(), [&](const v1::DataContract& candidate) {
    return candidate.id() == place.contract_id;
  });
  if (contract == contracts.end()) return {};
  const auto object = Named(contract->schema(), place.object);
  v1::SourceLocation location =
      object == contract->schema().end() ? contract->location() : InObject(*object, place.properties);
  location.set_path(contract->location().path());
  return location;
}

bool Touches(std::string_view changed, std::string_view read) {
  const auto within = [](std::string_view inner, std::string_view outer) {
    return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '.');
  };
  return changed.empty() || within(changed, read) || within(read, changed);
}

}  // namespace souk::governance
