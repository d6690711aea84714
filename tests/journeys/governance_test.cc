// SPDX-License-Identifier: Apache-2.0
// Journeys of governance: what a domain engineer mends, what consumers agree to, what a steward reads.
#include <filesystem>
#include <random>
#include <regex>

#include "tests/journeys/journey.h"

namespace souk::journeys {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string ReplacedIn(std::string text, const std::string& what, const std::string& with) {
  const size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

// The first value of a member of a JSON text.
std::string Member(const std::string& json, const std::string& name) {
  std::smatch match;
  return std::regex_search(json, match, std::regex("\"" + name + "\": ?\"([^\"]*)\"")) ? match[1].str() : std::string();
}

class Governance : public Journey {
 protected:
  static void SetUpTestSuite() {
    Journey::SetUpTestSuite();
    const std::string mesh = (support::SourceDirectory() / "deploy/sample-mesh").string();
    ASSERT_THAT(Souk({"register", "-R", "--create-missing", "--on-findings=draft", mesh}), ExitsWith(0));
  }

  // A product of the sample mesh, to be edited.
  static std::filesystem::path CopyOf(const std::string& product, const std::string& name) {
    const auto folder = Folder(name);
    std::filesystem::remove_all(folder);
    std::filesystem::copy(support::SourceDirectory() / "deploy/sample-mesh" / product, folder,
                          std::filesystem::copy_options::recursive);
    return folder;
  }

  // As the node has it.
  static std::string Today() {
    v1::GetGovernanceContextRequest any;
    any.set_name("payments/refunds");
    return Must(client().GetGovernanceContext(any)).context().day();
  }

