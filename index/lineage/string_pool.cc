// SPDX-License-Identifier: Apache-2.0
#include "index/lineage/string_pool.h"

#include <cstring>
#include <functional>

namespace souk::lineage {
namespace {

constexpr size_t kSlotsMin = 64;  // a power of two

size_t Hash(std::string_view text) { return std::hash<std::string_view>{}(text); }

}  // namespace

// The slot that holds the text, or the empty one where it belongs.
size_t StringPool::SlotOf(std::string_view text) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = Hash(text) & mask;
  while (slots_[slot] != 0 && Text(slots_[slot]) != text) slot = (slot + 1) & mask;
  return slot;
}

void StringPool::Grow() {
  slots_.assign(slots_.empty() ? kSlotsMin : slots_.size() * 2, 0);
  for (Symbol symbol = 1; symbol < entries_.size(); ++symbol) {
    if (entries_[symbol].uses > 0) slots_[SlotOf(Text(symbol))] = symbol;
  }
}

Symbol StringPool::Intern(std::string_view text) {
  if (text.empty()) return 0;
  if ((used_ + 1) * 3 > slots_.size() * 2) Grow();  // at most two thirds full
  const size_t slot = SlotOf(text);
  if (slots_[slot] != 0) {
    ++entries_[slots_[slot]].uses;
    return slots_[slot];
  }
  Symbol symbol = 0;
  if (free_.empty()) {
    symbol = static_cast<Symbol>(entries_.size());
    entries_.emplace_back();
  } else {
    symbol = free_.back();
    free_.pop_back();
  }
  Entry& entry = entries_[symbol];
  entry.text = std::make_unique<char[]>(text.size());
  std::memcpy(entry.text.get(), text.data(), text.size());
  entry.size = static_cast<uint32_t>(text.size());
  entry.uses = 1;
  slots_[slot] = symbol;
  ++used_;
  text_bytes_ += text.size();
  return symbol;
}

void StringPool::Retain(Symbol symbol) {
  if (symbol != 0) ++entries_[symbol].uses;
}

void StringPool::Release(Symbol symbol) {
  if (symbol == 0 || --entries_[symbol].uses > 0) return;
  EraseSlot(SlotOf(Text(symbol)));
  text_bytes_ -= entries_[symbol].size;
  entries_[symbol] = Entry();
  free_.push_back(symbol);
  --used_;
}

// Moves back whatever was pushed past the hole, so that no marks of the deleted are needed.
void StringPool::EraseSlot(size_t slot) {
  const size_t mask = slots_.size() - 1;
  size_t hole = slot;
  for (size_t next = (hole + 1) & mask; slots_[next] != 0; next = (next + 1) & mask) {
    const size_t home = Hash(Text(slots_[next])) & mask;
    if (((next - home) & mask) >= ((next - hole) & mask)) {
      slots_[hole] = slots_[next];
      hole = next;
    }
  }
  slots_[hole] = 0;
}

Symbol StringPool::Find(std::string_view text) const {
  return text.empty() || slots_.empty() ? 0 : slots_[SlotOf(text)];
}

std::string_view StringPool::Text(Symbol symbol) const { return {entries_[symbol].text.get(), entries_[symbol].size}; }

size_t StringPool::size_bytes() const {
  return text_bytes_ + entries_.capacity() * sizeof(Entry) + slots_.capacity() * sizeof(Symbol);
}

}  // namespace souk::lineage
