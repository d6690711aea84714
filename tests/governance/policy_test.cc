// SPDX-License-Identifier: Apache-2.0
// Policies: their head, the box they run in, what they find and when it counts.
#include "governance/policy/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "governance/judge.h"
#include "governance/policy/engine.h"
#include "governance/policy/evaluate.h"
#include "tests/descriptor/documents.h"

namespace souk::governance {
namespace {

using descriptor::BundleOf;
using descriptor::ContractText;
using descriptor::ProductText;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kHead[] = "-- id: p\n-- title: A title\n-- severity: error\n-- owner: teams/rules\n";

v1::Policy PolicyOf(const std::string& select, const std::string& more = "") {
  const auto policy = ParsePolicy(kHead + more + select, "p.sql");
  EXPECT_TRUE(policy.ok()) << policy.status().ToString();
  return policy.ok() ? *policy : v1::Policy();
}

descriptor::ParsedBundle Parsed() {
  auto parsed = descriptor::ParseBundle(BundleOf(ProductText(), ContractText()));
  EXPECT_TRUE(parsed.ok());
  return *std::move(parsed);
}

v1::GovernanceContext Context() {
  v1::GovernanceContext context;
  context.set_line("domains/sales/products/orders/lines/2");
  context.set_day("2026-11-25");
  return context;
}

// The messages of a SELECT over the sample product.
std::vector<std::string> Messages(const std::string& select, v1::GovernanceContext context = Context()) {
  const auto parsed = Parsed();
  std::vector<std::string> messages;
  for (const v1::Finding& finding :
       EvaluatePolicy(PolicyOf(select), parsed.model, v1::PRODUCT_STATE_ACTIVE, context, parsed.locations)) {
    messages.push_back(finding.message());
  }
  return messages;
}

// "line:column message" of the first defect; "OK" where there is none.
std::string Defect(const std::string& source) {
  const auto policy = ParsePolicy(source, "p.sql");
  if (policy.ok()) return "OK";
  const Violation& violation = policy.status().detail().violations.front();
  EXPECT_EQ(violation.path, "p.sql");
  EXPECT_FALSE(violation.remedy.empty());
  return std::to_string(violation.line) + ":" + std::to_string(violation.column) + " " + violation.message;
}

TEST(PolicyTest, TheHeadSaysWhatItIs) {
  const v1::Policy policy = PolicyOf("SELECT 'x' AS message",
                                     "-- rationale: because\n-- layer: domains/sales\n-- applies-to: draft, active\n"
                                     "-- waivable: no\n-- warn-from: 2026-10-01\n-- block-from: 2027-01-01\n"
                                     "-- SPDX-License-Identifier: Apache-2.0\n-- A remark, that is not a key.\n\n");
  EXPECT_EQ(policy.name(), "policies/p");
  EXPECT_EQ(policy.title(), "A title");
  EXPECT_EQ(policy.severity(), v1::SEVERITY_ERROR);
  EXPECT_EQ(policy.owner(), "teams/rules");
  EXPECT_EQ(policy.rationale(), "because");
  EXPECT_EQ(policy.layer(), "domains/sales");
  EXPECT_THAT(policy.applies_to(), ElementsAre(v1::PRODUCT_STATE_DRAFT, v1::PRODUCT_STATE_ACTIVE));
  EXPECT_FALSE(policy.waivable());
  EXPECT_EQ(policy.digest().size(), 64U);
  EXPECT_EQ(PolicyOf("SELECT 'x' AS message").layer(), "global");
  EXPECT_TRUE(PolicyOf("SELECT 'x' AS message").waivable());
}

TEST(PolicyTest, ABadHeadIsShownWithItsLine) {
  const std::string select = "SELECT 'x' AS message";
  EXPECT_EQ(Defect(kHead + select), "OK");
  EXPECT_THAT(Defect("-- title: t\n-- severity: info\n-- owner: o\n" + select), HasSubstr("1:1 the head has no id"));
  EXPECT_THAT(Defect("-- id: Not Good\n-- title: t\n-- severity: info\n-- owner: o\n" + select), HasSubstr("is no id"));
  EXPECT_THAT(Defect(std::string(kHead) + "-- severity: info\n" + select), HasSubstr("5:1 severity is said twice"));
  EXPECT_THAT(Defect(std::string(kHead) + "-- colour: red\n" + select), HasSubstr("5:1 \"colour\" is no key"));
  EXPECT_THAT(Defect(std::string(kHead) + "-- warn-from: soon\n" + select), HasSubstr("5:1 warn-from"));
  EXPECT_THAT(Defect(std::string(kHead) + "-- layer: payments\n" + select), HasSubstr("5:1 \"payments\" is no layer"));
  EXPECT_THAT(Defect(std::string(kHead) + "-- applies-to: alive\n" + select), HasSubstr("is no state"));
  EXPECT_THAT(Defect(std::string(kHead) + "-- waivable: perhaps\n" + select), HasSubstr("waivable"));
  EXPECT_THAT(Defect("\xff"), HasSubstr("not UTF-8"));
  EXPECT_EQ(ParsePolicy(std::string(100'000, ' '), "p").status().reason(), "DOCUMENT_TOO_LARGE");
}

TEST(PolicyTest, OnlyOneReadingSelectIsTaken) {
  const std::map<std::string, std::string> defects = {
      {"", "there is no SELECT"},
      {"SELEC 'x' AS message", "5:1 the SELECT can't be run: near \"SELEC\""},
      {"SELECT nonsuch AS message\nFROM product", "5:8 the SELECT can't be run: no such column: nonsuch"},
      {"SELECT 'x' AS message FROM nowhere", "no such table: nowhere"},
      {"SELECT 'x'", "no column named message"},
      {"SELECT 'x' AS message; SELECT 'y' AS message", "more than one statement"},
      {"SELECT ? AS message", "it has parameters"},
      {"DELETE FROM product", "a policy reads"},
      {"INSERT INTO product(id) VALUES ('x')", "a policy reads"},
      {"UPDATE product SET id = 'x'", "a policy reads"},
      {"CREATE TABLE t(x)", "a policy reads"},
      {"DROP TABLE product", "a policy reads"},
      {"ATTACH ':memory:' AS other", "a policy reads"},
      {"PRAGMA table_info(product)", "a policy reads"},
      {"BEGIN", "a policy reads"},
      {"VACUUM", "it is no SELECT"},
      {"EXPLAIN SELECT 'x' AS message", "it is no SELECT"},
      {"SELECT name AS message FROM sqlite_master", "sqlite_master can't be read"},
      {"SELECT random() AS message", "the function random can't be used"},
      {"SELECT date('now') AS message", "the function date can't be used"},
      {"SELECT strftime('%s', 'now') AS message", "can't be used"},
      {"SELECT CURRENT_TIMESTAMP AS message", "can't be used"},
      {"SELECT load_extension('x') AS message", "can't be used"},
      {"SELECT randomblob(10) AS message", "can't be used"},
      {"SELECT sqlite_version() AS message", "can't be used"},
      {"SELECT zeroblob(1000000000) AS message", "can't be used"},
      {"SELECT changes() AS message", "can't be used"}};
  for (const auto& [select, want] : defects) EXPECT_THAT(Defect(kHead + select), HasSubstr(want)) << select;
  EXPECT_EQ(Defect(std::string(kHead) + "SELECT 'x' AS message; -- the end\n/* really */ ;\n"), "OK");
}

TEST(PolicyTest, ARunawayIsStoppedAtTheSameStepEverywhere) {
  const std::string runaway =
      "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) AS message FROM r";
  EXPECT_THAT(Messages(runaway), ElementsAre(HasSubstr("stopped after 5000000 steps")));
  EXPECT_EQ(Messages(runaway), Messages(runaway));
  const auto parsed = Parsed();
  const auto findings = EvaluatePolicy(PolicyOf(runaway), parsed.model, v1::PRODUCT_STATE_ACTIVE, Context(), {});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity(), v1::SEVERITY_ERROR);
  EXPECT_THAT(findings[0].remedy(), HasSubstr("teams/rules"));
  // The box is as good as new.
  EXPECT_THAT(Messages("SELECT 'x' AS message"), ElementsAre("x"));
  EXPECT_THAT(Messages("SELECT printf('%60000d', 1) || printf('%60000d', 1) AS message"),
              ElementsAre(HasSubstr("it failed: ")));
  EXPECT_THAT(Messages("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 4) "
                       "SELECT group_concat(n) AS message FROM r"),
              ElementsAre("1,2,3,4"));
}

TEST(PolicyTest, WhatAPolicySaysCanBeShown) {
  EXPECT_THAT(Messages("SELECT 'a' || char(27) || char(10) || 'b' AS message"), ElementsAre("a  b"));
  EXPECT_THAT(Messages("SELECT CAST(x'61ff62' AS TEXT) AS message"), ElementsAre("a?b"));
  EXPECT_LT(Messages("SELECT printf('%60000d', 1) AS message")[0].size(), 1100U);
}

TEST(PolicyTest, TheTablesHoldTheProduct) {
  EXPECT_THAT(Messages("SELECT day || ' ' || day_number AS message FROM now"), ElementsAre("2026-11-25 20782"));
  EXPECT_THAT(Messages("SELECT name || ' ' || major || ' ' || state AS message FROM product"),
              ElementsAre("Orders 2 active"));
  EXPECT_THAT(Messages("SELECT username AS message FROM owners WHERE is_owner"), ::testing::SizeIs(2));
  EXPECT_THAT(Messages("SELECT path AS message FROM columns WHERE required ORDER BY path"), ElementsAre("order_id"));
  EXPECT_THAT(Messages("SELECT count(*) AS message FROM columns WHERE depth > 1"), ElementsAre("2"));
  EXPECT_THAT(Messages("SELECT property AS message FROM slos WHERE unit = 'h'"), ElementsAre("latency"));
  EXPECT_THAT(Messages("SELECT tag AS message FROM tags WHERE kind = 'column'"), IsEmpty());
  EXPECT_THAT(Messages("SELECT version AS message FROM previous"), IsEmpty());
  v1::GovernanceContext context = Context();
  *context.mutable_previous() = Parsed().model;
  context.mutable_previous()->mutable_description()->set_purpose("Something else.");
  context.add_consumers()->set_line("domains/a/products/b/lines/1");
  EXPECT_THAT(Messages("SELECT rule || ' ' || class AS message FROM changes", context),
              ElementsAre("DESCRIPTION_CHANGED patch"));
  EXPECT_THAT(Messages("SELECT line AS message FROM consumers", context), ElementsAre("domains/a/products/b/lines/1"));
  for (const PolicyTable& table : PolicyTables()) {
    EXPECT_EQ(Defect(std::string(kHead) + "SELECT 1 AS message, * FROM " + std::string(table.name)), "OK")
        << table.name;
  }
}

TEST(PolicyTest, ARowStandsWhereItsPlaceSays) {
  const auto parsed = Parsed();
  const auto findings = EvaluatePolicy(
      PolicyOf("SELECT path AS message, place, 'warning' AS severity, 'Do it.' AS remedy FROM columns WHERE required"),
      parsed.model, v1::PRODUCT_STATE_ACTIVE, Context(), parsed.locations);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].rule(), "policies/p");
  EXPECT_EQ(findings[0].layer(), "global");
  EXPECT_EQ(findings[0].severity(), v1::SEVERITY_WARNING);
  EXPECT_EQ(findings[0].remedy(), "Do it.");
  EXPECT_EQ(findings[0].location().path(), descriptor::kContractPath);
  EXPECT_GT(findings[0].location().line(), 1U);
  const auto pointed = EvaluatePolicy(PolicyOf("SELECT 'x' AS message, '/description/purpose' AS pointer"),
                                      parsed.model, v1::PRODUCT_STATE_ACTIVE, Context(), parsed.locations);
  EXPECT_EQ(pointed[0].location().pointer(), "/description/purpose");
  const auto wild = EvaluatePolicy(PolicyOf("SELECT 'x' AS message, 99999 AS place"), parsed.model,
                                   v1::PRODUCT_STATE_ACTIVE, Context(), parsed.locations);
  EXPECT_EQ(wild[0].location().path(), descriptor::kProductPath);
}

TEST(PolicyTest, StagesFollowTheDay) {
  const auto stage = [](const std::string& head, const std::string& day) {
    return StageOn(PolicyOf("SELECT 'x' AS message", head), day);
  };
  const std::string both = "-- warn-from: 2026-10-01\n-- block-from: 2027-01-01\n";
  EXPECT_EQ(stage("", "2026-01-01"), v1::ENFORCEMENT_STAGE_BLOCK);
  EXPECT_EQ(stage(both, "2026-09-30"), v1::ENFORCEMENT_STAGE_OBSERVE);
  EXPECT_EQ(stage(both, "2026-10-01"), v1::ENFORCEMENT_STAGE_WARN);
  EXPECT_EQ(stage(both, "2026-12-31"), v1::ENFORCEMENT_STAGE_WARN);
  EXPECT_EQ(stage(both, "2027-01-01"), v1::ENFORCEMENT_STAGE_BLOCK);
  EXPECT_EQ(stage("-- warn-from: 2026-10-01\n", "2030-01-01"), v1::ENFORCEMENT_STAGE_WARN);
  EXPECT_EQ(stage("-- block-from: 2027-01-01\n", "2026-12-31"), v1::ENFORCEMENT_STAGE_OBSERVE);
}

TEST(PolicyTest, TheVerdictHasWhatIsEnforced) {
  const auto parsed = Parsed();
  const auto judge = [&](const std::string& head, v1::ProductState state) {
    v1::GovernanceContext context = Context();
    *context.add_policies() = PolicyOf("SELECT 'no' AS message FROM product", head);
    return JudgeBundle(parsed, state, context);
  };
  EXPECT_FALSE(judge("", v1::PRODUCT_STATE_ACTIVE).fit_for_active());
  EXPECT_FALSE(judge("", v1::PRODUCT_STATE_DRAFT).fit_for_active());  // as if it were in service
  EXPECT_TRUE(judge("-- applies-to: deprecated\n", v1::PRODUCT_STATE_ACTIVE).fit_for_active());
  const v1::Verdict warned = judge("-- warn-from: 2026-11-25\n", v1::PRODUCT_STATE_ACTIVE);
  EXPECT_TRUE(warned.fit_for_active());
  EXPECT_NE(warned.digest(), judge("-- block-from: 2026-11-26\n", v1::PRODUCT_STATE_ACTIVE).digest());

  v1::GovernanceContext waived = Context();
  *waived.add_policies() = PolicyOf("SELECT 'no' AS message FROM product");
  v1::Waiver& waiver = *waived.add_waivers();
  waiver.set_name("waivers/w");
  waiver.set_line(waived.line());
  waiver.set_rule("policies/p");
  waiver.set_expires_on("2026-11-25");
  EXPECT_TRUE(JudgeBundle(parsed, v1::PRODUCT_STATE_ACTIVE, waived).fit_for_active());
  *waived.mutable_policies(0) = PolicyOf("SELECT 'no' AS message FROM product", "-- waivable: no\n");
  EXPECT_FALSE(JudgeBundle(parsed, v1::PRODUCT_STATE_ACTIVE, waived).fit_for_active());
}

}  // namespace
}  // namespace souk::governance
