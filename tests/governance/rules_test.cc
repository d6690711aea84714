// SPDX-License-Identifier: Apache-2.0
// The rules beside the mandatory ones: habits, data about people, and what only a context tells.
#include "governance/rules.h"

#include <gtest/gtest.h>

#include <set>

#include "governance/gate.h"

namespace souk::governance {
namespace {

v1::DataProduct Product() {
  v1::DataProduct model;
  model.set_id("sales.orders");
  model.set_name("Orders");
  v1::OutputPort& port = *model.add_output_ports();
  port.set_name("table");
  port.set_contract_id("orders");
  v1::DataContract& contract = *model.add_contracts();
  contract.set_id("orders");
  contract.add_schema()->set_name("orders");
  return model;
}

v1::SchemaProperty& AddColumn(v1::DataProduct& model, const std::string& name) {
  v1::SchemaProperty& column = *model.mutable_contracts(0)->mutable_schema(0)->add_properties();
  column.set_name(name);
  return column;
}

v1::ServiceLevel& AddPromise(v1::DataProduct& model, const std::string& property, const std::string& value,
                             const std::string& unit = "") {
  v1::ServiceLevel& level = *model.mutable_contracts(0)->add_service_levels();
  level.set_property(property);
  level.set_value(value);
  level.set_unit(unit);
  return level;
}

std::vector<std::string> Messages(const v1::DataProduct& model, const std::string& rule,
                                  const v1::GovernanceContext* context = nullptr,
                                  v1::ProductState requested = v1::PRODUCT_STATE_ACTIVE) {
  std::vector<std::string> messages;
  for (const v1::Finding& finding : TryRules(model, requested, context, {})) {
    if (finding.rule() == rule) messages.push_back(finding.message());
  }
  return messages;
}

using Texts = std::vector<std::string>;

TEST(RulesTest, EachHasAnIdOfItsOwn) {
  std::set<std::string_view> ids;
  for (const Case::Rule& rule : BuiltInRules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_EQ(FindRule(rule.id), &rule);
  }
  EXPECT_EQ(FindRule("no-such-rule"), nullptr);
}

TEST(RulesTest, PlaceholdersAreNoNames) {
  v1::DataProduct model = Product();
  EXPECT_EQ(Messages(model, "telling-names"), Texts());
  model.set_name("Untitled");
  EXPECT_EQ(Messages(model, "telling-names"), Texts({"the name \"Untitled\" says nothing about the product"}));
  model.set_name("Orders ");
  model.set_id("sales orders");
  EXPECT_EQ(Messages(model, "telling-names"),
            Texts({"the name \"Orders \" has white space at an end", "the id \"sales orders\" has white space in it"}));
}

TEST(RulesTest, APromiseHasAValueAndAUnit) {
  v1::DataProduct model = Product();
  AddPromise(model, "latency", "4", "h");
  AddPromise(model, "frequency", "daily");
  AddPromise(model, "endOfLife", "some day");  // a day is no promise of quality
  EXPECT_EQ(Messages(model, "promises-measurable"), Texts());
  AddPromise(model, "latency", "fast");
  AddPromise(model, "retention", "3");
  EXPECT_EQ(Messages(model, "promises-measurable"),
            Texts({"the promise \"latency\" has the value \"fast\", which can't be measured",
                   "the promise \"retention\" of \"3\" has no unit"}));
}

TEST(RulesTest, ColumnsThatSoundPersonalAreClassified) {
  for (const char* name : {"email", "billingEmail", "user_email_2", "FirstName", "date-of-birth", "IP_ADDRESS"}) {
    v1::DataProduct model = Product();
    v1::SchemaProperty& column = AddColumn(model, name);
    EXPECT_EQ(Messages(model, "personal-data-classified").size(), 1U) << name;
    column.set_classification("public");
    EXPECT_EQ(Messages(model, "personal-data-classified").size(), 0U) << name;
    column.clear_classification();
    column.add_tags("PII");
    EXPECT_EQ(Messages(model, "personal-data-classified").size(), 0U) << name;
  }
  for (const char* name :
       {"emails_sent_count_by_mailer", "telephony", "first_seen", "streets", "name", "product_name"}) {
    v1::DataProduct model = Product();
    AddColumn(model, name);
    EXPECT_EQ(Messages(model, "personal-data-classified").size(), 0U) << name;
  }
}

TEST(RulesTest, DataAboutPeopleIsKeptForATimeThatIsSaid) {
  v1::DataProduct model = Product();
  AddColumn(model, "mail").set_classification("PII");
  EXPECT_EQ(Messages(model, "personal-data-retained"),
            Texts({"the contract \"orders\" has data about people (\"mail\"), but does not say how long it is kept"}));
  AddPromise(model, "retention", "2", "y");
  EXPECT_EQ(Messages(model, "personal-data-retained"), Texts());
}

TEST(RulesTest, UpstreamsAreThereAndStay) {
  v1::DataProduct model = Product();
  v1::GovernanceContext context;
  for (const char* id : {"none", "retired", "deprecated", "live"}) {
    v1::InputPort& port = *model.add_input_ports();
    port.set_name(id);
    port.set_contract_id(id);
    v1::Upstream& upstream = *context.add_upstreams();
    upstream.set_port(id);
    upstream.set_contract_id(id);
    if (std::string_view(id) != "none") upstream.set_line("domains/a/products/b/lines/1");
  }
  context.mutable_upstreams(1)->set_state(v1::PRODUCT_STATE_RETIRED);
  context.mutable_upstreams(2)->set_state(v1::PRODUCT_STATE_DEPRECATED);
  context.mutable_upstreams(3)->set_state(v1::PRODUCT_STATE_ACTIVE);
  EXPECT_EQ(Messages(model, "upstream-missing", &context),
            Texts({"input port \"none\" reads contract \"none\", which nobody offers"}));
  EXPECT_EQ(Messages(model, "upstream-retired", &context).size(), 1U);
  EXPECT_EQ(Messages(model, "upstream-deprecated", &context).size(), 1U);
  const std::vector<v1::Finding> findings = TryRules(model, v1::PRODUCT_STATE_ACTIVE, &context, {});
  for (const v1::Finding& finding : findings) {
    if (finding.rule() == "upstream-deprecated") {
      EXPECT_EQ(finding.location().pointer(), "/inputPorts/2");
    }
  }
}

TEST(RulesTest, AProductWithReadersDoesNotRetire) {
  const v1::DataProduct model = Product();
  v1::GovernanceContext context;
  v1::Consumer& consumer = *context.add_consumers();
  consumer.set_line("domains/ads/products/spend/lines/1");
  consumer.set_team("teams/ads");
  consumer.set_state(v1::PRODUCT_STATE_ACTIVE);
  EXPECT_EQ(Messages(model, "no-readers-left", &context), Texts());
  EXPECT_EQ(Messages(model, "no-readers-left", &context, v1::PRODUCT_STATE_RETIRED),
            Texts({"domains/ads/products/spend/lines/1 still reads it; teams/ads answers for that"}));
  consumer.set_state(v1::PRODUCT_STATE_RETIRED);
  EXPECT_EQ(Messages(model, "no-readers-left", &context, v1::PRODUCT_STATE_RETIRED), Texts());
}

TEST(RulesTest, LayersSwitchAndWeighRules) {
  v1::DataProduct model = Product();
  v1::GovernanceContext context;
  v1::RuleSetting& off = *context.add_rules();
  off.set_rule("docs-required");
  off.set_off(true);
  v1::RuleSetting& heavier = *context.add_rules();
  heavier.set_rule("telling-names");
  heavier.set_severity(v1::SEVERITY_ERROR);
  model.set_name("test");
  EXPECT_EQ(Messages(model, "docs-required").size(), 1U);
  EXPECT_EQ(Messages(model, "docs-required", &context), Texts());
  for (const v1::Finding& finding : TryRules(model, v1::PRODUCT_STATE_ACTIVE, &context, {})) {
    if (finding.rule() == "telling-names") {
      EXPECT_EQ(finding.severity(), v1::SEVERITY_ERROR);
    }
  }
}

}  // namespace
}  // namespace souk::governance
