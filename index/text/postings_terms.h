// SPDX-License-Identifier: Apache-2.0
// The words of documents in memory and where each stands, in the order they came: a hash table whose parts are a few
// large allocations, however many words there are. For one thread at a time, or for several that only read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace souk::text {

class PostingsTerms {
 public:
  struct Occurrence {
    uint32_t document;
    uint32_t position;
  };

  PostingsTerms();

  // True if the term is new.
  bool Add(std::string_view term, Occurrence occurrence);

  // Until visit returns false.
  template <typename Visit>
  void ForEachOccurrence(std::string_view term, const Visit& visit) const {
    const uint32_t entry = buckets_[BucketOf(term, HashOf(term))].entry;
    if (entry != kNone) Walk(entries_[entry], visit);
  }

  // In the order of the terms' bytes: visit(term, occurrences of it).
  template <typename Visit>
  void ForEachTerm(const Visit& visit) const {
    std::vector<Occurrence> occurrences;
    for (const uint32_t entry : Sorted()) {
      occurrences.clear();
      Walk(entries_[entry], [&occurrences](const Occurrence& occurrence) {
        occurrences.push_back(occurrence);
        return true;
      });
      visit(TextOf(entries_[entry]), occurrences);
    }
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  struct Bucket {
    uint32_t hash = 0;
    uint32_t entry = kNone;
  };
  struct Entry {
    uint32_t text;  // in bytes_
    uint32_t size;
    uint32_t first;  // in nodes_
    uint32_t last;
  };
  struct Node {
    Occurrence occurrence;
    uint32_t next;
  };

  template <typename Visit>
  void Walk(const Entry& entry, const Visit& visit) const {
    for (uint32_t node = entry.first; node != kNone; node = nodes_[node].next) {
      if (!visit(nodes_[node].occurrence)) return;
    }
  }

  static uint32_t HashOf(std::string_view term) { return static_cast<uint32_t>(std::hash<std::string_view>()(term)); }
  std::string_view TextOf(const Entry& entry) const { return std::string_view(bytes_).substr(entry.text, entry.size); }
  // Where the term is, or would be put.
  size_t BucketOf(std::string_view term, uint32_t hash) const;
  void Grow();
  std::vector<uint32_t> Sorted() const;

  std::vector<Bucket> buckets_;  // a power of two, at most half full
  std::vector<Entry> entries_;
  std::vector<Node> nodes_;
  std::string bytes_;
};

}  // namespace souk::text
