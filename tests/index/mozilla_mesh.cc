// SPDX-License-Identifier: Apache-2.0
#include "tests/index/mozilla_mesh.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "descriptor/bundle.h"

namespace souk::index {
namespace {

void AddDocument(v1::Bundle& bundle, const std::filesystem::path& folder, const std::string& name) {
  std::ifstream in(folder / name, std::ios::binary);
  v1::Document& document = *bundle.add_documents();
  document.set_path(name);
  document.set_content(std::string(std::istreambuf_iterator<char>(in), {}));
}

}  // namespace

std::filesystem::path MozillaMesh() {
  const char* source = std::getenv("SOUK_SOURCE_DIR");
  const std::filesystem::path root = source != nullptr ? source : ".";
  return root / ".." / "shared" / "corpora" / "mozilla-mesh";
}

std::vector<store::v1::LineState> ReadMozillaMesh() {
  std::vector<store::v1::LineState> lines;
  if (!std::filesystem::exists(MozillaMesh() / "edges.tsv")) return lines;
  std::set<std::filesystem::path> folders;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(MozillaMesh())) {
    if (entry.path().filename() == "product.odps.yaml") folders.insert(entry.path().parent_path());
  }
  for (const std::filesystem::path& folder : folders) {
    v1::Bundle bundle;
    AddDocument(bundle, folder, "product.odps.yaml");
    AddDocument(bundle, folder, "contract.odcs.yaml");
    auto parsed = descriptor::ParseBundle(bundle);
    EXPECT_TRUE(parsed.ok()) << folder << " " << parsed.status().ToString();
    if (!parsed.ok()) std::abort();
    store::v1::LineState line;
    line.set_name(parsed->line.ToString());
    line.set_state(parsed->state);
    *line.mutable_model() = std::move(parsed->model);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::map<std::string, std::set<std::string>> ReadPairs(const std::string& file) {
  std::map<std::string, std::set<std::string>> pairs;
  std::ifstream in(MozillaMesh() / file);
  for (std::string line; std::getline(in, line);) {
    const size_t tab = line.find('\t');
    pairs[line.substr(0, tab)].insert(line.substr(tab + 1));
  }
  return pairs;
}

}  // namespace souk::index
