// SPDX-License-Identifier: Apache-2.0
#include "tests/descriptor/gzip.h"

#include <cstdio>
#include <memory>

namespace souk::descriptor {

std::vector<std::string> ReadGzipLines(const std::filesystem::path& file) {
  const std::string command = "gzip -dc '" + file.string() + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::vector<std::string> lines(1);
  constexpr size_t kChunk = 65536;
  std::string chunk(kChunk, '\0');
  while (pipe != nullptr) {
    const size_t read = fread(chunk.data(), 1, chunk.size(), pipe.get());
    if (read == 0) break;
    for (size_t i = 0; i < read; ++i) {
      if (chunk[i] == '\n') {
        lines.emplace_back();
      } else {
        lines.back() += chunk[i];
      }
    }
  }
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace souk::descriptor
