// SPDX-License-Identifier: Apache-2.0
// Conformance to the standards: their own examples pass, what is wrong is refused for its own reason at its own place.
#include "descriptor/conformance/conformance.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/descriptor/documents.h"

namespace souk::descriptor {
namespace {

Conformance Of(const std::string& text) {
  v1::Document document;
  document.set_path("d.yaml");
  document.set_content(text);
  return CheckConformance(document);
}

// "rule /pointer" of the first error; "OK" where there is none.
std::string First(const Conformance& conformance) {
  for (const Violation& violation : conformance.violations) {
    EXPECT_FALSE(violation.message.empty());
    EXPECT_FALSE(violation.remedy.empty());
    EXPECT_GT(violation.line, 0U);
    if (violation.error) return violation.rule + " " + violation.pointer;
  }
  return "OK";
}

constexpr char kContract[] = "version: 1.0.0\nkind: DataContract\nid: c\nstatus: active\n";

std::string Contract(const std::string& version, const std::string& rest) {
  return "apiVersion: v" + version + "\n" + kContract + rest;
}

TEST(ConformanceTest, ContractTable) {
  struct Case {
    std::string version;
    std::string rest;
    std::string want;
  };
  const std::string column = "schema:\n- name: t\n  properties:\n  - name: x\n    ";
  const std::string rule = "schema:\n- name: t\n  quality:\n  - ";
  const std::string server = "servers:\n- server: s\n  ";
  for (const Case& test : {
           Case{"3.1.0", "", "OK"},
           Case{"3.1.0", "unknownRootField: x\n", "unknown-key /unknownRootField"},
           Case{"3.1.0", "x-ours: x\n", "OK"},
           Case{"3.1.0", "name: 5\n", "wrong-type /name"},
           Case{"3.1.0", "tags: one\n", "wrong-type /tags"},
           Case{"3.1.0", "tags: [one, 2]\n", "wrong-type /tags/1"},
           Case{"3.1.0", "context: words\n", "newer-key /context"},
           Case{"3.2.0", "context: words\n", "OK"},
           Case{"3.2.0", column + "deprecated: maybe", "wrong-type /schema/0/properties/0/deprecated"},
           Case{"3.2.0", column + "deprecated: ${OLD:-true}", "OK"},
           Case{"3.1.0", column + "deprecated: true", "newer-key /schema/0/properties/0/deprecated"},
           Case{"3.2.0", column + "enum: []", "empty-list /schema/0/properties/0/enum"},
           Case{"3.2.0", column + "enum: [{value: a}, {label: b}]", "required /schema/0/properties/0/enum/1"},
           Case{"3.1.0", column + "logicalType: text", "unknown-word /schema/0/properties/0/logicalType"},
           Case{"3.2.0", column + "logicalType: map", "required /schema/0/properties/0"},
           Case{"3.2.0", column + "map: {key: {logicalType: string}}", "required /schema/0/properties/0/map"},
           Case{"3.2.0", column + "logicalType: vector\n    logicalTypeOptions: {elementType: f}",
                "required /schema/0/properties/0/logicalTypeOptions"},
           Case{"3.1.0", column + "primaryKeyPosition: first", "wrong-type /schema/0/properties/0/primaryKeyPosition"},
           Case{"3.1.0", column + "relationships: [{from: a.b, to: c.d}]",
                "relationship /schema/0/properties/0/relationships/0/from"},
           Case{"3.1.0", column + "relationships: [{to: c.d}]", "OK"},
           Case{"3.1.0", column + "colour: red", "unknown-key /schema/0/properties/0/colour"},
           Case{"3.0.2", column + "colour: red", "OK"},  // a warning
           Case{"3.1.0", "schema:\n- id: a.b\n  name: t\n", "stable-id /schema/0/id"},
           Case{"3.1.0", "schema:\n- physicalName: t\n", "required /schema/0"},
           Case{"3.1.0", rule + "{type: sql}", "required /schema/0/quality/0"},
           Case{"3.1.0", rule + "{type: custom, engine: soda}", "required /schema/0/quality/0"},
           Case{"3.1.0", rule + "{type: text, description: d}", "OK"},
           Case{"3.1.0", rule + "{metric: rowCount, mustBeBetween: [100]}", "range /schema/0/quality/0/mustBeBetween"},
           Case{"3.1.0", rule + "{metric: rowCount, dimension: beauty}", "unknown-word /schema/0/quality/0/dimension"},
           Case{"3.1.0", server + "type: postgres\n  host: h\n  port: 1\n  database: d\n  schema: s\n", "OK"},
           Case{"3.1.0", server + "type: postgres\n  host: h\n", "required /servers/0"},
           Case{"3.2.0", server + "type: exasol\n", "required /servers/0"},
           Case{"3.1.0", server + "type: abacus\n", "unknown-word /servers/0/type"},
           Case{"3.1.0", "slaProperties:\n- property: latency\n", "required /slaProperties/0"},
           Case{"3.2.0", "slaProperties:\n- {property: l, value: 1, authoritativeDefinitions: [{url: u}]}\n",
                "required /slaProperties/0/authoritativeDefinitions/0"},
           Case{"3.1.0", "team:\n- username: ada\n", "OK"},
           Case{"3.1.0", "team: {members: [{name: ada}]}\n", "required /team/members/0"},
           Case{"9.9.9", "", "api-version /apiVersion"},
       }) {
    EXPECT_EQ(First(Of(Contract(test.version, test.rest))), test.want) << test.version << "\n" << test.rest;
  }
}

TEST(ConformanceTest, ProductsAndOthers) {
  const std::string product = "kind: DataProduct\nid: p\nstatus: active\n";
  EXPECT_EQ(First(Of("apiVersion: v1.0.0\n" + product)), "OK");
  EXPECT_EQ(Of("apiVersion: v1.0.0\n" + product).standard, "ODPS 1.0");
  EXPECT_EQ(First(Of("apiVersion: v1.0.0\nkind: DataProduct\nid: p\n")), "required ");
  EXPECT_EQ(First(Of("apiVersion: v1.1.0\nkind: DataProduct\nid: p\n")), "OK");
  EXPECT_EQ(First(Of("apiVersion: v1.0.0\n" + product + "synonyms: []\n")), "newer-key /synonyms");
  EXPECT_EQ(First(Of("apiVersion: v1.0.0\n" + product + "outputPorts: [{name: a}]\n")), "required /outputPorts/0");
  EXPECT_EQ(First(Of("apiVersion: v1.1.0\n" + product + "outputPorts: [{name: a}]\n")), "OK");
  const Conformance lenient = Of("apiVersion: v1.0.0\n" + product + "inputPorts: [{name: a}]\n");
  EXPECT_TRUE(lenient.conforms());
  EXPECT_EQ(lenient.violations.size(), 2U);  // the text and the schema of 1.0 differ: a warning for each key
  EXPECT_EQ(First(Of("kind: Teams\n")), "kind /kind");
  EXPECT_EQ(First(Of("a: b\n")), "kind ");
  EXPECT_EQ(First(Of("[1, 2]\n")), "wrong-type ");
  EXPECT_FALSE(Of("a: [\n").conforms());
  EXPECT_FALSE(Of("\xff").conforms());
  EXPECT_FALSE(Of("").conforms());
  EXPECT_FALSE(Of(std::string(3'000'000, 'a')).conforms());
}

class StandardsConformanceTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = Corpora() / "standards";
    if (!std::filesystem::exists(root_)) GTEST_SKIP() << root_ << " is absent";
  }
  static Conformance OfFile(const std::filesystem::path& file) {
    v1::Document document;
    document.set_path(file.filename().string());
    document.set_content(ReadFile(file));
    return CheckConformance(document);
  }
  std::filesystem::path root_;
};

