// SPDX-License-Identifier: Apache-2.0
// The standards' own examples, and real schema changes with the verdicts of those who classified them.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "descriptor/diff.h"
#include "tests/descriptor/documents.h"
#include "tests/descriptor/gzip.h"

namespace souk::descriptor {
namespace {

class StandardsTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = Corpora() / "standards";
    if (!std::filesystem::exists(root_)) GTEST_SKIP() << root_ << " is absent";
  }

  static std::vector<std::filesystem::path> Files(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    return files;
  }

  std::filesystem::path root_;
};

TEST_F(StandardsTest, EveryContractExampleIsRead) {
  size_t read = 0;
  for (const std::filesystem::path& file : Files(root_ / "odcs" / "examples")) {
    const auto parsed = ParseBundle(BundleOf({{kProductPath, ProductText()}, {"c.yaml", ReadFile(file)}}));
    ASSERT_TRUE(parsed.ok()) << file << ": " << parsed.status().ToString();
    EXPECT_FALSE(parsed->model.contracts(0).id().empty()) << file;
    ++read;
  }
  EXPECT_GE(read, 17U);
}

// A line is made of a domain and a major version, which the standard does not ask for: the examples lack nothing else.
TEST_F(StandardsTest, ProductExamplesAreReadOnceTheyHaveADomainAndAVersion) {
  for (const std::filesystem::path& file : Files(root_ / "odps" / "examples")) {
    std::string text = ReadFile(file) + "\n";
    const auto parsed = ParseBundle(BundleOf({{kProductPath, text}}));
    if (parsed.ok()) continue;
    for (const Violation& violation : parsed.status().detail().violations) {
      if (!violation.error) continue;
      EXPECT_EQ(violation.rule, "required") << file << violation.message;
      if (violation.message == "domain is missing") text += "domain: sales\n";
      if (violation.message == "version is missing") text += "version: 1.0.0\n";
    }
    const auto mended = ParseBundle(BundleOf({{kProductPath, text}}));
    EXPECT_TRUE(mended.ok()) << file << ": " << mended.status().ToString();
  }
}

TEST_F(StandardsTest, NegativesAreRefusedOrAtLeastSurvived) {
  std::map<std::string, std::string> refused;
  for (const std::filesystem::path& file : Files(root_ / "odcs" / "negative")) {
    const auto parsed = ParseBundle(BundleOf({{kProductPath, ProductText()}, {"c.yaml", ReadFile(file)}}));
    if (!parsed.ok()) refused[file.filename().string()] = parsed.status().detail().violations.front().rule;
  }
  EXPECT_EQ(refused["invalid-kind.odcs.yaml"], "kind");
  EXPECT_EQ(refused["invalid-api-version.odcs.yaml"], "api-version");
}

TEST_F(StandardsTest, OtherStandardsAreNamed) {
  const auto parsed = ParseBundle(BundleOf({{"d.json", ReadFile(root_ / "dpds" / "examples" / "minimal.dpd.json")}}));
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(Find(parsed.status().detail().violations, "kind").message,
            "this is a DPDS descriptor, which is not read yet");
}

// A BigQuery field as ODCS has it: REPEATED is an array with items.
void Fill(const nlohmann::json& field, v1::SchemaProperty& property) {
  static const std::map<std::string, std::string> kLogicalTypes = {
      {"INTEGER", "integer"}, {"INT64", "integer"},      {"NUMERIC", "number"},      {"BIGNUMERIC", "number"},
      {"FLOAT", "number"},    {"FLOAT64", "number"},     {"BOOLEAN", "boolean"},     {"BOOL", "boolean"},
      {"DATE", "date"},       {"DATETIME", "timestamp"}, {"TIMESTAMP", "timestamp"}, {"RECORD", "object"},
      {"STRUCT", "object"}};
  const std::string type = field["type"];
  const std::string mode = field.value("mode", "NULLABLE");
  property.set_name(field["name"].get<std::string>());
  property.set_description(field.value("description", ""));
  property.set_required(mode == "REQUIRED");
  v1::SchemaProperty* element = &property;
  if (mode == "REPEATED") {
    property.set_logical_type("array");
    element = property.add_items();
  }
  const auto known = kLogicalTypes.find(type);
  element->set_logical_type(known == kLogicalTypes.end() ? "string" : known->second);
  element->set_physical_type(type);
  const auto inner = field.find("fields");
  if (inner == field.end()) return;
  for (const nlohmann::json& nested : *inner) Fill(nested, *element->add_properties());
}

v1::DataProduct ModelOf(const nlohmann::json& fields) {
  v1::DataProduct model;
  model.add_contracts()->set_id("c");
  v1::SchemaObject& object = *model.mutable_contracts(0)->add_schema();
  object.set_name("t");
  for (const nlohmann::json& field : fields) Fill(field, *object.add_properties());
  return model;
}

TEST(SchemaEditsTest, BreakingMeansWhatItMeantToThosePeople) {
  const std::filesystem::path file = Corpora() / "schema-edits" / "edits.jsonl.gz";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is absent";
  size_t judged = 0;
  size_t breaking = 0;
  for (const std::string& line : ReadGzipLines(file)) {
    const nlohmann::json edit = nlohmann::json::parse(line);
    if (edit["partial"].get<bool>()) continue;
    const auto differences = Diff(ModelOf(edit["before"]), ModelOf(edit["after"]));
    const v1::ChangeClass gravest = Gravest(differences);
    ++judged;
    breaking += edit["breaking"].get<bool>() ? 1 : 0;
    EXPECT_EQ(gravest == v1::CHANGE_CLASS_BREAKING, edit["breaking"].get<bool>()) << edit["id"];
    const bool words_only = edit["class"] == nlohmann::json::array({"doc_only"});
    EXPECT_TRUE(!words_only || gravest <= v1::CHANGE_CLASS_PATCH) << edit["id"];
  }
  EXPECT_EQ(judged, 957U);
  std::printf("%zu edits, %zu of them breaking\n", judged, breaking);
}

}  // namespace
}  // namespace souk::descriptor
