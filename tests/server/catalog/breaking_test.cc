// SPDX-License-Identifier: Apache-2.0
// A change that breaks consumers, at the node: refused with their names, let through by their word or a waiver.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "descriptor/bundle.h"
#include "governance/judge.h"
#include "server/catalog/governance_context.h"
#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

// Orders, and invoices that are made from its amount.
class Breaking : public ::testing::Test {
 protected:
  Breaking() {
    EXPECT_EQ(ReasonOf(mesh_.Register(Sample{})), "OK");
    EXPECT_EQ(ReasonOf(mesh_.Register(invoices_)), "OK");
  }

  // Without the column, or with another one beside.
  static Sample Without(const std::string& column) {
    Sample changed{.version = "1.1.0"};
    std::erase_if(changed.columns, [&](const Column& known) { return known.name == column; });
    return changed;
  }

  v1::Verdict VerdictOn(const Sample& sample) const {
    v1::RegisterProductRequest request = RegistrationOf(sample);
    request.set_validate_only(true);
    request.set_on_findings(v1::FINDINGS_ACTION_DRAFT);
    request.set_state(v1::PRODUCT_STATE_UNSPECIFIED);
    v1::GetGovernanceContextRequest asked;
    *asked.mutable_bundle() = request.bundle();
    const auto context = mesh_.governance->GetGovernanceContext(asked, mesh_.Call());
    EXPECT_TRUE(context.ok()) << context.status().ToString();
    const auto parsed = descriptor::ParseBundle(request.bundle());
    return governance::JudgeBundle(*parsed, v1::PRODUCT_STATE_UNSPECIFIED, context->context());
  }

  std::string Acknowledge(const std::string& consumer, const std::string& digest) const {
    v1::AcknowledgeRequest request;
    request.set_line("sales/orders");
    request.set_consumer(consumer);
    request.set_changes_digest(digest);
    return ReasonOf(mesh_.governance->Acknowledge(request, mesh_.Call("grace@example.com")));
  }

  Mesh mesh_;
  const Sample invoices_{.domain = "finance",
                         .name = "Invoices",
                         .team = "ledgers",
                         .owner = "grace@example.com",
                         .columns = {{"total", "number", Sample{}.table() + ".amount"}},
                         .reads = {Sample{}.contract()}};
};

TEST_F(Breaking, IsRefusedWithTheNamesOfThoseItReaches) {
  const auto refused = mesh_.Register(Without("amount"));
  ASSERT_EQ(ReasonOf(refused), "REFUSED_BY_GATE");
  ASSERT_FALSE(refused.status().detail().violations.empty());
  const Violation& violation = refused.status().detail().violations[0];
  EXPECT_EQ(violation.rule, "breaking-change");
  EXPECT_THAT(violation.message, AllOf(HasSubstr("\"amount\" was removed"), HasSubstr("finance/invoices@1"),
                                       HasSubstr("teams/ledgers"), HasSubstr("grace@example.com")));
  const v1::Verdict verdict = VerdictOn(Without("amount"));
  EXPECT_THAT(violation.remedy, HasSubstr(verdict.changes_digest()));
  ASSERT_EQ(verdict.affected_size(), 1);
  EXPECT_THAT(verdict.affected(0).columns(), ElementsAre("orders_v1.amount"));
  // The refusal tells the digest of the verdict that anybody finds for the same context.
  EXPECT_THAT(refused.status().detail().metadata,
              ::testing::Contains(std::pair<std::string, std::string>("verdict_digest", verdict.digest())));
}

TEST_F(Breaking, AColumnThatNobodyReadsMayGo) {
  const auto changed = mesh_.Register(Without("order_id"));
  ASSERT_TRUE(changed.ok()) << changed.status().ToString();
  EXPECT_THAT(RulesOf(changed->findings()), ::testing::Contains("breaking-change"));
}

