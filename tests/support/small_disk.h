// SPDX-License-Identifier: Apache-2.0
// A disk of a few megabytes (tmpfs) that a test can fill and empty. Seen only by the thread that makes it and by the
// children that this thread starts later; gone with the process at the latest. Not thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/status.h"
#include "tests/support/temp_directory.h"

namespace souk::support {

class SmallDisk {
 public:
  // PERMISSION_DENIED where this process may not mount.
  static StatusOr<std::unique_ptr<SmallDisk>> Make(uint64_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  const std::filesystem::path& path() const { return folder_.path(); }
  // Takes all room but that much. INTERNAL if it can't.
  Status Fill(uint64_t bytes_left);
  // Gives the room back.
  void Empty();

 private:
  SmallDisk() : folder_("souk-disk") {}

  TempDirectory folder_;
  bool mounted_ = false;
};

}  // namespace souk::support
