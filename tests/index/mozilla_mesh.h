// SPDX-License-Identifier: Apache-2.0
// The mozilla-mesh of the corpora, read with our own descriptor reader, for tests of what is derived from it.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "souk/store/v1/records.pb.h"

namespace souk::index {

// Where it should be: beside the repository.
std::filesystem::path MozillaMesh();
// Every product as the fold would keep it; empty if the corpora are absent. Aborts the test if one can't be read.
std::vector<store::v1::LineState> ReadMozillaMesh();
// Second column of a table of the corpus by its first.
std::map<std::string, std::set<std::string>> ReadPairs(const std::string& file);

}  // namespace souk::index
