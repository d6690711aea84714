// SPDX-License-Identifier: Apache-2.0
#include "index/text/suggest_terms.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "index/text/merge_few.h"
#include "index/text/unicode.h"

namespace souk::text {
namespace {

// Recent entries are copied at each update, so they stay few.
constexpr size_t kRecentMax = 2048;
constexpr size_t kRecentShare = 16;  // or a sixteenth of all
constexpr size_t kWordsMax = 12;     // of one value

// The first bytes as a number that sorts like them.
uint64_t LeadingBytes(std::string_view key) {
  uint64_t number = 0;
  std::memcpy(&number, key.data(), std::min(key.size(), sizeof number));
  return std::endian::native == std::endian::little ? __builtin_bswap64(number) : number;
}

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

// The name as written of "domains/d/products/p" 0x00 name.
std::string_view ShownText(ValueKind kind, std::string_view text) {
  return kind == ValueKind::kProduct ? text.substr(text.find('\0') + 1) : text;
}

}  // namespace

std::string SuggestKey(std::string_view text) {
  std::string key;
  for (const char c : FoldText(text)) {
    const bool gap = c == '_' || c == '-' || c == ' ';
    if (!gap) {
      key += c;
    } else if (key.empty() || key.back() != '_') {
      key += '_';
    }
  }
  return key;
}

std::string_view SuggestTerms::KeyAt(const SuggestEntry& entry) const {
  return std::string_view((*keys_)[static_cast<size_t>(entry.kind)][entry.id]).substr(entry.offset);
}

void SuggestTerms::ForEach(std::string_view prefix, size_t entries_max,
                           const std::function<void(const SuggestEntry&, std::string_view key)>& visit) const {
  for (const std::shared_ptr<const Entries>& entries : {base_, recent_}) {
    if (!entries) continue;
    const auto before = [this](const SuggestEntry& entry, std::string_view text) { return KeyAt(entry) < text; };
    auto at = std::lower_bound(entries->begin(), entries->end(), prefix, before);
    for (size_t visited = 0; at != entries->end() && visited < entries_max; ++at, ++visited) {
      const std::string_view key = KeyAt(*at);
      if (!key.starts_with(prefix)) break;
      visit(*at, key);
    }
  }
}

SuggestBuilder::SuggestBuilder() : keys_(std::make_shared<SuggestTerms::Keys>()) { terms_.keys_ = keys_; }

SuggestTerms SuggestBuilder::Update(const Dictionaries& dictionaries) {
  SuggestTerms::Entries fresh;
  for (const ValueKind kind : kSuggestKinds) {
    const Dictionary& dictionary = dictionaries[kind];
    uint32_t& seen = seen_[static_cast<size_t>(kind)];
    for (; seen < dictionary.size(); ++seen) AddValue(kind, seen, dictionary.Text(seen), fresh);
  }
  if (fresh.empty()) return terms_;
  Sort(fresh);
  if (terms_.recent_) fresh = Merge(*terms_.recent_, fresh);
  const size_t base_size = terms_.base_ ? terms_.base_->size() : 0;
  const bool settle = fresh.size() > std::max(kRecentMax, base_size / kRecentShare);
  if (settle && base_size != 0) fresh = Merge(*terms_.base_, fresh);
  auto sorted = std::make_shared<const SuggestTerms::Entries>(std::move(fresh));
  if (settle) {
    terms_.base_ = std::move(sorted);
    terms_.recent_.reset();
  } else {
    terms_.recent_ = std::move(sorted);
  }
  return terms_;
}

void SuggestBuilder::AddValue(ValueKind kind, uint32_t id, const std::string& text, SuggestTerms::Entries& entries) {
  AppendOnly<std::string>& keys = (*keys_)[static_cast<size_t>(kind)];
  std::string& key = keys.Append();
  key = SuggestKey(ShownText(kind, text));
  keys.Publish();
  size_t words = 0;
  for (size_t i = 0; i < key.size() && i <= UINT16_MAX && words < kWordsMax; ++i) {
    if (i != 0 && (!IsWordByte(key[i]) || IsWordByte(key[i - 1]))) continue;
    entries.push_back({id, static_cast<uint16_t>(i), kind});
    ++words;
  }
}

SuggestTerms::Entries SuggestBuilder::Merge(const SuggestTerms::Entries& many, const SuggestTerms::Entries& few) const {
  return MergeFew(many, few,
                  [this](const SuggestEntry& a, const SuggestEntry& b) { return terms_.KeyAt(a) < terms_.KeyAt(b); });
}

void SuggestBuilder::Sort(SuggestTerms::Entries& entries) const {
  std::vector<std::pair<uint64_t, SuggestEntry>> ranked;
  ranked.reserve(entries.size());
  for (const SuggestEntry& entry : entries) ranked.emplace_back(LeadingBytes(terms_.KeyAt(entry)), entry);
  std::sort(ranked.begin(), ranked.end(), [this](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    return terms_.KeyAt(a.second) < terms_.KeyAt(b.second);
  });
  for (size_t i = 0; i < entries.size(); ++i) entries[i] = ranked[i].second;
}

}  // namespace souk::text
