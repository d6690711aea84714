// SPDX-License-Identifier: Apache-2.0
// When rows changed last, by what their keys hash to: tells an answer that was worked out from many rows whether it
// would be the same today, without a list of the answers beside each row. Keys that share a slot may make it say that a
// row has changed when it has not, never the reverse. Of a fixed size. Marked by one thread at a time, asked by any.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "storage/ledger.h"

namespace souk::storage {

class RowStamps {
 public:
  using Slot = uint32_t;

  static Slot SlotOf(std::string_view key) {
    return static_cast<Slot>(std::hash<std::string_view>()(key) & (kSlots - 1));
  }

  // Revisions only grow. Whoever publishes the revision publishes this with it: relaxed is enough.
  void Mark(std::string_view key, Revision revision) {
    revisions_[SlotOf(key)].store(revision, std::memory_order_relaxed);
  }

  // True if one of them may have changed behind `revision`.
  bool AnyChangedSince(Revision revision, const std::vector<Slot>& slots) const {
    return std::any_of(slots.begin(), slots.end(),
                       [&](Slot slot) { return revisions_[slot].load(std::memory_order_relaxed) > revision; });
  }

 private:
  // 512 KB: at a hundred registrations a second a slot is hit once a minute.
  static constexpr size_t kSlots = size_t{1} << 16;

  std::unique_ptr<std::atomic<Revision>[]> revisions_ = std::make_unique<std::atomic<Revision>[]>(kSlots);
};

}  // namespace souk::storage
