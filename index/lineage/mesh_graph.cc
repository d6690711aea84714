// SPDX-License-Identifier: Apache-2.0
#include "index/lineage/mesh_graph.h"

#include <algorithm>

namespace souk::lineage {
namespace {

uint64_t PairKey(uint32_t high, uint32_t low) { return uint64_t{high} << 32U | low; }

// The terms by which a dataset of this object goes.
template <typename Visit>
void ForEachName(const ObjectEntry& object, const DatasetEntry& dataset, const Visit& visit) {
  visit(dataset.name_term);
  if (object.physical != kNobody && object.physical != dataset.name_term) visit(object.physical);
}

// The terms that input ports name, each once although several ports may name it with different versions.
template <typename Visit>
void ForEachTerm(const FrozenArray<ContractInput>& inputs, const Visit& visit) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (i == 0 || inputs[i].term != inputs[i - 1].term) visit(inputs[i].term);
  }
}

// What the entry mentions of one kind, each once however often it does.
template <typename Collect>
std::vector<uint32_t> Once(const Collect& collect) {
  std::vector<uint32_t> ids;
  collect(ids);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

std::vector<uint32_t> HintedProducts(const LineEntry& entry) {
  return Once([&entry](std::vector<uint32_t>& ids) {
    for (const NamedInput& input : entry.named_inputs) {
      for (const NamedInput::Hint& hint : input.hints) {
        if (hint.product != kNobody) ids.push_back(hint.product);
      }
    }
  });
}

std::vector<uint32_t> NamedSources(const LineEntry& entry) {
  return Once([&entry](std::vector<uint32_t>& ids) {
    for (const ObjectEntry& object : entry.objects) {
      for (const ColumnSource& source : object.sources) ids.push_back(source.source);
    }
  });
}

size_t BytesOf(const LineEntry& entry) {
  size_t bytes = sizeof(LineEntry) + entry.contract_inputs.size_bytes() + entry.named_inputs.size_bytes() +
                 entry.outputs.size_bytes() + entry.objects.size_bytes();
  for (const ObjectEntry& object : entry.objects) {
    bytes += object.datasets.size_bytes() + object.columns.size_bytes() + object.physical_columns.size_bytes() +
             object.sources.size_bytes() + object.sources_by_id.size_bytes();
  }
  return bytes;
}

}  // namespace

uint32_t MeshGraph::Upsert(const LineFacts& facts) {
  // New uses are taken before old ones are given back, so that what both mention stays as it is.
  LineEntry fresh = Make(facts);
  entry_bytes_ += BytesOf(fresh);
  auto line = FindLine(facts.name);
  if (line) {
    Unlink(*line, lines_[*line]);
    Link(*line, fresh);
    std::swap(lines_[*line], fresh);
    Release(fresh);
    entry_bytes_ -= BytesOf(fresh);
    return *line;
  }
  line = static_cast<uint32_t>(lines_.size());
  std::vector<uint32_t>& siblings = products_[fresh.product].lines;
  siblings.insert(std::lower_bound(siblings.begin(), siblings.end(), fresh.major,
                                   [this](uint32_t id, uint32_t major) { return lines_[id].major < major; }),
                  *line);
  Link(*line, fresh);
  lines_.push_back(std::move(fresh));
  return *line;
}

// In order and each once; the uses that a repeated one took are given back.
void MeshGraph::SortInputs(std::vector<ContractInput>& inputs) {
  std::sort(inputs.begin(), inputs.end(), [](const ContractInput& a, const ContractInput& b) {
    return a.term != b.term ? a.term < b.term : a.major < b.major;
  });
  std::vector<ContractInput> unique;
  for (const ContractInput& input : inputs) {
    if (!unique.empty() && unique.back().term == input.term && unique.back().major == input.major) {
      ReleaseTerm(input.term);
    } else {
      unique.push_back(input);
    }
  }
  inputs = std::move(unique);
}

