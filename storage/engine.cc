// SPDX-License-Identifier: Apache-2.0
#include "storage/engine.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/transaction_log.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "storage/batch_rows.h"
#include "storage/engine_health.h"
#include "storage/engine_status.h"

namespace souk::storage {
namespace {

// Memory for rows that are not in files yet; twice that at the most while one is being written out.
constexpr size_t kWriteBufferBytes = size_t{32} * 1024 * 1024;
// Bits of the filter that spares the disk for keys that are not there: about one needless read in a hundred.
constexpr double kFilterBits = 10;
// Share of the write buffer that its filter may take.
constexpr double kMemoryFilterShare = 0.02;
// RocksDB's own log, kept small: it is for the worst day only.
constexpr size_t kInfoLogBytesMax = size_t{4} * 1024 * 1024;
constexpr size_t kInfoLogFilesMax = 4;

// What RocksDB puts in front of a batch, and at most of a short row, in its log.
constexpr size_t kBatchHeadBytes = 12;
constexpr size_t kRowHeadBytes = 1 + 2 * 5;

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// Tells why RocksDB refuses writes; it recovers from a full disk by itself.
class Listener final : public rocksdb::EventListener {
 public:
  explicit Listener(std::shared_ptr<EngineHealth> health) : health_(std::move(health)) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status* error) override {
    health_->SetWritable(FromBackground(*error));
  }
  void OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& info) override {
    health_->SetWritable(FromBackground(info.new_bg_error));
  }

 private:
  const std::shared_ptr<EngineHealth> health_;
};

class RocksSnapshot final : public EngineSnapshot {
 public:
  explicit RocksSnapshot(std::shared_ptr<rocksdb::DB> db) : db_(std::move(db)), snapshot_(db_->GetSnapshot()) {}
  ~RocksSnapshot() override { db_->ReleaseSnapshot(snapshot_); }
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;
  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  std::shared_ptr<rocksdb::DB> db_;
  const rocksdb::Snapshot* snapshot_;
};

rocksdb::ReadOptions ReadAt(const EngineSnapshot* snapshot) {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = static_cast<const RocksSnapshot*>(snapshot)->get();
  return options;
}

class RocksBatch final : public EngineBatch {
 public:
  RocksBatch(rocksdb::DB& db, EngineHealth& health) : db_(db), health_(health) {}

  StatusOr<std::optional<std::string>> Get(std::string_view key) override {
    if (const std::optional<std::string_view>* value = rows_.Find(key); value != nullptr) {
      return *value ? std::optional<std::string>(**value) : std::nullopt;
    }
    std::string value;
    const rocksdb::Status status = db_.Get(rocksdb::ReadOptions(), ToSlice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return health_.AfterRead(FromRead(status));
    return std::optional<std::string>(std::move(value));
  }

  void Put(std::string_view key, std::string_view value) override { rows_.Put(key, value); }
  void Delete(std::string_view key) override { rows_.Delete(key); }
  void Mark() override { rows_.Mark(); }
  void RollBack() override { rows_.RollBack(); }

  rocksdb::WriteBatch ToRocks() const {
    const std::vector<BatchRows::Row> sorted = rows_.Sorted();
    rocksdb::WriteBatch batch(kBatchHeadBytes + rows_.bytes() + sorted.size() * kRowHeadBytes);
    for (const BatchRows::Row& row : sorted) {
      Check(row.value ? batch.Put(ToSlice(row.key), ToSlice(*row.value)) : batch.Delete(ToSlice(row.key)));
    }
    return batch;
  }

  void AppendKeys(std::vector<std::string>& keys) const {
    for (const BatchRows::Row& row : rows_.Sorted()) keys.emplace_back(row.key);
  }

 private:
  // Adding to a batch in memory fails only where we misuse it.
  static void Check(const rocksdb::Status& status) {
    if (!status.ok()) std::abort();
  }

  rocksdb::DB& db_;
  EngineHealth& health_;
  // RocksDB's own indexed batch does this too, at several times the cost: it keeps its keys in order all the time.
  BatchRows rows_;
};

rocksdb::CompressionType BestCompression() {
  const std::vector<rocksdb::CompressionType> types = rocksdb::GetSupportedCompressions();
  const bool lz4 = std::find(types.begin(), types.end(), rocksdb::kLZ4Compression) != types.end();
  return lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

rocksdb::Options ToRocks(const EngineOptions& options, std::shared_ptr<EngineHealth> health) {
  rocksdb::Options rocks;
  rocks.create_if_missing = options.create;
  rocks.paranoid_checks = true;
  // An incomplete record at the end of the log is what a kill leaves: it was never acknowledged. A wrong checksum
  // anywhere is damage, and must not quietly drop the acknowledged commits behind it, as point-in-time recovery would.
  rocks.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  rocks.compression = BestCompression();
  rocks.write_buffer_size = kWriteBufferBytes;
  // Most keys that a commit asks for are new: the filter answers without a walk through the write buffer.
  rocks.memtable_prefix_bloom_size_ratio = kMemoryFilterShare;
  rocks.memtable_whole_key_filtering = true;
  // Rows come sorted, so the next one of a table belongs near the last one.
  rocks.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
  rocks.info_log_level = rocksdb::WARN_LEVEL;
  rocks.max_log_file_size = kInfoLogBytesMax;
  rocks.keep_log_file_num = kInfoLogFilesMax;
  rocks.listeners = {std::make_shared<Listener>(std::move(health))};
  if (options.env != nullptr) rocks.env = options.env;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBits));
  table.format_version = 5;
  rocks.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return rocks;
}

