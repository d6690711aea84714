// SPDX-License-Identifier: Apache-2.0
// Walks the columns of a model, nested ones included. Pure functions; thread-safe.
#pragma once

#include <functional>
#include <string>

#include "souk/v1/product.pb.h"

namespace souk::descriptor {

struct ColumnVisit {
  const v1::DataContract& contract;
  const v1::SchemaObject& object;
  const v1::SchemaProperty& property;
  std::string path;  // "address.city"; "orders.amount" for a field of the elements of the array orders
  int depth;         // 1 for a top-level column
};

// In document order. An array is one column; its elements have no name of their own and are not visited, their fields
// are.
void ForEachColumn(const v1::DataProduct& model, const std::function<void(const ColumnVisit&)>& visit);

}  // namespace souk::descriptor