TEST_F(Breaking, PassesOnceEveryConsumerHasAcknowledgedIt) {
  const std::string digest = VerdictOn(Without("amount")).changes_digest();
  EXPECT_EQ(Acknowledge("finance/invoices", VerdictOn(Without("order_id")).changes_digest()), "OK");
  EXPECT_EQ(ReasonOf(mesh_.Register(Without("amount"))), "REFUSED_BY_GATE");
  EXPECT_EQ(Acknowledge("finance/invoices", digest), "OK");
  EXPECT_EQ(ReasonOf(mesh_.Register(Without("amount"))), "OK");
  v1::ListAcknowledgementsRequest list;
  list.set_line("sales/orders");
  const auto words = mesh_.governance->ListAcknowledgements(list, mesh_.Call());
  ASSERT_EQ(words->acknowledgements_size(), 2);
  EXPECT_EQ(words->acknowledgements(0).actor(), "grace@example.com");
}

TEST_F(Breaking, OnlyAConsumerCanAcknowledge) {
  const std::string digest = VerdictOn(Without("amount")).changes_digest();
  EXPECT_EQ(Acknowledge("sales/orders", digest), "BAD_FIELD");
  EXPECT_EQ(Acknowledge("nothing/there", digest), "NOT_FOUND");
  EXPECT_EQ(Acknowledge("finance/invoices", "short"), "BAD_FIELD");
  mesh_.authorizer.Forbid("finance");
  EXPECT_EQ(Acknowledge("finance/invoices", digest), "PERMISSION_DENIED");
}

TEST_F(Breaking, PassesWithAWaiverWhoseEndClosesTheDoorAgain) {
  v1::CreateWaiverRequest request;
  request.mutable_waiver()->set_line("sales/orders");
  request.mutable_waiver()->set_rule("breaking-change");
  request.mutable_waiver()->set_reason("agreed on the phone");
  request.mutable_waiver()->set_expires_on(catalog::DayOf(mesh_.clock.NowUs()));
  ASSERT_TRUE(mesh_.governance->CreateWaiver(request, mesh_.Call()).ok());
  EXPECT_TRUE(VerdictOn(Without("amount")).fit_for_active());
  mesh_.clock.AdvanceUs(kDayUs);
  EXPECT_EQ(ReasonOf(mesh_.Register(Without("amount"))), "REFUSED_BY_GATE");
  mesh_.clock.AdvanceUs(-kDayUs);
  EXPECT_EQ(ReasonOf(mesh_.Register(Without("amount"))), "OK");
}

TEST_F(Breaking, ANewMajorPassesAndSaysWhoMustMigrate) {
  Sample next = Without("amount");
  next.version = "2.0.0";
  const auto answer = mesh_.Register(next);
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  std::string told;
  for (const v1::Finding& finding : answer->findings()) {
    if (finding.rule() == "breaking-change") told = finding.message();
  }
  EXPECT_THAT(told, AllOf(HasSubstr("must migrate"), HasSubstr("finance/invoices@1")));
}

TEST_F(Breaking, TheBumpMustFit) {
  Sample wider{.version = "1.0.1"};
  wider.columns.push_back({"discount", "number", ""});
  const auto refused = mesh_.Register(wider);
  ASSERT_EQ(ReasonOf(refused), "REFUSED_BY_GATE");
  EXPECT_EQ(refused.status().detail().violations[0].rule, "version-bump");
  wider.version = "1.1.0";
  EXPECT_EQ(ReasonOf(mesh_.Register(wider)), "OK");
}

TEST_F(Breaking, ADryRunAnswersWithTheWholeVerdict) {
  Sample wider{.version = "1.1.0"};
  wider.columns.push_back({"discount", "number", ""});
  v1::RegisterProductRequest request = RegistrationOf(wider);
  request.set_validate_only(true);
  const auto answer = mesh_.Register(request);
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->verdict().digest(), VerdictOn(wider).digest());
  EXPECT_FALSE(answer->verdict().revision().empty());
  EXPECT_FALSE(mesh_.Register(RegistrationOf(wider))->has_verdict());
}

}  // namespace
}  // namespace souk::support
