// SPDX-License-Identifier: Apache-2.0
#include "storage/batch_rows.h"

#include <algorithm>
#include <cstring>

namespace souk::storage {

void BatchRows::Put(std::string_view key, std::string_view value) { Set(key, Keep(value)); }
void BatchRows::Delete(std::string_view key) { Set(key, std::nullopt); }

const std::optional<std::string_view>* BatchRows::Find(std::string_view key) const {
  const auto it = rows_.find(key);
  return it == rows_.end() ? nullptr : &it->second;
}

void BatchRows::RollBack() {
  for (auto it = undo_.rbegin(); it != undo_.rend(); ++it) {
    if (it->added) {
      rows_.erase(rows_.find(it->row->first));
    } else {
      it->row->second = it->before;
    }
  }
  undo_.clear();
}

std::vector<BatchRows::Row> BatchRows::Sorted() const {
  std::vector<Row> sorted;
  sorted.reserve(rows_.size());
  for (const auto& [key, value] : rows_) sorted.push_back({key, value});
  std::sort(sorted.begin(), sorted.end(), [](const Row& left, const Row& right) { return left.key < right.key; });
  return sorted;
}

std::string_view BatchRows::Keep(std::string_view bytes) {
  if (bytes.empty()) return {};
  bytes_ += bytes.size();
  char* const kept = static_cast<char*>(memory_.allocate(bytes.size(), alignof(char)));
  std::memcpy(kept, bytes.data(), bytes.size());
  return {kept, bytes.size()};
}

void BatchRows::Set(std::string_view key, Value value) {
  auto it = rows_.find(key);
  const bool added = it == rows_.end();
  if (added) it = rows_.emplace(Keep(key), Value()).first;
  undo_.push_back({&*it, added, it->second});
  it->second = value;
}

}  // namespace souk::storage
