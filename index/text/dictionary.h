// SPDX-License-Identifier: Apache-2.0
// Interned values of the attributes: each distinct value of a kind once, known by a small number.
//
// One thread adds; any thread reads what was added before the number reached it (through a published snapshot). Values
// are never taken away: they end with the generation of the index that holds them.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace souk::text {

// Grows by appending, in blocks of doubling size that never move.
template <typename T>
class AppendOnly {
 public:
  AppendOnly() = default;
  AppendOnly(const AppendOnly&) = delete;
  AppendOnly& operator=(const AppendOnly&) = delete;
  ~AppendOnly() {
    for (std::atomic<T*>& block : blocks_) delete[] block.load(std::memory_order_relaxed);
  }

  const T& operator[](uint32_t i) const { return *At(i); }
  T& operator[](uint32_t i) { return *At(i); }
  uint32_t size() const { return size_.load(std::memory_order_acquire); }

  // By the one writing thread.
  T& Append() {
    const uint32_t i = size_.load(std::memory_order_relaxed);
    const unsigned block = BlockOf(i);
    if (blocks_[block].load(std::memory_order_relaxed) == nullptr) {
      blocks_[block].store(new T[size_t{1} << (block + kFirstBits)], std::memory_order_release);
    }
    T& slot = *At(i);
    pending_ = i + 1;
    return slot;
  }
  // Counts what Append gave, once it is filled.
  void Publish() { size_.store(pending_, std::memory_order_release); }

 private:
  static constexpr unsigned kFirstBits = 6;
  static constexpr unsigned kBlocks = 26;  // together 2^32 values

  static unsigned BlockOf(uint32_t i) {
    return static_cast<unsigned>(std::bit_width((uint64_t{i} >> kFirstBits) + 1)) - 1;
  }
  T* At(uint32_t i) const {
    const unsigned block = BlockOf(i);
    const uint64_t block_begin = ((uint64_t{1} << block) - 1) << kFirstBits;
    return blocks_[block].load(std::memory_order_acquire) + (i - block_begin);
  }

  std::array<std::atomic<T*>, kBlocks> blocks_{};
  std::atomic<uint32_t> size_{0};
  uint32_t pending_ = 0;
};

// What is interned.
enum class ValueKind : uint8_t {
  kDomain,  // id
  kTeam,    // as declared
  kOwner,   // user name
  kTag,
  kType,
  kPlatform,
  kClassification,
  kObject,   // table, topic, file
  kColumn,   // path within its object
  kProduct,  // "domains/d/products/p" 0x00 name as written
};
inline constexpr size_t kValueKindCount = 10;

class Dictionary {
 public:
  struct Value {
    std::string text;
    // Lines that have it and are not retired. Newer than a snapshot by one batch at most.
    std::atomic<uint32_t> lines{0};
  };

  // Writing thread only.
  uint32_t Intern(std::string_view text) {
    if (const auto found = ids_.find(text); found != ids_.end()) return found->second;
    const uint32_t id = values_.size();
    Value& value = values_.Append();
    value.text = text;
    values_.Publish();
    ids_.emplace(value.text, id);
    return id;
  }

  const std::string& Text(uint32_t id) const { return values_[id].text; }
  uint32_t Lines(uint32_t id) const { return values_[id].lines.load(std::memory_order_relaxed); }
  void AddLines(uint32_t id, int32_t by) {
    values_[id].lines.fetch_add(static_cast<uint32_t>(by), std::memory_order_relaxed);
  }
  uint32_t size() const { return values_.size(); }

 private:
  AppendOnly<Value> values_;
  std::unordered_map<std::string_view, uint32_t> ids_;
};

class Dictionaries {
 public:
  Dictionary& operator[](ValueKind kind) { return dictionaries_[static_cast<size_t>(kind)]; }
  const Dictionary& operator[](ValueKind kind) const { return dictionaries_[static_cast<size_t>(kind)]; }

 private:
  std::array<Dictionary, kValueKindCount> dictionaries_;
};

}  // namespace souk::text
