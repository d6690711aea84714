// SPDX-License-Identifier: Apache-2.0
// Rows of a batch while it is put together: the newest of each key, found by key, given out in key order. In order,
// because a write buffer takes sorted rows at two thirds of the price. Keys and values live until the batch is gone, in
// one piece of memory: freeing a dozen small ones for each commit would show. Not thread-safe.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace souk::storage {

class BatchRows {
 public:
  struct Row {
    std::string_view key;
    std::optional<std::string_view> value;  // nothing: deleted
  };

  BatchRows() = default;
  BatchRows(const BatchRows&) = delete;
  BatchRows& operator=(const BatchRows&) = delete;

  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);
  // What the batch does to the key; null if nothing. Valid until the next change.
  const std::optional<std::string_view>* Find(std::string_view key) const;

  // Marks a point, and takes back what was added after the newest mark.
  void Mark() { undo_.clear(); }
  void RollBack();

  // Every key once, with its newest value, in byte order.
  std::vector<Row> Sorted() const;
  // Bytes of keys and values that were added.
  size_t bytes() const { return bytes_; }

 private:
  using Value = std::optional<std::string_view>;
  using Rows = std::pmr::unordered_map<std::string_view, Value>;
  struct Undo {
    Rows::value_type* row;
    bool added;
    Value before;
  };

  std::string_view Keep(std::string_view bytes);
  void Set(std::string_view key, Value value);

  std::pmr::monotonic_buffer_resource memory_;
  Rows rows_{&memory_};
  std::vector<Undo> undo_;
  size_t bytes_ = 0;
};

}  // namespace souk::storage
