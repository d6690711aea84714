// SPDX-License-Identifier: Apache-2.0
// The graph of columns.
#include <algorithm>

#include "index/lineage/resolver.h"

namespace souk::lineage {
namespace {

bool Has(const FrozenArray<uint32_t>& ids, uint32_t id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

bool HasColumn(const ObjectEntry& object, Symbol column) {
  return std::binary_search(object.columns.begin(), object.columns.end(), column);
}

void SortUnique(std::vector<uint32_t>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

}  // namespace

// Each column of the datasets once. The dataset itself is among them where it has no known columns, or where somebody
// names it as a whole.
std::vector<Node> Resolver::ColumnsOf(const std::vector<uint32_t>& datasets) {
  std::vector<Node> nodes;
  for (const uint32_t dataset : datasets) {
    std::vector<Symbol> columns;
    for (const uint32_t line : Producers(dataset)) {
      for (const ObjectEntry& object : graph_.lines()[line].objects) {
        if (Has(object.datasets, dataset)) columns.insert(columns.end(), object.columns.begin(), object.columns.end());
      }
    }
    SortUnique(columns);
    const Node whole = {NodeKind::kDataset, dataset};
    std::vector<Hop> readers;
    ColumnDownstream(whole, readers);
    if (columns.empty() || !readers.empty()) nodes.push_back(whole);
    for (const Symbol column : columns) nodes.push_back({NodeKind::kColumn, dataset, column});
  }
  return nodes;
}

void Resolver::ColumnUpstream(const Node& node, std::vector<Hop>& hops) {
  if (node.kind != NodeKind::kColumn) return;
  std::vector<Node> meant;
  for (const uint32_t line : Producers(node.index)) {
    for (const ObjectEntry& object : graph_.lines()[line].objects) {
      if (!Has(object.datasets, node.index)) continue;
      const auto* source = std::lower_bound(object.sources.begin(), object.sources.end(), node.column,
                                            [](const ColumnSource& a, Symbol wanted) { return a.column < wanted; });
      for (; source != object.sources.end() && source->column == node.column; ++source) {
        Means(source->source, line, meant);
      }
    }
  }
  for (const Node& upstream : meant) hops.push_back({upstream, kNobody});
}

void Resolver::ColumnDownstream(const Node& node, std::vector<Hop>& hops) {
  std::vector<uint32_t> sources;
  if (node.kind == NodeKind::kOpenSource) sources = {node.index};
  if (node.kind == NodeKind::kDataset || node.kind == NodeKind::kColumn) sources = SourcesFor(node.index, node.column);
  std::vector<Node> meant;
  for (const uint32_t source : sources) {
    for (const uint32_t reader : graph_.source(source).readers.ids()) {
      if (!Sees(reader)) continue;
      meant.clear();
      Means(source, reader, meant);
      if (std::find(meant.begin(), meant.end(), node) == meant.end()) continue;
      for (const ObjectEntry& object : graph_.lines()[reader].objects) {
        object.ForEachMadeFrom(source, [&](Symbol column) {
          for (const uint32_t dataset : object.datasets) {
            hops.push_back({{NodeKind::kColumn, dataset, column}, kNobody});
          }
        });
      }
    }
  }
}

void Resolver::Means(uint32_t source, uint32_t reader, std::vector<Node>& out) {
  const SourceEntry& entry = graph_.source(source);
  const size_t before = out.size();
  if (entry.dataset != kNobody) {
    const Symbol column = entry.readings[0].column;
    if (!Producers(entry.dataset).empty()) {
      out.push_back(column == 0 ? Node{NodeKind::kDataset, entry.dataset} : ColumnOf(entry.dataset, column));
    }
  } else {
    for (const Reading& reading : entry.readings) {
      if (ReadAsTable(reading, reader, out) || ReadAsContract(reading, reader, out)) break;
    }
  }
  if (out.size() == before) out.push_back({NodeKind::kOpenSource, source});
}

// True if there is a table of that name, even if it can't be told which of several is meant.
bool Resolver::ReadAsTable(const Reading& reading, uint32_t reader, std::vector<Node>& out) {
  const auto bag = graph_.term(reading.term).datasets.ids();
  std::vector<uint32_t> datasets(bag.begin(), bag.end());
  SortUnique(datasets);
  std::erase_if(datasets, [this](uint32_t dataset) { return Producers(dataset).empty(); });
  if (datasets.empty()) return false;
  for (const uint32_t dataset : NearReader(datasets, reader)) {
    out.push_back(reading.column == 0 ? Node{NodeKind::kDataset, dataset} : ColumnOf(dataset, reading.column));
  }
  return true;
}

std::vector<uint32_t> Resolver::NearReader(const std::vector<uint32_t>& datasets, uint32_t reader) {
  if (datasets.size() == 1) return datasets;
  // One line that has them all: the same table on several servers.
  for (const uint32_t line : Producers(datasets.front())) {
    const bool has_all = std::all_of(datasets.begin(), datasets.end(), [&](uint32_t dataset) {
      const std::vector<uint32_t> producers = Producers(dataset);
      return std::binary_search(producers.begin(), producers.end(), line);
    });
    if (has_all) return datasets;
  }
  std::vector<Hop> inputs;
  std::vector<Hop> consumed;
  Inputs(reader, inputs);
  for (const Hop& input : inputs) AddConsumed(input, consumed);
  for (const Node& own : Members(reader)) consumed.push_back({own, kNobody});
  std::vector<uint32_t> near;
  for (const uint32_t dataset : datasets) {
    const bool is_near = std::any_of(consumed.begin(), consumed.end(), [dataset](const Hop& hop) {
      return hop.node == Node{NodeKind::kDataset, dataset};
    });
    if (is_near) near.push_back(dataset);
  }
  return near;
}

// True if a line offers the contract, even if it does not have the column.
bool Resolver::ReadAsContract(const Reading& reading, uint32_t reader, std::vector<Node>& out) {
  const Term& term = graph_.term(reading.term);
  std::optional<uint32_t> provider = Pick(term.providers.ids(), kMajorUnknown, kNobody);
  if (!provider) return false;
  for (const ContractInput& input : graph_.lines()[reader].contract_inputs) {
    if (input.term == reading.term) provider = Target(reader, input).index;  // the version that it reads
  }
  std::vector<const ObjectEntry*> objects;
  std::vector<const ObjectEntry*> with_column;
  for (const ObjectEntry& object : graph_.lines()[*provider].objects) {
    if (object.contract != reading.term) continue;
    objects.push_back(&object);
    const bool physical = std::any_of(object.physical_columns.begin(), object.physical_columns.end(),
                                      [&](const PhysicalColumn& column) { return column.physical == reading.column; });
    if (reading.column == 0 || physical || HasColumn(object, reading.column)) with_column.push_back(&object);
  }
  // The only object may be one whose columns nobody wrote down.
  for (const ObjectEntry* object : with_column.empty() && objects.size() == 1 ? objects : with_column) {
    for (const uint32_t dataset : object->datasets) {
      out.push_back(reading.column == 0 ? Node{NodeKind::kDataset, dataset} : ColumnOf(dataset, reading.column));
    }
  }
  return true;
}

Node Resolver::ColumnOf(uint32_t dataset, Symbol column) {
  Symbol found = 0;
  for (const uint32_t line : Producers(dataset)) {
    for (const ObjectEntry& object : graph_.lines()[line].objects) {
      if (!Has(object.datasets, dataset)) continue;
      if (HasColumn(object, column)) return {NodeKind::kColumn, dataset, column};
      const auto* candidate =
          std::lower_bound(object.physical_columns.begin(), object.physical_columns.end(), column,
                           [](const PhysicalColumn& a, Symbol wanted) { return a.physical < wanted; });
      for (; candidate != object.physical_columns.end() && candidate->physical == column; ++candidate) {
        // Where schemas disagree, by text: the answer must not depend on the order of registration.
        const StringPool& strings = graph_.strings();
        if (found == 0 || strings.Text(candidate->column) < strings.Text(found)) found = candidate->column;
      }
    }
  }
  return {NodeKind::kColumn, dataset, found == 0 ? column : found};
}

std::vector<uint32_t> Resolver::SourcesFor(uint32_t dataset, Symbol column) {
  std::vector<uint32_t> terms = {graph_.dataset(dataset).name_term};
  std::vector<Symbol> spellings = {column};
  for (const uint32_t line : Producers(dataset)) {
    for (const ObjectEntry& object : graph_.lines()[line].objects) {
      if (!Has(object.datasets, dataset)) continue;
      if (object.physical != kNobody) terms.push_back(object.physical);
      if (object.contract != kNobody) terms.push_back(object.contract);
      for (const PhysicalColumn& candidate : object.physical_columns) {
        if (column != 0 && candidate.column == column) spellings.push_back(candidate.physical);
      }
    }
  }
  SortUnique(terms);
  const auto wanted = [&](const Reading& reading) {
    return column == kAnyColumn || std::find(spellings.begin(), spellings.end(), reading.column) != spellings.end();
  };
  std::vector<uint32_t> sources;
  for (const uint32_t term : terms) {
    for (const uint32_t source : graph_.term(term).sources.ids()) {
      const auto& readings = graph_.source(source).readings;
      const bool fits = std::any_of(readings.begin(), readings.end(),
                                    [&](const Reading& reading) { return reading.term == term && wanted(reading); });
      if (fits) sources.push_back(source);
    }
  }
  for (const uint32_t source : graph_.dataset(dataset).sources.ids()) {
    if (wanted(graph_.source(source).readings[0])) sources.push_back(source);
  }
  SortUnique(sources);
  return sources;
}

}  // namespace souk::lineage
