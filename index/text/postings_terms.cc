// SPDX-License-Identifier: Apache-2.0
#include "index/text/postings_terms.h"

#include <algorithm>
#include <numeric>

namespace souk::text {
namespace {

constexpr size_t kFirstBuckets = 1024;

}  // namespace

PostingsTerms::PostingsTerms() : buckets_(kFirstBuckets) {}

bool PostingsTerms::Add(std::string_view term, Occurrence occurrence) {
  const uint32_t hash = HashOf(term);
  Bucket& bucket = buckets_[BucketOf(term, hash)];
  const auto node = static_cast<uint32_t>(nodes_.size());
  nodes_.push_back({occurrence, kNone});
  if (bucket.entry != kNone) {
    Entry& entry = entries_[bucket.entry];
    nodes_[entry.last].next = node;
    entry.last = node;
    return false;
  }
  bucket = {hash, static_cast<uint32_t>(entries_.size())};
  entries_.push_back({static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(term.size()), node, node});
  bytes_ += term;
  if (entries_.size() * 2 > buckets_.size()) Grow();
  return true;
}

size_t PostingsTerms::BucketOf(std::string_view term, uint32_t hash) const {
  const size_t mask = buckets_.size() - 1;
  size_t at = hash & mask;
  while (buckets_[at].entry != kNone && (buckets_[at].hash != hash || TextOf(entries_[buckets_[at].entry]) != term)) {
    at = (at + 1) & mask;
  }
  return at;
}

void PostingsTerms::Grow() {
  std::vector<Bucket> old(buckets_.size() * 2);
  old.swap(buckets_);
  const size_t mask = buckets_.size() - 1;
  for (const Bucket& bucket : old) {
    if (bucket.entry == kNone) continue;
    size_t at = bucket.hash & mask;
    while (buckets_[at].entry != kNone) at = (at + 1) & mask;
    buckets_[at] = bucket;
  }
}

std::vector<uint32_t> PostingsTerms::Sorted() const {
  std::vector<uint32_t> sorted(entries_.size());
  std::iota(sorted.begin(), sorted.end(), 0U);
  std::sort(sorted.begin(), sorted.end(),
            [this](uint32_t a, uint32_t b) { return TextOf(entries_[a]) < TextOf(entries_[b]); });
  return sorted;
}

}  // namespace souk::text
