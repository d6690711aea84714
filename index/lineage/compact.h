// SPDX-License-Identifier: Apache-2.0
// Small containers for a graph of millions of entries, where a std::vector's or an unordered_map's own size would
// count for more than what is in it. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace souk::lineage {

// An array that never changes once made.
template <typename T>
class FrozenArray {
 public:
  FrozenArray() = default;
  explicit FrozenArray(std::vector<T> items) : size_(static_cast<uint32_t>(items.size())) {
    if (size_ == 0) return;
    items_ = std::make_unique<T[]>(size_);
    std::move(items.begin(), items.end(), items_.get());
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T& operator[](size_t i) const { return items_[i]; }
  const T* begin() const { return items_.get(); }
  const T* end() const { return items_.get() + size_; }
  size_t size_bytes() const { return size_ * sizeof(T); }

 private:
  std::unique_ptr<T[]> items_;
  uint32_t size_ = 0;
};

// A bag of ids, most often of none or one: an id may be in it several times, once for each reason.
class IdBag {
 public:
  void Add(uint32_t id) {
    if (many_) {
      many_->push_back(id);
    } else if (!has_one_) {
      has_one_ = true;
      one_ = id;
    } else {
      many_ = std::make_unique<std::vector<uint32_t>>(std::initializer_list<uint32_t>{one_, id});
    }
  }
  // Takes the id out once; the order of the others may change.
  void Remove(uint32_t id) {
    if (!many_) {
      if (one_ == id) has_one_ = false;
      return;
    }
    const auto at = std::find(many_->begin(), many_->end(), id);
    if (at == many_->end()) return;
    *at = many_->back();
    many_->pop_back();
  }
  std::span<const uint32_t> ids() const {
    return many_ ? std::span<const uint32_t>(*many_) : std::span<const uint32_t>(&one_, has_one_ ? 1 : 0);
  }
  bool empty() const { return ids().empty(); }

 private:
  std::unique_ptr<std::vector<uint32_t>> many_;
  uint32_t one_ = 0;
  bool has_one_ = false;
};

// From 64-bit keys (any but all ones) to 32-bit values; open addressing.
class IdMap {
 public:
  std::optional<uint32_t> Find(uint64_t key) const {
    if (slots_.empty()) return std::nullopt;
    const Slot& slot = slots_[SlotOf(key)];
    return slot.key == key ? std::optional<uint32_t>(slot.value) : std::nullopt;
  }
  // The value now kept, and whether it is the given one.
  std::pair<uint32_t, bool> Insert(uint64_t key, uint32_t value) {
    if ((used_ + 1) * 3 > slots_.size() * 2) Grow();
    Slot& slot = slots_[SlotOf(key)];
    if (slot.key == key) return {slot.value, false};
    slot = {key, value};
    ++used_;
    return {value, true};
  }
  void Erase(uint64_t key) {
    if (slots_.empty()) return;
    const size_t mask = slots_.size() - 1;
    size_t hole = SlotOf(key);
    if (slots_[hole].key != key) return;
    for (size_t next = (hole + 1) & mask; slots_[next].key != kEmpty; next = (next + 1) & mask) {
      if (((next - (Mix(slots_[next].key) & mask)) & mask) >= ((next - hole) & mask)) {
        slots_[hole] = slots_[next];
        hole = next;
      }
    }
    slots_[hole].key = kEmpty;
    --used_;
  }
  size_t size() const { return used_; }
  size_t size_bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  static constexpr uint64_t kEmpty = ~uint64_t{0};
  static constexpr size_t kSlotsMin = 16;
  struct Slot {
    uint64_t key = kEmpty;
    uint32_t value = 0;
  };

  // The finalizer of splitmix64: keys are small numbers, which must not cluster.
  static uint64_t Mix(uint64_t key) {
    key = (key ^ (key >> 30U)) * 0xbf58476d1ce4e5b9U;
    key = (key ^ (key >> 27U)) * 0x94d049bb133111ebU;
    return key ^ (key >> 31U);
  }
  size_t SlotOf(uint64_t key) const {
    const size_t mask = slots_.size() - 1;
    size_t slot = Mix(key) & mask;
    while (slots_[slot].key != key && slots_[slot].key != kEmpty) slot = (slot + 1) & mask;
    return slot;
  }
  void Grow() {
    std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots_.empty() ? kSlotsMin : slots_.size() * 2));
    for (const Slot& slot : old) {
      if (slot.key != kEmpty) slots_[SlotOf(slot.key)] = slot;
    }
  }

  std::vector<Slot> slots_;
  size_t used_ = 0;
};

// Counted entities with a key, in slots that are used again. T has a member `uint32_t uses`.
template <typename T>
class EntityTable {
 public:
  // One use more. True: it is new, and the caller must fill it.
  std::pair<uint32_t, bool> Acquire(uint64_t key) {
    const uint32_t fresh = free_.empty() ? static_cast<uint32_t>(items_.size()) : free_.back();
    const auto [index, is_new] = by_key_.Insert(key, fresh);
    if (is_new) {
      if (free_.empty()) {
        items_.emplace_back();
      } else {
        free_.pop_back();
      }
    }
    ++items_[index].uses;
    return {index, is_new};
  }
  // One use less. True: that was the last; the caller must release what it holds, then call Drop().
  bool Release(uint32_t index) { return --items_[index].uses == 0; }
  void Drop(uint64_t key, uint32_t index) {
    by_key_.Erase(key);
    items_[index] = T();
    free_.push_back(index);
  }
  std::optional<uint32_t> Find(uint64_t key) const { return by_key_.Find(key); }
  T& operator[](uint32_t index) { return items_[index]; }
  const T& operator[](uint32_t index) const { return items_[index]; }
  size_t size() const { return by_key_.size(); }
  size_t size_bytes() const { return items_.capacity() * sizeof(T) + by_key_.size_bytes(); }

 private:
  std::vector<T> items_;
  std::vector<uint32_t> free_;
  IdMap by_key_;
};

}  // namespace souk::lineage
