// SPDX-License-Identifier: Apache-2.0
#include "descriptor/contract.h"

#include <algorithm>

#include "base/errors.h"
#include "base/limits.h"
#include "descriptor/document.h"

namespace souk::descriptor {

StatusOr<v1::DataContract> ParseContract(const v1::Document& document) {
  if (document.content().size() > limits::kBundleBytesMax) {
    return errors::DocumentTooLarge(document.path(), document.content().size(), limits::kBundleBytesMax);
  }
  uint64_t nodes_left = limits::kDocumentNodesMax;
  ReadDocumentResult read = ReadDocument(document, nodes_left);
  std::vector<Violation>& violations = read.reading.violations;
  if (read.kind == DocumentKind::kProduct) {
    violations.push_back({"kind", document.path(), "/kind", 1, 1, "this is a product, not a contract",
                          "Give a document with kind: DataContract.", true});
  }
  const bool broken =
      std::any_of(violations.begin(), violations.end(), [](const Violation& violation) { return violation.error; });
  if (broken || read.kind != DocumentKind::kContract) return errors::BadDocument(std::move(violations));
  if (read.reading.columns > limits::kColumnsMax) {
    return errors::TooMany("columns", read.reading.columns, limits::kColumnsMax);
  }
  return std::move(read.contract);
}

}  // namespace souk::descriptor