class RocksEngine final : public Engine {
 public:
  RocksEngine(rocksdb::DB* db, std::shared_ptr<EngineHealth> health, bool sync)
      : db_(db), health_(std::move(health)), sync_(sync) {}

  std::shared_ptr<const EngineSnapshot> TakeSnapshot() const override {
    return std::make_shared<const RocksSnapshot>(db_);
  }

  StatusOr<std::optional<std::string>> Get(std::string_view key, const EngineSnapshot* snapshot) const override {
    std::string value;
    const rocksdb::Status status = db_->Get(ReadAt(snapshot), ToSlice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return health_->AfterRead(FromRead(status));
    return std::optional<std::string>(std::move(value));
  }

  Status Scan(std::string_view begin, std::string_view end, const EngineSnapshot* snapshot,
              const Visitor& visit) const override {
    rocksdb::ReadOptions options = ReadAt(snapshot);
    const rocksdb::Slice bound = ToSlice(end);
    options.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(options));
    for (rows->Seek(ToSlice(begin)); rows->Valid(); rows->Next()) {
      if (!visit(ToView(rows->key()), ToView(rows->value()))) return Status::Ok();
    }
    return health_->AfterRead(FromRead(rows->status()));
  }

  StatusOr<std::optional<Row>> First(std::string_view begin, std::string_view end,
                                     const EngineSnapshot* snapshot) const override {
    std::optional<Row> found;
    RETURN_IF_ERROR(Scan(begin, end, snapshot, [&](std::string_view key, std::string_view value) {
      found = Row{std::string(key), std::string(value)};
      return false;
    }));
    return found;
  }

