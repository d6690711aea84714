// SPDX-License-Identifier: Apache-2.0
// Writes rows through to others and notes the keys that the cache of rows must drop. Taking writes back leaves their
// keys noted: to drop too much is no harm. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/row_access.h"
#include "storage/row_cache.h"

namespace souk::storage {

class ChangedRows final : public RowAccess {
 public:
  // Both outlive it.
  ChangedRows(RowAccess& rows, std::vector<std::string>& changed) : rows_(rows), changed_(changed) {}

  StatusOr<std::optional<std::string>> Get(std::string_view key) override { return rows_.Get(key); }
  void Put(std::string_view key, std::string_view value) override {
    Note(key);
    rows_.Put(key, value);
  }
  void Delete(std::string_view key) override {
    Note(key);
    rows_.Delete(key);
  }

 private:
  void Note(std::string_view key) {
    if (RowCache::Holds(key)) changed_.emplace_back(key);
  }

  RowAccess& rows_;
  std::vector<std::string>& changed_;
};

}  // namespace souk::storage
