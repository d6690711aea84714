// SPDX-License-Identifier: Apache-2.0
// Which columns of a product another one says it reads. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "souk/v1/product.pb.h"

namespace souk::catalog {

// Columns of the offered contract that the consumer's own columns name as their sources, by the physical name of the
// object or the contract's id in front: "object.column", sorted, each once. "object" alone where the source names no
// column that is known. Empty: the consumer doesn't say.
std::vector<std::string> ColumnsRead(const v1::DataProduct& consumer, const v1::DataProduct& offered,
                                     std::string_view contract_id);

}  // namespace souk::catalog