  StatusOr<std::optional<Row>> Last(std::string_view begin, std::string_view end,
                                    const EngineSnapshot* snapshot) const override {
    rocksdb::ReadOptions options = ReadAt(snapshot);
    const rocksdb::Slice lower = ToSlice(begin);
    const rocksdb::Slice upper = ToSlice(end);
    options.iterate_lower_bound = &lower;
    options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(options));
    rows->SeekToLast();
    if (!rows->Valid()) {
      RETURN_IF_ERROR(health_->AfterRead(FromRead(rows->status())));
      return std::optional<Row>();
    }
    return std::optional<Row>(Row{rows->key().ToString(), rows->value().ToString()});
  }

  std::unique_ptr<EngineBatch> NewBatch() override { return std::make_unique<RocksBatch>(*db_, *health_); }

  Status Write(EngineBatch& batch) override {
    auto& rows = static_cast<RocksBatch&>(batch);
    const std::lock_guard lock(write_mutex_);
    RETURN_IF_ERROR(GetReady());
    rocksdb::WriteBatch sorted = rows.ToRocks();
    const rocksdb::Status status = db_->Write(WriteOptions(), &sorted);
    if (!status.ok()) Remember(rows);
    return FromWrite(status);
  }

  Status writable() const override {
    RETURN_IF_ERROR(health_->writable());
    return stuck_ ? Stuck() : Status::Ok();
  }

  Status damage() const override { return health_->damage(); }

  Status FlushLog() override {
    // Not while a write may fail: RocksDB does not bear to flush a log that has just had an error.
    const std::lock_guard lock(write_mutex_);
    RETURN_IF_ERROR(GetReady());
    const rocksdb::Status status = db_->FlushWAL(/*sync=*/true);
    if (status.ok()) return Status::Ok();
    if (IsNoSpace(status)) return WithEngineText(errors::NotWritable("its disk is full"), status);
    return WithEngineText(errors::Unreachable("the store's disk", "it can't be written"), status);
  }

  Status Checkpoint(const std::filesystem::path& directory) override {
    RETURN_IF_ERROR(writable());
    rocksdb::Checkpoint* raw = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &raw);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
    if (status.ok()) status = checkpoint->CreateCheckpoint(directory.string());
    if (status.ok()) return Status::Ok();
    if (IsNoSpace(status)) return WithEngineText(errors::NotWritable("the backup's disk is full"), status);
    if (status.IsCorruption()) return FromRead(status);
    return WithEngineText(errors::Unreachable(directory.string(), "the backup can't be written there"), status);
  }

  uint64_t size_bytes() const override {
    uint64_t files = 0;
    uint64_t memory = 0;
    db_->GetIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &files);
    db_->GetIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &memory);
    return files + memory;
  }

 private:
  rocksdb::WriteOptions WriteOptions() const {
    rocksdb::WriteOptions options;
    options.sync = sync_;
    return options;
  }

  static Status Stuck() {
    return errors::NotWritable("its log was cut short by a fault of the disk; restart the node");
  }

  uint64_t LogNumber() const {
    std::unique_ptr<rocksdb::LogFile> file;
    return db_->GetCurrentWalFile(&file).ok() ? file->LogNumber() : 0;
  }

  // What a failed write wanted to write may stand in the log all the same, and come back when the log is replayed.
  void Remember(const RocksBatch& rows) {
    rows.AppendKeys(failed_keys_);
    failed_log_ = LogNumber();
  }

  // OK if a write may be tried. After a failed one, once the disk is well again, its keys are first given the values
  // that everybody sees: behind those, what the log may hold of it no longer counts.
  Status GetReady() {
    // RocksDB recovers from ENOSPC by itself; from a file that could not grow it does when asked.
    if (!health_->writable().ok() && db_->Resume().ok()) health_->SetWritable(Status::Ok());
    RETURN_IF_ERROR(health_->writable());
    if (failed_keys_.empty()) return Status::Ok();
    // Recovery has begun a new log, unless there was nothing to write out. The old one takes no more.
    stuck_ = LogNumber() == failed_log_;
    if (stuck_) return Stuck();
    RocksBatch undo(*db_, *health_);
    for (const std::string& key : failed_keys_) {
      ASSIGN_OR_RETURN(const auto value, Get(key, nullptr));
      if (value) {
        undo.Put(key, *value);
      } else {
        undo.Delete(key);
      }
    }
    rocksdb::WriteBatch sorted = undo.ToRocks();
    const rocksdb::Status status = db_->Write(WriteOptions(), &sorted);
    if (!status.ok()) {
      failed_log_ = LogNumber();
      return WithEngineText(errors::NotWritable("its disk reported an error"), status);
    }
    failed_keys_.clear();
    return Status::Ok();
  }

  const std::shared_ptr<rocksdb::DB> db_;
  const std::shared_ptr<EngineHealth> health_;
  const bool sync_;
  std::mutex write_mutex_;
  std::vector<std::string> failed_keys_;
  uint64_t failed_log_ = 0;
  std::atomic<bool> stuck_ = false;
};

}  // namespace

StatusOr<std::shared_ptr<Engine>> Engine::Open(const EngineOptions& options) {
  auto health = std::make_shared<EngineHealth>(options.on_damage);
  const rocksdb::Options rocks = ToRocks(options, health);
  rocksdb::DB* db = nullptr;
  const std::string directory = options.directory.string();
  const rocksdb::Status status = options.read_only ? rocksdb::DB::OpenForReadOnly(rocks, directory, &db)
                                                   : rocksdb::DB::Open(rocks, directory, &db);
  if (!status.ok()) return FromOpen(status, options.directory);
  return std::shared_ptr<Engine>(std::make_shared<RocksEngine>(db, std::move(health), options.sync));
}

}  // namespace souk::storage
