// SPDX-License-Identifier: Apache-2.0
// From any identifier to the one line that it means, with the way in words. Pure functions of the view; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "base/status.h"
#include "storage/change.h"
#include "storage/view.h"

namespace souk::ownership {

struct ResolvedLine {
  storage::SharedLine line;  // never null
  std::vector<std::string> steps;
  // Of "TABLE#COLUMN", where the whole is no identifier but TABLE is one; empty otherwise.
  std::string table = {};
  std::string column = {};
};

// See ResolveLine() in index/ownership/ownership.h.
StatusOr<ResolvedLine> ResolveIdentifier(const storage::View& view, std::string_view identifier);

}  // namespace souk::ownership
