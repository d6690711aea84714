// SPDX-License-Identifier: Apache-2.0
// The formats of a check's report, each by what its readers need.
#include "client/cli/report/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace souk::cli {
namespace {

using Json = nlohmann::json;

v1::Finding Defect(v1::Severity severity) {
  v1::Finding finding;
  finding.set_rule("docs-required");
  finding.set_layer("built-in");
  finding.set_severity(severity);
  finding.mutable_location()->set_path("product.odps.yaml");
  finding.mutable_location()->set_pointer("/description");
  finding.mutable_location()->set_line(2);
  finding.mutable_location()->set_column(3);
  finding.set_message("it says <nothing> & \"less\", 100%");
  finding.set_remedy("Write purpose: one sentence.");
  return finding;
}

Checked Product() {
  Checked one;
  one.origin = "shop/ord ers";
  one.product = "sales/orders@2";
  v1::Document& document = *one.bundle.add_documents();
  document.set_path("product.odps.yaml");
  document.set_content("id: x\n  description: {}  # later\nlast\n");
  *one.verdict.add_findings() = Defect(v1::SEVERITY_ERROR);
  one.verdict.set_digest("abc");
  return one;
}

Checked Unreadable() {
  Checked one;
  one.origin = "shop/broken";
  one.product = "product.odps.yaml";
  one.unreadable = Status(Code::kInvalidArgument, "it is no YAML");
  return one;
}

std::string Written(const std::vector<Checked>& checked, std::string_view format) {
  std::ostringstream out;
  EXPECT_TRUE(WriteReport(checked, format, Style(false), out).ok());
  return out.str();
}

TEST(ReportTest, TextUnderlinesWhatItMeans) {
  EXPECT_EQ(Written({Product()}, "text"),
            "shop/ord ers/product.odps.yaml:2:3: error: it says <nothing> & \"less\", 100% [docs-required]\n"
            "  2 |   description: {}  # later\n"
            "    |   ^^^^^^^^^^^\n"
            "    Write purpose: one sentence.\n"
            "sales/orders@2: not fit to be active, verdict abc\n"
            "0 of 1 product fit to be active; 1 error\n");
}

TEST(ReportTest, TextNamesWhomABreakReaches) {
  Checked one = Product();
  one.verdict.set_changes_digest("d1");
  v1::AffectedConsumer& known = *one.verdict.add_affected();
  known.mutable_consumer()->set_line("domains/ads/products/spend/lines/1");
  known.mutable_consumer()->set_columns_known(true);
  known.mutable_consumer()->set_team("teams/ads");
  known.mutable_consumer()->add_contacts()->set_channel("ada@example.com");
  known.add_columns("orders.id");
  v1::AffectedConsumer& unknown = *one.verdict.add_affected();
  unknown.mutable_consumer()->set_line("domains/ads/products/reach/lines/1");
  unknown.set_acknowledged(true);
  const std::string text = Written({one}, "text");
  EXPECT_NE(text.find("--changes d1"), std::string::npos);
  EXPECT_NE(text.find("  ads/spend@1: reads orders.id; teams/ads, ada@example.com\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  ads/reach@1: its columns are unknown, any may break; has acknowledged it\n"),
            std::string::npos)
      << text;
}

TEST(ReportTest, TextOfOthersIsNoEscapeSequence) {
  Checked one = Product();
  one.bundle.mutable_documents(0)->set_content("a\n  \x1b[2J: 1\n");
  one.verdict.mutable_findings(0)->set_message("\x1b[31m");
  for (const std::string_view format : kReportFormats) {
    EXPECT_EQ(Written({one}, format).find('\x1b'), std::string::npos) << format;
  }
}

TEST(ReportTest, AFileThatCannotBeReadIsAFindingInEachFormat) {
  for (const std::string_view format : kReportFormats) {
    EXPECT_NE(Written({Unreadable()}, format).find("it is no YAML"), std::string::npos) << format;
  }
}

TEST(ReportTest, JsonHasVerdictsAndCounts) {
  const Json json = Json::parse(Written({Product(), Unreadable()}, "json"));
  EXPECT_EQ(json["products"][0]["verdict"]["findings"][0]["rule"], "docs-required");
  EXPECT_EQ(json["products"][1]["error"]["code"], "INVALID_ARGUMENT");
  EXPECT_EQ(json["summary"]["errors"], 2);
  EXPECT_EQ(json["summary"]["fitForActive"], 0);
}

TEST(ReportTest, SarifPointsAtTheLineAndSuppressesWhatIsWaived) {
  Checked one = Product();
  *one.verdict.add_findings() = Defect(v1::SEVERITY_INFO);
  one.verdict.mutable_findings(1)->set_waiver("waivers/w");
  const Json json = Json::parse(Written({one}, "sarif"));
  EXPECT_EQ(json["version"], "2.1.0");
  const Json& results = json["runs"][0]["results"];
  ASSERT_EQ(results.size(), 2U);
  const Json& place = results[0]["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "shop/ord%20ers/product.odps.yaml");
  EXPECT_EQ(place["region"]["startLine"], 2);
  EXPECT_EQ(results[0]["level"], "error");
  EXPECT_FALSE(results[0].contains("suppressions"));
  EXPECT_EQ(results[1]["level"], "note");
  EXPECT_EQ(results[1]["suppressions"][0]["kind"], "external");
}

TEST(ReportTest, JunitEscapesAndFailsOnErrorsOnly) {
  Checked one = Product();
  *one.verdict.add_findings() = Defect(v1::SEVERITY_WARNING);
  const std::string xml = Written({one}, "junit");
  EXPECT_NE(xml.find("tests=\"2\" failures=\"1\""), std::string::npos) << xml;
  EXPECT_NE(xml.find("message=\"it says &lt;nothing&gt; &amp; &quot;less&quot;, 100%\""), std::string::npos) << xml;
}

TEST(ReportTest, GithubEscapesProperties) {
  EXPECT_EQ(Written({Product()}, "github-actions"),
            "::error file=shop/ord ers/product.odps.yaml,line=2,col=3,title=docs-required::"
            "it says <nothing> & \"less\", 100%25%0AWrite purpose: one sentence.\n");
}

TEST(ReportTest, GitlabKeepsAFindingThatOnlyMoved) {
  Checked moved = Product();
  moved.verdict.mutable_findings(0)->mutable_location()->set_line(3);
  const Json first = Json::parse(Written({Product()}, "gitlab-code-quality"));
  const Json second = Json::parse(Written({moved}, "gitlab-code-quality"));
  EXPECT_EQ(first[0]["fingerprint"], second[0]["fingerprint"]);
  EXPECT_EQ(first[0]["severity"], "major");
  EXPECT_EQ(second[0]["location"]["lines"]["begin"], 3);
}

TEST(ReportTest, MarkdownKeepsItsTable) {
  Checked one = Product();
  one.verdict.mutable_findings(0)->set_message("a | b\nc");
  const std::string text = Written({one}, "markdown");
  EXPECT_NE(text.find("| error | shop/ord ers/product.odps.yaml:2 | a \\| b c (docs-required) |"), std::string::npos)
      << text;
}

}  // namespace
}  // namespace souk::cli