LineEntry MeshGraph::Make(const LineFacts& facts) {
  LineEntry entry;
  entry.product = UseProduct(facts.name.domain, facts.name.product);
  entry.major = facts.name.major;
  entry.id = strings_.Intern(facts.id);
  entry.display_name = strings_.Intern(facts.display_name);
  entry.state = facts.state;
  std::vector<ContractInput> contract_inputs;
  std::vector<NamedInput> named_inputs;
  for (const InputFacts& input : facts.inputs) {
    if (input.contract_id.empty()) {
      named_inputs.push_back(MakeNamedInput(input));
    } else {
      contract_inputs.push_back({UseTerm(input.contract_id), input.major});
    }
  }
  SortInputs(contract_inputs);
  std::vector<uint32_t> outputs;
  for (const std::string& contract_id : facts.outputs) outputs.push_back(UseTerm(contract_id));
  std::vector<ObjectEntry> objects;
  for (const ObjectFacts& object : facts.objects) objects.push_back(MakeObject(object));
  entry.contract_inputs = FrozenArray(std::move(contract_inputs));
  entry.named_inputs = FrozenArray(std::move(named_inputs));
  entry.outputs = FrozenArray(std::move(outputs));
  entry.objects = FrozenArray(std::move(objects));
  return entry;
}

NamedInput MeshGraph::MakeNamedInput(const InputFacts& input) {
  NamedInput named;
  named.major = input.major;
  for (size_t i = 0; i < std::min(input.hints.size(), NamedInput::kHintsMax); ++i) {
    named.hints[i] = {UseProduct(input.hints[i].domain, input.hints[i].product), input.hints[i].major};
  }
  named.open_product = named.hints[input.open_hint].product;
  return named;
}

ObjectEntry MeshGraph::MakeObject(const ObjectFacts& facts) {
  ObjectEntry object;
  object.contract = UseTerm(facts.contract_id);
  object.physical = UseTerm(facts.physical_name);
  std::vector<uint32_t> datasets;
  for (const auto& [dataset_namespace, name] : facts.datasets) datasets.push_back(UseDataset(dataset_namespace, name));
  std::vector<Symbol> columns;
  for (const std::string& column : facts.columns) columns.push_back(strings_.Intern(column));
  std::sort(columns.begin(), columns.end());
  std::vector<PhysicalColumn> physical_columns;
  for (const auto& [physical, column] : facts.physical_columns) {
    physical_columns.push_back({strings_.Intern(physical), strings_.Intern(column)});
  }
  std::stable_sort(physical_columns.begin(), physical_columns.end(),
                   [](const PhysicalColumn& a, const PhysicalColumn& b) { return a.physical < b.physical; });
  std::vector<ColumnSource> sources;
  for (const auto& [column, source] : facts.sources) sources.push_back({strings_.Intern(column), UseSource(source)});
  std::sort(sources.begin(), sources.end(), [](const ColumnSource& a, const ColumnSource& b) {
    return a.column != b.column ? a.column < b.column : a.source < b.source;
  });
  std::vector<uint32_t> by_id(sources.size());
  for (uint32_t i = 0; i < by_id.size(); ++i) by_id[i] = i;
  std::sort(by_id.begin(), by_id.end(), [&sources](uint32_t a, uint32_t b) {
    return sources[a].source != sources[b].source ? sources[a].source < sources[b].source : a < b;
  });
  object.datasets = FrozenArray(std::move(datasets));
  object.columns = FrozenArray(std::move(columns));
  object.physical_columns = FrozenArray(std::move(physical_columns));
  object.sources = FrozenArray(std::move(sources));
  object.sources_by_id = FrozenArray(std::move(by_id));
  return object;
}

void MeshGraph::Link(uint32_t line, const LineEntry& entry) {
  ForEachTerm(entry.contract_inputs, [&](uint32_t term) { terms_[term].readers.Add(line); });
  for (const uint32_t product : HintedProducts(entry)) products_[product].readers.Add(line);
  for (const uint32_t term : entry.outputs) terms_[term].providers.Add(line);
  for (const ObjectEntry& object : entry.objects) {
    for (const uint32_t dataset : object.datasets) {
      datasets_[dataset].producers.Add(line);
      ForEachName(object, datasets_[dataset], [&](uint32_t term) { terms_[term].datasets.Add(dataset); });
    }
  }
  for (const uint32_t source : NamedSources(entry)) sources_[source].readers.Add(line);
}

