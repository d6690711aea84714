// SPDX-License-Identifier: Apache-2.0
// How a store is opened.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>

#include "base/status.h"

namespace rocksdb {
class Env;
}

namespace souk::storage {

// How often the rows of a follower are compared with its ledger. A slice costs etcd and the node some milliseconds; ten
// thousand products take a minute, a million some hours.
struct ComparisonPace {
  std::chrono::milliseconds slice{1'000};    // between two slices
  std::chrono::milliseconds round{300'000};  // from the begin of one round to the next, at least
};

struct StoreOptions {
  std::filesystem::path directory;
  // Block cache; the mozilla-mesh (2,190 products) fits into a fraction of it.
  size_t block_cache_bytes = size_t{32} * 1024 * 1024;
  // Newest rows kept decoded (storage/row_cache.h): enough for some thousand products that are asked for often, and
  // small beside the rest of an idle node. 0: none.
  size_t row_cache_bytes = size_t{16} * 1024 * 1024;
  // Changes kept in memory for followers, so that live ones don't read the disk.
  size_t recent_changes_max = 8192;
  // Memory for them, roughly; older ones are read from the disk.
  size_t recent_changes_bytes_max = size_t{16} * 1024 * 1024;
  // False only in tests and benchmarks that measure what fsync costs.
  bool sync = true;
  // The operating system, for tests that make it fail; must outlive the store. Null: the machine's.
  rocksdb::Env* env = nullptr;
  // Called once, by whoever reads, when something read is found damaged. Null: nobody.
  std::function<void(const Status&)> on_damage = nullptr;
  // Of a follower, called from its thread: the rows are about to be filled anew, and why. Must not call back.
  std::function<void(const Status&)> on_relist = [](const Status& /*reason*/) {};
  // Of a follower, the same: the ledger holds a value that is not understood (UNDECODABLE), or a change that no node
  // made (FOREIGN_CHANGE); as it is met, and what there was once more at the start.
  std::function<void(const Status&)> on_oddity = [](const Status& /*what*/) {};
  ComparisonPace comparison = {};
};

}  // namespace souk::storage
