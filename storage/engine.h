// SPDX-License-Identifier: Apache-2.0
// RocksDB, cut to what the store needs; engine.cc alone knows how it works. Keys are those of storage/rows.h.
//
// Thread-safe, batches excepted. Errors of every call, in our words; RocksDB's own text is in the metadata "engine":
//   DATA_LOSS           bytes on disk are damaged, found by a checksum
//   RESOURCE_EXHAUSTED  no space (NOT_WRITABLE): nothing was written; writes work again once there is
//   UNKNOWN             a write failed when it may already have been on its way to the disk
//   UNAVAILABLE         the disk can't be read or written
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "storage/row_access.h"

namespace rocksdb {
class Env;
}

namespace souk::storage {

struct EngineOptions {
  std::filesystem::path directory;
  size_t block_cache_bytes = size_t{32} * 1024 * 1024;
  // True: the folder may be empty or absent, and becomes a new store. False: that is DATA_LOSS.
  bool create = false;
  // Opens beside nobody, for looking only: no lock is taken, nothing is written.
  bool read_only = false;
  // False: writes return before they are on the disk.
  bool sync = true;
  // The operating system, for tests that make it fail; must outlive the engine. Null: the machine's.
  rocksdb::Env* env = nullptr;
  // Called once, when something read is found damaged. Null: nobody.
  std::function<void(const Status&)> on_damage = nullptr;
};

// The rows as they were when it was taken. Holds the engine; releasing it releases what it pinned.
class EngineSnapshot {
 public:
  virtual ~EngineSnapshot() = default;
};

// Writes that become visible together. Reads see the batch first, then the newest rows.
class EngineBatch : public RowAccess {
 public:
  // Marks a point, and takes back what was added after the newest mark.
  virtual void Mark() = 0;
  virtual void RollBack() = 0;
};

// Reading rows.
class EngineReads {
 public:
  struct Row {
    std::string key;
    std::string value;
  };
  using Visitor = std::function<bool(std::string_view key, std::string_view value)>;

  virtual ~EngineReads() = default;
  virtual std::shared_ptr<const EngineSnapshot> TakeSnapshot() const = 0;

  // A null snapshot means the newest rows.
  virtual StatusOr<std::optional<std::string>> Get(std::string_view key, const EngineSnapshot* snapshot) const = 0;
  // Rows of [begin, end) in key order until visit returns false. A damaged row is an error, never an early end.
  virtual Status Scan(std::string_view begin, std::string_view end, const EngineSnapshot* snapshot,
                      const Visitor& visit) const = 0;
  // First and last row of [begin, end).
  virtual StatusOr<std::optional<Row>> First(std::string_view begin, std::string_view end,
                                             const EngineSnapshot* snapshot) const = 0;
  virtual StatusOr<std::optional<Row>> Last(std::string_view begin, std::string_view end,
                                            const EngineSnapshot* snapshot) const = 0;
};

// Looking after the files.
class EngineUpkeep {
 public:
  virtual ~EngineUpkeep() = default;
  // OK, or why writes are refused at the moment.
  virtual Status writable() const = 0;
  // OK, or the first damage (DATA_LOSS) that a read has met since the opening.
  virtual Status damage() const = 0;
  // Everything written so far is safe against power loss when it returns.
  virtual Status FlushLog() = 0;
  // A consistent copy; hard links where the file system allows. The folder must not exist.
  virtual Status Checkpoint(const std::filesystem::path& directory) = 0;
  virtual uint64_t size_bytes() const = 0;
};

class Engine : public EngineReads, public EngineUpkeep {
 public:
  static StatusOr<std::shared_ptr<Engine>> Open(const EngineOptions& options);

  virtual std::unique_ptr<EngineBatch> NewBatch() = 0;
  // All or nothing, durable when it returns. The batch is used up.
  virtual Status Write(EngineBatch& batch) = 0;
};

}  // namespace souk::storage
