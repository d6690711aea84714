// SPDX-License-Identifier: Apache-2.0
// What lineage wants to know of one line, taken out of its folded state: the ports, the datasets behind the contracts,
// the columns and what they say they are made from. Pure functions and values; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/names.h"
#include "base/status.h"
#include "souk/store/v1/records.pb.h"

namespace souk::lineage {

inline constexpr uint32_t kMajorUnknown = ~uint32_t{0};

// A product by domain and id, perhaps with the major version of a line.
struct ProductHint {
  std::string domain;
  std::string product;
  uint32_t major = kMajorUnknown;
};

// What an input port refers to: a contract, or else one of some products (the first that is there).
struct InputFacts {
  std::string contract_id;         // empty: only the name is known
  std::vector<ProductHint> hints;  // only without a contract id; never empty then
  size_t open_hint = 0;            // which hint names the port while none is there
  uint32_t major = kMajorUnknown;  // of the port's version
};

// A schema object of a contract: a table, topic or file set.
struct ObjectFacts {
  std::string contract_id;
  std::string physical_name;
  std::vector<std::pair<std::string, std::string>> datasets;          // (namespace, name)
  std::vector<std::string> columns;                                   // paths
  std::vector<std::pair<std::string, std::string>> physical_columns;  // (physical path, path) where they differ
  std::vector<std::pair<std::string, std::string>> sources;           // (path, source as the contract spells it)
};

struct LineFacts {
  LineName name;
  std::string id;
  std::string display_name;
  v1::ProductState state = v1::PRODUCT_STATE_UNSPECIFIED;
  std::vector<InputFacts> inputs;
  std::vector<std::string> outputs;  // contract ids, each once
  std::vector<ObjectFacts> objects;
};

// INVALID_ARGUMENT if the state's name is not that of a line. Texts that are longer than an identifier may be are left
// out: nobody can ask for them.
StatusOr<LineFacts> FactsOf(const store::v1::LineState& line);

// The readings of a source as the contract spells it, first wish first: (name of a table or id of a contract, column
// or empty). "a.b.c" may be table "a.b.c", column "c" of table "a.b", or column "b.c" of table "a".
std::vector<std::pair<std::string, std::string>> ReadingsOf(std::string_view source);

}  // namespace souk::lineage
