// SPDX-License-Identifier: Apache-2.0
// Compatibility before 981 real changes of schemas: what broke readers is seen, what didn't raises no alarm.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "descriptor/contract.h"
#include "descriptor/diff.h"
#include "governance/compatibility.h"
#include "tests/descriptor/documents.h"
#include "tests/descriptor/gzip.h"

namespace souk::governance {
namespace {

using Json = nlohmann::json;

std::string LogicalType(const std::string& type) {
  static const std::map<std::string, std::string> kTypes = {
      {"INTEGER", "integer"}, {"INT64", "integer"},       {"FLOAT", "number"},       {"FLOAT64", "number"},
      {"NUMERIC", "number"},  {"BIGNUMERIC", "number"},   {"BOOLEAN", "boolean"},    {"BOOL", "boolean"},
      {"DATE", "date"},       {"TIMESTAMP", "timestamp"}, {"DATETIME", "timestamp"}, {"TIME", "time"},
      {"RECORD", "object"},   {"STRUCT", "object"}};
  const auto found = kTypes.find(type);
  return found == kTypes.end() ? "string" : found->second;
}

// A BigQuery field as a property of ODCS; REPEATED is an array of it.
Json PropertyOf(const Json& field) {
  const std::string type = field.at("type");
  const std::string mode = field.value("mode", "NULLABLE");
  Json element = {{"logicalType", LogicalType(type)}, {"physicalType", type}};
  for (const Json& inner : field.value("fields", Json::array())) element["properties"].push_back(PropertyOf(inner));
  Json property = mode == "REPEATED" ? Json{{"logicalType", "array"}, {"items", element}} : element;
  property["name"] = field.at("name");
  property["required"] = mode == "REQUIRED";
  if (field.contains("description")) property["description"] = field["description"];
  return property;
}

v1::DataContract ContractOf(const Json& fields) {
  Json object = {{"name", "t"}, {"properties", Json::array()}};
  for (const Json& field : fields) object["properties"].push_back(PropertyOf(field));
  v1::Document document;
  document.set_content(Json{
      {"kind", "DataContract"},
      {"apiVersion", "v3.1.0"},
      {"id", "t"},
      {"version", "1.0.0"},
      {"status", "active"},
      {"schema", {object}}}.dump());
  const auto contract = descriptor::ParseContract(document);
  EXPECT_TRUE(contract.ok()) << contract.status().ToString();
  return contract.ok() ? *contract : v1::DataContract();
}

bool Breaking(const v1::DataContract& before, const v1::DataContract& after, v1::CompatibilityMode mode) {
  for (const v1::Difference& difference : descriptor::Diff(before, after)) {
    if (Breaks(difference, mode)) return true;
  }
  return false;
}

TEST(EditsTest, WhatBreaksReadersIsSeenAndNothingElse) {
  const auto file = descriptor::Corpora() / "schema-edits/edits.jsonl.gz";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is absent";
  // By direction: whether it breaks, whether it was flagged.
  std::map<std::pair<bool, bool>, int> forward;
  std::map<std::pair<bool, bool>, int> backward;
  int harmless = 0;
  int false_alarms = 0;
  for (const std::string& line : descriptor::ReadGzipLines(file)) {
    const Json edit = Json::parse(line);
    const auto classes = edit.at("class").get<std::set<std::string>>();
    const v1::DataContract before = ContractOf(edit.at("before"));
    const v1::DataContract after = ContractOf(edit.at("after"));
    const bool flagged = Breaking(before, after, v1::COMPATIBILITY_MODE_FORWARD);
    const bool quiet = std::all_of(classes.begin(), classes.end(), [](const std::string& name) {
      return name == "doc_only" || name == "add_optional";
    });
    if (quiet) {
      ++harmless;
      false_alarms += flagged ? 1 : 0;
      if (flagged) std::printf("false alarm: %s\n", edit.at("id").get<std::string>().c_str());
    }
    if (edit.at("partial")) continue;
    ++forward[{edit.at("breaks_old_readers"), flagged}];
    ++backward[{edit.at("breaks_new_readers"), Breaking(before, after, v1::COMPATIBILITY_MODE_BACKWARD)}];
    EXPECT_EQ(Breaking(before, after, v1::COMPATIBILITY_MODE_FULL),
              Breaking(before, after, v1::COMPATIBILITY_MODE_FORWARD) ||
                  Breaking(before, after, v1::COMPATIBILITY_MODE_BACKWARD));
  }
  for (const auto& [name, table] : {std::pair("forward", &forward), std::pair("backward", &backward)}) {
    const auto count = [&](bool breaks, bool flagged) { return (*table)[std::pair(breaks, flagged)]; };
    std::printf("%-8s  breaks: %d flagged, %d missed; harmless: %d flagged, %d passed\n", name, count(true, true),
                count(true, false), count(false, true), count(false, false));
  }
  EXPECT_EQ(harmless, 795);
  EXPECT_EQ(false_alarms, 0);
  EXPECT_EQ((forward[{true, true}]), 162);
  EXPECT_EQ((forward[{true, false}]), 0);
  EXPECT_EQ((forward[{false, true}]), 0);
  EXPECT_EQ((backward[{true, false}]), 0);
  EXPECT_EQ((backward[{false, true}]), 0);
}

}  // namespace
}  // namespace souk::governance
