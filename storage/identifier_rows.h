// SPDX-License-Identifier: Apache-2.0
// The rows that lead from identifiers, owners and contracts to a line: what makes every lookup one short scan.
// Pure functions; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "base/names.h"
#include "souk/store/v1/records.pb.h"
#include "storage/row_access.h"

namespace souk::storage {

// Keys of all rows that a line with this model and state has, sorted. A retired line keeps its identifiers and
// contracts, but reads and is owned by nobody any more.
std::vector<std::string> IdentifierRows(const LineName& line, const souk::v1::DataProduct& model,
                                        souk::v1::ProductState state);

// Turns the rows `before` into the rows `after`; both sorted.
void ReplaceRows(const std::vector<std::string>& before, const std::vector<std::string>& after, RowAccess& rows);

}  // namespace souk::storage
