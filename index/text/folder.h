// SPDX-License-Identifier: Apache-2.0
// Folders of the index, and the manifest by which one proves itself. Functions are thread-safe; UNAVAILABLE where the
// disk refuses.
//
//   DIR/CURRENT            name of the folder of the serving generation
//   DIR/gen-000007/        one generation: the files of Lucene++, and
//   DIR/gen-000007/MANIFEST  revision, epoch, schema, and size and checksum of every file of the last commit
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "index/checksum.h"
#include "index/text/text_index.h"

namespace souk::text {

struct Manifest {
  storage::Revision revision = 0;
  uint32_t schema = 0;
  uint64_t documents = 0;
  std::string epoch;
  std::map<std::string, index::FileChecksum> files;
};

Status WriteManifest(const std::filesystem::path& directory, const Manifest& manifest);
// DATA_LOSS if it is damaged, UNAVAILABLE if it can't be read or is not there.
StatusOr<Manifest> ReadManifest(const std::filesystem::path& directory);
// Compares the folder's files with their checksums; one fault for each that differs.
std::vector<TextFault> CheckFiles(const std::filesystem::path& directory, const Manifest& manifest);
// Removes commits of Lucene++ that the manifest does not speak of, so that its own is the newest.
Status RemoveOtherCommits(const std::filesystem::path& directory, const Manifest& manifest);

// A generation's folder; goes from disk with its last holder once it is doomed.
class Folder {
 public:
  explicit Folder(std::filesystem::path path) : path_(std::move(path)) {}
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void Doom() { doomed_.store(true); }

 private:
  std::filesystem::path path_;
  std::atomic<bool> doomed_{false};
};

}  // namespace souk::text
