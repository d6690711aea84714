// SPDX-License-Identifier: Apache-2.0
// check and compat, without a node where they need none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "souk/v1/governance_service.pb.h"
#include "tests/client/cli/terminal.h"
#include "tests/support/bundles.h"

namespace souk::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kContext[] = "GovernanceService/GetGovernanceContext";

constexpr char kContract[] =
    "kind: DataContract\napiVersion: v3.1.0\nid: c\nversion: 1.0.0\nstatus: active\nschema:\n- name: t\n"
    "  properties:\n  - {name: id, required: true}\n  - {name: amount, logicalType: number}\n";

class CheckTest : public ::testing::Test {
 protected:
  std::string Bundle(const std::string& name, const support::Sample& sample) {
    support::WriteBundle(terminal_.Home(name), sample);
    return terminal_.Home(name).string();
  }
  std::string Contract(const std::string& name, const std::string& what, const std::string& with) {
    std::string text = kContract;
    text.replace(text.find(what), what.size(), with);
    return terminal_.Write(name, text);
  }
  // The node answers with that day, and counts.
  void AnswerWithDay(const std::string& day) {
    terminal_.node().On(kContext, [this, day](const std::vector<std::string>& requests) -> client::FakeNode::Reply {
      ++asked_;
      v1::GetGovernanceContextRequest request;
      request.ParseFromString(requests.front());
      EXPECT_TRUE(request.has_bundle());
      v1::GetGovernanceContextResponse response;
      response.mutable_context()->set_line(support::Sample{}.line());
      response.mutable_context()->set_day(day);
      response.set_revision("r1");
      return {{response.SerializeAsString()}, Status::Ok(), false};
    });
  }

  Terminal terminal_;
  int asked_ = 0;
};

TEST_F(CheckTest, OfflineAsksNobody) {
  AnswerWithDay("2026-11-25");
  const Said fit = terminal_.Run({"check", "--offline", Bundle("fit", {})});
  EXPECT_EQ(fit.code, 0) << fit.err;
  EXPECT_THAT(fit.out, HasSubstr("sales/orders@1: fit to be active"));
  EXPECT_THAT(fit.err, HasSubstr("offline: policies, upstreams, readers"));
  const Said unfit = terminal_.Run({"check", "--offline", Bundle("unfit", {.purpose = ""})});
  EXPECT_EQ(unfit.code, 100);
  EXPECT_THAT(unfit.out, AllOf(HasSubstr("[docs-required]"), HasSubstr("^^^")));
  EXPECT_EQ(asked_, 0);
}

TEST_F(CheckTest, TheNodeGivesTheContext) {
  AnswerWithDay("2026-11-25");
  EXPECT_EQ(terminal_.Run({"check", Bundle("fit", {})}).code, 0);
  EXPECT_EQ(asked_, 1);
}

TEST_F(CheckTest, APulledContextIsFoundByItsLine) {
  AnswerWithDay("2026-11-25");
  const std::string bundle = Bundle("fit", {});
  const std::string file = terminal_.Home("context.jsonl").string();
  ASSERT_EQ(terminal_.Run({"governance", "pull", bundle, "--file", file}).code, 0);
  const Said online = terminal_.Run({"check", "-o", "json", bundle});
  EXPECT_EQ(asked_, 2);
  const Said offline = terminal_.Run({"check", "-o", "json", "--context", file, bundle});
  EXPECT_EQ(offline.code, 0) << offline.err;
  EXPECT_EQ(offline.out, online.out);
  EXPECT_EQ(asked_, 2);
  const Said other = terminal_.Run({"check", "--context", file, Bundle("other", {.name = "Other"})});
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.err, HasSubstr("has no context of domains/sales/products/other/lines/1"));
  const Said broken = terminal_.Run({"check", "--context", terminal_.Write("bad.jsonl", "\n{nonsense\n"), bundle});
  EXPECT_EQ(broken.code, 1);
  EXPECT_THAT(broken.err, HasSubstr("bad.jsonl:2 is no context"));
}

TEST_F(CheckTest, FailOnSaysWhatIsGraveEnough) {
  const std::string plain = Bundle("plain", {});  // its columns have no description: information
  EXPECT_EQ(terminal_.Run({"check", "--offline", plain}).code, 0);
  EXPECT_EQ(terminal_.Run({"check", "--offline", "--fail-on", "info", plain}).code, 100);
  const std::string unfit = Bundle("unfit", {.purpose = ""});
  EXPECT_EQ(terminal_.Run({"check", "--offline", "--fail-on", "never", unfit}).code, 0);
}

