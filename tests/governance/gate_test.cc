// SPDX-License-Identifier: Apache-2.0
#include "governance/gate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"
#include "tests/descriptor/documents.h"

namespace souk::governance {
namespace {

using descriptor::BundleOf;
using descriptor::ContractText;
using descriptor::ProductText;
using descriptor::Replaced;

Verdict JudgeTexts(const std::string& product, const std::string& contract,
                   v1::ProductState requested = v1::PRODUCT_STATE_ACTIVE) {
  const auto parsed = descriptor::ParseBundle(BundleOf(product, contract));
  EXPECT_TRUE(parsed.ok()) << parsed.status().ToString();
  if (!parsed.ok()) return {};
  return Judge(parsed->model, requested, parsed->locations);
}

// "E rule path/pointer:line; …"
std::string Shown(const Verdict& verdict) {
  std::string shown;
  for (const v1::Finding& finding : verdict.findings) {
    EXPECT_EQ(finding.layer(), "built-in");
    EXPECT_FALSE(finding.message().empty());
    EXPECT_FALSE(finding.remedy().empty());
    const v1::SourceLocation& at = finding.location();
    shown += (shown.empty() ? "" : "; ") + std::string(1, " IWE"[finding.severity()]) + " " + finding.rule() + " " +
             at.path().substr(0, at.path().find('.')) + at.pointer() + ":" + std::to_string(at.line());
  }
  return shown;
}

TEST(GateTest, AWholeProductIsFit) {
  const Verdict verdict = JudgeTexts(ProductText(), ContractText());
  EXPECT_EQ(Shown(verdict), "");
  EXPECT_TRUE(verdict.fit_for_active);
}

TEST(GateTest, ProductTable) {
  const struct {
    std::string what;
    std::string with;
    std::string_view want;
  } kCases[] = {
      {"name: Orders\n", "", "E discoverability-required product:1"},
      {"name: Orders\n", "name: ' '\n", "E discoverability-required product/name:4"},
      {"  purpose: Every order that a shopper placed.\n", "", "E docs-required product/description:10"},
      {"purpose: Every order that a shopper placed.", "purpose: '  '",
       "E docs-required product/description/purpose:10"},
      {"  purpose: Every order that a shopper placed.\n", "  purpose: |\n    Orders.\n", ""},
      {"role: Owner", "role: steward", "E owner-required product/team/members:24"},
      {"role: Owner", "role: ' OWNER '", ""},
      {"role: Owner", "role: owner\n    dateOut: 2030-01-01", "E owner-required product/team/members:24"},
      {"username: ada@example.com", "username: ada", ""},  // there is a support url
      {"contractId: sales.orders.v2.contract", "contractId: other", "E contract-required product/outputPorts/0:36"},
      {"  contractId: sales.orders.v2.contract\n", "", "E contract-required product/outputPorts/0:36"},
  };
  for (const auto& test : kCases) {
    const Verdict verdict = JudgeTexts(Replaced(ProductText(), test.what, test.with), ContractText());
    EXPECT_EQ(Shown(verdict), test.want) << test.what << " -> " << test.with;
    EXPECT_EQ(verdict.fit_for_active, test.want.empty());
  }
}

TEST(GateTest, AnOwnerMustBeReachable) {
  const std::string product = Replaced(ProductText(), "username: ada@example.com", "username: ada");
  const auto with_support = [&](const std::string& support) {
    const size_t begin = product.find("support:");
    const size_t end = product.find("team:");
    return Shown(JudgeTexts(product.substr(0, begin) + support + product.substr(end), ContractText()));
  };
  EXPECT_EQ(with_support(""), "E owner-required product/team/members:20");
  EXPECT_EQ(with_support("support:\n- channel: '#help'\n"), "E owner-required product/team/members:22");
  EXPECT_EQ(with_support("support:\n- channel: help@example.com\n"), "");
  EXPECT_EQ(with_support("support:\n- channel: help\n  url: https://x\n"), "");
}

TEST(GateTest, WithoutTeamOrPortsTheFindingStandsAtTheNearestNode) {
  std::string product = ProductText();
  product = product.substr(0, product.find("support:"));
  EXPECT_EQ(Shown(JudgeTexts(product, ContractText())), "E owner-required product:1; E output-port-required product:1");
}

TEST(GateTest, ContractTable) {
  const std::string text = ContractText();
  const std::string columns =
      text.substr(text.find("  properties:\n  - name: order_id"),
                  text.find("  quality:\n  - name: enough") - text.find("  properties:\n  - name: order_id"));
  const std::string rule = text.substr(text.find("  quality:\n  - name: enough"),
                                       text.find("slaProperties:") - text.find("  quality:\n  - name: enough"));
  const std::string promises = text.substr(text.find("slaProperties:"));
  const auto without = [&](std::initializer_list<std::string> parts) {
    std::string left = text;
    for (const std::string& part : parts) left = Replaced(left, part, "");
    return left;
  };
  const std::string deeper_rule =
      "        quality:\n        - type: library\n          metric: invalidValues\n          mustBeLessThan: 5\n"
      "          unit: percent\n          dimension: accuracy\n";
  const auto shown = [&](const std::string& contract) { return Shown(JudgeTexts(ProductText(), contract)); };

  EXPECT_EQ(shown(without({columns})), "E contract-required contract/schema/0:21");
  EXPECT_EQ(shown(text.substr(0, text.find("schema:\n-"))),
            "E contract-required contract:1; E quality-required contract:1");
  EXPECT_EQ(shown(without({rule, promises})), "");  // the rule on a nested column is left
  EXPECT_EQ(shown(without({rule, deeper_rule})), "");
  EXPECT_EQ(shown(without({promises, deeper_rule})), "");
  EXPECT_EQ(shown(without({rule, promises, deeper_rule})), "E quality-required contract:1");
  const std::string bare = without({rule, promises, deeper_rule});
  const std::string blank = "slaProperties:\n- property: latency\n  unit: h\n";
  for (const std::string_view date : {"endOfSupport", "endOfLife", "generalAvailability", "EndOfLife"}) {
    EXPECT_EQ(shown(bare + "slaProperties:\n- property: " + std::string(date) + "\n  value: 2030-01-01\n"),
              "E quality-required contract:1");
  }
  const size_t lines = static_cast<size_t>(std::count(bare.begin(), bare.end(), '\n'));
  const std::string line = std::to_string(lines + 2);
  const std::string no_measure =
      "E quality-required contract:1; W promises-measurable contract/slaProperties/0:" + line;
  EXPECT_EQ(shown(bare + blank), no_measure);
  EXPECT_EQ(shown(bare + blank + "  value: ''\n"), no_measure);
  for (const char* measurable : {"0", "99.9", "PT1H", "'5 minutes'", "daily", "Hourly"}) {
    EXPECT_EQ(shown(bare + blank + "  value: " + measurable + "\n"), "") << measurable;
  }
  for (const char* empty : {"n/a", "none", "tbd", "abc", "' '"}) {
    EXPECT_EQ(shown(bare + blank + "  value: " + empty + "\n"), no_measure) << empty;
  }
  EXPECT_EQ(shown(bare + "slaProperties:\n- property: latency\n  value: 4\n"),
            "W promises-measurable contract/slaProperties/0:" + line);
  EXPECT_EQ(shown(bare + "slaProperties:\n- property: latency\n  value: 4 h\n"), "");
}

TEST(GateTest, EachPortNeedsItsContract) {
  const std::string product = ProductText() + "- name: second\n  contractId: sales.orders.v2.contract\n- name: third\n";
  EXPECT_EQ(Shown(JudgeTexts(product, ContractText())), "E contract-required product/outputPorts/2:44");
}

TEST(GateTest, EveryDefectAtOnceErrorsFirst) {
  const std::string product =
      "kind: DataProduct\napiVersion: v1.0.0\nid: d.x.v1\ndomain: d\nversion: 1.0.0\nstatus: deprecated\n"
      "outputPorts:\n- name: x\n  contractId: c\n";
  const std::string contract =
      "kind: DataContract\napiVersion: v3.1.0\nid: c\nschema:\n- name: t\n- name: u\n  properties:\n  - name: a\n"
      "  - name: b\n    description: B.\n";
  const Verdict verdict = JudgeTexts(product, contract, v1::PRODUCT_STATE_DEPRECATED);
  EXPECT_EQ(Shown(verdict),
            "E discoverability-required product:1; E owner-required product:1; E docs-required product:1; "
            "E quality-required contract:1; W sunset-date product/status:6; I columns-documented contract/schema/1:6");
  EXPECT_FALSE(verdict.fit_for_active);
  EXPECT_FALSE(verdict.findings[0].waivable());
  EXPECT_FALSE(verdict.findings[1].waivable());
  EXPECT_TRUE(verdict.findings[2].waivable());
}

TEST(GateTest, ASunsetIsAskedOfDeprecatedOnly) {
  const std::string dated = ContractText() + "- property: endOfLife\n  value: 2030-01-01\n";
  EXPECT_EQ(Shown(JudgeTexts(ProductText(), ContractText(), v1::PRODUCT_STATE_ACTIVE)), "");
  EXPECT_EQ(Shown(JudgeTexts(ProductText(), dated, v1::PRODUCT_STATE_DEPRECATED)), "");
  const Verdict verdict = JudgeTexts(ProductText(), ContractText(), v1::PRODUCT_STATE_DEPRECATED);
  EXPECT_EQ(Shown(verdict), "W sunset-date product/status:6");
  EXPECT_TRUE(verdict.fit_for_active);
}

TEST(GateTest, AModelHasPointersOnly) {
  v1::DataProduct model;
  model.set_name("n");
  model.set_domain("d");
  model.add_output_ports()->set_name("p");
  EXPECT_EQ(Shown(Judge(model, v1::PRODUCT_STATE_ACTIVE)),
            "E owner-required /team/members:0; E docs-required /description/purpose:0; "
            "E contract-required /outputPorts/0:0; E quality-required /outputPorts:0");
}

TEST(GateTest, FindingsAreBounded) {
  v1::DataProduct model;
  for (size_t i = 0; i < 2 * limits::kFindingsMax; ++i) model.add_output_ports();
  const Verdict verdict = Judge(model, v1::PRODUCT_STATE_ACTIVE);
  EXPECT_EQ(verdict.findings.size(), limits::kFindingsMax);
  EXPECT_FALSE(verdict.fit_for_active);
}

}  // namespace
}  // namespace souk::governance
