// SPDX-License-Identifier: Apache-2.0
// The sorted values that are completed while one types: names of products, columns, owners, tags and domains, each at
// the start of the value and of every word in it.
//
// A SuggestTerms is an immutable value, cheap to copy; thread-safe. The builder belongs to the writing thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "index/text/dictionary.h"

namespace souk::text {

// The kinds that are completed, in the order of preference.
inline constexpr std::array<ValueKind, 6> kSuggestKinds = {ValueKind::kProduct, ValueKind::kColumn, ValueKind::kDomain,
                                                           ValueKind::kTag,     ValueKind::kTeam,   ValueKind::kOwner};

// As values are compared: folded, runs of '_', '-' and space as one '_'.
std::string SuggestKey(std::string_view text);

// One place where a value can be met.
struct SuggestEntry {
  uint32_t id;      // in the dictionary of its kind
  uint16_t offset;  // of a word in the value's key; 0 is the value itself
  ValueKind kind;
};

class SuggestTerms {
 public:
  // Entries whose key at its offset begins with the prefix (a SuggestKey), with the key: in the order of keys the first
  // `entries_max` of what has settled, then of what is new. What equals the prefix is the first of its part.
  void ForEach(std::string_view prefix, size_t entries_max,
               const std::function<void(const SuggestEntry&, std::string_view key)>& visit) const;

 private:
  friend class SuggestBuilder;
  using Keys = std::array<AppendOnly<std::string>, kValueKindCount>;
  using Entries = std::vector<SuggestEntry>;

  std::string_view KeyAt(const SuggestEntry& entry) const;

  std::shared_ptr<const Keys> keys_;
  // Sorted; the second is small and takes what is new.
  std::shared_ptr<const Entries> base_;
  std::shared_ptr<const Entries> recent_;
};

class SuggestBuilder {
 public:
  SuggestBuilder();

  // Takes in the values that the dictionaries have gained since.
  SuggestTerms Update(const Dictionaries& dictionaries);

 private:
  void AddValue(ValueKind kind, uint32_t id, const std::string& text, SuggestTerms::Entries& entries);
  void Sort(SuggestTerms::Entries& entries) const;
  SuggestTerms::Entries Merge(const SuggestTerms::Entries& many, const SuggestTerms::Entries& few) const;

  std::shared_ptr<SuggestTerms::Keys> keys_;
  std::array<uint32_t, kValueKindCount> seen_{};
  SuggestTerms terms_;
};

}  // namespace souk::text
