// SPDX-License-Identifier: Apache-2.0
// Who is next to whom: references of the mesh resolved against what is there now, as one caller may see it. Lines that
// are hidden don't exist here: nothing resolves to them, they read nothing.
//
// Three graphs share the nodes:
//   products   line -> line, by input ports
//   datasets   dataset -> dataset, by input ports and by sources of columns; a line without datasets stands for them
//   columns    column -> column, or dataset -> column where a contract names a whole table
// A reference to what is not there is a node too (an open edge). One object serves one call; not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/visibility.h"
#include "index/lineage/mesh_graph.h"

namespace souk::lineage {

enum class NodeKind : uint8_t { kLine, kDataset, kColumn, kOpenContract, kOpenProduct, kOpenSource };
enum class Level : uint8_t { kProducts, kDatasets, kColumns };

struct Node {
  NodeKind kind = NodeKind::kLine;
  uint32_t index = 0;  // of the line, dataset, term, product or source
  Symbol column = 0;   // only of a column

  bool operator==(const Node&) const = default;
  // Unique; an index has below 2^28 values, or memory has long run out.
  uint64_t Key() const { return uint64_t{static_cast<uint8_t>(kind)} << 60U | uint64_t{index} << 32U | column; }
};

// A neighbour, and the contract (a term) that carries the edge.
struct Hop {
  Node node;
  uint32_t contract = kNobody;
};

class Resolver {
 public:
  Resolver(const MeshGraph& graph, const Visibility& visibility) : graph_(graph), visibility_(visibility) {}

  const MeshGraph& graph() const { return graph_; }
  bool Sees(uint32_t line);

  // Adds the neighbours, possibly several times, in no order.
  void Upstream(Level level, const Node& node, std::vector<Hop>& hops);
  void Downstream(Level level, const Node& node, std::vector<Hop>& hops);

  // The nodes that stand for this one at another level: the datasets of a line, the producers of a column.
  std::vector<Node> At(Level level, const Node& node);
  // Empty if there is no such node. `level` decides what the name of an open edge means first.
  std::optional<Node> Find(std::string_view name, Level level);
  std::string NameOf(const Node& node) const;

  // What an input port means: a line or an open edge.
  Node Target(uint32_t reader, const ContractInput& input);
  Node Target(uint32_t reader, const NamedInput& input);

 private:
  // The line that a reference to any of these means: of the major wanted, else live, newest.
  std::optional<uint32_t> Pick(std::span<const uint32_t> lines, uint32_t major, uint32_t reader_left_out);
  bool Better(uint32_t a, uint32_t b, uint32_t major) const;
  // Lines that produce the dataset and may be seen, each once.
  std::vector<uint32_t> Producers(uint32_t dataset);

  void Inputs(uint32_t line, std::vector<Hop>& hops);
  // Lines whose ports mean the target through this term or product.
  void ReadersOfTerm(uint32_t term, const Node& target, std::vector<Hop>& hops);
  void ReadersOfProduct(uint32_t product, const Node& target, std::vector<Hop>& hops);

  std::vector<Node> Members(uint32_t line) const;
  bool StandsIn(uint32_t line) const;
  bool HasDatasets(uint32_t line, uint32_t contract) const;
  void AddConsumed(const Hop& input, std::vector<Hop>& hops) const;
  void DatasetUpstream(const Node& node, std::vector<Hop>& hops);
  void DatasetDownstream(const Node& node, std::vector<Hop>& hops);
  // Readers of one line, through the contracts of those of its objects that the node stands for.
  void ReadersOfLine(const Node& node, uint32_t line, std::vector<Hop>& hops);
  // Objects whose columns name the node or one of its columns as their source.
  void ReadersBySource(uint32_t dataset, std::vector<Hop>& hops);

  void ColumnUpstream(const Node& node, std::vector<Hop>& hops);
  void ColumnDownstream(const Node& node, std::vector<Hop>& hops);
  // What a source of a column means to a line: columns, datasets, or the open edge.
  void Means(uint32_t source, uint32_t reader, std::vector<Node>& out);
  bool ReadAsTable(const Reading& reading, uint32_t reader, std::vector<Node>& out);
  bool ReadAsContract(const Reading& reading, uint32_t reader, std::vector<Node>& out);
  // Of several datasets of one name, those that the reader reads through its ports or has itself.
  std::vector<uint32_t> NearReader(const std::vector<uint32_t>& datasets, uint32_t reader);
  // The column of that logical or physical name.
  Node ColumnOf(uint32_t dataset, Symbol column);
  // Sources that may mean the dataset as a whole (0), that column of it, or any (kAnyColumn).
  static constexpr Symbol kAnyColumn = ~Symbol{0};
  std::vector<uint32_t> SourcesFor(uint32_t dataset, Symbol column);
  std::vector<Node> ColumnsOf(const std::vector<uint32_t>& datasets);
  std::optional<Node> FindOpen(std::string_view text, Level level);
  std::optional<Node> FindDatasetOrColumn(std::string_view name);

  const MeshGraph& graph_;
  const Visibility& visibility_;
  IdMap seen_;
};

}  // namespace souk::lineage
