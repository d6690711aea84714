// SPDX-License-Identifier: Apache-2.0
// Waits for a file to appear, or for a process to end, whichever comes first; by inotify and pidfd, never by sleeping.
// Not thread-safe.
#pragma once

#include <chrono>
#include <filesystem>

namespace souk::support {

class FileWait {
 public:
  // Watches the file's folder from now on. The folder must be there.
  explicit FileWait(std::filesystem::path file);
  ~FileWait();
  FileWait(const FileWait&) = delete;
  FileWait& operator=(const FileWait&) = delete;

  // True if the file is there; false if the process behind the pidfd ended or the time is over.
  bool For(int pidfd, std::chrono::milliseconds duration_max);

 private:
  std::filesystem::path file_;
  int inotify_;
};

}  // namespace souk::support
