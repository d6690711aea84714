// SPDX-License-Identifier: Apache-2.0
// Interned strings: each text is kept once and known by a small number, with a count of who uses it, so that texts that
// nobody mentions any more don't pile up. Not thread-safe; the graph's lock guards it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace souk::lineage {

// 0 is the empty text, which is never counted.
using Symbol = uint32_t;

class StringPool {
 public:
  // One use more; the text is copied at its first.
  Symbol Intern(std::string_view text);
  // One use more of a text that is in use.
  void Retain(Symbol symbol);
  // One use less; the symbol may be given to another text after the last.
  void Release(Symbol symbol);
  // 0 if nobody uses it.
  Symbol Find(std::string_view text) const;
  // Valid until the last use ends.
  std::string_view Text(Symbol symbol) const;

  size_t size() const { return used_; }
  size_t size_bytes() const;

 private:
  struct Entry {
    std::unique_ptr<char[]> text;
    uint32_t size = 0;
    uint32_t uses = 0;
  };

  size_t SlotOf(std::string_view text) const;
  void Grow();
  void EraseSlot(size_t slot);

  std::vector<Entry> entries_ = std::vector<Entry>(1);  // by symbol
  std::vector<Symbol> free_;
  std::vector<Symbol> slots_;  // open addressing, a power of two; 0 is empty
  size_t used_ = 0;
  size_t text_bytes_ = 0;
};

}  // namespace souk::lineage
