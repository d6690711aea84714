// SPDX-License-Identifier: Apache-2.0
// What a standard says of its documents, as data: objects, their keys, the types of those. Plain values; thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "descriptor/document_tree.h"

namespace souk::descriptor {

class Checking;

// Of an object.
struct Key {
  std::string_view name;
  // "text", "flag", "integer", "number", "scalar", "any", "map" (any object), "id" (a stable id), "=a,b" (one of these
  // words), the name of a shape, "[…]" for a list, "[…]+" for one that is not empty; alternatives with "|" between.
  std::string_view type;
  bool required = false;
  uint32_t since = 0;  // version of the standard that has it first, as an index (StandardShapes::versions)
};

struct Shape {
  std::string_view name;
  std::span<const Key> keys;
  bool open = false;                                                                         // others may be there
  void (*also)(Checking& checking, const Node& node, const std::string& pointer) = nullptr;  // what keys don't say
};

struct StandardShapes {
  std::string_view name;                       // "ODCS"
  std::span<const std::string_view> versions;  // "3.0" and so on; `since` and the like are indexes into it
  uint32_t strict_from;                        // from which version on unknown keys within objects are errors
  std::span<const Shape> shapes;               // the first is the document itself
};

const StandardShapes& OdcsShapes();
const StandardShapes& OdpsShapes();
const StandardShapes& DpdsShapes();

}  // namespace souk::descriptor
