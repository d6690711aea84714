// SPDX-License-Identifier: Apache-2.0
// Lines, names and the graph of products; datasets and columns are in resolver_datasets.cc and resolver_columns.cc.
#include "index/lineage/resolver.h"

#include <algorithm>

namespace souk::lineage {
namespace {

constexpr std::string_view kUnresolved = "unresolved:";

}  // namespace

bool Resolver::Sees(uint32_t line) {
  if (visibility_.AllowsAll()) return true;
  if (const auto known = seen_.Find(line)) return *known != 0;
  const bool allowed = visibility_.Allows(graph_.NameOf(line));
  seen_.Insert(line, allowed ? 1 : 0);
  return allowed;
}

bool Resolver::Better(uint32_t a, uint32_t b, uint32_t major) const {
  const LineEntry& left = graph_.lines()[a];
  const LineEntry& right = graph_.lines()[b];
  if ((left.major == major) != (right.major == major)) return left.major == major;
  if (left.live() != right.live()) return left.live();
  if (left.major != right.major) return left.major > right.major;
  return a != b && graph_.NameOf(a) < graph_.NameOf(b);
}

std::optional<uint32_t> Resolver::Pick(std::span<const uint32_t> lines, uint32_t major, uint32_t reader_left_out) {
  std::optional<uint32_t> best;
  for (const uint32_t line : lines) {
    if (line != reader_left_out && Sees(line) && (!best || Better(line, *best, major))) best = line;
  }
  return best;
}

Node Resolver::Target(uint32_t /*reader*/, const ContractInput& input) {
  const auto line = Pick(graph_.term(input.term).providers.ids(), input.major, kNobody);
  return line ? Node{NodeKind::kLine, *line} : Node{NodeKind::kOpenContract, input.term};
}

// A name never means the reader itself: "orders" read by orders is the table of that name somewhere else.
Node Resolver::Target(uint32_t reader, const NamedInput& input) {
  for (const NamedInput::Hint& hint : input.hints) {
    if (hint.product == kNobody) continue;
    const bool exact = hint.major != kMajorUnknown;
    const auto line = Pick(graph_.product(hint.product).lines, exact ? hint.major : input.major, reader);
    if (line && (!exact || graph_.lines()[*line].major == hint.major)) return {NodeKind::kLine, *line};
  }
  return {NodeKind::kOpenProduct, input.open_product};
}

void Resolver::Inputs(uint32_t line, std::vector<Hop>& hops) {
  const LineEntry& entry = graph_.lines()[line];
  for (const ContractInput& input : entry.contract_inputs) hops.push_back({Target(line, input), input.term});
  for (const NamedInput& input : entry.named_inputs) hops.push_back({Target(line, input), kNobody});
}

void Resolver::ReadersOfTerm(uint32_t term, const Node& target, std::vector<Hop>& hops) {
  for (const uint32_t reader : graph_.term(term).readers.ids()) {
    if (!Sees(reader)) continue;
    const auto& inputs = graph_.lines()[reader].contract_inputs;
    const auto* input = std::lower_bound(inputs.begin(), inputs.end(), term,
                                         [](const ContractInput& a, uint32_t wanted) { return a.term < wanted; });
    for (; input != inputs.end() && input->term == term; ++input) {
      if (Target(reader, *input) != target) continue;
      hops.push_back({{NodeKind::kLine, reader}, term});
      break;
    }
  }
}

void Resolver::ReadersOfProduct(uint32_t product, const Node& target, std::vector<Hop>& hops) {
  for (const uint32_t reader : graph_.product(product).readers.ids()) {
    if (!Sees(reader)) continue;
    for (const NamedInput& input : graph_.lines()[reader].named_inputs) {
      if (Target(reader, input) != target) continue;
      hops.push_back({{NodeKind::kLine, reader}, kNobody});
      break;
    }
  }
}

void Resolver::Upstream(Level level, const Node& node, std::vector<Hop>& hops) {
  if (level == Level::kDatasets) return DatasetUpstream(node, hops);
  if (level == Level::kColumns) return ColumnUpstream(node, hops);
  if (node.kind == NodeKind::kLine) Inputs(node.index, hops);
}

void Resolver::Downstream(Level level, const Node& node, std::vector<Hop>& hops) {
  if (level == Level::kDatasets) return DatasetDownstream(node, hops);
  if (level == Level::kColumns) return ColumnDownstream(node, hops);
  if (node.kind == NodeKind::kOpenContract) ReadersOfTerm(node.index, node, hops);
  if (node.kind == NodeKind::kOpenProduct) ReadersOfProduct(node.index, node, hops);
  if (node.kind != NodeKind::kLine) return;
  const LineEntry& entry = graph_.lines()[node.index];
  for (const uint32_t term : entry.outputs) ReadersOfTerm(term, node, hops);
  ReadersOfProduct(entry.product, node, hops);
}

std::vector<Node> Resolver::At(Level level, const Node& node) {
  if (node.kind == NodeKind::kLine) {
    if (level == Level::kProducts) return {node};
    std::vector<Node> members = Members(node.index);
    if (level == Level::kDatasets) return members;
    std::vector<uint32_t> datasets;
    for (const Node& member : members) {
      if (member.kind == NodeKind::kDataset) datasets.push_back(member.index);
    }
    return datasets.empty() ? std::vector<Node>{node} : ColumnsOf(datasets);
  }
  if (node.kind != NodeKind::kDataset && node.kind != NodeKind::kColumn) return {node};
  if (level == Level::kDatasets) return {{NodeKind::kDataset, node.index}};
  if (level == Level::kColumns)
    return node.kind == NodeKind::kColumn ? std::vector<Node>{node} : ColumnsOf({node.index});
  std::vector<Node> lines;
  for (const uint32_t line : Producers(node.index)) lines.push_back({NodeKind::kLine, line});
  return lines;
}

std::optional<Node> Resolver::Find(std::string_view name, Level level) {
  if (name.starts_with(kUnresolved)) return FindOpen(name.substr(kUnresolved.size()), level);
  if (name.starts_with("dataset:")) return FindDatasetOrColumn(name);
  const auto line_name = ParseLineName(name);
  if (!line_name.ok()) return std::nullopt;
  const auto line = graph_.FindLine(*line_name);
  if (!line || !Sees(*line)) return std::nullopt;
  return Node{NodeKind::kLine, *line};
}

// An open edge is a node only while somebody who may be seen has it open.
std::optional<Node> Resolver::FindOpen(std::string_view text, Level level) {
  const auto open_at = [this](Level at, const Node& node) {
    std::vector<Hop> readers;
    Downstream(at, node, readers);
    return readers.empty() ? std::nullopt : std::optional(node);
  };
  std::optional<Node> port;
  if (const auto reference = ParseProductReference(text); reference && text.starts_with("domains/")) {
    const auto product = graph_.FindProduct(reference->domain, reference->product);
    if (product) port = open_at(Level::kProducts, {NodeKind::kOpenProduct, *product});
  }
  if (const auto term = graph_.FindTerm(text); term && !port) {
    port = open_at(Level::kProducts, {NodeKind::kOpenContract, *term});
  }
  if (port && level != Level::kColumns) return port;
  const auto source = graph_.FindSource(text);
  const auto column = source ? open_at(Level::kColumns, {NodeKind::kOpenSource, *source}) : std::nullopt;
  return column ? column : port;
}

std::optional<Node> Resolver::FindDatasetOrColumn(std::string_view name) {
  const auto parsed = ParseDatasetName(name);
  if (!parsed) return std::nullopt;
  const auto dataset = graph_.FindDataset(parsed->dataset_namespace, parsed->name);
  if (!dataset || Producers(*dataset).empty()) return std::nullopt;
  if (parsed->column.empty()) return Node{NodeKind::kDataset, *dataset};
  const Symbol column = graph_.strings().Find(parsed->column);
  if (column == 0) return std::nullopt;
  const Node node = {NodeKind::kColumn, *dataset, column};
  const std::vector<Node> columns = ColumnsOf({*dataset});
  if (std::find(columns.begin(), columns.end(), node) != columns.end()) return node;
  std::vector<Hop> readers;  // a column that no schema lists, but that somebody reads
  ColumnDownstream(node, readers);
  return readers.empty() ? std::nullopt : std::optional(node);
}

std::string Resolver::NameOf(const Node& node) const {
  const StringPool& strings = graph_.strings();
  switch (node.kind) {
    case NodeKind::kLine:
      return graph_.NameOf(node.index).ToString();
    case NodeKind::kDataset:
    case NodeKind::kColumn: {
      const DatasetEntry& dataset = graph_.dataset(node.index);
      return DatasetName{std::string(strings.Text(dataset.dataset_namespace)), std::string(strings.Text(dataset.name)),
                         std::string(strings.Text(node.column))}
          .ToString();
    }
    case NodeKind::kOpenContract:
      return std::string(kUnresolved) + std::string(strings.Text(graph_.term(node.index).text));
    case NodeKind::kOpenProduct: {
      const ProductEntry& product = graph_.product(node.index);
      return std::string(kUnresolved) +
             LineName{std::string(strings.Text(product.domain)), std::string(strings.Text(product.product))}.Product();
    }
    case NodeKind::kOpenSource:
      return std::string(kUnresolved) + std::string(strings.Text(graph_.source(node.index).text));
  }
  return {};
}

}  // namespace souk::lineage
