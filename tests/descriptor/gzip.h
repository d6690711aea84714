// SPDX-License-Identifier: Apache-2.0
// Reads compressed corpora through the gzip program. For tests only.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace souk::descriptor {

// Lines of a .gz file; none if it can't be read.
std::vector<std::string> ReadGzipLines(const std::filesystem::path& file);

}  // namespace souk::descriptor
