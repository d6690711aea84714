// SPDX-License-Identifier: Apache-2.0
// The journey on real input: 2,190 products of a real mesh, taken in by one command, then found, owned and traced,
// each compared with what the corpus itself says. Skipped where the corpus is not beside the checkout.
#include <fstream>
#include <map>
#include <regex>

#include "tests/journeys/journey.h"

namespace souk::journeys {
namespace {

using ::testing::HasSubstr;
using Ids = std::set<std::string>;

constexpr size_t kProducts = 2190;
constexpr size_t kEdges = 1424;
// With owner (who can be reached), docs, columns and a measurable service level: counted from the files.
constexpr size_t kFitForActive = 826;

std::filesystem::path Corpus() { return support::SourceDirectory() / "../shared/corpora/mozilla-mesh"; }

// Rows of two columns, as first column to all of its seconds.
std::map<std::string, Ids> ReadPairs(const std::string& file, bool swapped = false) {
  std::map<std::string, Ids> pairs;
  std::ifstream rows(Corpus() / file);
  for (std::string row; std::getline(rows, row);) {
    const size_t tab = row.find('\t');
    const std::string first = row.substr(0, tab);
    const std::string second = row.substr(tab + 1);
    swapped ? pairs[second].insert(first) : pairs[first].insert(second);
  }
  return pairs;
}

// The value of a top-level key, read by hand: the descriptors' own reader is what is on trial.
std::string TopLevel(const std::string& yaml, const std::string& key) {
  std::smatch match;
  std::regex_search(yaml, match, std::regex("(^|\n)" + key + ": '?([^\n']*)'?\n"));
  return match[2];
}

// Product name to the ids of all products of exactly that name.
std::map<std::string, Ids> ReadNames() {
  std::map<std::string, Ids> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(Corpus())) {
    if (entry.path().filename() != "product.odps.yaml") continue;
    const std::string yaml = support::ReadFile(entry.path());
    names[TopLevel(yaml, "name")].insert(TopLevel(yaml, "id"));
  }
  return names;
}

class MozillaMesh : public Journey {
 protected:
  static void SetUpTestSuite() {
    if (!std::filesystem::exists(Corpus() / "edges.tsv")) return;
    Journey::SetUpTestSuite();
    imported_ = Souk({"register", "-R", "--create-missing", "--on-findings=draft", Corpus().string()});
    ids_ = ReadPairs("tables.tsv");
  }
  static void TearDownTestSuite() {
    if (std::filesystem::exists(Corpus() / "edges.tsv")) Journey::TearDownTestSuite();
  }
  void SetUp() override {
    if (!std::filesystem::exists(Corpus() / "edges.tsv")) GTEST_SKIP() << Corpus() << " is not there";
  }
  void TearDown() override {
    if (!IsSkipped()) Journey::TearDown();
  }

  // Direct neighbours of every product, one way, as the node tells them.
  static std::map<std::string, Ids> Neighbours(v1::LineageDirection direction) {
    std::map<std::string, Ids> neighbours;
    for (const auto& [id, table] : ids_) {
      v1::TraceLineageRequest request;
      request.set_root(id);
      request.set_direction(direction);
      request.set_max_depth(1);
      const v1::TraceLineageResponse trace = Must(client().TraceLineage(request));
      std::map<std::string, std::string> id_of;
      for (const v1::LineageNode& node : trace.nodes()) id_of[node.name()] = node.id();
      const std::string root = trace.nodes(0).name();
      for (const v1::LineageEdge& edge : trace.edges()) {
        if (direction == v1::LINEAGE_DIRECTION_DOWN && edge.upstream() == root) {
          neighbours[id].insert(id_of[edge.downstream()]);
        }
        if (direction == v1::LINEAGE_DIRECTION_UP && edge.downstream() == root) {
          neighbours[id].insert(id_of[edge.upstream()]);
        }
      }
    }
    return neighbours;
  }

