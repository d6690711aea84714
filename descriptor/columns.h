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
  std::string path;  // "address.city"; array items carry no name of their own: "tags" for the items of tags
  int depth;         // 1 for a top-level column
};

// In document order.
void ForEachColumn(const v1::DataProduct& model, const std::function<void(const ColumnVisit&)>& visit);

}  // namespace souk::descriptor
