// SPDX-License-Identifier: Apache-2.0
// The in-memory columns: one row a line, by slot, with interned values. A search filters, counts and fills its hits
// from them and reads neither the store nor Lucene++.
//
// A Row never changes. A table that was taken with Share() never changes either; it shares with its origin what is
// equal (blocks of rows), so a snapshot of a hundred thousand lines costs a few kilobytes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "index/text/dictionary.h"
#include "index/text/record.h"

namespace souk::text {

class Row {
 public:
  // Interns what the record holds; writing thread only.
  Row(const LineRecord& record, Dictionaries& dictionaries);

  uint8_t state() const { return state_; }
  uint32_t major() const { return major_; }
  uint32_t domain() const { return domain_; }
  uint32_t product() const { return product_; }
  // One for teams and other single values; several for the rest. Empty for none.
  std::span<const uint32_t> Values(ValueKind kind) const;
  // Objects, and behind each its columns' end in Values(kColumn).
  std::span<const uint32_t> ObjectEnds() const;

  std::string_view product_id() const { return Text(0); }
  std::string_view descriptor_id() const { return Text(1); }
  std::string_view display_name() const { return Text(2); }
  std::string_view version() const { return Text(3); }
  std::string_view summary() const { return Text(4); }
  const std::array<uint8_t, kTextFieldCount>& lengths() const { return lengths_; }

  LineName Line(const Dictionaries& dictionaries) const;
  // "orders.customer_id" for the column with this ordinal; empty if there is none.
  std::string ColumnName(uint32_t ordinal, const Dictionaries& dictionaries) const;

 private:
  static constexpr size_t kTexts = 5;
  static constexpr size_t kObjectEndsList = kValueKindCount;

  std::string_view Text(size_t i) const;

  uint8_t state_;
  std::array<uint8_t, kTextFieldCount> lengths_;
  uint32_t major_;
  uint32_t domain_;
  uint32_t product_;
  std::array<uint32_t, kTexts> text_ends_{};
  std::array<uint32_t, kValueKindCount + 1> list_ends_{};
  std::string texts_;
  std::vector<uint32_t> values_;
};

class RowTable {
 public:
  RowTable() = default;
  RowTable(RowTable&&) = default;
  RowTable& operator=(RowTable&&) = default;

  // For readers, while this one goes on being written.
  RowTable Share();
  // Null for a slot that was never set.
  const Row* Find(uint32_t slot) const {
    const size_t block = slot / kBlockRows;
    return block < blocks_.size() ? (*blocks_[block])[slot % kBlockRows].get() : nullptr;
  }
  uint32_t slots() const { return static_cast<uint32_t>(blocks_.size() * kBlockRows); }
  // Writing thread only, and never on a table that came from Share().
  void Set(uint32_t slot, std::shared_ptr<const Row> row);

 private:
  static constexpr size_t kBlockRows = 128;
  using Block = std::array<std::shared_ptr<const Row>, kBlockRows>;

  std::vector<std::shared_ptr<Block>> blocks_;
  std::vector<bool> shared_;  // blocks that a reader may hold: copied before they are written
};

}  // namespace souk::text