  static inline support::CommandResult imported_;
  static inline std::map<std::string, Ids> ids_;
};

TEST_F(MozillaMesh, OneCommandTakesAllOfItWithAnHonestSummary) {
  EXPECT_THAT(imported_, ExitsWith(0));
  std::string summary = imported_.out + imported_.err;
  summary.erase(std::remove(summary.begin(), summary.end(), ','), summary.end());
  EXPECT_THAT(summary, HasSubstr(std::to_string(kProducts)));
  EXPECT_THAT(summary, HasSubstr(std::to_string(kFitForActive)));
  EXPECT_EQ(Must(client().GetStatus({})).products(), kProducts);
  EXPECT_EQ(ids_.size(), kProducts);
}

TEST_F(MozillaMesh, WhatIsFitIsActiveOrDeprecatedAndTheRestIsDraft) {
  v1::ListProductsRequest request;
  request.set_page_size(1000);
  size_t fit = 0;
  size_t listed = 0;
  do {
    const v1::ListProductsResponse page = Must(client().ListProducts(request));
    for (const v1::Product& product : page.products()) {
      bool defective = false;
      for (const v1::Finding& finding : product.findings()) defective |= finding.severity() == v1::SEVERITY_ERROR;
      EXPECT_EQ(product.state() == v1::PRODUCT_STATE_DRAFT, defective) << product.name();
      fit += defective ? 0 : 1;
      ++listed;
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, kProducts);
  EXPECT_EQ(fit, kFitForActive);
}

TEST_F(MozillaMesh, TheSameCommandAgainChangesNothing) {
  const std::string head = Must(client().GetStatus({})).ledger_revision();
  EXPECT_THAT(Souk({"register", "-R", "--create-missing", "--on-findings=draft", Corpus().string()}), ExitsWith(0));
  EXPECT_EQ(Must(client().GetStatus({})).ledger_revision(), head);
}

TEST_F(MozillaMesh, AllProductsOfExactlyANameComeFirstInASearchForIt) {
  const std::map<std::string, Ids> names = ReadNames();
  ASSERT_GT(names.size(), 1000U);
  for (const auto& [name, ids] : names) {
    const std::vector<std::string> found = Search(name);
    ASSERT_GE(found.size(), ids.size()) << name;
    EXPECT_EQ(Ids(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(ids.size())), ids) << name;
  }
}

TEST_F(MozillaMesh, LineageAgreesEdgeForEdge) {
  const auto down = ReadPairs("edges.tsv");
  const auto up = ReadPairs("edges.tsv", true);
  size_t edges = 0;
  for (const auto& [upstream, downstreams] : down) edges += downstreams.size();
  ASSERT_EQ(edges, kEdges);
  EXPECT_EQ(Neighbours(v1::LINEAGE_DIRECTION_DOWN), down);
  EXPECT_EQ(Neighbours(v1::LINEAGE_DIRECTION_UP), up);
}

TEST_F(MozillaMesh, TheTwoRealCyclesAreWalkedOnce) {
  const std::string id = "firefox-ios.firefox_ios_clients.v1";
  ASSERT_TRUE(ids_.contains(id));
  const Ids up = Trace(id, v1::LINEAGE_DIRECTION_UP);
  EXPECT_FALSE(up.contains(id)) << "the root is reached again, and told once";
  const auto told = Souk({"lineage", id, "--up", "-o", "id"});
  EXPECT_THAT(told, ExitsWith(0));
  const std::vector<std::string> lines = Lines(told.out);
  EXPECT_EQ(Ids(lines.begin(), lines.end()), up);
  EXPECT_TRUE(std::is_sorted(lines.begin(), lines.end()));
}

TEST_F(MozillaMesh, OwnersAgree) {
  const std::map<std::string, Ids> owners = ReadPairs("owners.tsv");
  std::vector<std::string> ids;
  for (const auto& [id, table] : ids_) ids.push_back(id);
  std::map<std::string, Ids> told;
  constexpr size_t kAtOnce = 1000;
  for (size_t first = 0; first < ids.size(); first += kAtOnce) {
    v1::BatchFindOwnersRequest request;
    for (size_t i = first; i < std::min(first + kAtOnce, ids.size()); ++i) request.add_identifiers(ids[i]);
    const v1::BatchFindOwnersResponse answer = Must(client().BatchFindOwners(request));
    ASSERT_EQ(answer.results_size(), request.identifiers_size());
    for (int i = 0; i < answer.results_size(); ++i) {
      const v1::OwnerResult& result = answer.results(i);
      EXPECT_EQ(result.code(), 0) << result.message();
      EXPECT_FALSE(result.owner().team().empty()) << "never empty";
      if (result.owner().owners_size() == 0) continue;
      told[request.identifiers(i)] = Ids(result.owner().owners().begin(), result.owner().owners().end());
    }
  }
  EXPECT_EQ(told, owners);
}

TEST_F(MozillaMesh, EveryTableHasItsOwner) {
  for (const auto& [id, tables] : ids_) {
    v1::FindOwnerRequest request;
    request.set_identifier("dataset:bigquery:" + *tables.begin());
    const auto owner = client().FindOwner(request);
    ASSERT_TRUE(owner.ok()) << id << ": " << owner.status().ToString();
  }
}

TEST_F(MozillaMesh, TheIndexesProveThemselves) {
  const v1::VerifyIndexResponse verdict = Must(client().VerifyIndex({}));
  EXPECT_EQ(verdict.faults_size(), 0) << verdict.ShortDebugString();
  EXPECT_EQ(verdict.documents_checked(), kProducts);
}

TEST_F(MozillaMesh, AStewardGetsAReportByDomain) {
  const v1::ReportComplianceResponse report = Must(client().ReportCompliance({}));
  EXPECT_EQ(report.total().lines(), kProducts);
  EXPECT_EQ(report.total().fit(), kFitForActive);
  uint32_t lines = 0;
  for (const v1::DomainCompliance& domain : report.domains()) lines += domain.lines();
  EXPECT_EQ(lines, kProducts);
  const auto told = Souk({"governance", "report", "-o", "markdown"});
  EXPECT_THAT(told, ExitsWith(0));
  EXPECT_THAT(told.out, HasSubstr("826 of 2190 live lines (37 %) could be in service as they are"));
}

}  // namespace
}  // namespace souk::journeys