  static void Edit(const std::filesystem::path& file, const std::string& what, const std::string& with) {
    support::WriteFile(file, ReplacedIn(support::ReadFile(file), what, with));
  }
};

TEST_F(Governance, AnEngineerMendsABrokenProductByWhatTheCheckSays) {
  const auto folder = CopyOf("finance/shipping-cost-accruals", "mend");
  const auto broken = Souk({"check", folder.string()});
  EXPECT_THAT(broken, ExitsWith(100));
  EXPECT_THAT(broken.out, AllOf(HasSubstr("accruals.odcs.yaml:2:1: error: no contract promises any quality"),
                                HasSubstr("slaProperties"), HasSubstr("not fit to be active")));
  EXPECT_THAT(Souk({"register", folder.string()}), ExitsWith(100));

  Edit(folder / "accruals.odcs.yaml", "schema:\n",
       "slaProperties:\n- property: frequency\n  value: 1\n  unit: mo\nschema:\n");
  Edit(folder / "accruals.odcs.yaml", "version: 1.0.2", "version: 1.1.0");
  Edit(folder / "product.odps.yaml", "version: 1.0.2", "version: 1.1.0");
  const auto mended = Souk({"check", folder.string()});
  EXPECT_THAT(mended, ExitsWith(0));
  EXPECT_THAT(Souk({"register", folder.string()}), ExitsWith(0));
  EXPECT_EQ(Must(Get("finance/shipping-cost-accruals")).state(), v1::PRODUCT_STATE_ACTIVE);
}

TEST_F(Governance, ABreakingChangeNamesThoseItBreaksAndPassesOnceTheyAgree) {
  const auto folder = CopyOf("logistics/shipments-v2", "break");
  Edit(folder / "shipments.odcs.yaml", "  - name: weight_grams\n", "  - name: weight_g\n");
  Edit(folder / "product.odps.yaml", "version: 2.2.0", "version: 2.3.0");
  const auto refused = Souk({"register", folder.string()});
  EXPECT_THAT(refused, ExitsWith(100));
  EXPECT_THAT(refused.err, AllOf(HasSubstr("column \"weight_grams\" was removed"),
                                 HasSubstr("finance/shipping-cost-accruals@1"), HasSubstr("teams/finance-data"),
                                 HasSubstr("souk ack logistics/shipments@2"), Not(HasSubstr("support/"))));

  const auto verdict = Souk({"check", "-o", "json", folder.string()});
  const std::string changes = Member(verdict.out, "changesDigest");
  ASSERT_THAT(refused.err, HasSubstr(changes));
  ASSERT_THAT(
      Souk({"ack", "logistics/shipments@2", "--consumer", "finance/shipping-cost-accruals", "--changes", changes}),
      ExitsWith(0));
  EXPECT_THAT(Souk({"register", folder.string()}), ExitsWith(0));
  EXPECT_EQ(Must(Get("logistics/shipments@2")).version(), "2.3.0");
}

TEST_F(Governance, AWaiverOpensTheDoorAndItsEndClosesIt) {
  const auto folder = CopyOf("customers/orders", "waived");
  Edit(folder / "orders.odcs.yaml", "  - name: customer_id\n", "  - name: buyer_id\n");
  Edit(folder / "product.odps.yaml", "version: 1.14.0\nstatus", "version: 1.15.0\nstatus");
  ASSERT_THAT(Souk({"check", folder.string()}), ExitsWith(100));
  const auto waiver = Souk({"waiver", "create", "customers/orders", "--rule", "breaking-change", "--until", Today(),
                            "--reason", "all are told", "-o", "id"});
  ASSERT_THAT(waiver, ExitsWith(0));
  EXPECT_THAT(Souk({"check", folder.string()}), ExitsWith(0));
  EXPECT_THAT(Souk({"waiver", "list", "customers/orders"}).out, HasSubstr("all are told"));
  ASSERT_THAT(Souk({"waiver", "end", Lines(waiver.out).front()}), ExitsWith(0));
  EXPECT_THAT(Souk({"register", folder.string()}), ExitsWith(100));
}

TEST_F(Governance, AStewardReadsHowFarTheMeshKeepsToItsRules) {
  const auto table = Souk({"governance", "report"});
  EXPECT_THAT(table, ExitsWith(0));
  EXPECT_THAT(table.out, AllOf(HasSubstr("payments-platform"), HasSubstr("WHAT IS MISSING MOST")));
  const auto report = Souk({"governance", "report", "-o", "markdown"});
  EXPECT_THAT(report.out, AllOf(HasSubstr("# How far the mesh keeps to its rules"), HasSubstr("## Where to begin"),
                                HasSubstr("ads/audience-exports@1")));
  EXPECT_THAT(Souk({"governance", "report", "--domain", "nowhere"}), ExitsWith(1));
}

TEST_F(Governance, ADomainRaisesARuleAndCanNotLowerIt) {
  EXPECT_THAT(Souk({"rules", "set", "columns-documented", "warning", "--domain", "support"}), ExitsWith(0));
  EXPECT_THAT(Souk({"rules", "list", "--domain", "support"}).out, ::testing::ContainsRegex("columns-documented +warn"));
  const auto lowered = Souk({"rules", "set", "docs-required", "off", "--domain", "support"});
  EXPECT_THAT(lowered, ExitsWith(1));
  EXPECT_THAT(lowered.err, HasSubstr("docs-required is error here and can't become off"));
}

TEST_F(Governance, ThePoliciesToBeginWithKeepToTheirCases) {
  const std::string folder = (support::SourceDirectory() / "deploy/policies").string();
  const auto tested = Souk({"policy", "test", folder});
  EXPECT_THAT(tested, ExitsWith(0));
  EXPECT_THAT(tested.err, HasSubstr("12 cases, 0 failed"));
}

TEST_F(Governance, APolicyIsTriedPutInForceReadBackAndTakenOutAgain) {
  const auto folder = Folder("policies");
  const std::string file = (folder / "no-bigquery.sql").string();
  support::WriteFile(
      file,
      "-- id: no-bigquery\n-- title: Support keeps to PostgreSQL\n-- severity: error\n-- owner: teams/support\n"
      "-- layer: domains/support\n"
      "SELECT 'served from ' || type AS message, place FROM servers WHERE type = 'bigquery'\n");
  const auto tried = Souk({"policy", "whatif", file, "-o", "name"});
  EXPECT_THAT(tried.err, HasSubstr("of 3 lines would break it"));
  ASSERT_THAT(Souk({"policy", "put", file}), ExitsWith(0));
  EXPECT_THAT(Souk({"policy", "list", "-o", "id"}).out, HasSubstr("no-bigquery"));
  EXPECT_THAT(Souk({"policy", "pull", (folder / "pulled").string()}), ExitsWith(0));
  EXPECT_EQ(support::ReadFile(folder / "pulled/no-bigquery.sql"), support::ReadFile(file));
  EXPECT_THAT(Souk({"policy", "explain", file}).out, AllOf(HasSubstr("domains/support"), HasSubstr("servers")));
  for (const std::string& name : Lines(tried.out)) {
    const auto checked = Souk(
        {"check", "--fail-on", "never", (support::SourceDirectory() / "deploy/sample-mesh/support").string(), "-R"});
    EXPECT_THAT(checked.out, HasSubstr("[policies/no-bigquery]")) << name;
  }
  EXPECT_THAT(Souk({"policy", "delete", "no-bigquery"}), ExitsWith(0));
  support::WriteFile(file, "-- id: no-bigquery\nSELEC 1");
  const auto bad = Souk({"policy", "put", file});
  EXPECT_THAT(bad, ExitsWith(100));
  EXPECT_THAT(bad.err, HasSubstr("the head has no title"));
}

// Random products in random contexts: what the node says, what the command line says, and what it says later from what
// it pulled, are one verdict.
class SameVerdict : public Governance {
 protected:
  static constexpr unsigned kSeed = 20261125;

  template <typename T>
  T Any(std::initializer_list<T> choices) {
    return *(choices.begin() + std::uniform_int_distribution<size_t>(0, choices.size() - 1)(random_));
  }

