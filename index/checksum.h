// SPDX-License-Identifier: Apache-2.0
// XXH64: finds damage (not malice) in files at memory speed. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/status.h"

namespace souk::index {

uint64_t Checksum64(std::string_view bytes, uint64_t seed = 0);

struct FileChecksum {
  uint64_t size = 0;
  uint64_t checksum = 0;

  bool operator==(const FileChecksum&) const = default;
};
// UNAVAILABLE if the file can't be read.
StatusOr<FileChecksum> ChecksumFile(const std::filesystem::path& path);

}  // namespace souk::index
