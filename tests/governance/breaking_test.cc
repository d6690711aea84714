// SPDX-License-Identifier: Apache-2.0
// What a change breaks, for whom, and what the gate says to it.
#include "governance/breaking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "governance/judge.h"
#include "tests/descriptor/documents.h"

namespace souk::governance {
namespace {

using descriptor::BundleOf;
using descriptor::ContractText;
using descriptor::ProductText;
using descriptor::Replaced;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kLine[] = "domains/sales/products/orders/lines/2";

descriptor::ParsedBundle Parsed(const std::string& product, const std::string& contract) {
  auto parsed = descriptor::ParseBundle(BundleOf(product, contract));
  EXPECT_TRUE(parsed.ok()) << parsed.status().ToString();
  return *std::move(parsed);
}

std::string Versioned(const std::string& version) {
  return Replaced(ProductText(), "version: 2.1.0\nstatus", "version: " + version + "\nstatus");
}

// A line in service, and two who read it: one names its columns, one doesn't.
class BreakingTest : public ::testing::Test {
 protected:
  BreakingTest() {
    context_.set_line(kLine);
    context_.set_day("2026-11-25");
    *context_.mutable_previous() = Parsed(ProductText(), ContractText()).model;
    context_.set_previous_state(v1::PRODUCT_STATE_ACTIVE);
    v1::Consumer& known = AddConsumer("domains/a/products/known/lines/1", "teams/a");
    known.set_columns_known(true);
    known.add_columns("orders.order_id");
    known.add_contacts()->set_url("mailto:a@example.com");
  }

  v1::Consumer& AddConsumer(const std::string& line, const std::string& team) {
    v1::Consumer& consumer = *context_.add_consumers();
    consumer.set_line(line);
    consumer.set_team(team);
    consumer.set_state(v1::PRODUCT_STATE_ACTIVE);
    consumer.set_contract_id(context_.previous().contracts(0).id());
    return consumer;
  }

  v1::Verdict Judge(const std::string& product, const std::string& contract) const {
    return JudgeBundle(Parsed(product, contract), v1::PRODUCT_STATE_ACTIVE, context_);
  }

  // The findings of a rule.
  static std::vector<v1::Finding> Of(const v1::Verdict& verdict, const std::string& rule) {
    std::vector<v1::Finding> found;
    for (const v1::Finding& finding : verdict.findings()) {
      if (finding.rule() == rule) found.push_back(finding);
    }
    return found;
  }

  v1::Verdict WithoutKey() const {
    return Judge(Versioned("2.2.0"), Replaced(ContractText(), "- name: order_id", "- name: number"));
  }
  v1::Verdict WithoutTown() const {
    return Judge(Versioned("2.2.0"), Replaced(ContractText(), "    - name: city\n", "    - name: town\n"));
  }

