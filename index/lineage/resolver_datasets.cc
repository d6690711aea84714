// SPDX-License-Identifier: Apache-2.0
// The graph of datasets.
#include <algorithm>

#include "index/lineage/resolver.h"

namespace souk::lineage {
namespace {

bool Has(const FrozenArray<uint32_t>& ids, uint32_t id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

void AddNode(std::vector<Node>& nodes, const Node& node) {
  if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
}

}  // namespace

std::vector<uint32_t> Resolver::Producers(uint32_t dataset) {
  std::vector<uint32_t> lines;
  for (const uint32_t line : graph_.dataset(dataset).producers.ids()) {
    if (Sees(line)) lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return lines;
}

bool Resolver::HasDatasets(uint32_t line, uint32_t contract) const {
  const auto& objects = graph_.lines()[line].objects;
  return std::any_of(objects.begin(), objects.end(), [&](const ObjectEntry& object) {
    return object.contract == contract && !object.datasets.empty();
  });
}

// What a line offers without our knowing the dataset is stood for by the line: a gap in the middle would hide all that
// lies beyond it.
bool Resolver::StandsIn(uint32_t line) const {
  const LineEntry& entry = graph_.lines()[line];
  const bool any = std::any_of(entry.objects.begin(), entry.objects.end(),
                               [](const ObjectEntry& object) { return !object.datasets.empty(); });
  return !any || std::any_of(entry.outputs.begin(), entry.outputs.end(),
                             [&](uint32_t contract) { return !HasDatasets(line, contract); });
}

std::vector<Node> Resolver::Members(uint32_t line) const {
  std::vector<Node> members;
  for (const ObjectEntry& object : graph_.lines()[line].objects) {
    for (const uint32_t dataset : object.datasets) AddNode(members, {NodeKind::kDataset, dataset});
  }
  if (StandsIn(line)) members.push_back({NodeKind::kLine, line});
  return members;
}

// What an edge between products means between datasets, seen from below.
void Resolver::AddConsumed(const Hop& input, std::vector<Hop>& hops) const {
  if (input.node.kind != NodeKind::kLine) {
    hops.push_back(input);
  } else if (input.contract == kNobody) {
    for (const Node& member : Members(input.node.index)) hops.push_back({member, kNobody});
  } else if (!HasDatasets(input.node.index, input.contract)) {
    hops.push_back(input);
  } else {
    for (const ObjectEntry& object : graph_.lines()[input.node.index].objects) {
      if (object.contract != input.contract) continue;
      for (const uint32_t dataset : object.datasets) hops.push_back({{NodeKind::kDataset, dataset}, input.contract});
    }
  }
}

void Resolver::DatasetUpstream(const Node& node, std::vector<Hop>& hops) {
  std::vector<uint32_t> lines;
  if (node.kind == NodeKind::kLine) lines = {node.index};
  if (node.kind == NodeKind::kDataset) lines = Producers(node.index);
  std::vector<Hop> inputs;
  std::vector<Node> sources;
  for (const uint32_t line : lines) {
    inputs.clear();
    Inputs(line, inputs);
    for (const Hop& input : inputs) AddConsumed(input, hops);
    for (const ObjectEntry& object : graph_.lines()[line].objects) {
      const bool mine = node.kind == NodeKind::kDataset ? Has(object.datasets, node.index) : object.datasets.empty();
      if (!mine) continue;
      for (const ColumnSource& source : object.sources) Means(source.source, line, sources);
    }
  }
  for (const Node& source : sources) {
    // An open source names a column; the dataset in it is not known, so it stays in the graph of columns.
    const bool known = source.kind == NodeKind::kDataset || source.kind == NodeKind::kColumn;
    const Node dataset = {NodeKind::kDataset, source.index};
    if (known && dataset != node) hops.push_back({dataset, kNobody});
  }
}

void Resolver::DatasetDownstream(const Node& node, std::vector<Hop>& hops) {
  if (node.kind == NodeKind::kDataset) {
    for (const uint32_t line : Producers(node.index)) ReadersOfLine(node, line, hops);
    ReadersBySource(node.index, hops);
  } else if (node.kind == NodeKind::kLine) {
    ReadersOfLine(node, node.index, hops);
  } else {
    std::vector<Hop> readers;
    Downstream(Level::kProducts, node, readers);
    for (const Hop& reader : readers) {
      for (const Node& member : Members(reader.node.index)) hops.push_back({member, reader.contract});
    }
  }
}

void Resolver::ReadersOfLine(const Node& node, uint32_t line, std::vector<Hop>& hops) {
  const LineEntry& entry = graph_.lines()[line];
  const Node target = {NodeKind::kLine, line};
  std::vector<uint32_t> contracts;
  for (const uint32_t contract : entry.outputs) {
    const bool stands_for = std::any_of(entry.objects.begin(), entry.objects.end(), [&](const ObjectEntry& object) {
      return object.contract == contract && Has(object.datasets, node.index);
    });
    if (node.kind == NodeKind::kDataset ? stands_for : !HasDatasets(line, contract)) contracts.push_back(contract);
  }
  std::vector<Hop> readers;
  for (const uint32_t contract : contracts) ReadersOfTerm(contract, target, readers);
  if (node.kind == NodeKind::kDataset || StandsIn(line)) ReadersOfProduct(entry.product, target, readers);
  for (const Hop& reader : readers) {
    for (const Node& member : Members(reader.node.index)) hops.push_back({member, reader.contract});
  }
}

void Resolver::ReadersBySource(uint32_t dataset, std::vector<Hop>& hops) {
  std::vector<Node> meant;
  for (const uint32_t source : SourcesFor(dataset, kAnyColumn)) {
    for (const uint32_t reader : graph_.source(source).readers.ids()) {
      if (!Sees(reader)) continue;
      meant.clear();
      Means(source, reader, meant);
      const bool means_it = std::any_of(meant.begin(), meant.end(), [&](const Node& node) {
        return (node.kind == NodeKind::kDataset || node.kind == NodeKind::kColumn) && node.index == dataset;
      });
      if (!means_it) continue;
      for (const ObjectEntry& object : graph_.lines()[reader].objects) {
        bool names_it = false;
        object.ForEachMadeFrom(source, [&names_it](Symbol /*column*/) { names_it = true; });
        if (!names_it) continue;
        for (const uint32_t other : object.datasets) {
          if (other != dataset) hops.push_back({{NodeKind::kDataset, other}, kNobody});
        }
        if (object.datasets.empty() && StandsIn(reader)) hops.push_back({{NodeKind::kLine, reader}, kNobody});
      }
    }
  }
}

}  // namespace souk::lineage
