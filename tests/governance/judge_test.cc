// SPDX-License-Identifier: Apache-2.0
#include "governance/judge.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "governance/waivers.h"
#include "tests/descriptor/documents.h"

namespace souk::governance {
namespace {

using descriptor::BundleOf;
using descriptor::ContractText;
using descriptor::ProductText;
using descriptor::Replaced;

constexpr char kLine[] = "domains/sales/products/orders/lines/2";

descriptor::ParsedBundle Parsed(const std::string& product) {
  auto parsed = descriptor::ParseBundle(BundleOf(product, ContractText()));
  EXPECT_TRUE(parsed.ok()) << parsed.status().ToString();
  return *std::move(parsed);
}

descriptor::ParsedBundle WithoutPurpose() {
  return Parsed(Replaced(ProductText(), "  purpose: Every order that a shopper placed.\n", ""));
}

v1::GovernanceContext Context() {
  v1::GovernanceContext context;
  context.set_line(kLine);
  context.set_day("2026-11-25");
  return context;
}

v1::Waiver WaiverOf(const std::string& rule) {
  v1::Waiver waiver;
  waiver.set_name("waivers/w1");
  waiver.set_line(kLine);
  waiver.set_rule(rule);
  waiver.set_reason("the words come with the next release");
  waiver.set_signer("ada");
  waiver.set_expires_on("2026-11-25");
  return waiver;
}

TEST(JudgeTest, EqualInputsGetEqualBytes) {
  const v1::Verdict first = JudgeBundle(Parsed(ProductText()), v1::PRODUCT_STATE_ACTIVE, Context());
  const v1::Verdict second = JudgeBundle(Parsed(ProductText()), v1::PRODUCT_STATE_ACTIVE, Context());
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_TRUE(first.fit_for_active());
  EXPECT_EQ(first.digest().size(), 64U);
}

TEST(JudgeTest, EachPartHasItsDigest) {
  const v1::Verdict base = JudgeBundle(Parsed(ProductText()), v1::PRODUCT_STATE_ACTIVE, Context());
  const v1::Verdict other_bundle = JudgeBundle(WithoutPurpose(), v1::PRODUCT_STATE_ACTIVE, Context());
  EXPECT_NE(other_bundle.descriptor_digest(), base.descriptor_digest());
  EXPECT_EQ(other_bundle.context_digest(), base.context_digest());
  EXPECT_EQ(other_bundle.policy_digest(), base.policy_digest());
  EXPECT_NE(other_bundle.digest(), base.digest());

  v1::GovernanceContext next_day = Context();
  next_day.set_day("2026-11-26");
  const v1::Verdict later = JudgeBundle(Parsed(ProductText()), v1::PRODUCT_STATE_ACTIVE, next_day);
  EXPECT_NE(later.context_digest(), base.context_digest());
  EXPECT_EQ(later.policy_digest(), base.policy_digest());

  v1::GovernanceContext stricter = Context();
  v1::RuleSetting& setting = *stricter.add_rules();
  setting.set_rule("columns-documented");
  setting.set_severity(v1::SEVERITY_ERROR);
  const v1::Verdict strict = JudgeBundle(Parsed(ProductText()), v1::PRODUCT_STATE_ACTIVE, stricter);
  EXPECT_EQ(strict.context_digest(), base.context_digest());
  EXPECT_NE(strict.policy_digest(), base.policy_digest());
}

TEST(JudgeTest, AWaiverExcusesUntilItEnds) {
  v1::GovernanceContext context = Context();
  EXPECT_FALSE(JudgeBundle(WithoutPurpose(), v1::PRODUCT_STATE_ACTIVE, context).fit_for_active());
  *context.add_waivers() = WaiverOf("docs-required");
  const v1::Verdict excused = JudgeBundle(WithoutPurpose(), v1::PRODUCT_STATE_ACTIVE, context);
  EXPECT_TRUE(excused.fit_for_active());
  const auto docs = std::find_if(excused.findings().begin(), excused.findings().end(),
                                 [](const v1::Finding& finding) { return finding.rule() == "docs-required"; });
  ASSERT_NE(docs, excused.findings().end());
  EXPECT_EQ(docs->waiver(), "waivers/w1");
  EXPECT_EQ(docs->severity(), v1::SEVERITY_INFO);
  EXPECT_NE(docs->remedy().find("Waived until 2026-11-25 by ada"), std::string::npos) << docs->remedy();

  context.set_day("2026-11-26");
  EXPECT_FALSE(JudgeBundle(WithoutPurpose(), v1::PRODUCT_STATE_ACTIVE, context).fit_for_active());
}

TEST(JudgeTest, AWaiverIsForItsLineItsRuleAndItsPlace) {
  const struct {
    std::string_view what;
    void (*change)(v1::Waiver&);
  } kCases[] = {
      {"another line", [](v1::Waiver& waiver) { waiver.set_line("domains/sales/products/orders/lines/3"); }},
      {"another rule", [](v1::Waiver& waiver) { waiver.set_rule("quality-required"); }},
      {"another place", [](v1::Waiver& waiver) { waiver.set_pointer("/outputPorts"); }},
      {"half a word", [](v1::Waiver& waiver) { waiver.set_pointer("/descr"); }},
      {"no day", [](v1::Waiver& waiver) { waiver.set_expires_on("some day"); }},
  };
  for (const auto& test : kCases) {
    v1::GovernanceContext context = Context();
    v1::Waiver& waiver = *context.add_waivers();
    waiver = WaiverOf("docs-required");
    test.change(waiver);
    EXPECT_FALSE(JudgeBundle(WithoutPurpose(), v1::PRODUCT_STATE_ACTIVE, context).fit_for_active()) << test.what;
    waiver = WaiverOf("docs-required");
    waiver.set_pointer("/description");
    EXPECT_TRUE(JudgeBundle(WithoutPurpose(), v1::PRODUCT_STATE_ACTIVE, context).fit_for_active()) << test.what;
  }
}

TEST(JudgeTest, NobodyIsExcusedFromAnOwner) {
  v1::GovernanceContext context = Context();
  *context.add_waivers() = WaiverOf("owner-required");
  const auto ownerless = Parsed(Replaced(ProductText(), "role: Owner", "role: steward"));
  EXPECT_FALSE(JudgeBundle(ownerless, v1::PRODUCT_STATE_ACTIVE, context).fit_for_active());
}

}  // namespace
}  // namespace souk::governance