  v1::GovernanceContext context_;
};

TEST_F(BreakingTest, WordsAndAdditionsBreakNothing) {
  const v1::Verdict verdict =
      Judge(Versioned("2.2.0"), Replaced(ContractText(), "  - name: address", "  - name: extra\n  - name: address"));
  EXPECT_TRUE(verdict.fit_for_active());
  EXPECT_THAT(verdict.breaking_changes(), IsEmpty());
  EXPECT_THAT(verdict.affected(), IsEmpty());
  EXPECT_EQ(verdict.changes_digest(), "");
  EXPECT_EQ(verdict.compatibility(), v1::COMPATIBILITY_MODE_FORWARD);
}

TEST_F(BreakingTest, ABreakIsRefusedWithTheNamesOfThoseItReaches) {
  const v1::Verdict verdict = WithoutKey();
  EXPECT_FALSE(verdict.fit_for_active());
  ASSERT_EQ(verdict.affected_size(), 1);
  EXPECT_THAT(verdict.affected(0).columns(), ElementsAre("orders.order_id"));
  EXPECT_FALSE(verdict.affected(0).acknowledged());
  const auto findings = Of(verdict, "breaking-change");
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings.front().severity(), v1::SEVERITY_ERROR);
  EXPECT_TRUE(findings.front().waivable());
  EXPECT_GT(findings.front().location().line(), 1U);
  EXPECT_EQ(findings.front().location().path(), descriptor::kContractPath);
  EXPECT_THAT(findings.front().message(),
              AllOf(HasSubstr("a reader of the old schema reads new data"), HasSubstr("a/known@1"),
                    HasSubstr("teams/a"), HasSubstr("mailto:a@example.com")));
  EXPECT_THAT(findings.front().remedy(),
              AllOf(HasSubstr("souk ack sales/orders@2"), HasSubstr(verdict.changes_digest())));
}

TEST_F(BreakingTest, WhoReadsOtherColumnsIsNotReached) {
  const v1::Verdict verdict = WithoutTown();
  EXPECT_THAT(verdict.affected(), IsEmpty());
  EXPECT_TRUE(verdict.fit_for_active());
  ASSERT_EQ(verdict.breaking_changes_size(), 1);
  EXPECT_EQ(verdict.breaking_changes(0).rule(), "COLUMN_NO_DELETE");
  EXPECT_EQ(verdict.breaking_changes(0).column(), "orders.address.city");
  ASSERT_EQ(Of(verdict, "breaking-change").size(), 1U);
  EXPECT_EQ(Of(verdict, "breaking-change")[0].severity(), v1::SEVERITY_WARNING);
}

TEST_F(BreakingTest, WhoseColumnsAreUnknownMayReadAny) {
  AddConsumer("domains/b/products/vague/lines/1", "teams/b");
  const v1::Verdict verdict = WithoutTown();
  ASSERT_EQ(verdict.affected_size(), 1);
  EXPECT_EQ(verdict.affected(0).consumer().line(), "domains/b/products/vague/lines/1");
  EXPECT_THAT(verdict.affected(0).columns(), IsEmpty());
  EXPECT_FALSE(verdict.fit_for_active());
  EXPECT_THAT(Of(verdict, "breaking-change")[0].message(), HasSubstr("columns unknown"));
}

TEST_F(BreakingTest, WhatHasEndedIsNotReached) {
  context_.mutable_consumers(0)->set_state(v1::PRODUCT_STATE_RETIRED);
  EXPECT_TRUE(WithoutKey().fit_for_active());
}

TEST_F(BreakingTest, EveryConsumerMustAcknowledgeTheseVeryChanges) {
  AddConsumer("domains/b/products/vague/lines/1", "teams/b");
  const auto acknowledge = [&](const std::string& consumer, const std::string& digest) {
    v1::Acknowledgement& word = *context_.add_acknowledgements();
    word.set_line(kLine);
    word.set_consumer(consumer);
    word.set_changes_digest(digest);
  };
  const std::string digest = WithoutKey().changes_digest();
  EXPECT_NE(digest, WithoutTown().changes_digest());
  acknowledge("domains/a/products/known/lines/1", digest);
  EXPECT_FALSE(WithoutKey().fit_for_active());
  EXPECT_THAT(Of(WithoutKey(), "breaking-change")[0].message(),
              AllOf(HasSubstr("b/vague@1"), ::testing::Not(HasSubstr("a/known@1"))));
  acknowledge("domains/b/products/vague/lines/1", WithoutTown().changes_digest());
  EXPECT_FALSE(WithoutKey().fit_for_active());
  acknowledge("domains/b/products/vague/lines/1", digest);
  EXPECT_TRUE(WithoutKey().fit_for_active());
  EXPECT_EQ(Of(WithoutKey(), "breaking-change")[0].severity(), v1::SEVERITY_INFO);
}

TEST_F(BreakingTest, ANewMajorPassesAndListsWhoMustMigrate) {
  *context_.mutable_other() = context_.previous();
  context_.set_other_line(context_.line());
  context_.set_line("domains/sales/products/orders/lines/3");
  context_.clear_previous();
  context_.clear_previous_state();
  const v1::Verdict verdict = Judge(Versioned("3.0.0"), Replaced(ContractText(), "- name: order_id", "- name: number"));
  EXPECT_TRUE(verdict.fit_for_active());
  EXPECT_EQ(verdict.affected_size(), 1);
  ASSERT_EQ(Of(verdict, "breaking-change").size(), 1U);
  EXPECT_EQ(Of(verdict, "breaking-change")[0].severity(), v1::SEVERITY_INFO);
  EXPECT_THAT(Of(verdict, "breaking-change")[0].message(), AllOf(HasSubstr("must migrate"), HasSubstr("a/known@1")));
}

TEST_F(BreakingTest, ADraftMayChangeAsItLikes) {
  context_.set_previous_state(v1::PRODUCT_STATE_DRAFT);
  EXPECT_TRUE(WithoutKey().fit_for_active());
  EXPECT_THAT(WithoutKey().breaking_changes(), IsEmpty());
}

TEST_F(BreakingTest, TheModeDecides) {
  const std::string tighter =
      Replaced(ContractText(), "physicalName: ship_address", "physicalName: ship_address\n    required: true");
  const auto fit = [&](v1::CompatibilityMode mode, const std::string& contract) {
    AddConsumer("domains/b/products/vague/lines/1", "teams/b");
    context_.set_compatibility(mode);
    return Judge(Versioned("2.2.0"), contract).fit_for_active();
  };
  EXPECT_TRUE(fit(v1::COMPATIBILITY_MODE_FORWARD, tighter));
  EXPECT_FALSE(fit(v1::COMPATIBILITY_MODE_BACKWARD, tighter));
  EXPECT_FALSE(fit(v1::COMPATIBILITY_MODE_FULL, tighter));
  EXPECT_TRUE(fit(v1::COMPATIBILITY_MODE_NONE, Replaced(ContractText(), "- name: order_id", "- name: number")));
}

TEST_F(BreakingTest, ATransitiveModeLooksAtEveryEarlierVersion) {
  *context_.add_earlier() =
      Parsed(ProductText(), Replaced(ContractText(), "- name: address", "- name: gone\n  - name: address")).model;
  AddConsumer("domains/b/products/vague/lines/1", "teams/b");
  const std::string words = Replaced(ContractText(), "The town.", "The city.");
  EXPECT_TRUE(Judge(Versioned("2.1.1"), words).fit_for_active());
  context_.set_compatibility(v1::COMPATIBILITY_MODE_FORWARD_TRANSITIVE);
  const v1::Verdict verdict = Judge(Versioned("2.1.1"), words);
  EXPECT_FALSE(verdict.fit_for_active());
  ASSERT_EQ(verdict.breaking_changes_size(), 1);
  EXPECT_EQ(verdict.breaking_changes(0).column(), "orders.gone");
}

TEST_F(BreakingTest, TheBumpMustFitTheChange) {
  struct Bump {
    std::string version;
    std::string contract;
    bool fits;
  };
  const std::string words = Replaced(ContractText(), "The town.", "The city.");
  const std::string addition = Replaced(ContractText(), "  - name: address", "  - name: extra\n  - name: address");
  for (const Bump& bump :
       {Bump{"2.1.1", words, true}, Bump{"2.1.0", words, false}, Bump{"2.0.9", words, false},
        Bump{"2.1.1", addition, false}, Bump{"2.2.0", addition, true}, Bump{"2.1.0", ContractText(), true}}) {
    const auto findings = Of(Judge(Versioned(bump.version), bump.contract), "version-bump");
    EXPECT_EQ(findings.empty(), bump.fits) << bump.version;
    if (findings.empty()) continue;
    EXPECT_EQ(findings[0].location().pointer(), "/version");
    EXPECT_THAT(findings[0].remedy(), HasSubstr(bump.contract == words ? "2.1.1" : "2.2.0"));
  }
}

}  // namespace
}  // namespace souk::governance