TEST_F(StandardsConformanceTest, EveryPositivePasses) {
  size_t count = 0;
  for (const char* folder : {"odcs/examples", "odps/examples"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root_ / folder)) {
      if (!entry.is_regular_file() || entry.path().extension() != ".yaml") continue;
      ++count;
      EXPECT_EQ(First(OfFile(entry.path())), "OK") << entry.path();
    }
  }
  EXPECT_EQ(count, 21U);
  EXPECT_EQ(First(OfFile(root_ / "dpds/examples/tripexecution/data-product-descriptor.json")), "OK");
}

TEST_F(StandardsConformanceTest, EveryNegativeIsRefusedForItsOwnReason) {
  const std::map<std::string, std::string> want = {
      {"additional-unknown-property", "unknown-key /unknownRootField"},
      {"deprecated-wrong-type", "wrong-type /schema/0/properties/0/deprecated"},
      {"enum-empty", "empty-list /schema/0/properties/0/enum"},
      {"exasol-missing-host", "required /servers/0"},
      {"fastobjects-missing-database", "required /servers/0"},
      {"hana-missing-host", "required /servers/0"},
      {"ingres-missing-host", "required /servers/0"},
      {"invalid-api-version", "api-version /apiVersion"},
      {"invalid-kind", "kind /kind"},
      {"invalid-quality-dimension", "unknown-word /schema/0/properties/0/quality/0/dimension"},
      {"map-missing-block", "required /schema/0/properties/0"},
      {"quality-custom-missing-implementation", "required /schema/0/properties/0/quality/0"},
      {"quality-mustbebetween-wrong-size", "range /schema/0/quality/0/mustBeBetween"},
      {"quality-sql-missing-query", "required /schema/0/properties/0/quality/0"},
      {"relationship-property-level-with-from", "relationship /schema/0/properties/0/relationships/0/from"},
      {"sla-authoritativedefinition-missing-type", "required /slaProperties/0/authoritativeDefinitions/0"},
      {"stable-id-denied-characters", "stable-id /schema/0/id"},
      {"teradata-missing-host", "required /servers/0"},
      {"vector-missing-dimensions", "required /schema/0/properties/0/logicalTypeOptions"},
      {"vectorwise-missing-database", "required /servers/0"}};
  std::map<std::string, std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(root_ / "odcs/negative")) {
    const std::string name = entry.path().filename().string();
    const Conformance conformance = OfFile(entry.path());
    found[name.substr(0, name.find('.'))] = First(conformance);
    size_t errors = 0;
    for (const Violation& violation : conformance.violations) errors += violation.error ? 1 : 0;
    EXPECT_EQ(errors, 1U) << name;  // for its own reason, and no other
  }
  EXPECT_EQ(found, want);
  EXPECT_EQ(First(OfFile(root_ / "dpds/examples/minimal.dpd.json")), "required /info");
}

}  // namespace
}  // namespace souk::descriptor
