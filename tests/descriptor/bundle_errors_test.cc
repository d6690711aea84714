// SPDX-License-Identifier: Apache-2.0
// What is refused, and where the refusal points.
#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/descriptor/documents.h"

namespace souk::descriptor {
namespace {

TEST(BundleErrorsTest, EachDefectHasItsPlace) {
  constexpr struct {
    std::string_view document;  // which to edit
    std::string_view what;
    std::string_view with;
    std::string_view rule;
    std::string_view place;  // pointer:line:column
  } kCases[] = {
      {kProductPath, "kind: DataProduct", "kind: DataProdukt", "kind", "/kind:2:7"},
      {kProductPath, "kind: DataProduct\n", "", "kind", ":1:1"},
      {kProductPath, "kind: DataProduct\n", "dataProductDescriptor: 1.0.0\n", "kind", ":1:1"},
      {kProductPath, "apiVersion: v1.0.0\n", "", "required", ":1:1"},
      {kProductPath, "id: sales.orders.v2\n", "", "required", ":1:1"},
      {kProductPath, "domain: Sales\n", "", "required", ":1:1"},
      {kProductPath, "domain: Sales", "domain: ''", "required", "/domain:7:9"},
      {kProductPath, "domain: Sales", "domain: '!?'", "slug", "/domain:7:9"},
      {kProductPath, "name: Orders", "name: 数据", "slug", "/name:4:7"},
      {kProductPath, "name: Orders", "name: [Orders]", "wrong-type", "/name:4:7"},
      {kProductPath, "name: Orders", "name: 5", "wrong-type", "/name:4:7"},
      {kProductPath, "name: Orders", "name: \"a\\tb\"", "control-character", "/name:4:7"},
      {kProductPath, "2.1.0\nstatus", "2.1\nstatus", "wrong-type", "/version:5:10"},
      {kProductPath, "2.1.0\nstatus", "latest\nstatus", "version-major", "/version:5:10"},
      {kProductPath, "2.1.0\nstatus", "2.1/0\nstatus", "version-characters", "/version:5:10"},
      {kProductPath, "version: 2.1.0\nstatus", "status", "required", ":1:1"},
      {kProductPath,
       "description:\n  purpose: Every order that a shopper placed.\n  usage: Join on order_id.\n  limitations",
       "description: text\nx:\n  y", "wrong-type", "/description:9:14"},
      {kProductPath, "[orders, gold]", "orders", "wrong-type", "/tags:13:7"},
      {kProductPath, "[orders, gold]", "[orders, 5]", "wrong-type", "/tags/1:13:16"},
      {kProductPath, "- synonym: purchases", "- other: purchases", "required", "/synonyms/0:15:3"},
      {kProductPath, "- name: payments", "- title: payments", "required", "/inputPorts/0:32:3"},
      {kProductPath, "- name: payments\n  version: 1.0.0", "- name: p\n- x\n- name: q\n  version: 1.0.0", "wrong-type",
       "/inputPorts/1:33:3"},
      {kProductPath, "- name: payments", "- name: p\n- name: p\n- name: q", "port-unique", "/inputPorts/1:33:3"},
      {kProductPath, "- name: orders\n", "- name: orders\n  version: 2.1.0\n- name: orders\n", "port-unique",
       "/outputPorts/1:38:3"},
      {kProductPath, "  - username: bob@example.com\n", "  - name: Bob\n", "required", "/team/members/1:28:5"},
      {kProductPath, "[hot]", "{a: b}", "wrong-type", "/outputPorts/0/tags:41:9"},
      {kContractPath, "v3.1.0\nkind: DataContract", "v1.0.0\nkind: DataProduct", "one-product", ":1:1"},
      {kContractPath, "id: sales.orders.v2.contract\n", "", "required", ":1:1"},
      {kContractPath, "  type: postgres", "  typ: postgres", "required", "/servers/0:13:3"},
      {kContractPath, "- name: orders\n", "- name: orders\n- name: orders\n", "object-unique", "/schema/1:22:3"},
      {kContractPath, "  - name: address", "  - name: order_id", "column-unique", "/schema/0/properties/1:35:5"},
      {kContractPath, "    - name: city", "    - title: city", "required", "/schema/0/properties/1/properties/0:41:7"},
      {kContractPath, "required: true", "required: yes", "wrong-type", "/schema/0/properties/0/required:31:15"},
      {kContractPath, "  value: 4", "  value: [4]", "wrong-type", "/slaProperties/0/value:67:10"},
      {kContractPath, "- property: latency\n", "- propert: latency\n", "required", "/slaProperties/0:66:3"},
  };
  for (const auto& test : kCases) {
    std::string product = ProductText();
    std::string contract = ContractText();
    std::string& edited = test.document == kProductPath ? product : contract;
    edited = Replaced(edited, test.what, test.with);
    const auto parsed = ParseBundle(BundleOf(product, contract));
    EXPECT_EQ(PlaceOf(parsed, test.rule), test.place) << test.what << " -> " << test.with;
    if (parsed.ok()) continue;
    EXPECT_EQ(parsed.status().code(), Code::kInvalidArgument);
    EXPECT_EQ(parsed.status().reason(), "BAD_DOCUMENT");
    EXPECT_EQ(Find(parsed.status().detail().violations, test.rule).path, test.document);
  }
}

TEST(BundleErrorsTest, EveryDefectIsListedErrorsFirstInDocumentOrder) {
  std::string product = Replaced(ProductText(), "status: active", "status: live");
  product = Replaced(product, "domain: Sales", "domain: 5");
  product = Replaced(product, "tags: [orders, gold]", "tags: 5");
  product = Replaced(product, "outputPorts:", "outputPorts: &x [1, 2]\nignored:");
  const std::string contract = Replaced(ContractText(), "unique: true", "unique: 1");
  const auto parsed = ParseBundle(BundleOf(product, contract));
  ASSERT_FALSE(parsed.ok());
  std::string seen;
  for (const Violation& violation : parsed.status().detail().violations) {
    seen += violation.pointer + (violation.error ? " " : "? ");
  }
  EXPECT_EQ(seen, "/domain /tags /outputPorts/0 /outputPorts/1 /schema/0/properties/0/unique /status? /id? ");
}

TEST(BundleErrorsTest, SyntaxAndEncodingErrorsOfEveryDocument) {
  const auto parsed = ParseBundle(BundleOf({{"a.yaml", "a: [1"},
                                            {"b.json", "{\"a\": }"},
                                            {"c.yaml", "x: y\nz: \xff"},
                                            {"d.yaml", std::string("a: b\0c", 6)},
                                            {"e.yaml", ""},
                                            {"f.yaml", "- list"},
                                            {"g.yaml", "just text"}}));
  ASSERT_FALSE(parsed.ok());
  std::string seen;
  for (const Violation& violation : parsed.status().detail().violations) {
    seen += violation.path + ":" + violation.rule + ":" + std::to_string(violation.line) + ":" +
            std::to_string(violation.column) + " ";
  }
  EXPECT_EQ(seen,
            "a.yaml:yaml-syntax:1:6 b.json:json-syntax:1:7 c.yaml:utf8:2:4 d.yaml:utf8:1:5 e.yaml:empty:1:1 "
            "f.yaml:wrong-type:1:1 g.yaml:wrong-type:1:1 ");
}

TEST(BundleErrorsTest, ABundleHasExactlyOneProduct) {
  EXPECT_EQ(PlaceOf(ParseBundle(BundleOf({{kContractPath, ContractText()}})), "one-product"), ":0:0");
  EXPECT_EQ(PlaceOf(ParseBundle(BundleOf({{"a.yaml", ProductText()}, {"b.yaml", ProductText()}})), "one-product"),
            ":1:1");
  EXPECT_EQ(ParseBundle(v1::Bundle()).status().reason(), "MISSING_FIELD");
  v1::Bundle both = BundleOf(ProductText(), ContractText());
  both.mutable_model();
  EXPECT_EQ(ParseBundle(both).status().reason(), "BAD_FIELD");
  const auto twice =
      ParseBundle(BundleOf({{kProductPath, ProductText()}, {"a.yaml", ContractText()}, {"b.yaml", ContractText()}}));
  EXPECT_EQ(PlaceOf(twice, "contract-unique"), "/id:1:1");
}

TEST(BundleErrorsTest, PathsStayInsideTheBundle) {
  for (const std::string_view path : {"/etc/passwd", "../x.yaml", "a/../b.yaml", "a//b.yaml", "./a.yaml", "a\\b.yaml",
                                      "a\nb.yaml", "a\xff.yaml", "a/", ".."}) {
    EXPECT_EQ(ParseBundle(BundleOf({{path, ProductText()}})).status().reason(), "BAD_FIELD") << path;
  }
  for (const std::string_view path : {"", "a.yaml", "a/b/c.yaml", "products.jsonl:12.odps", "..a.yaml", "ö.yaml"}) {
    EXPECT_TRUE(ParseBundle(BundleOf({{path, ProductText()}})).ok()) << path;
  }
  EXPECT_EQ(ParseBundle(BundleOf({{"a", ProductText()}, {"a", ContractText()}})).status().reason(), "BAD_FIELD");
  EXPECT_TRUE(ParseBundle(BundleOf({{"", ProductText()}, {"", ContractText()}})).ok());
}

std::string Padded(std::string text, size_t size) {
  text += "# ";
  text.append(size - text.size(), 'x');
  return text;
}

TEST(BundleLimitsTest, DocumentBytes) {
  EXPECT_TRUE(ParseBundle(BundleOf(Padded(ProductText(), limits::kDocumentBytesMax), ContractText())).ok());
  const auto parsed = ParseBundle(BundleOf(Padded(ProductText(), limits::kDocumentBytesMax + 1), ContractText()));
  EXPECT_EQ(parsed.status().reason(), "DOCUMENT_TOO_LARGE");
}

TEST(BundleLimitsTest, BundleBytesAndDocuments) {
  const auto with = [](size_t contracts, size_t bytes) {
    v1::Bundle bundle = BundleOf({{kProductPath, ProductText()}});
    for (size_t i = 0; i < contracts; ++i) {
      v1::Document& document = *bundle.add_documents();
      document.set_path(std::to_string(i) + ".yaml");
      std::string text = "kind: DataContract\napiVersion: v3.1.0\nid: c" + std::to_string(i) + "\n";
      document.set_content(bytes == 0 ? text : Padded(text, bytes));
    }
    return ParseBundle(bundle);
  };
  EXPECT_TRUE(with(limits::kBundleDocumentsMax - 1, 0).ok());
  EXPECT_EQ(with(limits::kBundleDocumentsMax, 0).status().reason(), "TOO_MANY");
  const size_t quarter = limits::kBundleBytesMax / 4;
  EXPECT_TRUE(with(3, quarter).ok());
  EXPECT_EQ(with(4, quarter).status().reason(), "DOCUMENT_TOO_LARGE");
}

TEST(BundleLimitsTest, Ports) {
  const auto with = [](std::string_view key, size_t ports) {
    std::string product = ProductText();
    product = product.substr(0, product.find("inputPorts:")) + std::string(key) + ":\n";
    for (size_t i = 0; i < ports; ++i) product += "- {name: p" + std::to_string(i) + ", contractId: c}\n";
    return PlaceOf(ParseBundle(BundleOf({{kProductPath, product}})), "too-many");
  };
  EXPECT_EQ(with("outputPorts", limits::kOutputPortsMax), "accepted");
  EXPECT_EQ(with("outputPorts", limits::kOutputPortsMax + 1), "/outputPorts:32:1");
  EXPECT_EQ(with("inputPorts", limits::kInputPortsMax), "accepted");
  EXPECT_EQ(with("inputPorts", limits::kInputPortsMax + 1), "/inputPorts:32:1");
}

TEST(BundleLimitsTest, Columns) {
  // Two contracts: one document holds no 20,000 columns.
  const auto with = [](size_t columns) {
    std::string first =
        "{\"kind\":\"DataContract\",\"apiVersion\":\"v3.1.0\",\"id\":\"a\",\"schema\":[{\"name\":\"t\",\"properties\":"
        "[";
    std::string second = Replaced(first, "\"a\"", "\"b\"");
    for (size_t i = 0; i < columns; ++i) {
      std::string& text = i % 2 == 0 ? first : second;
      text += (text.back() == '[' ? "{\"name\":\"" : ",{\"name\":\"") + std::to_string(i) + "\"}";
    }
    return PlaceOf(
        ParseBundle(BundleOf({{kProductPath, ProductText()}, {"a.json", first + "]}]}"}, {"b.json", second + "]}]}"}})),
        "too-many");
  };
  EXPECT_EQ(with(limits::kColumnsMax), "accepted");
  EXPECT_EQ(with(limits::kColumnsMax + 1), ":1:1");
}

// Each document is a small bomb below its own limit.
TEST(BundleLimitsTest, NodesOfAllDocuments) {
  std::string bomb = "ignored:\n- &x [";
  for (int i = 0; i < 999; ++i) bomb += "~,";
  bomb += "~]\n";
  for (int i = 0; i < 120; ++i) bomb += "- *x\n";
  const auto with = [&](int bombs) {
    v1::Bundle bundle = BundleOf({{kProductPath, ProductText()}});
    for (int i = 0; i < bombs; ++i) {
      v1::Document& document = *bundle.add_documents();
      document.set_path(std::to_string(i) + ".yaml");
      document.set_content("kind: DataContract\napiVersion: v3.1.0\nid: c" + std::to_string(i) + "\n" + bomb);
    }
    return PlaceOf(ParseBundle(bundle), "nodes");
  };
  EXPECT_EQ(with(4), "accepted");
  EXPECT_EQ(with(5), ":1:1");
}

// A thousand aliases of a wide object would be a million columns.
TEST(BundleLimitsTest, ColumnsBehindAliasesAreNotEvenRead) {
  std::string contract = "kind: DataContract\napiVersion: v3.1.0\nid: c\nschema:\n- name: t\n  properties: &x\n";
  for (int i = 0; i < 100; ++i) contract += "  - name: c" + std::to_string(i) + "\n";
  for (int i = 0; i < 900; ++i) contract += "- {name: t" + std::to_string(i) + ", properties: *x}\n";
  const auto parsed = ParseBundle(BundleOf({{kProductPath, ProductText()}, {"c.yaml", contract}}));
  EXPECT_EQ(PlaceOf(parsed, "too-many"), ":1:1");
  EXPECT_EQ(Find(parsed.status().detail().violations, "too-many").message,
            std::to_string(limits::kColumnsMax + 1) + " columns; at most " + std::to_string(limits::kColumnsMax) +
                " are allowed");
}

TEST(BundleLimitsTest, Identifiers) {
  const auto with = [](size_t bytes) {
    const std::string name = "x" + std::string(bytes - 2, '.') + "x";  // whose slug is short
    return PlaceOf(ParseBundle(BundleOf(Replaced(ProductText(), "name: checkout", "name: " + name), ContractText())),
                   "identifier-length");
  };
  EXPECT_EQ(with(limits::kIdentifierBytesMax), "accepted");
  EXPECT_EQ(with(limits::kIdentifierBytesMax + 1), "/team/name:21:9");
}

TEST(BundleLimitsTest, ASlugIsNeverCut) {
  const auto with = [](size_t characters) {
    const std::string name = "name: " + std::string(characters, 'x');
    return PlaceOf(ParseBundle(BundleOf(Replaced(ProductText(), "name: checkout", name), ContractText())), "slug");
  };
  EXPECT_EQ(with(limits::kResourceIdCharsMax), "accepted");
  EXPECT_EQ(with(limits::kResourceIdCharsMax + 1), "/team/name:21:9");
}

TEST(BundleLimitsTest, Findings) {
  std::string ports = "inputPorts:\n";
  for (size_t i = 0; i < 2 * limits::kFindingsMax; ++i) ports += "- 5\n";
  const auto parsed = ParseBundle(
      BundleOf(Replaced(ProductText(),
                        "inputPorts:\n- name: payments\n  version: 1.0.0\n  contractId: payments.v1.contract\n", ports),
               ContractText()));
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.status().detail().violations.size(), limits::kFindingsMax);
}

}  // namespace
}  // namespace souk::descriptor