TEST_F(CheckTest, WhatCannotBeReadIsAFindingAmongTheRest) {
  const std::string bad = Bundle("bad", {});
  terminal_.Write("bad/product.odps.yaml", "kind: DataProduct\napiVersion: [\n");
  const Said said = terminal_.Run({"check", "--offline", bad, Bundle("fit", {})});
  EXPECT_EQ(said.code, 100);
  EXPECT_THAT(said.out, AllOf(HasSubstr("product.odps.yaml"), HasSubstr("sales/orders@1: fit")));
  EXPECT_EQ(terminal_.Run({"check", "--offline", "-o", "csv", bad}).code, 2);
  EXPECT_EQ(terminal_.Run({"check", "--offline", "--context", "x", bad}).code, 2);
  EXPECT_EQ(terminal_.Run({"check", "--offline", terminal_.Home("nothing").string()}).code, 1);
}

TEST_F(CheckTest, CompatNamesWhatBreaksAndTheMode) {
  const std::string before = terminal_.Write("before.odcs.yaml", kContract);
  const std::string wider = Contract("wider.odcs.yaml", "- {name: id", "- {name: extra}\n  - {name: id");
  const std::string gone = Contract("gone.odcs.yaml", "  - {name: amount, logicalType: number}\n", "");
  const std::string strict = Contract("strict.odcs.yaml", "number}", "number, required: true}");
  const Said fits = terminal_.Run({"compat", before, wider});
  EXPECT_EQ(fits.code, 0);
  EXPECT_THAT(fits.err, HasSubstr("compatible: forward (a reader of the old schema reads new data)"));
  const Said breaks = terminal_.Run({"compat", before, gone});
  EXPECT_EQ(breaks.code, 100);
  EXPECT_THAT(breaks.out, AllOf(HasSubstr("COLUMN_NO_DELETE"), HasSubstr("t.amount")));
  EXPECT_EQ(terminal_.Run({"compat", before, gone, "--mode", "backward"}).code, 0);
  EXPECT_EQ(terminal_.Run({"compat", before, gone, "--mode", "none"}).code, 0);
  EXPECT_EQ(terminal_.Run({"compat", before, strict}).code, 0);
  EXPECT_EQ(terminal_.Run({"compat", before, strict, "--mode", "backward"}).code, 100);
  EXPECT_EQ(terminal_.Run({"compat", before, strict, "--mode", "full"}).code, 100);
  const Said json = terminal_.Run({"compat", "-", gone, "-o", "json"}, kContract);
  EXPECT_EQ(json.code, 100);
  EXPECT_THAT(json.out,
              AllOf(HasSubstr("\"COMPATIBILITY_MODE_FORWARD\""), HasSubstr("\"rule\": \"COLUMN_NO_DELETE\"")));
}

TEST_F(CheckTest, CompatOfAnythingElseSaysWhatIsWrong) {
  const std::string before = terminal_.Write("before.odcs.yaml", kContract);
  EXPECT_EQ(terminal_.Run({"compat", "-", "-"}).code, 2);
  EXPECT_EQ(terminal_.Run({"compat", before}).code, 2);
  EXPECT_EQ(terminal_.Run({"compat", before, before, "--mode", "sideways"}).code, 2);
  const Said product = terminal_.Run({"compat", before, Bundle("p", {}) + "/product.odps.yaml"});
  EXPECT_EQ(product.code, 100);
  EXPECT_THAT(product.err, HasSubstr("this is a product, not a contract"));
  EXPECT_EQ(terminal_.Run({"compat", before, "nowhere.yaml"}).code, 1);
}

TEST_F(CheckTest, ValidateSaysWhatOfTheStandardIsNotKept) {
  const std::string good = terminal_.Write("good.odcs.yaml", kContract);
  const std::string bad = Contract("bad.odcs.yaml", "id: c\n", "id: c\ncolour: red\n");
  const Said fits = terminal_.Run({"validate", good});
  EXPECT_EQ(fits.code, 0) << fits.out;
  EXPECT_THAT(fits.out, HasSubstr("good.odcs.yaml: conforms to ODCS 3.1"));
  const Said said = terminal_.Run({"validate", good, bad});
  EXPECT_EQ(said.code, 100);
  EXPECT_THAT(said.out, AllOf(HasSubstr("bad.odcs.yaml:4:1: error: \"colour\" is no key of ODCS"),
                              HasSubstr("[unknown-key] at /colour"), HasSubstr("does not conform to ODCS 3.1")));
  const Said json = terminal_.Run({"validate", "-", "-o", "json"}, "kind: DataProduct\napiVersion: v9.0.0\n");
  EXPECT_EQ(json.code, 100);
  EXPECT_THAT(json.out, AllOf(HasSubstr("\"rule\": \"api-version\""), Not(HasSubstr("\"conforms\": true"))));
  EXPECT_EQ(terminal_.Run({"validate", "nowhere.yaml"}).code, 1);
}

}  // namespace
}  // namespace souk::cli
