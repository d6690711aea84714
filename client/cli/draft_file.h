// SPDX-License-Identifier: Apache-2.0
// A file that appears whole or not at all: written beside its name, and given the name when it is complete and safe on
// the disk. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace souk::cli {

class DraftFile {
 public:
  // ALREADY_EXISTS if the file is there, FAILED_PRECONDITION if it can't be made.
  static StatusOr<std::unique_ptr<DraftFile>> Open(const std::string& path);
  // Removes what was not published.
  ~DraftFile();
  DraftFile(const DraftFile&) = delete;
  DraftFile& operator=(const DraftFile&) = delete;

  // Everything from the offset on is forgotten, and replaced by the bytes. RESOURCE_EXHAUSTED if there is no space.
  Status Write(uint64_t offset, std::string_view bytes);
  Status Publish();
  uint64_t size_bytes() const { return size_bytes_; }

 private:
  DraftFile(std::string path, std::string draft, int file)
      : path_(std::move(path)), draft_(std::move(draft)), file_(file) {}

  const std::string path_;
  const std::string draft_;
  const int file_;
  uint64_t size_bytes_ = 0;
};

}  // namespace souk::cli
