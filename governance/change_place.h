// SPDX-License-Identifier: Apache-2.0
// Where a difference is: which contract, which column, which line of the new document. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "souk/v1/product.pb.h"

namespace souk::governance {

struct ChangePlace {
  std::string contract_id;              // empty: the product as a whole
  std::string column;                   // "object.column", the object alone, or empty: the contract as a whole
  std::string object;                   // of the contract
  std::vector<std::string> properties;  // from the object down to the column
};

// Of a path as v1::Difference has it. An output port's place is the contract that it had before.
ChangePlace PlaceOf(std::string_view path, const v1::DataProduct& before);

// The nearest node of the new model that is left: the column, the one around it, the object, the contract, the root.
v1::SourceLocation LocationOf(const ChangePlace& place, const v1::DataProduct& after);

// True if one of two columns is the other or lies within it; an empty place is everything.
bool Touches(std::string_view changed, std::string_view read);

}  // namespace souk::governance
