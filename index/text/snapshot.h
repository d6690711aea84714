// SPDX-License-Identifier: Apache-2.0
// Everything that a search reads, at one revision. Immutable; thread-safe; what it refers to lives as long as it does.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "index/text/dictionary.h"
#include "index/text/folder.h"
#include "index/text/postings_reader.h"
#include "index/text/rows.h"
#include "index/text/suggest_terms.h"
#include "index/text/text_fields.h"

namespace souk::text {

// What one occurrence of a word in a field of a given encoded length adds to the word's weight in BM25F.
class ImpactTable {
 public:
  explicit ImpactTable(const std::array<double, kTextFieldCount>& average_lengths);
  float operator()(TextField field, uint8_t length) const { return impacts_[IndexOf(field)][length]; }

 private:
  std::array<std::array<float, UINT8_MAX + 1>, kTextFieldCount> impacts_;
};

struct Snapshot {
  std::shared_ptr<Folder> folder;  // first: it goes last
  std::shared_ptr<const Dictionaries> dictionaries;
  std::shared_ptr<const PostingsReader> postings;
  std::shared_ptr<const ImpactTable> impacts;
  std::shared_ptr<const std::vector<uint32_t>> by_name;  // slots in the order of their lines' names
  RowTable rows;
  SuggestTerms suggest;
  storage::Revision revision = 0;

  const Row& RowOf(uint32_t slot) const { return *rows.Find(slot); }
  // True if the line in slot a comes before that in slot b, by name.
  bool NameLess(uint32_t a, uint32_t b) const;
};

}  // namespace souk::text
