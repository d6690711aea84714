// SPDX-License-Identifier: Apache-2.0
// A round: registrations that are planned one after another against one view, by who has the turn to plan. None of them
// may stand on what another one is about to write, of this round or under way: their commits would only find their
// guards moved. Not thread-safe.
#pragma once

#include <optional>
#include <set>
#include <utility>

#include "base/names.h"
#include "server/catalog/layers.h"
#include "server/catalog/under_way.h"
#include "storage/view.h"

namespace souk::catalog {

struct Round {
  Round(storage::View seen, UnderWay::Keys& keys) : view(std::move(seen)), written(keys) {}

  const storage::View view;
  std::optional<std::set<LineName>> retiring;  // lines with that mark; read by the first who asks
  std::optional<Governed> governed;            // what governance has to say; read by the first who asks
  UnderWay::Keys& written;                     // ledger keys that planned ones write; further ones are added
};

}  // namespace souk::catalog
