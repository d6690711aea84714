// SPDX-License-Identifier: Apache-2.0
// The journey that `./dev up` promises: the sample mesh is in, and what its README tells can be asked.
#include <iterator>
#include <sstream>

#include "tests/journeys/journey.h"

namespace souk::journeys {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class SampleMesh : public Journey {
 protected:
  static void SetUpTestSuite() {
    Journey::SetUpTestSuite();
    const std::string mesh = (support::SourceDirectory() / "deploy/sample-mesh").string();
    validated_ = Souk({"register", "-R", "--create-missing", "--on-findings=draft", "--validate-only", mesh});
    loaded_ = Souk({"register", "-R", "--create-missing", "--on-findings=draft", mesh});
  }

  static inline support::CommandResult validated_;  // on the empty node, before
  static inline support::CommandResult loaded_;
};

TEST_F(SampleMesh, ValidatingItFirstSaysWhatLoadingItWillDo) {
  EXPECT_THAT(validated_, ExitsWith(0)) << validated_.err;
}

TEST_F(SampleMesh, ItIsTakenWholeAndItsFiveHonestDefectsAreFound) {
  ASSERT_THAT(loaded_, ExitsWith(0));
  EXPECT_EQ(Must(client().GetStatus({})).products(), 45U);
  EXPECT_THAT(Search("", "state = draft"),
              UnorderedElementsAre("finance.shipping-cost-accruals.v1", "customers.newsletter-subscribers.v1",
                                   "catalog.search-queries.v1", "logistics.carrier-rates.v1", "ads.audience-exports.v1",
                                   "customers.household-graph.v1"));
  EXPECT_THAT(Search("", "state = deprecated"),
              UnorderedElementsAre("payments.settled-transactions.v1", "logistics.shipments.v1"));
}

TEST_F(SampleMesh, TheMoneyIsTracedOverFourHops) {
  EXPECT_THAT(Trace("payments.card-authorizations.v1", v1::LINEAGE_DIRECTION_DOWN, 4),
              IsSupersetOf({"payments.settled-transactions.v2", "finance.daily-revenue.v1",
                            "finance.margin-by-campaign.v1", "ads.budget-pacing.v1"}));
  v1::TraceLineageRequest request;
  request.set_root("catalog.supplier-offers.v1");
  request.set_target("ads.audience-exports.v1");
  request.set_direction(v1::LINEAGE_DIRECTION_BETWEEN);
  std::set<std::string> ids;
  const auto response = Must(client().TraceLineage(request));
  for (const v1::LineageNode& node : response.nodes()) ids.insert(node.id());
  EXPECT_THAT(ids, IsSupersetOf({"catalog.prices.v1", "customers.orders.v1", "logistics.returns.v1",
                                 "payments.refunds.v1", "customers.segments.v1"}));
}

TEST_F(SampleMesh, TheOpenEdgeToAnOutsidePartyStaysOpen) {
  EXPECT_THAT(Trace("payments.processor-fees.v1", v1::LINEAGE_DIRECTION_UP),
              Contains(HasSubstr("nordpay.settlement-report.v3")));
}

TEST_F(SampleMesh, DomainsAndTeamsAreLoadedAndOwnershipIsAnswered) {
  v1::GetDomainRequest domain;
  domain.set_name("support");
  EXPECT_EQ(Must(client().GetDomain(domain)).domain().parent(), "domains/customers");
  v1::FindOwnerRequest owner;
  owner.set_identifier("payments_prod.refunds.refunds");
  const v1::FindOwnerResponse refunds = Must(client().FindOwner(owner));
  EXPECT_EQ(refunds.team(), "teams/payments-platform");
  EXPECT_THAT(refunds.owners(), Contains("joost.de.wit@example.com"));
}

TEST_F(SampleMesh, TheTwoBreakingChangesAreShownAsBreaking) {
  for (const char* product : {"payments/settled-transactions", "logistics/shipments"}) {
    v1::DiffProductsRequest request;
    request.set_base(std::string(product) + "@1");
    request.set_name(std::string(product) + "@2");
    EXPECT_EQ(Must(client().DiffProducts(request)).change_class(), v1::CHANGE_CLASS_BREAKING) << product;
  }
}

TEST_F(SampleMesh, EveryCommandThatDevUpPrintsWorksAsPrinted) {
  const std::string dev = support::ReadFile(support::SourceDirectory() / "dev");
  std::vector<std::vector<std::string>> commands;
  for (const std::string& line : Lines(dev)) {
    constexpr std::string_view kPrinted = "  build/bin/souk ";
    if (!line.starts_with(kPrinted) || line.find('$') != std::string::npos ||
        line.find("--create") != std::string::npos)
      continue;
    std::istringstream words(line.substr(kPrinted.size()));
    commands.emplace_back(std::istream_iterator<std::string>(words), std::istream_iterator<std::string>());
  }
  EXPECT_THAT(commands, SizeIs(::testing::Ge(5U)));
  for (const auto& command : commands) {
    SCOPED_TRACE(::testing::PrintToString(command));
    const auto answer = Souk(command);
    // A diff that finds differences exits with 1, a refusal with 100: both are what the greeting promises.
    const bool finds = command.front() == "diff" || command.front() == "register";
    EXPECT_THAT(answer, ::testing::AnyOf(ExitsWith(0), ExitsWith(finds ? (command.front() == "diff" ? 1 : 100) : 0)));
    EXPECT_THAT(answer.out + answer.err, Not(::testing::IsEmpty()));  // a refusal speaks on stderr
  }
}

}  // namespace
}  // namespace souk::journeys
