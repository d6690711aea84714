// SPDX-License-Identifier: Apache-2.0
// Bundles that come as proto.
#include <gtest/gtest.h>

#include "base/limits.h"
#include "descriptor/diff.h"
#include "tests/descriptor/documents.h"

namespace souk::descriptor {
namespace {

v1::DataProduct Model() {
  auto parsed = ParseBundle(BundleOf(ProductText(), ContractText()));
  EXPECT_TRUE(parsed.ok());
  return parsed->model;
}

StatusOr<ParsedBundle> Parse(const v1::DataProduct& model) {
  v1::Bundle bundle;
  *bundle.mutable_model() = model;
  return ParseBundle(bundle);
}

TEST(ModelTest, AModelIsTheSameAsItsDocuments) {
  const v1::DataProduct model = Model();
  const auto parsed = Parse(model);
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  EXPECT_EQ(parsed->line.ToString(), "domains/sales/products/orders/lines/2");
  EXPECT_EQ(parsed->state, v1::PRODUCT_STATE_ACTIVE);
  EXPECT_TRUE(parsed->documents.empty());
  EXPECT_TRUE(parsed->locations.empty());
  EXPECT_TRUE(Diff(model, parsed->model).empty());
  EXPECT_EQ(parsed->model.contracts(0).schema(0).datasets(0).name(), "shop.sales.orders_v2");
  const v1::SourceLocation& at = parsed->model.contracts(0).schema(0).properties(2).items(0).location();
  EXPECT_EQ(at.pointer(), "/contracts/0/schema/0/properties/2/items/0");
  EXPECT_EQ(at.line(), 0U);
  EXPECT_EQ(at.path(), "");
}

TEST(ModelTest, TheDigestIsOfWhatIsMeant) {
  v1::DataProduct model = Model();
  const std::string digest = Parse(model)->content_digest;
  EXPECT_EQ(digest.size(), 32U);
  model.mutable_contracts(0)->mutable_location()->set_line(99);
  model.mutable_contracts(0)->mutable_schema(0)->clear_datasets();
  EXPECT_EQ(Parse(model)->content_digest, digest);
  model.set_name("Ordres");
  EXPECT_NE(Parse(model)->content_digest, digest);
}

TEST(ModelTest, DefectsHavePointers) {
  struct Case {
    std::string_view rule;
    std::string_view place;
    void (*edit)(v1::DataProduct&);
  };
  const Case kCases[] = {
      {"required", "/domain:0:0", [](v1::DataProduct& m) { m.clear_domain(); }},
      {"required", "/version:0:0", [](v1::DataProduct& m) { m.clear_version(); }},
      {"required", "/name:0:0", [](v1::DataProduct& m) { m.clear_name(), m.clear_id(); }},
      {"version-major", "/version:0:0", [](v1::DataProduct& m) { m.set_version("x"); }},
      {"slug", "/name:0:0", [](v1::DataProduct& m) { m.set_name("☂"); }},
      {"slug", "/name:0:0", [](v1::DataProduct& m) { m.set_name(std::string(129, 'n')); }},
      {"slug", "/domain:0:0", [](v1::DataProduct& m) { m.set_domain(std::string(129, 'd')); }},
      {"slug", "/team/name:0:0", [](v1::DataProduct& m) { m.mutable_team()->set_name(std::string(129, 't')); }},
      {"required", "/inputPorts/0:0:0", [](v1::DataProduct& m) { m.mutable_input_ports(0)->clear_name(); }},
      {"required", "/outputPorts/1:0:0", [](v1::DataProduct& m) { m.add_output_ports(); }},
      {"port-unique", "/outputPorts/1:0:0",
       [](v1::DataProduct& m) { *m.add_output_ports() = v1::OutputPort(m.output_ports(0)); }},
      {"required", "/contracts/1/id:0:0", [](v1::DataProduct& m) { m.add_contracts(); }},
      {"contract-unique", "/contracts/1/id:0:0",
       [](v1::DataProduct& m) { *m.add_contracts() = v1::DataContract(m.contracts(0)); }},
      {"required", "/contracts/0/schema/1:0:0", [](v1::DataProduct& m) { m.mutable_contracts(0)->add_schema(); }},
      {"required", "/contracts/0/schema/0/properties/3:0:0",
       [](v1::DataProduct& m) { m.mutable_contracts(0)->mutable_schema(0)->add_properties(); }},
      {"utf8", ":0:0", [](v1::DataProduct& m) { m.set_name("\xff"); }},
      {"utf8", ":0:0", [](v1::DataProduct& m) { m.mutable_tags()->Add(std::string("a\0b", 3)); }},
      {"utf8", ":0:0", [](v1::DataProduct& m) { m.mutable_contracts(0)->set_id("\xed\xa0\x80"); }},
      {"depth", ":0:0",
       [](v1::DataProduct& m) {
         v1::SchemaProperty* property = m.mutable_contracts(0)->mutable_schema(0)->mutable_properties(0);
         for (size_t i = 0; i < limits::kDocumentDepthMax; ++i) {
           property = property->add_properties();
           property->set_name("x");
         }
       }},
  };
  for (const Case& test : kCases) {
    v1::DataProduct model = Model();
    test.edit(model);
    EXPECT_EQ(PlaceOf(Parse(model), test.rule), test.place) << test.rule << " " << test.place;
  }
}

TEST(ModelTest, ColumnsAtTheirEdge) {
  v1::DataProduct model = Model();
  google::protobuf::RepeatedPtrField<v1::SchemaProperty>& columns =
      *model.mutable_contracts(0)->mutable_schema(0)->mutable_properties();
  columns.Clear();
  for (size_t i = 0; i < limits::kColumnsMax; ++i) columns.Add()->set_name("c" + std::to_string(i));
  EXPECT_TRUE(Parse(model).ok());
  columns.Add()->set_name("last");
  EXPECT_EQ(Parse(model).status().reason(), "TOO_MANY");
}

TEST(ModelTest, AModelMayNotBeLargerThanABundle) {
  v1::DataProduct model = Model();
  model.mutable_description()->set_usage(std::string(limits::kBundleBytesMax, 'x'));
  EXPECT_EQ(Parse(model).status().reason(), "DOCUMENT_TOO_LARGE");
}

}  // namespace
}  // namespace souk::descriptor
