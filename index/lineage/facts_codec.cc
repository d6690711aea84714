// SPDX-License-Identifier: Apache-2.0
#include "index/lineage/facts_codec.h"

#include <utility>
#include <vector>

#include "base/errors.h"

namespace souk::lineage {
namespace {

using index::ByteSource;
using index::PutNumber;
using index::PutText;
using index::PutTexts;
using TextPairs = std::vector<std::pair<std::string, std::string>>;

// A major that is not known is the commonest: it is a byte, not five.
void PutMajor(std::string& out, uint32_t major) { PutNumber(out, major == kMajorUnknown ? 0 : uint64_t{major} + 1); }

uint32_t TakeMajor(ByteSource& source) {
  const uint64_t number = source.Number();
  return number == 0 ? kMajorUnknown : static_cast<uint32_t>(number - 1);
}

void PutPairs(std::string& out, const TextPairs& pairs) {
  PutNumber(out, pairs.size());
  for (const auto& [first, second] : pairs) {
    PutText(out, first);
    PutText(out, second);
  }
}

TextPairs TakePairs(ByteSource& source) {
  TextPairs pairs(source.Count());
  for (auto& [first, second] : pairs) {
    first = source.Text();
    second = source.Text();
  }
  return pairs;
}

InputFacts NamedInputFrom(const MeshGraph& graph, const NamedInput& input) {
  InputFacts facts;
  facts.major = input.major;
  for (const NamedInput::Hint& hint : input.hints) {
    if (hint.product == kNobody) continue;
    if (hint.product == input.open_product) facts.open_hint = facts.hints.size();
    const ProductEntry& product = graph.product(hint.product);
    facts.hints.push_back({std::string(graph.strings().Text(product.domain)),
                           std::string(graph.strings().Text(product.product)), hint.major});
  }
  return facts;
}

std::string TermText(const MeshGraph& graph, uint32_t term) {
  return term == kNobody ? std::string() : std::string(graph.strings().Text(graph.term(term).text));
}

ObjectFacts ObjectFrom(const MeshGraph& graph, const ObjectEntry& entry) {
  const StringPool& strings = graph.strings();
  ObjectFacts facts;
  facts.contract_id = TermText(graph, entry.contract);
  facts.physical_name = TermText(graph, entry.physical);
  for (const uint32_t id : entry.datasets) {
    const DatasetEntry& dataset = graph.dataset(id);
    facts.datasets.emplace_back(strings.Text(dataset.dataset_namespace), strings.Text(dataset.name));
  }
  for (const Symbol column : entry.columns) facts.columns.emplace_back(strings.Text(column));
  for (const PhysicalColumn& column : entry.physical_columns) {
    facts.physical_columns.emplace_back(strings.Text(column.physical), strings.Text(column.column));
  }
  for (const ColumnSource& source : entry.sources) {
    facts.sources.emplace_back(strings.Text(source.column), strings.Text(graph.source(source.source).text));
  }
  return facts;
}

void PutInput(std::string& out, const InputFacts& input) {
  PutText(out, input.contract_id);
  PutMajor(out, input.major);
  PutNumber(out, input.hints.size());
  if (input.hints.empty()) return;
  PutNumber(out, input.open_hint);
  for (const ProductHint& hint : input.hints) {
    PutText(out, hint.domain);
    PutText(out, hint.product);
    PutMajor(out, hint.major);
  }
}

// False if no port can be like that.
bool TakeInput(ByteSource& source, InputFacts& input) {
  input.contract_id = source.Text();
  input.major = TakeMajor(source);
  input.hints.resize(source.Count());
  if (input.hints.empty()) return !input.contract_id.empty();
  input.open_hint = source.Number();
  for (ProductHint& hint : input.hints) {
    hint.domain = source.Text();
    hint.product = source.Text();
    hint.major = TakeMajor(source);
  }
  return input.hints.size() <= NamedInput::kHintsMax && input.open_hint < input.hints.size();
}

}  // namespace

LineFacts FactsFrom(const MeshGraph& graph, uint32_t line) {
  const LineEntry& entry = graph.lines()[line];
  LineFacts facts;
  facts.name = graph.NameOf(line);
  facts.id = graph.strings().Text(entry.id);
  facts.display_name = graph.strings().Text(entry.display_name);
  facts.state = entry.state;
  for (const ContractInput& input : entry.contract_inputs) {
    InputFacts& named = facts.inputs.emplace_back();
    named.contract_id = TermText(graph, input.term);
    named.major = input.major;
  }
  for (const NamedInput& input : entry.named_inputs) facts.inputs.push_back(NamedInputFrom(graph, input));
  for (const uint32_t term : entry.outputs) facts.outputs.push_back(TermText(graph, term));
  for (const ObjectEntry& object : entry.objects) facts.objects.push_back(ObjectFrom(graph, object));
  return facts;
}

void PutFacts(std::string& out, const LineFacts& facts) {
  PutText(out, facts.name.domain);
  PutText(out, facts.name.product);
  PutNumber(out, facts.name.major);
  PutText(out, facts.id);
  PutText(out, facts.display_name);
  PutNumber(out, static_cast<uint64_t>(facts.state));
  PutNumber(out, facts.inputs.size());
  for (const InputFacts& input : facts.inputs) PutInput(out, input);
  PutTexts(out, facts.outputs);
  PutNumber(out, facts.objects.size());
  for (const ObjectFacts& object : facts.objects) {
    PutText(out, object.contract_id);
    PutText(out, object.physical_name);
    PutPairs(out, object.datasets);
    PutTexts(out, object.columns);
    PutPairs(out, object.physical_columns);
    PutPairs(out, object.sources);
  }
}

StatusOr<LineFacts> TakeFacts(ByteSource& source) {
  LineFacts facts;
  facts.name.domain = source.Text();
  facts.name.product = source.Text();
  facts.name.major = static_cast<uint32_t>(source.Number());
  facts.id = source.Text();
  facts.display_name = source.Text();
  const uint64_t state = source.Number();
  bool sound = state <= uint64_t{v1::ProductState_MAX};
  facts.state = sound ? static_cast<v1::ProductState>(state) : v1::PRODUCT_STATE_UNSPECIFIED;
  facts.inputs.resize(source.Count());
  for (InputFacts& input : facts.inputs) sound = TakeInput(source, input) && sound;
  facts.outputs = source.Texts();
  facts.objects.resize(source.Count());
  for (ObjectFacts& object : facts.objects) {
    object.contract_id = source.Text();
    object.physical_name = source.Text();
    object.datasets = TakePairs(source);
    object.columns = source.Texts();
    object.physical_columns = TakePairs(source);
    object.sources = TakePairs(source);
  }
  if (!sound || !source.ok()) return errors::DataLoss("the facts of a line can't be read");
  return facts;
}

}  // namespace souk::lineage
