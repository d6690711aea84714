// SPDX-License-Identifier: Apache-2.0
#include "index/lineage/line_facts.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/limits.h"

namespace souk::lineage {
namespace {

// Dots of a source that are tried as the border between table and column, from the right. Columns nest no deeper.
constexpr size_t kReadingsMax = 16;

bool Addressable(std::string_view text) { return !text.empty() && text.size() <= limits::kIdentifierBytesMax; }

// "sales.orders" or "sales.orders.v2", as many name their products.
std::optional<ProductHint> DottedHint(std::string_view text) {
  const size_t first = text.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  ProductHint hint;
  std::string_view product = text.substr(first + 1);
  if (const size_t second = product.find('.'); second != std::string_view::npos) {
    const auto major = MajorOf(product.substr(second + 1));
    if (!major.ok()) return std::nullopt;
    hint.major = *major;
    product = product.substr(0, second);
  }
  hint.domain = Slug(text.substr(0, first));
  hint.product = Slug(product);
  if (hint.domain.empty() || hint.product.empty()) return std::nullopt;
  return hint;
}

// What a port without a contract id may mean by its name.
void AddHints(const v1::InputPort& port, const LineName& reader, InputFacts& input) {
  if (const auto reference = ParseProductReference(port.name())) {
    input.hints.push_back({reference->domain, reference->product, reference->major.value_or(kMajorUnknown)});
  } else if (auto dotted = DottedHint(port.name())) {
    input.hints.push_back(*dotted);
  }
  // An open port is called after what it says; a name with a dot in it says too little for that.
  const bool explicit_name = !input.hints.empty() && port.name().find('/') != std::string::npos;
  if (const std::string slug = Slug(port.name()); !slug.empty()) {
    input.hints.push_back({reader.domain, slug, kMajorUnknown});
  }
  input.open_hint = explicit_name || input.hints.empty() ? 0 : input.hints.size() - 1;
}

void AddInput(const v1::InputPort& port, LineFacts& facts) {
  InputFacts input;
  input.contract_id = port.contract_id();
  if (input.contract_id.empty()) AddHints(port, facts.name, input);
  // A name without a letter or digit is no product; it still is an open edge.
  if (input.contract_id.empty() && input.hints.empty()) input.contract_id = port.name();
  if (input.hints.empty() && !Addressable(input.contract_id)) return;
  const auto major = MajorOf(port.version());
  if (major.ok()) input.major = *major;
  facts.inputs.push_back(std::move(input));
}

struct Paths {
  std::string logical;
  std::string physical;
};

void AddColumn(const v1::SchemaProperty& property, const Paths& paths, ObjectFacts& object);

void AddColumns(const google::protobuf::RepeatedPtrField<v1::SchemaProperty>& properties, const Paths& parent,
                ObjectFacts& object) {
  for (const v1::SchemaProperty& property : properties) {
    const std::string& physical = property.physical_name().empty() ? property.name() : property.physical_name();
    const Paths paths = {parent.logical.empty() ? property.name() : parent.logical + "." + property.name(),
                         parent.physical.empty() ? physical : parent.physical + "." + physical};
    // A path that is too long ends here with all that lies below it, which also bounds what is copied.
    if (!Addressable(paths.logical)) continue;
    object.columns.push_back(paths.logical);
    if (paths.physical != paths.logical && Addressable(paths.physical)) {
      object.physical_columns.emplace_back(paths.physical, paths.logical);
    }
    AddColumn(property, paths, object);
  }
}

// What a column holds: its sources, its fields, and those of its items, which have no name of their own.
void AddColumn(const v1::SchemaProperty& property, const Paths& paths, ObjectFacts& object) {
  for (const std::string& source : property.transform_source_objects()) {
    if (Addressable(source)) object.sources.emplace_back(paths.logical, source);
  }
  AddColumns(property.properties(), paths, object);
  for (const v1::SchemaProperty& item : property.items()) AddColumn(item, paths, object);
}

ObjectFacts ObjectFactsOf(const std::string& contract_id, const v1::SchemaObject& schema) {
  ObjectFacts object;
  object.contract_id = contract_id;
  if (Addressable(schema.physical_name())) object.physical_name = schema.physical_name();
  for (const v1::DatasetIdentity& dataset : schema.datasets()) {
    std::pair<std::string, std::string> identity(dataset.namespace_(), dataset.name());
    const bool known = std::find(object.datasets.begin(), object.datasets.end(), identity) != object.datasets.end();
    if (!known && Addressable(dataset.name())) object.datasets.push_back(std::move(identity));
  }
  AddColumns(schema.properties(), {}, object);
  return object;
}

}  // namespace

StatusOr<LineFacts> FactsOf(const store::v1::LineState& line) {
  LineFacts facts;
  ASSIGN_OR_RETURN(facts.name, ParseLineName(line.name()));
  const v1::DataProduct& model = line.model();
  facts.id = model.id();
  facts.display_name = model.name();
  facts.state = line.state();
  for (const v1::InputPort& port : model.input_ports()) AddInput(port, facts);
  std::set<std::string> seen;
  for (const v1::OutputPort& port : model.output_ports()) {
    if (Addressable(port.contract_id()) && seen.insert(port.contract_id()).second) {
      facts.outputs.push_back(port.contract_id());
    }
  }
  for (const v1::DataContract& contract : model.contracts()) {
    for (const v1::SchemaObject& schema : contract.schema()) {
      facts.objects.push_back(ObjectFactsOf(contract.id(), schema));
    }
  }
  return facts;
}

std::vector<std::pair<std::string, std::string>> ReadingsOf(std::string_view source) {
  std::vector<std::pair<std::string, std::string>> readings;
  readings.emplace_back(source, "");
  if (const size_t hash = source.rfind('#'); hash != std::string_view::npos && hash > 0 && hash + 1 < source.size()) {
    readings.emplace_back(source.substr(0, hash), source.substr(hash + 1));
  }
  for (size_t dot = source.rfind('.'); dot != std::string_view::npos && dot > 0; dot = source.rfind('.', dot - 1)) {
    if (readings.size() > kReadingsMax) break;
    if (dot + 1 < source.size()) readings.emplace_back(source.substr(0, dot), source.substr(dot + 1));
  }
  return readings;
}

}  // namespace souk::lineage
