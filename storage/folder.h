// SPDX-License-Identifier: Apache-2.0
// The folder of a store, and the right to use it:
//
//   LOCK        held (flock) by the process that uses the store; its text says which process that is
//   STORE       written once the store is complete: from then on, missing files are damage, and never a fresh start
//   COPY        present in a copy that has not been opened yet: it becomes a history of its own, with a new epoch
//   REACHED     the revision at which the store was last closed: files that end before it are damaged
//   GENERATION  the number of the rows that count, where a follower has filled new ones; absent: 0
//   rocksdb/    the rows of generation 0; rocksdb-N/ those of generation N
//
// Not thread-safe; held by one store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "base/status.h"
#include "storage/ledger.h"

namespace souk::storage {

class Folder {
 public:
  // Makes the folder where there is none, and locks it. FAILED_PRECONDITION (FOLDER_IN_USE) if somebody else holds it,
  // UNAVAILABLE if it can't be made, read or written.
  static StatusOr<std::unique_ptr<Folder>> Open(const std::filesystem::path& directory);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& directory() const { return directory_; }
  std::filesystem::path rows_directory() const { return RowsDirectory(directory_, generation()); }
  uint64_t generation() const;
  // From now on the rows of that generation count, after power loss too.
  Status SetGeneration(uint64_t generation);
  // Removes the rows of every generation that does not count: what is left of a filling that was cut short, or of a
  // generation that was replaced. Not while somebody may read them.
  void RemoveOtherRows() const;
  // Removes those of one generation that does not count, if they are there. UNAVAILABLE if they can't be.
  Status RemoveRows(uint64_t generation) const;
  // True once MarkComplete() was called, now or in an earlier life.
  bool complete() const;
  Status MarkComplete();
  // RESOURCE_EXHAUSTED unless the disk has room for what an opening of the rows writes: RocksDB ends the process, in
  // builds with assertions, when that does not fit.
  Status CheckRoom() const;
  bool is_copy() const;
  // Revision at which the store was last closed; 0 if that is not known.
  Revision reached() const;
  Status SetReached(Revision revision);
  Status ForgetCopy();

  static std::filesystem::path RowsDirectory(const std::filesystem::path& directory, uint64_t generation = 0);
  // Turns a folder that holds a copy of the rows into a complete store that knows that it is a copy.
  static Status MarkCopy(const std::filesystem::path& directory);

 private:
  Folder(std::filesystem::path directory, int lock) : directory_(std::move(directory)), lock_(lock) {}
  uint64_t ReadNumber(std::string_view file) const;
  Status WriteNumber(std::string_view file, uint64_t number) const;

  std::filesystem::path directory_;
  int lock_;
};

}  // namespace souk::storage