void MeshGraph::Unlink(uint32_t line, const LineEntry& entry) {
  ForEachTerm(entry.contract_inputs, [&](uint32_t term) { terms_[term].readers.Remove(line); });
  for (const uint32_t product : HintedProducts(entry)) products_[product].readers.Remove(line);
  for (const uint32_t term : entry.outputs) terms_[term].providers.Remove(line);
  for (const ObjectEntry& object : entry.objects) {
    for (const uint32_t dataset : object.datasets) {
      datasets_[dataset].producers.Remove(line);
      ForEachName(object, datasets_[dataset], [&](uint32_t term) { terms_[term].datasets.Remove(dataset); });
    }
  }
  for (const uint32_t source : NamedSources(entry)) sources_[source].readers.Remove(line);
}

void MeshGraph::Release(const LineEntry& entry) {
  for (const ContractInput& input : entry.contract_inputs) ReleaseTerm(input.term);
  for (const NamedInput& input : entry.named_inputs) {
    for (const NamedInput::Hint& hint : input.hints) ReleaseProduct(hint.product);
  }
  for (const uint32_t term : entry.outputs) ReleaseTerm(term);
  for (const ObjectEntry& object : entry.objects) ReleaseObject(object);
  strings_.Release(entry.id);
  strings_.Release(entry.display_name);
  ReleaseProduct(entry.product);
}

void MeshGraph::ReleaseObject(const ObjectEntry& object) {
  for (const ColumnSource& source : object.sources) {
    strings_.Release(source.column);
    ReleaseSource(source.source);
  }
  for (const PhysicalColumn& column : object.physical_columns) {
    strings_.Release(column.physical);
    strings_.Release(column.column);
  }
  for (const Symbol column : object.columns) strings_.Release(column);
  for (const uint32_t dataset : object.datasets) ReleaseDataset(dataset);
  ReleaseTerm(object.contract);
  ReleaseTerm(object.physical);
}

uint32_t MeshGraph::UseTerm(std::string_view text) {
  if (text.empty()) return kNobody;
  const Symbol symbol = strings_.Intern(text);
  const auto [id, is_new] = terms_.Acquire(symbol);
  if (is_new) {
    terms_[id].text = symbol;
  } else {
    strings_.Release(symbol);
  }
  return id;
}

uint32_t MeshGraph::UseProduct(std::string_view domain, std::string_view product) {
  const Symbol domain_symbol = strings_.Intern(domain);
  const Symbol product_symbol = strings_.Intern(product);
  const auto [id, is_new] = products_.Acquire(PairKey(domain_symbol, product_symbol));
  if (is_new) {
    products_[id].domain = domain_symbol;
    products_[id].product = product_symbol;
  } else {
    strings_.Release(domain_symbol);
    strings_.Release(product_symbol);
  }
  return id;
}

uint32_t MeshGraph::UseDataset(std::string_view dataset_namespace, std::string_view name) {
  const Symbol namespace_symbol = strings_.Intern(dataset_namespace);
  const Symbol name_symbol = strings_.Intern(name);
  const auto [id, is_new] = datasets_.Acquire(PairKey(namespace_symbol, name_symbol));
  if (is_new) {
    datasets_[id].dataset_namespace = namespace_symbol;
    datasets_[id].name = name_symbol;
    datasets_[id].name_term = UseTerm(name);
  } else {
    strings_.Release(namespace_symbol);
    strings_.Release(name_symbol);
  }
  return id;
}

uint32_t MeshGraph::UseSource(std::string_view text) {
  const Symbol symbol = strings_.Intern(text);
  const auto [id, is_new] = sources_.Acquire(symbol);
  if (!is_new) {
    strings_.Release(symbol);
    return id;
  }
  std::vector<Reading> readings;
  uint32_t named = kNobody;
  if (const auto dataset = ParseDatasetName(text)) {
    named = UseDataset(dataset->dataset_namespace, dataset->name);
    datasets_[named].sources.Add(id);
    readings.push_back({kNobody, strings_.Intern(dataset->column)});
  } else {
    for (const auto& [name, column] : ReadingsOf(text)) {
      readings.push_back({UseTerm(name), strings_.Intern(column)});
      terms_[readings.back().term].sources.Add(id);
    }
  }
  SourceEntry& source = sources_[id];
  source.text = symbol;
  source.dataset = named;
  source.readings = FrozenArray(std::move(readings));
  return id;
}

