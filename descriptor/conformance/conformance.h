// SPDX-License-Identifier: Apache-2.0
// Does a document conform to the standard that it names: ODPS 0.9 to 1.1, ODCS 3.0 to 3.2, DPDS 1.0? Stricter than what
// a registration takes, which reads what it knows and keeps the rest. Pure functions; thread-safe; any bytes may be
// given.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "souk/v1/product.pb.h"

namespace souk::descriptor {

struct Conformance {
  std::string standard;               // "ODCS 3.1"; empty if it is none
  std::vector<Violation> violations;  // errors first, then by line; limits::kFindingsMax at most

  bool conforms() const;  // no errors; warnings may be there
};

// A path in its messages is the document's. One that can't be read at all has the violations of that.
Conformance CheckConformance(const v1::Document& document);

}  // namespace souk::descriptor
