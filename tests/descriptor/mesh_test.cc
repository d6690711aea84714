// SPDX-License-Identifier: Apache-2.0
// A real data mesh: every product of it must be readable, in YAML and in JSON, with the identities that its tables
// have.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "descriptor/bundle.h"
#include "descriptor/columns.h"
#include "descriptor/diff.h"
#include "tests/descriptor/documents.h"
#include "tests/descriptor/gzip.h"

namespace souk::descriptor {
namespace {

constexpr size_t kProducts = 2190;
constexpr size_t kColumns = 33'776;
constexpr size_t kDocumentedColumns = 24'202;
constexpr size_t kEdges = 1424;

std::map<std::string, std::set<std::string>> ReadPairs(const std::filesystem::path& file) {
  std::map<std::string, std::set<std::string>> pairs;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const size_t tab = line.find('\t');
    pairs[line.substr(0, tab)].insert(line.substr(tab + 1));
  }
  return pairs;
}

class MeshTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = Corpora() / "mozilla-mesh";
    if (!std::filesystem::exists(root_ / "tables.tsv")) GTEST_SKIP() << root_ << " is absent";
  }

  std::vector<v1::Bundle> ReadAll() const {
    std::set<std::filesystem::path> folders;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root_)) {
      if (entry.path().filename() == "product.odps.yaml") folders.insert(entry.path().parent_path());
    }
    std::vector<v1::Bundle> bundles;
    for (const std::filesystem::path& folder : folders) bundles.push_back(ReadFolder(folder));
    return bundles;
  }

  std::filesystem::path root_;
};

TEST_F(MeshTest, EveryProductIsReadWithItsTablesOwnersAndUpstreams) {
  const std::vector<v1::Bundle> bundles = ReadAll();
  ASSERT_EQ(bundles.size(), kProducts);
  const auto tables = ReadPairs(root_ / "tables.tsv");
  const auto owners = ReadPairs(root_ / "owners.tsv");
  size_t columns = 0;
  size_t documented = 0;
  size_t edges = 0;
  std::set<LineName> lines;
  const auto start = std::chrono::steady_clock::now();
  for (const v1::Bundle& bundle : bundles) {
    auto parsed = ParseBundle(bundle);
    ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
    const v1::DataProduct& model = parsed->model;
    EXPECT_TRUE(lines.insert(parsed->line).second) << parsed->line.ToString();
    EXPECT_NE(parsed->state, v1::PRODUCT_STATE_UNSPECIFIED) << model.id();
    ForEachColumn(model, [&](const ColumnVisit& visit) {
      ++columns;
      documented += visit.property.description().empty() ? 0 : 1;
      EXPECT_GT(visit.property.location().line(), 0U);
    });
    edges += static_cast<size_t>(model.input_ports_size());

    ASSERT_EQ(model.contracts_size(), 1) << model.id();
    std::set<std::string> found_tables;
    for (const v1::SchemaObject& object : model.contracts(0).schema()) {
      for (const v1::DatasetIdentity& dataset : object.datasets()) {
        EXPECT_EQ(dataset.namespace_(), "bigquery");
        found_tables.insert(dataset.name());
      }
    }
    EXPECT_EQ(found_tables, tables.at(model.id()));
    std::set<std::string> found_owners;
    for (const v1::Member& member : model.team().members()) found_owners.insert(member.username());
    EXPECT_EQ(found_owners, owners.count(model.id()) > 0 ? owners.at(model.id()) : std::set<std::string>());
  }
  const auto elapsed = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(columns, kColumns);
  EXPECT_EQ(documented, kDocumentedColumns);
  EXPECT_EQ(edges, kEdges);
  RecordProperty("us_per_bundle",
                 static_cast<int>(std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count() /
                                  static_cast<int64_t>(bundles.size())));
  std::printf("%zu products, %zu columns, %lld us for each bundle\n", bundles.size(), columns,
              static_cast<long long>(std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count() /
                                     static_cast<int64_t>(bundles.size())));
}

TEST_F(MeshTest, JsonGivesTheSameModelAsYaml) {
  std::map<std::string, v1::DataProduct> from_yaml;
  for (const v1::Bundle& bundle : ReadAll()) {
    auto parsed = ParseBundle(bundle);
    ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
    from_yaml.emplace(parsed->model.id(), parsed->model);
  }
  const std::vector<std::string> lines = ReadGzipLines(root_ / "products.jsonl.gz");
  ASSERT_EQ(lines.size(), kProducts);
  for (const std::string& line : lines) {
    const nlohmann::json json = nlohmann::json::parse(line);
    auto parsed = ParseBundle(BundleOf({{"product.odps.json", json["odps"].dump(2)}, {"", json["odcs"].dump()}}));
    ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
    const auto differences = Diff(from_yaml.at(parsed->model.id()), parsed->model);
    ASSERT_TRUE(differences.empty()) << parsed->model.id() << " " << differences.front().ShortDebugString();
    EXPECT_EQ(parsed->documents[1].media_type(), "application/odcs+json;version=3.1.0");
  }
}

TEST(SampleMeshTest, EveryProductIsRead) {
  const char* root = std::getenv("SOUK_SOURCE_DIR");
  const std::filesystem::path mesh = std::filesystem::path(root == nullptr ? "." : root) / "deploy" / "sample-mesh";
  if (!std::filesystem::exists(mesh)) GTEST_SKIP() << mesh << " is absent";
  std::set<LineName> lines;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(mesh)) {
    if (entry.path().filename() != kProductPath) continue;
    auto parsed = ParseBundle(ReadFolder(entry.path().parent_path()));
    ASSERT_TRUE(parsed.ok()) << entry.path() << ": " << parsed.status().ToString();
    lines.insert(parsed->line);
  }
  EXPECT_FALSE(lines.empty());
  std::printf("%zu lines\n", lines.size());
}

}  // namespace
}  // namespace souk::descriptor
