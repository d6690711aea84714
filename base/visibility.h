// SPDX-License-Identifier: Apache-2.0
// Which lines a caller may see. Every reader filters through one, below counts, facets, suggestions and lineage, so
// that nothing leaks. Implementations are thread-safe and immutable for the length of a call.
#pragma once

#include "base/names.h"

namespace souk {

class Visibility {
 public:
  virtual ~Visibility() = default;
  // True: Allows() is true for every line; readers may skip asking.
  virtual bool AllowsAll() const = 0;
  virtual bool Allows(const LineName& line) const = 0;
};

// Until there are rules, everybody sees everything.
class AllowAll final : public Visibility {
 public:
  bool AllowsAll() const override { return true; }
  bool Allows(const LineName& /*line*/) const override { return true; }
};

}  // namespace souk
