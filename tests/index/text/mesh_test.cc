// SPDX-License-Identifier: Apache-2.0
// A real mesh of 2,190 products, where it is at hand.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "descriptor/bundle.h"
#include "tests/index/text/shelf.h"

namespace souk::testing {
namespace {

constexpr size_t kBatchLines = 500;

std::filesystem::path MeshDirectory() {
  const char* root = std::getenv("SOUK_SOURCE_DIR");
  return std::filesystem::path(root == nullptr ? "." : root) / ".." / "shared" / "corpora" / "mozilla-mesh";
}

std::string ReadBytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// One line of the compressed file would be quicker to read, but these are what people register.
std::vector<store::v1::LineState> LoadMesh(const std::filesystem::path& directory) {
  std::vector<store::v1::LineState> lines;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.path().filename() != "product.odps.yaml") continue;
    v1::Bundle bundle;
    for (const char* file : {"product.odps.yaml", "contract.odcs.yaml"}) {
      v1::Document& document = *bundle.add_documents();
      document.set_path(file);
      document.set_content(ReadBytes(entry.path().parent_path() / file));
    }
    const auto parsed = descriptor::ParseBundle(bundle);
    if (!parsed.ok()) {
      ADD_FAILURE() << entry.path() << ": " << parsed.status().ToString();
      continue;
    }
    store::v1::LineState line;
    line.set_name(parsed->line.ToString());
    line.set_state(parsed->state);
    *line.mutable_model() = parsed->model;
    lines.push_back(std::move(line));
  }
  return lines;
}

class MeshTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!std::filesystem::is_directory(MeshDirectory())) return;
    lines_ = new std::vector<store::v1::LineState>(LoadMesh(MeshDirectory()));
    shelf_ = new Shelf();
    storage::Revision revision = 0;
    std::vector<storage::Change> changes;
    for (const store::v1::LineState& line : *lines_) {
      changes.push_back(ChangeOf(++revision, line));
      if (changes.size() < kBatchLines && revision < lines_->size()) continue;
      ASSERT_TRUE(shelf_->index().Apply(changes).ok());
      changes.clear();
    }
  }
  static void TearDownTestSuite() {
    delete shelf_;
    delete lines_;
    shelf_ = nullptr;
    lines_ = nullptr;
  }
  void SetUp() override {
    if (lines_ == nullptr) GTEST_SKIP() << "no " << MeshDirectory() << ": the real mesh is not at hand";
  }

  static std::vector<store::v1::LineState>* lines_;
  static Shelf* shelf_;
};

std::vector<store::v1::LineState>* MeshTest::lines_ = nullptr;
Shelf* MeshTest::shelf_ = nullptr;

TEST_F(MeshTest, AllOfItIsThere) {
  EXPECT_EQ(lines_->size(), 2190U);
  EXPECT_EQ(shelf_->index().status().entries, lines_->size());
  EXPECT_EQ(shelf_->Search("").total_size(), lines_->size());
}

TEST_F(MeshTest, EveryProductOfExactlyTheNameComesFirst) {
  std::map<std::string, size_t> lines_of_name;
  for (const store::v1::LineState& line : *lines_) ++lines_of_name[line.model().name()];
  for (const auto& [name, count] : lines_of_name) {
    const v1::SearchResponse response = shelf_->Search(name);
    ASSERT_GE(static_cast<size_t>(response.hits_size()), count) << name;
    for (int i = 0; i < response.hits_size(); ++i) {
      ASSERT_EQ(response.hits(i).display_name() == name, static_cast<size_t>(i) < count) << name << " at " << i;
    }
  }
}

TEST_F(MeshTest, SpacesDoAsWellAsUnderscores) {
  std::set<std::string> names;
  for (const store::v1::LineState& line : *lines_) names.insert(line.model().name());
  size_t step = 0;
  for (const std::string& name : names) {
    if (step++ % 10 != 0) continue;  // a tenth will do
    std::string spaced = name;
    for (char& c : spaced) c = c == '_' ? ' ' : c;
    const v1::SearchResponse response = shelf_->Search(spaced);
    ASSERT_GT(response.hits_size(), 0) << spaced;
    EXPECT_EQ(response.hits(0).display_name(), name) << spaced;
  }
}

TEST_F(MeshTest, FacetsAgreeWithTheStates) {
  std::map<std::string, uint64_t> domains;
  for (const store::v1::LineState& line : *lines_) ++domains[line.model().domain()];
  v1::SearchRequest request;
  request.add_facets("domain");
  const v1::SearchResponse response = shelf_->Search(request, AllowAll());
  for (const v1::FacetValue& value : response.facets(0).values()) EXPECT_EQ(value.count(), domains[value.value()]);
  EXPECT_TRUE(response.facets(0).truncated());  // 123 domains
}

}  // namespace
}  // namespace souk::testing
