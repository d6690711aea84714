// SPDX-License-Identifier: Apache-2.0
// Journeys of a team that publishes: what registering does, and what it refuses.
#include "client/lib/registrar.h"
#include "tests/journeys/journey.h"

namespace souk::journeys {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Registering : public Journey {};

v1::RegisterProductRequest Bare(const Sample& sample) {
  v1::RegisterProductRequest request = support::RegistrationOf(sample);
  request.set_create_missing(false);
  return request;
}

TEST_F(Registering, ATeamRegistersOnDeployAndAnAnalystFindsIt) {
  const Sample orders{.domain = "retail", .name = "Web Orders"};
  const auto folder = Folder("retail");
  support::WriteBundle(folder, orders);

  ASSERT_THAT(Souk({"register", "--create-missing", folder.string()}), ExitsWith(0));

  EXPECT_THAT(Lines(Souk({"search", "web orders", "-o", "id"}).out), Contains("retail.web-orders.v1"));
  EXPECT_THAT(Lines(Souk({"list", "-o", "name"}).out), Contains("domains/retail/products/web-orders/lines/1"));
  const auto owner = Souk({"owner", "retail/web-orders", "-o", "json"});
  EXPECT_THAT(owner, ExitsWith(0));
  EXPECT_THAT(owner.out, AllOf(HasSubstr("teams/checkout"), HasSubstr("ada@example.com")));
  EXPECT_THAT(Souk({"get", "retail/web-orders"}).out, HasSubstr("Every order that a shopper placed."));
}

TEST_F(Registering, AnApplicationRegistersItselfInTheBackgroundWhileItStarts) {
  const Sample stock{.domain = "warehouse", .name = "Stock levels"};
  client::RegistrarOptions options;
  options.request = support::RegistrationOf(stock);
  const client::Registrar registrar(client(), options);

  ASSERT_TRUE(registrar.WaitFor(std::chrono::seconds(30)));
  EXPECT_EQ(registrar.state().kind, client::RegistrarState::Kind::kRegistered);
  EXPECT_THAT(Search("stock levels", "domain = warehouse"), ElementsAre("warehouse.stock-levels.v1"));
}

TEST_F(Registering, WhatIsAnsweredIsSearchableOwnedAndOnTheGraph) {
  const Sample source{.domain = "visible", .name = "Source"};
  Register(source);
  const Sample sink{.domain = "visible", .name = "Sink", .reads = {source.contract()}};
  const v1::RegisterProductResponse answer = Register(sink);

  EXPECT_TRUE(answer.visible());
  EXPECT_TRUE(answer.created());
  EXPECT_TRUE(answer.fit_for_active());
  EXPECT_EQ(answer.product().state(), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_THAT(Search("sink", "domain = visible"), ElementsAre(sink.id()));
  EXPECT_THAT(Trace(sink.line(), v1::LINEAGE_DIRECTION_UP), ElementsAre(source.id()));
}

TEST_F(Registering, RegisteringTwiceChangesNothingAndReturnsTheSameRevision) {
  const Sample twice{.domain = "twice", .name = "Twice"};
  const v1::RegisterProductResponse first = Register(twice);
  const v1::RegisterProductResponse second = Register(twice);

  EXPECT_TRUE(first.changed());
  EXPECT_FALSE(second.changed());
  EXPECT_FALSE(second.created());
  EXPECT_EQ(second.revision(), first.revision());
  EXPECT_EQ(second.product().etag(), first.product().etag());
  EXPECT_EQ(second.product().change_number(), 1);
}

TEST_F(Registering, TheOriginalBytesComeBackByteForByte) {
  const Sample sample{.domain = "bytes", .name = "Bytes"};
  v1::RegisterProductRequest request = support::RegistrationOf(sample);
  v1::Document& document = *request.mutable_bundle()->mutable_documents(0);
  document.set_content("# a comment\r\n" + document.content() + "\n\n# Grüße 🛒\n");
  Must(client().RegisterProduct(request));

  const v1::Product product = Must(Get(sample.line()));
  ASSERT_THAT(product.documents(), SizeIs(2));
  for (const v1::Document& sent : request.bundle().documents()) {
    EXPECT_THAT(product.documents(), Contains(::testing::Property(&v1::Document::content, sent.content())));
  }
}

TEST_F(Registering, AnActiveProductWithDefectsIsRefusedWithEveryDefectItsPlaceAndItsRemedy) {
  const Sample bare{
      .domain = "gate", .name = "Bare", .purpose = "", .team = "", .owner = "", .columns = {}, .freshness = ""};
  const auto refused = client().RegisterProduct(support::RegistrationOf(bare));

  ASSERT_THAT(refused, FailsWith(Code::kFailedPrecondition, "REFUSED_BY_GATE"));
  size_t errors = 0;
  std::set<std::string> rules;
  for (const Violation& defect : refused.status().detail().violations) {
    if (!defect.error) continue;
    ++errors;
    rules.insert(defect.rule);
    EXPECT_FALSE(defect.message.empty()) << defect.rule;
    EXPECT_FALSE(defect.remedy.empty()) << defect.rule;
    EXPECT_FALSE(defect.path.empty()) << defect.rule;
    EXPECT_GT(defect.line, 0U) << defect.rule;
  }
  EXPECT_GE(errors, 4U) << "owner, docs, schema, quality";
  EXPECT_EQ(rules.size(), errors) << "each is told once";
  EXPECT_THAT(Get(bare.line()), FailsWith(Code::kNotFound, "NOT_FOUND")) << "nothing is stored";
}

TEST_F(Registering, OnTheCommandLineARefusalExitsWith100AndNamesFileLineAndRemedy) {
  const Sample bare{.domain = "gate", .name = "Told", .purpose = "", .freshness = ""};
  const auto folder = Folder("told");
  support::WriteBundle(folder, bare);
  const auto refused = Souk({"register", "--create-missing", folder.string()});

  EXPECT_THAT(refused, ExitsWith(100));
  const std::string told = refused.out + refused.err;
  EXPECT_THAT(told, HasSubstr("product.odps.yaml"));
  EXPECT_THAT(told, HasSubstr("purpose"));
}

TEST_F(Registering, OnFindingsDraftAdmitsItAsDraftAndKeepsTheFindings) {
  const Sample bare{.domain = "gate", .name = "Admitted", .purpose = "", .owner = ""};
  v1::RegisterProductRequest request = support::RegistrationOf(bare);
  request.set_on_findings(v1::FINDINGS_ACTION_DRAFT);
  const v1::RegisterProductResponse admitted = Must(client().RegisterProduct(request));

  EXPECT_EQ(admitted.product().state(), v1::PRODUCT_STATE_DRAFT);
  EXPECT_FALSE(admitted.fit_for_active());
  const v1::Product kept = Must(Get(bare.line()));
  EXPECT_EQ(kept.findings_size(), admitted.product().findings_size());
  EXPECT_GE(kept.findings_size(), 2);

  Sample mended = bare;
  mended.purpose = "Mended.";
  mended.owner = "grace@example.com";
  EXPECT_EQ(Register(mended).product().state(), v1::PRODUCT_STATE_ACTIVE);
}

TEST_F(Registering, ValidateOnlyAnswersAsIfItWereRealAndWritesNothing) {
  const Sample sample{.domain = "trial", .name = "Trial"};
  v1::RegisterProductRequest request = support::RegistrationOf(sample);
  request.set_validate_only(true);
  const v1::RegisterProductResponse judged = Must(client().RegisterProduct(request));

  EXPECT_TRUE(judged.created());
  EXPECT_EQ(judged.product().name(), sample.line());
  EXPECT_THAT(Get(sample.line()), FailsWith(Code::kNotFound, "NOT_FOUND"));
  const auto folder = Folder("trial");
  support::WriteBundle(folder, sample);
  EXPECT_THAT(Souk({"register", "--validate-only", "--create-missing", folder.string()}), ExitsWith(0));
  EXPECT_THAT(Get(sample.line()), FailsWith(Code::kNotFound, "NOT_FOUND"));
}

TEST_F(Registering, AStaleEtagIsAbortedAndExitsWith5) {
  Sample sample{.domain = "etags", .name = "Contended"};
  const std::string first = Register(sample).product().etag();
  sample.version = "1.0.1";
  sample.purpose = "Better words.";
  Register(sample);

  sample.version = "1.0.2";
  v1::RegisterProductRequest late = support::RegistrationOf(sample);
  late.set_etag(first);
  EXPECT_THAT(client().RegisterProduct(late), FailsWith(Code::kAborted, "STALE_ETAG"));
  const auto folder = Folder("etags");
  support::WriteBundle(folder, sample);
  EXPECT_THAT(Souk({"register", "--if-etag", first, folder.string()}), ExitsWith(5));

  const std::string current = Must(Get(sample.line())).etag();
  EXPECT_THAT(Souk({"register", "--if-etag", current, folder.string()}), ExitsWith(0));
}

TEST_F(Registering, ARequestIdStandsForOneContent) {
  const Sample sample{.domain = "requests", .name = "Once"};
  v1::RegisterProductRequest request = support::RegistrationOf(sample);
  request.set_request_id("deploy-4711");
  const v1::RegisterProductResponse first = Must(client().RegisterProduct(request));
  const v1::RegisterProductResponse again = Must(client().RegisterProduct(request));
  EXPECT_EQ(again.revision(), first.revision());
  EXPECT_EQ(again.product().change_number(), 1);

  v1::RegisterProductRequest other = support::RegistrationOf({.domain = "requests", .name = "Another"});
  other.set_request_id("deploy-4711");
  EXPECT_THAT(client().RegisterProduct(other), FailsWith(Code::kAlreadyExists, "REQUEST_ID_REUSED"));
}

TEST_F(Registering, AVersionIsImmutableOnceActive) {
  Sample sample{.domain = "versions", .name = "Fixed"};
  sample.status = "draft";
  Register(sample);
  sample.purpose = "A draft may be rewritten.";
  EXPECT_TRUE(Register(sample).changed());
  sample.status = "active";
  Register(sample);

  sample.purpose = "An active version may not.";
  EXPECT_THAT(client().RegisterProduct(support::RegistrationOf(sample)),
              FailsWith(Code::kFailedPrecondition, "VERSION_IMMUTABLE"));
  sample.version = "1.1.0";
  EXPECT_TRUE(Register(sample).changed());
  sample.version = "1.0.9";
  EXPECT_THAT(client().RegisterProduct(support::RegistrationOf(sample)),
              FailsWith(Code::kFailedPrecondition, "OLDER_VERSION"));
}

TEST_F(Registering, ANewMajorIsALineOfItsOwnBesideTheOld) {
  const Sample one{.domain = "majors", .name = "Prices"};
  Sample two = one;
  two.version = "2.0.0";
  Register(one);
  EXPECT_TRUE(Register(two).created());

  EXPECT_EQ(Must(Get("majors/prices")).version(), "2.0.0") << "a product means its newest live line";
  EXPECT_EQ(Must(Get("majors/prices@1")).version(), "1.0.0");
}

TEST_F(Registering, UnknownDomainsAndTeamsAreMadeOnlyWhenAskedFor) {
  const Sample sample{.domain = "unheard", .name = "Orders", .team = "nobody-yet"};
  EXPECT_THAT(client().RegisterProduct(Bare(sample)), FailsWith(Code::kNotFound, "UNKNOWN_DOMAIN"));
  Register(sample);

  v1::GetDomainRequest request;
  request.set_name("domains/unheard");
  const v1::Domain domain = Must(client().GetDomain(request)).domain();
  EXPECT_EQ(domain.provenance(), v1::PROVENANCE_INFERRED);
  EXPECT_EQ(domain.owner_team(), "") << "who owns a domain is only ever set explicitly";
}

TEST_F(Registering, NamesAndIdsThatBelongToOthersAreRefused) {
  Register({.domain = "claims", .name = "Order Lines"});
  const Sample same_slug{.domain = "claims", .name = "order-lines", .uid = "claims.other.v1"};
  EXPECT_THAT(client().RegisterProduct(support::RegistrationOf(same_slug)),
              FailsWith(Code::kAlreadyExists, "NAME_COLLISION"));
  const Sample same_id{.domain = "claims", .name = "Thief", .uid = "claims.order-lines.v1"};
  EXPECT_THAT(client().RegisterProduct(support::RegistrationOf(same_id)),
              FailsWith(Code::kAlreadyExists, "ID_CLAIMED"));
}

TEST_F(Registering, ABatchTakesWhatIsSoundAndSaysWhatIsNot) {
  const Sample good{.domain = "batch", .name = "Good"};
  const Sample bad{.domain = "batch", .name = "Bad", .purpose = ""};
  const Sample last{.domain = "batch", .name = "Last"};
  const v1::BatchRegisterResponse answer = Must(client().BatchRegister(
      {support::RegistrationOf(good), support::RegistrationOf(bad), support::RegistrationOf(last)}));

  ASSERT_EQ(answer.results_size(), 3);
  EXPECT_EQ(answer.results(0).code(), 0);
  EXPECT_EQ(answer.results(1).reason(), "REFUSED_BY_GATE");
  EXPECT_GE(answer.results(1).findings_size(), 1);
  EXPECT_EQ(answer.results(2).name(), last.line());
  EXPECT_TRUE(answer.visible());
  EXPECT_THAT(Search("", "domain = batch"), ElementsAre(good.id(), last.id()));
}

TEST_F(Registering, ManyProductsComeFromOneJsonlFile) {
  std::string lines;
  for (int i = 0; i < 20; ++i) {
    const std::string n = std::to_string(i);
    lines += R"({"odps":{"apiVersion":"v1.0.0","kind":"DataProduct","id":"jsonl.p)" + n + R"(.v1","name":"p)" + n +
             R"(","version":"1.0.0","status":"draft","domain":"jsonl","outputPorts":[{"name":"p","version":"1.0.0",)" +
             R"("contractId":"jsonl.p)" + n + R"(.contract"}]},"odcs":{"apiVersion":"v3.1.0","kind":"DataContract",)" +
             R"("id":"jsonl.p)" + n + R"(.contract","version":"1.0.0","status":"draft"}})" + "\n";
  }
  const auto file = Folder("jsonl") / "products.jsonl";
  support::WriteFile(file, lines);
  ASSERT_THAT(Souk({"register", "--create-missing", file.string()}), ExitsWith(0));
  EXPECT_THAT(Search("", "domain = jsonl AND state = draft"), SizeIs(20));
}

TEST_F(Registering, ACatalogThatIsDownNeverBlocksADeploy) {
  const auto folder = Folder("down");
  support::WriteBundle(folder, {.domain = "down", .name = "Down"});
  const auto ask = [&](const std::string& policy) {
    return support::RunSouk("127.0.0.1:1", {"register", "--on-unavailable=" + policy, folder.string()});
  };
  EXPECT_THAT(ask("warn"), ExitsWith(0));
  EXPECT_THAT(ask("fail"), ExitsWith(6));
  EXPECT_THAT(ask("spool"), ExitsWith(0));
}

}  // namespace
}  // namespace souk::journeys