void MeshGraph::ReleaseTerm(uint32_t id) {
  if (id == kNobody || !terms_.Release(id)) return;
  const Symbol text = terms_[id].text;
  terms_.Drop(text, id);
  strings_.Release(text);
}

void MeshGraph::ReleaseProduct(uint32_t id) {
  if (id == kNobody || !products_.Release(id)) return;
  const Symbol domain = products_[id].domain;
  const Symbol product = products_[id].product;
  products_.Drop(PairKey(domain, product), id);
  strings_.Release(domain);
  strings_.Release(product);
}

void MeshGraph::ReleaseDataset(uint32_t id) {
  if (id == kNobody || !datasets_.Release(id)) return;
  const Symbol dataset_namespace = datasets_[id].dataset_namespace;
  const Symbol name = datasets_[id].name;
  const uint32_t name_term = datasets_[id].name_term;
  datasets_.Drop(PairKey(dataset_namespace, name), id);
  ReleaseTerm(name_term);
  strings_.Release(dataset_namespace);
  strings_.Release(name);
}

void MeshGraph::ReleaseSource(uint32_t id) {
  if (id == kNobody || !sources_.Release(id)) return;
  const Symbol text = sources_[id].text;
  const uint32_t dataset = sources_[id].dataset;
  if (dataset != kNobody) datasets_[dataset].sources.Remove(id);
  for (const Reading& reading : sources_[id].readings) {
    if (reading.term != kNobody) terms_[reading.term].sources.Remove(id);
    ReleaseTerm(reading.term);
    strings_.Release(reading.column);
  }
  sources_.Drop(text, id);
  ReleaseDataset(dataset);
  strings_.Release(text);
}

std::optional<uint32_t> MeshGraph::FindLine(const LineName& name) const {
  const auto product = FindProduct(name.domain, name.product);
  if (!product) return std::nullopt;
  for (const uint32_t line : products_[*product].lines) {
    if (lines_[line].major == name.major) return line;
  }
  return std::nullopt;
}

std::optional<uint32_t> MeshGraph::FindTerm(std::string_view text) const {
  const Symbol symbol = strings_.Find(text);
  return symbol == 0 ? std::nullopt : terms_.Find(symbol);
}

std::optional<uint32_t> MeshGraph::FindProduct(std::string_view domain, std::string_view product) const {
  const Symbol domain_symbol = strings_.Find(domain);
  const Symbol product_symbol = strings_.Find(product);
  if (domain_symbol == 0 || product_symbol == 0) return std::nullopt;
  return products_.Find(PairKey(domain_symbol, product_symbol));
}

std::optional<uint32_t> MeshGraph::FindDataset(std::string_view dataset_namespace, std::string_view name) const {
  const Symbol namespace_symbol = strings_.Find(dataset_namespace);
  const Symbol name_symbol = strings_.Find(name);
  if (name_symbol == 0 || (namespace_symbol == 0 && !dataset_namespace.empty())) return std::nullopt;
  return datasets_.Find(PairKey(namespace_symbol, name_symbol));
}

std::optional<uint32_t> MeshGraph::FindSource(std::string_view text) const {
  const Symbol symbol = strings_.Find(text);
  return symbol == 0 ? std::nullopt : sources_.Find(symbol);
}

LineName MeshGraph::NameOf(uint32_t line) const {
  const ProductEntry& product = products_[lines_[line].product];
  return {std::string(strings_.Text(product.domain)), std::string(strings_.Text(product.product)), lines_[line].major};
}

size_t MeshGraph::size_bytes() const {
  return entry_bytes_ + strings_.size_bytes() + terms_.size_bytes() + products_.size_bytes() + datasets_.size_bytes() +
         sources_.size_bytes();
}

}  // namespace souk::lineage
