// SPDX-License-Identifier: Apache-2.0
// What a policy may look at: the tables, their columns, and how a product in a context fills them. docs/policies.md
// says what they mean. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "descriptor/bundle.h"
#include "souk/v1/governance.pb.h"

namespace souk::governance {

struct PolicyFacts {
  const v1::DataProduct& model;
  v1::ProductState state;
  const v1::GovernanceContext& context;
  const descriptor::Locations& locations;  // of the product document
};

// Where rows stand: their column `place` is an index into it.
using Places = std::vector<v1::SourceLocation>;

using Value = std::variant<std::monostate, int64_t, std::string_view>;
using Emit = std::function<void(std::initializer_list<Value> row)>;

struct PolicyTable {
  std::string_view name;
  std::string_view columns;  // as CREATE TABLE takes them
  void (*fill)(const PolicyFacts& facts, Places& places, const Emit& emit);
};

std::span<const PolicyTable> PolicyTables();

}  // namespace souk::governance