  Sample AnySample(int number) {
    Sample sample{.domain = Any({"red", "blue", "green"}), .name = "Thing " + std::to_string(number % 4)};
    sample.version = Any({"1.0.0", "1.0.1", "1.1.0", "1.2.0", "2.0.0"});
    sample.status = Any({"active", "active", "draft", "deprecated"});
    sample.purpose = Any({"", "What it is for.", "What it is for, in other words."});
    sample.freshness = Any({"", "5", "7"});
    sample.columns.clear();
    for (const char* name : {"id", "amount", "email", "note"}) {
      if (Any({true, true, false})) sample.columns.push_back({name, Any({"string", "string", "number"}), ""});
    }
    const Sample other{.domain = Any({"red", "blue"}), .name = "Thing " + std::to_string((number + 1) % 4)};
    if (Any({true, false})) sample.reads = {other.contract()};
    if (Any({true, false}) && !sample.columns.empty()) sample.columns.front().made_from = other.table() + ".amount";
    return sample;
  }

  void ChangeContext(int number, const Sample& sample) {
    if (number % 5 == 0) {
      Souk({"rules", "set", Any({"columns-documented", "sunset-date", "docs-required", "compatibility"}),
            Any({"error", "warning", "full", "backward"}), "--domain", sample.domain});
    }
    if (number % 4 == 1) {
      const std::string file = (Folder("random") / "p.sql").string();
      support::WriteFile(
          file,
          "-- id: p" + std::to_string(number % 3) +
              "\n-- title: t\n-- severity: " + Any<std::string>({"error", "warning", "info"}) + "\n-- owner: o\n" +
              Any<std::string>({"", "-- waivable: no\n", "-- warn-from: 2020-01-01\n", "-- block-from: 2999-01-01\n"}) +
              Any<std::string>({"SELECT path AS message, place FROM columns WHERE description IS NULL",
                                "SELECT message, place FROM changes WHERE breaks_old_readers",
                                "SELECT line || ' reads it on day ' || day_number AS message FROM consumers, now",
                                "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) AS "
                                "message FROM r"}));
      EXPECT_THAT(Souk({"policy", "put", file}), ExitsWith(0));
    }
    if (number % 3 == 0) {
      v1::CreateWaiverRequest request;
      request.mutable_waiver()->set_line(sample.line());
      request.mutable_waiver()->set_rule(Any({"docs-required", "quality-required", "breaking-change", "version-bump"}));
      request.mutable_waiver()->set_reason("because");
      request.mutable_waiver()->set_expires_on(today_);
      static_cast<void>(client().CreateWaiver(request));
    }
  }

  // What the node says, without writing.
  static std::string DigestOfNode(const Sample& sample) {
    v1::RegisterProductRequest request = support::RegistrationOf(sample);
    request.set_validate_only(true);
    const auto answer = client().RegisterProduct(request);
    if (answer.ok()) return answer->verdict().digest();
    for (const auto& [key, value] : answer.status().detail().metadata) {
      if (key == "verdict_digest") return value;
    }
    return answer.status().reason();
  }

  std::mt19937 random_{kSeed};
  std::string today_;
};

TEST_F(SameVerdict, OnTheNodeInThePipelineAndOfflineLater) {
  today_ = Today();
  const auto folder = Folder("same");
  const std::string pulled = (Folder("pulled") / "context.jsonl").string();
  int judged = 0;
  for (int i = 0; i < 40; ++i) {
    const Sample sample = AnySample(i);
    SCOPED_TRACE("round " + std::to_string(i) + ", seed " + std::to_string(kSeed));
    ChangeContext(i, sample);
    support::WriteBundle(folder, sample);
    const std::string node = DigestOfNode(sample);
    const auto checked = Souk({"check", "-o", "json", "--fail-on", "never", folder.string()});
    ASSERT_THAT(checked, ExitsWith(0));
    const std::string digest = Member(checked.out, "digest");
    ASSERT_EQ(digest.size(), 64U) << checked.out;
    // An older version, or one that was in service, is refused before it is judged.
    if (node.size() == digest.size()) {
      EXPECT_EQ(digest, node);
      ++judged;
    } else {
      EXPECT_THAT(node, ::testing::AnyOf("VERSION_IMMUTABLE", "OLDER_VERSION", "BAD_TRANSITION")) << checked.out;
    }
    ASSERT_THAT(Souk({"governance", "pull", folder.string(), "--file", pulled}), ExitsWith(0));
    const auto offline = support::RunSouk(
        "127.0.0.1:1", {"check", "-o", "json", "--fail-on", "never", "--context", pulled, folder.string()});
    EXPECT_THAT(offline, ExitsWith(0));
    EXPECT_EQ(Member(offline.out, "digest"), digest);
    static_cast<void>(client().RegisterProduct(support::RegistrationOf(sample)));
  }
  EXPECT_GT(judged, 20);
}

}  // namespace
}  // namespace souk::journeys
