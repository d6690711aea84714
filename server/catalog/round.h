// SPDX-License-Identifier: Apache-2.0
// A round: registrations that are planned one after another against one view, then committed together. None of them may
// stand on what another one writes: their commits would only find their guards moved. Not thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/names.h"
#include "storage/view.h"

namespace souk::catalog {

struct Round {
  explicit Round(storage::View seen) : view(std::move(seen)) {}

  const storage::View view;
  std::optional<std::set<LineName>> retiring;  // lines with that mark; read by the first who asks
  std::set<std::string, std::less<>> written;  // ledger keys that those planned so far write
};

}  // namespace souk::catalog
