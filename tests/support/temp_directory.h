// SPDX-License-Identifier: Apache-2.0
// A folder of its own for one test, gone with the object, and whole files in one word. Throws std::runtime_error where
// it can't write: a test can't go on without. Not thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace souk::support {

class TempDirectory {
 public:
  explicit TempDirectory(std::string_view prefix = "souk");
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  // Leaves the folder where it is, for a person to look at.
  void Keep() { keep_ = true; }

 private:
  std::filesystem::path path_;
  bool keep_ = false;
};

// Writes a file with its parent folders. Throws std::runtime_error.
void WriteFile(const std::filesystem::path& path, std::string_view content);
// The same for its owner alone, put in the place of an older one at once.
void WritePrivateFile(const std::filesystem::path& path, std::string_view content);
// The whole file; empty if it can't be read.
std::string ReadFile(const std::filesystem::path& path);

}  // namespace souk::support
