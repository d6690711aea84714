// SPDX-License-Identifier: Apache-2.0
// Registering: the door, the life of a line, versions, and ids that belong to one product only.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

using testing::HasSubstr;
using testing::IsSupersetOf;

// A bundle with another contract id than its product would have.
v1::RegisterProductRequest WithContract(const Sample& sample, const std::string& contract) {
  v1::RegisterProductRequest request = RegistrationOf(sample);
  for (v1::Document& document : *request.mutable_bundle()->mutable_documents()) {
    std::string& content = *document.mutable_content();
    for (size_t at = content.find(sample.contract()); at != std::string::npos;
         at = content.find(sample.contract(), at + contract.size())) {
      content.replace(at, sample.contract().size(), contract);
    }
  }
  return request;
}

Sample Defective() { return {.purpose = "", .owner = "", .freshness = ""}; }

TEST(Gate, RefusesWithEveryFinding) {
  const Mesh mesh;
  const auto refused = mesh.Register(Defective());
  EXPECT_EQ(ReasonOf(refused), "REFUSED_BY_GATE");
  EXPECT_EQ(refused.status().code(), Code::kFailedPrecondition);
  std::vector<std::string> rules;
  for (const Violation& violation : refused.status().detail().violations) {
    if (!violation.error) continue;
    rules.push_back(violation.rule);
    EXPECT_FALSE(violation.remedy.empty()) << violation.rule;
    EXPECT_FALSE(violation.path.empty()) << violation.rule;
    EXPECT_GT(violation.line, 0U) << violation.rule;
  }
  EXPECT_THAT(rules, IsSupersetOf({"owner-required", "docs-required", "quality-required"}));
  EXPECT_EQ(mesh.revision(), 0U);
}

TEST(Gate, MayAdmitAsDraftAndKeepTheFindings) {
  const Mesh mesh;
  auto request = RegistrationOf(Defective());
  request.set_on_findings(v1::FINDINGS_ACTION_DRAFT);
  const auto draft = mesh.Register(request);
  ASSERT_TRUE(draft.ok()) << draft.status().ToString();
  EXPECT_EQ(draft->product().state(), v1::PRODUCT_STATE_DRAFT);
  EXPECT_FALSE(draft->fit_for_active());
  const auto product = mesh.Get("sales/orders");
  ASSERT_TRUE(product.ok());
  EXPECT_THAT(RulesOf(product->findings()), IsSupersetOf({"owner-required", "docs-required", "quality-required"}));

  const auto again = mesh.Register(request);
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->changed());
  // The same version, mended: a draft may be replaced.
  const auto mended = mesh.Register(Sample{});
  ASSERT_TRUE(mended.ok()) << mended.status().ToString();
  EXPECT_EQ(mended->product().state(), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_TRUE(RulesOf(mended->findings()).empty() || mended->fit_for_active());
  // And never back: what is in service is refused instead.
  Sample worse = Defective();
  worse.version = "1.1.0";
  request = RegistrationOf(worse);
  request.set_on_findings(v1::FINDINGS_ACTION_DRAFT);
  EXPECT_EQ(ReasonOf(mesh.Register(request)), "REFUSED_BY_GATE");
  EXPECT_EQ(mesh.StateOf("sales/orders"), v1::PRODUCT_STATE_ACTIVE);
}

TEST(Gate, DoesNotGuardDraftsAndProposals) {
  const Mesh mesh;
  for (const char* status : {"draft", "proposed"}) {
    Sample sample = Defective();
    sample.name = status;
    sample.status = status;
    EXPECT_TRUE(mesh.Register(sample).ok()) << status;
  }
  Sample deprecated = Defective();
  deprecated.status = "deprecated";
  EXPECT_EQ(ReasonOf(mesh.Register(deprecated)), "REFUSED_BY_GATE");
}

TEST(States, AFirstRegistrationMayBeInAnyButRetired) {
  const Mesh mesh;
  const std::pair<const char*, v1::ProductState> kStates[] = {{"proposed", v1::PRODUCT_STATE_PROPOSED},
                                                              {"draft", v1::PRODUCT_STATE_DRAFT},
                                                              {"active", v1::PRODUCT_STATE_ACTIVE},
                                                              {"deprecated", v1::PRODUCT_STATE_DEPRECATED}};
  for (const auto& [word, state] : kStates) {
    const auto answer = mesh.Register(Sample{.name = word, .status = word});
    ASSERT_TRUE(answer.ok()) << word << ": " << answer.status().ToString();
    EXPECT_EQ(answer->product().state(), state);
  }
  EXPECT_EQ(ReasonOf(mesh.Register(Sample{.name = "late", .status = "retired"})), "BAD_TRANSITION");
  auto request = RegistrationOf(Sample{.name = "late"});
  request.set_state(v1::PRODUCT_STATE_RETIRED);
  EXPECT_EQ(ReasonOf(mesh.Register(request)), "BAD_TRANSITION");
  request.set_state(v1::PRODUCT_STATE_PROPOSED);  // the request outranks the descriptor
  ASSERT_TRUE(mesh.Register(request).ok());
  EXPECT_EQ(mesh.StateOf("sales/late"), v1::PRODUCT_STATE_PROPOSED);
}

