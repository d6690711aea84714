// SPDX-License-Identifier: Apache-2.0
// A contract that stands alone, without the product that offers it. Pure functions; thread-safe; any bytes may be
// given.
#pragma once

#include "base/status.h"
#include "souk/v1/product.pb.h"

namespace souk::descriptor {

// It may be as large as a whole bundle. INVALID_ARGUMENT (BAD_DOCUMENT, DOCUMENT_TOO_LARGE, TOO_MANY) with every defect
// if it is not a contract that can be read.
StatusOr<v1::DataContract> ParseContract(const v1::Document& document);

}  // namespace souk::descriptor
