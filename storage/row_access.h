// SPDX-License-Identifier: Apache-2.0
// What the fold reads and writes through: rows by key, where reads see the writes made before. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace souk::storage {

class RowAccess {
 public:
  virtual ~RowAccess() = default;
  // DATA_LOSS or UNAVAILABLE if the row can't be read.
  virtual StatusOr<std::optional<std::string>> Get(std::string_view key) = 0;
  virtual void Put(std::string_view key, std::string_view value) = 0;
  virtual void Delete(std::string_view key) = 0;
};

}  // namespace souk::storage
