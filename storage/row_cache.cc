// SPDX-License-Identifier: Apache-2.0
#include "storage/row_cache.h"

#include <functional>
#include <utility>

#include "storage/rows.h"

namespace souk::storage {
namespace {

// List node, map node, key, control block.
constexpr size_t kEntryOverheadBytes = 256;

// A message in memory takes several times its serialized bytes: small strings and pointers. (Protobuf's own count walks
// by reflection, and where it meets a map it crashes in a program built under ThreadSanitizer.)
constexpr size_t kMemoryFactor = 4;

size_t MemoryOf(const SharedLine& line) { return line ? kMemoryFactor * line->ByteSizeLong() : 0; }
size_t MemoryOf(const SharedEntity& entity) { return entity ? kMemoryFactor * entity->ByteSizeLong() : 0; }
size_t MemoryOf(const std::vector<LineName>& names) {
  size_t bytes = 0;
  for (const LineName& name : names) bytes += sizeof(name) + name.domain.capacity() + name.product.capacity();
  return bytes;
}
size_t MemoryOf(const SharedNames& names) { return MemoryOf(*names); }
size_t MemoryOf(const SharedAnswer& answer) {
  const Reads& reads = answer->reads;
  return sizeof(Answer) + answer->bytes.capacity() + reads.rows.capacity() * sizeof(RowStamps::Slot) +
         MemoryOf(reads.lines);
}

}  // namespace

RowCache::RowCache(size_t bytes_max, Revision revision) : shard_bytes_max_(bytes_max / kShards) {
  for (Shard& shard : shards_) shard.revision = revision;
}

std::optional<RowCache::Value> RowCache::Find(std::string_view key, Revision revision) {
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_key.find(key);
  if (found == shard.by_key.end() || found->second->since > revision) return std::nullopt;
  const SharedAnswer* answer = std::get_if<SharedAnswer>(&found->second->value);
  if (answer != nullptr && stamps_.AnyChangedSince(found->second->since, (*answer)->reads.rows)) {
    shard.Drop(key);
    return std::nullopt;
  }
  shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
  return found->second->value;
}

void RowCache::Keep(std::string_view key, Value value, Revision revision) {
  const size_t bytes =
      kEntryOverheadBytes + key.size() + std::visit([](const auto& kept) { return MemoryOf(kept); }, value);
  if (bytes > shard_bytes_max_) return;
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  if (revision != shard.revision || shard.by_key.contains(key)) return;
  shard.entries.push_front({std::string(key), std::move(value), revision, bytes});
  shard.by_key.emplace(shard.entries.front().key, shard.entries.begin());
  shard.bytes += bytes;
  shard.Shrink(shard_bytes_max_);
}

void RowCache::Advance(Revision revision, const std::vector<std::string>& changed_rows) {
  std::array<std::vector<std::string_view>, kShards> keys;
  const auto add = [&](std::string_view key) {
    keys[std::hash<std::string_view>()(key) % kShards].push_back(key);
    stamps_.Mark(key, revision);
  };
  for (const std::string& row : changed_rows) {
    add(row);
    for (const std::string_view prefix : rows::ScannedPrefixes(row)) add(prefix);
  }
  for (size_t i = 0; i < kShards; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    shards_[i].revision = revision;
    for (const std::string_view key : keys[i]) shards_[i].Drop(key);
  }
}

bool RowCache::Holds(std::string_view row_key) {
  switch (row_key.front()) {
    case rows::kAssets:
    case rows::kConsumers:
    case rows::kDescriptorIds:
    case rows::kDomains:
    case rows::kLines:
    case rows::kOwners:
    case rows::kProducers:
    case rows::kTeams:
    case rows::kUndecodable:
      return true;
    default:
      return false;
  }
}

void RowCache::Shard::Drop(std::string_view key) {
  const auto found = by_key.find(key);
  if (found == by_key.end()) return;
  const auto entry = found->second;
  bytes -= entry->bytes;
  by_key.erase(found);
  entries.erase(entry);
}

void RowCache::Shard::Shrink(size_t bytes_max) {
  while (bytes > bytes_max) Drop(entries.back().key);
}

RowCache::Shard& RowCache::ShardOf(std::string_view key) {
  return shards_[std::hash<std::string_view>()(key) % kShards];
}

}  // namespace souk::storage
