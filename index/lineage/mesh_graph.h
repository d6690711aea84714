// SPDX-License-Identifier: Apache-2.0
// What the lineage graph is made of: lines and what they mention, all by small numbers. An edge is not stored: a line
// keeps what its ports and columns refer to, each reference keeps who offers it and who reads it, and the two meet when
// somebody asks (index/lineage/resolver.h). So the order of registrations cannot matter, an open edge closes when its
// other end appears, and one registration costs only what it mentions.
//
// Not thread-safe: LineageGraph guards it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "index/lineage/compact.h"
#include "index/lineage/line_facts.h"
#include "index/lineage/string_pool.h"

namespace souk::lineage {

inline constexpr uint32_t kNobody = ~uint32_t{0};  // an id that stands for none

// A text by which something may be referred to: a contract id, the name of a table, what stands before a column.
struct Term {
  uint32_t uses = 0;
  Symbol text = 0;
  IdBag providers;  // lines with an output port of this contract id
  IdBag readers;    // lines with an input port of it
  IdBag datasets;   // that have it as a name or physical name
  IdBag sources;    // that may mean it
};

struct ProductEntry {
  uint32_t uses = 0;
  Symbol domain = 0;
  Symbol product = 0;
  std::vector<uint32_t> lines;
  IdBag readers;  // lines with an input port that may mean it by name
};

struct DatasetEntry {
  uint32_t uses = 0;
  Symbol dataset_namespace = 0;
  Symbol name = 0;
  uint32_t name_term = kNobody;
  IdBag producers;  // lines, once for each schema object
  IdBag sources;    // that name it in full
};

// One reading of a source; see ReadingsOf().
struct Reading {
  uint32_t term = kNobody;
  Symbol column = 0;
};

// An upstream object or column, as contracts spell it.
struct SourceEntry {
  uint32_t uses = 0;
  Symbol text = 0;
  uint32_t dataset = kNobody;  // for "dataset:…", whose only reading has no term
  FrozenArray<Reading> readings;
  IdBag readers;  // lines with a column made from it
};

// An input port that names a contract.
struct ContractInput {
  uint32_t term = kNobody;
  uint32_t major = kMajorUnknown;
};

// An input port that names no contract.
struct NamedInput {
  static constexpr size_t kHintsMax = 2;
  struct Hint {
    uint32_t product = kNobody;
    uint32_t major = kMajorUnknown;
  };
  std::array<Hint, kHintsMax> hints;
  uint32_t open_product = kNobody;
  uint32_t major = kMajorUnknown;
};

struct PhysicalColumn {
  Symbol physical = 0;
  Symbol column = 0;
};

struct ColumnSource {
  Symbol column = 0;
  uint32_t source = kNobody;
};

struct ObjectEntry {
  uint32_t contract = kNobody;  // term
  uint32_t physical = kNobody;  // term
  FrozenArray<uint32_t> datasets;
  FrozenArray<Symbol> columns;                   // by symbol
  FrozenArray<PhysicalColumn> physical_columns;  // by physical symbol
  FrozenArray<ColumnSource> sources;             // by column
  FrozenArray<uint32_t> sources_by_id;           // indices into sources, by source

  // Visits the columns that are made from the source.
  template <typename Visit>
  void ForEachMadeFrom(uint32_t source, const Visit& visit) const {
    const auto* at = std::lower_bound(sources_by_id.begin(), sources_by_id.end(), source,
                                      [this](uint32_t a, uint32_t wanted) { return sources[a].source < wanted; });
    for (; at != sources_by_id.end() && sources[*at].source == source; ++at) visit(sources[*at].column);
  }
};

struct LineEntry {
  uint32_t product = kNobody;
  uint32_t major = 0;
  Symbol id = 0;
  Symbol display_name = 0;
  v1::ProductState state = v1::PRODUCT_STATE_UNSPECIFIED;
  FrozenArray<ContractInput> contract_inputs;  // by term, each once
  FrozenArray<NamedInput> named_inputs;
  FrozenArray<uint32_t> outputs;  // terms
  FrozenArray<ObjectEntry> objects;

  bool live() const { return state != v1::PRODUCT_STATE_RETIRED; }
};

class MeshGraph {
 public:
  // Adds the line or puts it in the place of what it was. Returns its id, which it keeps.
  uint32_t Upsert(const LineFacts& facts);

  std::optional<uint32_t> FindLine(const LineName& name) const;
  std::optional<uint32_t> FindTerm(std::string_view text) const;
  std::optional<uint32_t> FindProduct(std::string_view domain, std::string_view product) const;
  std::optional<uint32_t> FindDataset(std::string_view dataset_namespace, std::string_view name) const;
  std::optional<uint32_t> FindSource(std::string_view text) const;

  LineName NameOf(uint32_t line) const;

  const std::vector<LineEntry>& lines() const { return lines_; }
  const StringPool& strings() const { return strings_; }
  const Term& term(uint32_t id) const { return terms_[id]; }
  const ProductEntry& product(uint32_t id) const { return products_[id]; }
  const DatasetEntry& dataset(uint32_t id) const { return datasets_[id]; }
  const SourceEntry& source(uint32_t id) const { return sources_[id]; }

  // Lines and datasets.
  size_t nodes() const { return lines_.size() + datasets_.size(); }
  size_t size_bytes() const;

 private:
  // Each takes one use and returns the id.
  uint32_t UseTerm(std::string_view text);
  uint32_t UseProduct(std::string_view domain, std::string_view product);
  uint32_t UseDataset(std::string_view dataset_namespace, std::string_view name);
  uint32_t UseSource(std::string_view text);
  // Each gives one use back; kNobody is ignored.
  void ReleaseTerm(uint32_t id);
  void ReleaseProduct(uint32_t id);
  void ReleaseDataset(uint32_t id);
  void ReleaseSource(uint32_t id);

  LineEntry Make(const LineFacts& facts);
  void SortInputs(std::vector<ContractInput>& inputs);
  NamedInput MakeNamedInput(const InputFacts& input);
  ObjectEntry MakeObject(const ObjectFacts& facts);
  void Link(uint32_t line, const LineEntry& entry);
  void Unlink(uint32_t line, const LineEntry& entry);
  void Release(const LineEntry& entry);
  void ReleaseObject(const ObjectEntry& object);

  StringPool strings_;
  EntityTable<Term> terms_;
  EntityTable<ProductEntry> products_;
  EntityTable<DatasetEntry> datasets_;
  EntityTable<SourceEntry> sources_;
  std::vector<LineEntry> lines_;  // a line never goes away: a retired one stays, with its state
  size_t entry_bytes_ = 0;
};

}  // namespace souk::lineage