TEST(States, RegisteringAgainNeverUndoesAnExplicitChange) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.SetState("sales/orders", v1::PRODUCT_STATE_DEPRECATED).ok());
  const auto same = mesh.Register(Sample{});
  ASSERT_TRUE(same.ok()) << same.status().ToString();
  EXPECT_FALSE(same->changed());
  EXPECT_EQ(same->product().state(), v1::PRODUCT_STATE_DEPRECATED);
  const auto newer = mesh.Register(Sample{.version = "1.1.0"});
  ASSERT_TRUE(newer.ok()) << newer.status().ToString();
  EXPECT_TRUE(newer->changed());
  EXPECT_EQ(newer->product().state(), v1::PRODUCT_STATE_DEPRECATED);
  // Nor does a detour: the descriptor agrees for a while, then an old branch is deployed.
  ASSERT_TRUE(mesh.Register(Sample{.version = "1.2.0", .status = "deprecated"}).ok());
  const auto old_branch = mesh.Register(Sample{.version = "1.3.0"});
  ASSERT_TRUE(old_branch.ok()) << old_branch.status().ToString();
  EXPECT_EQ(old_branch->product().state(), v1::PRODUCT_STATE_DEPRECATED);
  // Only the explicit call does.
  ASSERT_TRUE(mesh.SetState("sales/orders", v1::PRODUCT_STATE_ACTIVE).ok());
  EXPECT_EQ(mesh.StateOf("sales/orders"), v1::PRODUCT_STATE_ACTIVE);
}

TEST(States, ADraftThatWasMadeActiveStaysActive) {
  const Mesh mesh;
  const Sample draft{.status = "draft"};
  ASSERT_TRUE(mesh.Register(draft).ok());
  ASSERT_TRUE(mesh.SetState("sales/orders", v1::PRODUCT_STATE_ACTIVE).ok());
  const auto again = mesh.Register(draft);
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ(again->product().state(), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_FALSE(again->changed());
}

TEST(States, NothingGoesBackBehindActive) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  for (const char* status : {"draft", "proposed", "retired"}) {
    EXPECT_EQ(ReasonOf(mesh.Register(Sample{.version = "1.1.0", .status = status})), "BAD_TRANSITION") << status;
  }
  EXPECT_EQ(mesh.StateOf("sales/orders"), v1::PRODUCT_STATE_ACTIVE);
}

TEST(States, RetiredStaysRetired) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.Retire("sales/orders").ok());
  const auto same = mesh.Register(Sample{});
  ASSERT_TRUE(same.ok()) << same.status().ToString();
  EXPECT_FALSE(same->changed());
  EXPECT_EQ(same->product().state(), v1::PRODUCT_STATE_RETIRED);
  EXPECT_EQ(ReasonOf(mesh.Register(Sample{.version = "1.1.0", .status = "draft"})), "BAD_TRANSITION");
  EXPECT_EQ(ReasonOf(mesh.Register(Sample{.version = "1.2.0"})), "BAD_TRANSITION");  // new content of what has ended
  EXPECT_EQ(mesh.StateOf("sales/orders@1"), v1::PRODUCT_STATE_RETIRED);
}

TEST(Versions, AreImmutableOnceActive) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{.status = "draft"}).ok());
  ASSERT_TRUE(mesh.Register(Sample{.status = "draft", .purpose = "Better words."}).ok());
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  const auto replaced = mesh.Register(Sample{.purpose = "Other words."});
  EXPECT_EQ(ReasonOf(replaced), "VERSION_IMMUTABLE");
  EXPECT_EQ(replaced.status().code(), Code::kFailedPrecondition);
  // Active by explicit call counts just as well.
  ASSERT_TRUE(mesh.Register(Sample{.name = "Invoices", .status = "draft"}).ok());
  ASSERT_TRUE(mesh.SetState("sales/invoices", v1::PRODUCT_STATE_ACTIVE).ok());
  EXPECT_EQ(ReasonOf(mesh.Register(Sample{.name = "Invoices", .status = "draft", .purpose = "Other words."})),
            "VERSION_IMMUTABLE");
}

