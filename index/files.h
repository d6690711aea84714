// SPDX-License-Identifier: Apache-2.0
// Files of the indexes, written so that they are either there or not after power loss. Thread-safe; UNAVAILABLE where
// the disk refuses.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/status.h"

namespace souk::index {

// UNAVAILABLE with what the operating system says (errno) to doing this with the path.
Status Refused(std::string_view doing, const std::filesystem::path& path);

// All of it from this place on, whatever the operating system takes at once.
Status WriteAt(int file, uint64_t offset, std::string_view content, const std::filesystem::path& path);
Status SyncDirectory(const std::filesystem::path& directory);
// The whole file or none of it, and safe against power loss.
Status WriteFileAtomically(const std::filesystem::path& path, std::string_view content);
StatusOr<std::string> ReadWholeFile(const std::filesystem::path& path);

}  // namespace souk::index
