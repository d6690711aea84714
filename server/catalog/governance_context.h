// SPDX-License-Identifier: Apache-2.0
// All that a verdict depends on beside the bundle, as a view shows it. A function of the view and the day: equal on
// every node at the same revision. Thread-safe.
#pragma once

#include <cstdint>

#include "base/names.h"
#include "base/status.h"
#include "souk/v1/governance.pb.h"
#include "storage/view.h"

namespace souk::catalog {

// `model` is what the line shall be. Errors: DATA_LOSS if a row can't be read.
StatusOr<v1::GovernanceContext> AssembleContext(const storage::View& view, const LineName& line,
                                                const v1::DataProduct& model, int64_t now_us);

// What it says of layers, and each waiver and acknowledgement in it, must still be so when the transaction commits.
void GuardContext(const storage::View& view, const v1::GovernanceContext& context, storage::Transaction& transaction);
// The layers alone.
void GuardLayers(const storage::View& view, storage::Transaction& transaction);

// "2026-11-25", in UTC.
std::string DayOf(int64_t time_us);

}  // namespace souk::catalog