TEST(Versions, DoNotGoBack) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{.version = "1.10.0"}).ok());
  for (const char* version : {"1.9.0", "1.0.0", "1.10.0-rc.1"}) {
    EXPECT_EQ(ReasonOf(mesh.Register(Sample{.version = version})), "OLDER_VERSION") << version;
  }
  ASSERT_TRUE(mesh.Register(Sample{.version = "1.11.0"}).ok());
}

TEST(Ids, TwoNamesWithOneSlugCollide) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{.name = "Daily Orders", .uid = "one"}).ok());
  const auto refused = mesh.Register(Sample{.name = "daily-orders", .version = "1.1.0", .uid = "two"});
  EXPECT_EQ(ReasonOf(refused), "NAME_COLLISION");
  EXPECT_EQ(refused.status().code(), Code::kAlreadyExists);
  EXPECT_THAT(refused.status().message(), HasSubstr("Daily Orders"));
  EXPECT_THAT(refused.status().message(), HasSubstr("daily-orders"));
  // The same descriptor id says that it is only a new spelling.
  EXPECT_TRUE(mesh.Register(Sample{.name = "daily-orders", .version = "1.1.0", .uid = "one"}).ok());
}

TEST(Ids, AContractBelongsToOneProduct) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  const auto refused = mesh.Register(WithContract(Sample{.name = "Invoices"}, Sample{}.contract()));
  EXPECT_EQ(ReasonOf(refused), "ID_CLAIMED");
  EXPECT_EQ(refused.status().code(), Code::kAlreadyExists);
  EXPECT_THAT(refused.status().message(), HasSubstr("domains/sales/products/orders"));
  // Another line of the same product may go on offering it.
  EXPECT_TRUE(mesh.Register(WithContract(Sample{.version = "2.0.0"}, Sample{}.contract())).ok());
}

TEST(Ids, ADescriptorIdBelongsToOneProduct) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{.uid = "one"}).ok());
  EXPECT_EQ(ReasonOf(mesh.Register(Sample{.name = "Invoices", .uid = "one"})), "ID_CLAIMED");
}

// Whatever the real call says, the rehearsal says, and writes nothing.
TEST(ValidateOnly, SaysWhatTheRealCallWouldSay) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  Sample unfit = Defective();
  unfit.name = "Unfit";
  auto unknown = RegistrationOf(Sample{.domain = "nowhere"});
  unknown.set_create_missing(false);
  auto stale = RegistrationOf(Sample{.version = "1.1.0"});
  stale.set_etag("\"stale\"");
  auto broken = RegistrationOf(Sample{});
  broken.mutable_bundle()->mutable_documents(0)->set_content("kind: Nothing");
  const std::vector<v1::RegisterProductRequest> requests = {
      RegistrationOf(Sample{}),
      RegistrationOf(Sample{.version = "1.1.0"}),
      RegistrationOf(Sample{.name = "New"}),
      RegistrationOf(Sample{.purpose = "Other words."}),
      RegistrationOf(Sample{.version = "0.9.0", .uid = "sales.orders.v1"}),
      RegistrationOf(Sample{.version = "1.1.0", .status = "draft"}),
      RegistrationOf(Sample{.version = "1.1.0", .uid = "other"}),
      WithContract(Sample{.name = "Invoices"}, Sample{}.contract()),
      RegistrationOf(unfit),
      unknown,
      stale,
      broken,
  };
  for (v1::RegisterProductRequest request : requests) {
    const storage::Revision before = mesh.revision();
    request.set_validate_only(true);
    const auto rehearsal = mesh.Register(request);
    EXPECT_EQ(mesh.revision(), before);
    request.set_validate_only(false);
    const auto real = mesh.Register(request);
    ASSERT_EQ(ReasonOf(rehearsal), ReasonOf(real)) << request.bundle().documents(0).content();
    if (!real.ok()) continue;
    EXPECT_EQ(rehearsal->changed(), real->changed());
    EXPECT_EQ(rehearsal->created(), real->created());
    EXPECT_EQ(rehearsal->product().name(), real->product().name());
    EXPECT_EQ(rehearsal->product().state(), real->product().state());
    EXPECT_EQ(rehearsal->product().version(), real->product().version());
    EXPECT_EQ(rehearsal->product().actor(), real->product().actor());
    EXPECT_GT(rehearsal->product().create_time().seconds(), 0);
    EXPECT_EQ(RulesOf(rehearsal->findings()), RulesOf(real->findings()));
  }
}

}  // namespace
}  // namespace souk::support
