// SPDX-License-Identifier: Apache-2.0
// RocksDB's results in our words; its own text goes into the metadata "engine", for the log of whoever reports it.
// Pure functions; thread-safe.
#pragma once

#include <filesystem>

#include "base/status.h"

namespace rocksdb {
class Status;
}

namespace souk::storage {

Status WithEngineText(const Status& status, const rocksdb::Status& cause);
bool IsNoSpace(const rocksdb::Status& status);

// DATA_LOSS, or UNAVAILABLE if the disk can't be read.
Status FromRead(const rocksdb::Status& status);
// RESOURCE_EXHAUSTED: it was not written and never will be. UNKNOWN: it may come back when the log is replayed.
Status FromWrite(const rocksdb::Status& status);
// Why writes are refused after what RocksDB met in the background; OK if it met nothing.
Status FromBackground(const rocksdb::Status& status);
// DATA_LOSS if files are damaged or missing, RESOURCE_EXHAUSTED, UNAVAILABLE.
Status FromOpen(const rocksdb::Status& status, const std::filesystem::path& directory);

}  // namespace souk::storage
