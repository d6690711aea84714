// SPDX-License-Identifier: Apache-2.0
// The tree inside a Filter. A value; not to be written from two threads.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "index/text/filter.h"

namespace souk::text {

struct Filter::Node {
  enum class Kind : uint8_t { kAll, kAny, kNot, kCompare };

  Kind kind = Kind::kCompare;
  std::vector<std::unique_ptr<Node>> children;
  Comparison comparison;
};

}  // namespace souk::text
