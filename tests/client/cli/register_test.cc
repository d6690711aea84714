// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

#include "base/errors.h"
#include "client/lib/error_decoding.h"
#include "souk/v1/registry_service.pb.h"
#include "tests/client/cli/terminal.h"

namespace souk::cli {
namespace {

constexpr char kRegister[] = "RegistryService/RegisterProduct";
constexpr char kBatch[] = "RegistryService/BatchRegister";

Violation Defect(const std::string& rule) {
  Violation violation;
  violation.rule = rule;
  violation.path = "product.odps.yaml";
  violation.line = 3;
  violation.column = 1;
  violation.message = "something is missing";
  violation.remedy = "Add it.";
  return violation;
}

class RegisterTest : public ::testing::Test {
 protected:
  RegisterTest() {
    AnswerSingle(Status::Ok());
    // A batch takes each product by what its document says.
    terminal_.node().On(kBatch, [this](const std::vector<std::string>& requests) -> client::FakeNode::Reply {
      if (!unavailable_.ok()) return {{}, unavailable_, false};
      v1::BatchRegisterResponse response;
      for (const std::string& bytes : requests) {
        v1::BatchRegisterRequest request;
        request.ParseFromString(bytes);
        *response.add_results() = ResultOf(request.item());
      }
      response.set_visible(true);
      response.set_revision("r9");
      return {{response.SerializeAsString()}, Status::Ok(), false};
    });
  }

  static v1::BatchRegisterResult ResultOf(const v1::RegisterProductRequest& item) {
    const std::string& text = item.bundle().documents(0).content();
    v1::BatchRegisterResult result;
    result.set_name("domains/d/products/p/lines/1");
    result.set_state(v1::PRODUCT_STATE_ACTIVE);
    result.set_changed(text.find("same") == std::string::npos);
    result.set_created(text.find("new") != std::string::npos);
    result.set_fit_for_active(text.find("lacks") == std::string::npos && text.find("bad") == std::string::npos);
    const bool draft = item.on_findings() == v1::FINDINGS_ACTION_DRAFT;
    if (text.find("lacks-owner") != std::string::npos) {
      *result.add_findings() = client::ToFinding(Defect("owner-required"));
    }
    if (text.find("lacks-docs") != std::string::npos) {
      *result.add_findings() = client::ToFinding(Defect("docs-required"));
    }
    if (text.find("lacks") != std::string::npos) {
      result.set_state(v1::PRODUCT_STATE_DRAFT);
      if (!draft) Fail(errors::RefusedByGate("d/p@1", {Defect("owner-required")}), result);
    }
    if (text.find("bad") != std::string::npos) Fail(errors::UnknownTeam("nobody"), result);
    return result;
  }

  static void Fail(const Status& status, v1::BatchRegisterResult& result) {
    result.set_code(static_cast<int>(status.code()));
    result.set_reason(status.reason());
    result.set_message(status.message());
    result.set_remedy(status.detail().remedy);
    result.clear_findings();
    for (const Violation& violation : status.detail().violations) *result.add_findings() = client::ToFinding(violation);
  }

  void AnswerSingle(const Status& status) {
    terminal_.node().Answer<v1::RegisterProductRequest, v1::RegisterProductResponse>(
        kRegister, [status](const v1::RegisterProductRequest&) -> StatusOr<v1::RegisterProductResponse> {
          if (!status.ok()) return status;
          v1::RegisterProductResponse response;
          response.mutable_product()->set_name("domains/sales/products/orders/lines/1");
          response.mutable_product()->set_state(v1::PRODUCT_STATE_ACTIVE);
          response.mutable_product()->mutable_model()->set_id("sales.orders.v1");
          response.set_changed(true);
          response.set_created(true);
          response.set_fit_for_active(true);
          response.set_visible(true);
          return response;
        });
  }

  std::string Product(const std::string& folder, const std::string& word = "new") {
    terminal_.Write(folder + "/product.odps.yaml", "kind: DataProduct\nname: " + word + "\n");
    return terminal_.Home(folder).string();
  }
  std::string Mesh() { return terminal_.Home("mesh").string(); }
  v1::RegisterProductRequest Sent() { return terminal_.node().requests<v1::RegisterProductRequest>(kRegister).back(); }

  Terminal terminal_;
  Status unavailable_;
};

TEST_F(RegisterTest, OneProductInEachFormat) {
  const std::string folder = Product("orders");
  const Said table = terminal_.Run({"register", folder});
  EXPECT_EQ(table.code, 0) << table.err;
  EXPECT_EQ(table.out,
            "PRODUCT         STATE   OUTCOME  FINDINGS\n"
            "sales/orders@1  active  new\n"
            "registered 1 of 1: 1 new; as 1 active\n"
            "1 of 1 could be active as they are\n");
  EXPECT_EQ(terminal_.Run({"register", folder, "-o", "name"}).out, "domains/sales/products/orders/lines/1\n");
  EXPECT_EQ(terminal_.Run({"register", folder, "-o", "id"}).out, "sales.orders.v1\n");
  const Said json = terminal_.Run({"register", folder, "-o", "json"});
  EXPECT_NE(json.out.find("\"created\": true"), std::string::npos) << json.out;
  EXPECT_NE(json.err.find("registered 1 of 1"), std::string::npos);
}

TEST_F(RegisterTest, OptionsBecomeTheRequest) {
  const std::string folder = Product("orders");
  terminal_.Run({"register", folder, "--create-missing", "--on-findings=draft", "--if-etag", "\"7\"", "--state",
                 "proposed", "--request-id", "abc"});
  EXPECT_TRUE(Sent().create_missing());
  EXPECT_EQ(Sent().on_findings(), v1::FINDINGS_ACTION_DRAFT);
  EXPECT_EQ(Sent().etag(), "\"7\"");
  EXPECT_EQ(Sent().state(), v1::PRODUCT_STATE_PROPOSED);
  EXPECT_EQ(Sent().request_id(), "abc");
  terminal_.Run({"register", folder, "--validate-only"});
  EXPECT_TRUE(Sent().validate_only());
  EXPECT_EQ(Sent().on_findings(), v1::FINDINGS_ACTION_REFUSE);
}

TEST_F(RegisterTest, FailuresOfOneProductSpeakByTheirCode) {
  const std::string folder = Product("orders");
  const struct {
    Status status;
    int want;
  } kCases[] = {
      {errors::RefusedByGate("sales/orders@1", {Defect("owner-required")}), 100},
      {errors::BadDocument({Defect("yaml")}), 100},
      {errors::StaleEtag("sales/orders@1", "a", "b"), 5},
      {errors::UnknownDomain("sales"), 1},
      {errors::PermissionDenied("you", "publish"), 4},
      {errors::ShuttingDown(), 6},
  };
  for (const auto& test : kCases) {
    AnswerSingle(test.status);
    const Said said = terminal_.Run({"register", folder});
    EXPECT_EQ(said.code, test.want) << said.err;
    EXPECT_EQ(said.out, "");
    EXPECT_NE(said.err.find(test.status.message()), std::string::npos) << said.err;
  }
  AnswerSingle(kCases[0].status);
  EXPECT_NE(
      terminal_.Run({"register", folder}).err.find(folder + "/product.odps.yaml:3:1: error: something is missing"),
      std::string::npos);
}

TEST_F(RegisterTest, ManyEndWithAnHonestSummary) {
  Product("mesh/a", "new");
  Product("mesh/b", "same");
  Product("mesh/c", "changed");
  Product("mesh/d", "new lacks-owner lacks-docs");
  Product("mesh/e", "new lacks-owner");
  const Said said = terminal_.Run({"register", "-R", "--on-findings=draft", Mesh()});
  EXPECT_EQ(said.code, 0) << said.err;
  const std::string summary =
      "registered 5 of 5: 3 new, 1 changed, 1 unchanged; as 2 draft, 3 active\n"
      "3 of 5 could be active as they are; of the others,\n"
      "       2 lack an owner (owner-required)\n"
      "       1 lacks a purpose (docs-required)\n";
  EXPECT_NE(said.out.find(summary), std::string::npos) << said.out;
  EXPECT_EQ(terminal_.node().calls(kBatch), 1);
  EXPECT_EQ(terminal_.Run({"register", "-R", "-o", "name", "-q", "--on-findings=draft", Mesh()}).err, "");
  EXPECT_NE(terminal_.Run({"register", "-R", "-o", "json", "--on-findings=draft", Mesh()}).out.find("\"index\": 4"),
            std::string::npos);
}

TEST_F(RegisterTest, FailedItemsDontStopTheOthers) {
  Product("mesh/a", "new");
  Product("mesh/b", "lacks-owner");
  const Said findings = terminal_.Run({"register", "-R", Mesh()});
  EXPECT_EQ(findings.code, 100);
  EXPECT_NE(findings.out.find("registered 1 of 2: 1 new; as 1 active\n1 failed: 1 refused at the door\n"),
            std::string::npos)
      << findings.out;
  EXPECT_NE(findings.err.find(Mesh() + "/b/product.odps.yaml:3:1: error:"), std::string::npos) << findings.err;
  Product("mesh/c", "bad");
  const Said mixed = terminal_.Run({"register", "-R", Mesh()});
  EXPECT_EQ(mixed.code, 1);
  EXPECT_NE(mixed.out.find("2 failed: 1 refused at the door, 1 UNKNOWN_TEAM\n"), std::string::npos) << mixed.out;
  EXPECT_NE(mixed.err.find(errors::UnknownTeam("nobody").detail().remedy), std::string::npos) << mixed.err;
}

TEST_F(RegisterTest, LinesKeepTheirNumbers) {
  const std::string path =
      terminal_.Write("big.jsonl", "{\"odps\":{\"name\":\"new\"}}\n{\"odps\":{\"name\":\"bad\"}}\n{}\n");
  const Said said = terminal_.Run({"register", path});
  EXPECT_EQ(said.code, 1);
  EXPECT_NE(said.out.find("registered 1 of 3"), std::string::npos) << said.out;
  EXPECT_NE(said.err.find(path + ":2: "), std::string::npos) << said.err;
  EXPECT_NE(said.err.find(path + ":3: "), std::string::npos) << said.err;
}

TEST_F(RegisterTest, StandardInput) {
  EXPECT_EQ(terminal_.Run({"register", "-"}, "{\"odps\":{\"name\":\"new\"}}\n{\"odps\":{\"name\":\"same\"}}\n").code,
            0);
  const Said said = terminal_.Run({"register", "-"}, "");
  EXPECT_EQ(said.code, 1);
}

TEST_F(RegisterTest, WhatSpeaksOfOneProductIsNotForMany) {
  Product("mesh/a");
  Product("mesh/b");
  EXPECT_EQ(terminal_.Run({"register", "-R", "--if-etag", "x", Mesh()}).code, 2);
  EXPECT_EQ(terminal_.Run({"register", "-R", "--request-id", "x", Mesh()}).code, 2);
  EXPECT_EQ(terminal_.Run({"register", Mesh()}).code, 1);
}

TEST_F(RegisterTest, TeamsThenDomainsThenProducts) {
  std::vector<std::string> order;
  terminal_.node().Answer<v1::UpdateTeamRequest, v1::UpdateTeamResponse>(
      "RegistryService/UpdateTeam", [&](const v1::UpdateTeamRequest& request) -> StatusOr<v1::UpdateTeamResponse> {
        order.push_back(request.team().name());
        v1::UpdateTeamResponse response;
        response.set_changed(true);
        return response;
      });
  terminal_.node().Answer<v1::UpdateDomainRequest, v1::UpdateDomainResponse>(
      "RegistryService/UpdateDomain",
      [&](const v1::UpdateDomainRequest& request) -> StatusOr<v1::UpdateDomainResponse> {
        order.push_back(request.domain().name());
        return v1::UpdateDomainResponse();
      });
  terminal_.Write("mesh/domains.yaml", "kind: Domains\ndomains: [{id: sales, owner_team: shop}]\n");
  terminal_.Write("mesh/teams.yaml", "kind: Teams\nteams: [{id: shop}]\n");
  Product("mesh/a");
  Product("mesh/b");
  const Said said = terminal_.Run({"register", "-R", Mesh()});
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(order, (std::vector<std::string>{"teams/shop", "domains/sales"}));
  EXPECT_NE(said.err.find("teams and domains: 2 sent, 1 changed"), std::string::npos) << said.err;
  terminal_.Write("mesh/teams.yaml", "kind: Teams\nteams: 7\n");
  EXPECT_EQ(terminal_.Run({"register", "-R", Mesh()}).code, 100);
}

TEST_F(RegisterTest, ACatalogThatIsDownNeedNotStopADeploy) {
  const std::string folder = Product("orders");
  AnswerSingle(errors::ShuttingDown());
  EXPECT_EQ(terminal_.Run({"register", folder, "--on-unavailable=fail"}).code, 6);
  const Said warned = terminal_.Run({"register", folder, "--on-unavailable=warn"});
  EXPECT_EQ(warned.code, 0);
  EXPECT_NE(warned.err.find("the node is going down"), std::string::npos);
  const Said spooled = terminal_.Run({"register", folder, "--on-unavailable=spool"});
  EXPECT_EQ(spooled.code, 0) << spooled.err;
  EXPECT_NE(spooled.out.find("1 spooled"), std::string::npos) << spooled.out;

  // The next one sends it first.
  AnswerSingle(Status::Ok());
  const int before = terminal_.node().calls(kRegister);
  const Said next = terminal_.Run({"register", folder});
  EXPECT_EQ(next.code, 0);
  EXPECT_NE(next.err.find("sent 1 spooled change first"), std::string::npos) << next.err;
  EXPECT_EQ(terminal_.node().calls(kRegister), before + 2);
  EXPECT_EQ(terminal_.Run({"register", folder}).err.find("spooled"), std::string::npos);
}

TEST_F(RegisterTest, ASpooledChangeIsNotSentToAnotherNode) {
  const std::string folder = Product("orders");
  AnswerSingle(errors::ShuttingDown());
  EXPECT_EQ(terminal_.Run({"register", folder, "--on-unavailable=spool"}).code, 0);
  client::FakeNode other;
  other.Answer<v1::RegisterProductRequest, v1::RegisterProductResponse>(kRegister, v1::RegisterProductResponse());
  const Said elsewhere = terminal_.Run({"register", folder, "--addr", other.address()});
  EXPECT_EQ(elsewhere.err.find("spooled"), std::string::npos) << elsewhere.err;
  EXPECT_EQ(other.calls(kRegister), 1) << "only its own";
  AnswerSingle(Status::Ok());
  EXPECT_NE(terminal_.Run({"register", folder}).err.find("sent 1 spooled change first"), std::string::npos);
}

TEST_F(RegisterTest, TeamsAndDomainsAreCountedWhereTheySpool) {
  terminal_.node().Answer<v1::UpdateTeamRequest, v1::UpdateTeamResponse>(
      "RegistryService/UpdateTeam",
      [](const v1::UpdateTeamRequest&) -> StatusOr<v1::UpdateTeamResponse> { return errors::ShuttingDown(); });
  unavailable_ = errors::ShuttingDown();
  terminal_.Write("mesh/teams.yaml", "kind: Teams\nteams: [{id: shop}, {id: web}]\n");
  Product("mesh/a");
  Product("mesh/b", "same");
  const Said spooled = terminal_.Run({"register", "-R", Mesh(), "--on-unavailable=spool"});
  EXPECT_EQ(spooled.code, 0) << spooled.err;
  EXPECT_NE(spooled.err.find("teams and domains: 0 sent, 0 changed, 2 spooled\n"), std::string::npos) << spooled.err;
  EXPECT_NE(spooled.out.find("\n2 spooled"), std::string::npos) << spooled.out;
  const Said warned = terminal_.Run({"register", "-R", Mesh(), "--on-unavailable=warn"});
  EXPECT_NE(warned.err.find("0 changed, 2 not sent: no node"), std::string::npos) << warned.err;
}

TEST_F(RegisterTest, DefectsAreNoOutage) {
  AnswerSingle(errors::RefusedByGate("d/p@1", {Defect("owner-required")}));
  EXPECT_EQ(terminal_.Run({"register", Product("orders"), "--on-unavailable=spool"}).code, 100);
}

TEST_F(RegisterTest, ManyAreSpooledToo) {
  unavailable_ = errors::ShuttingDown();
  for (const char* name : {"mesh/a", "mesh/b", "mesh/c"}) Product(name);
  EXPECT_EQ(terminal_.Run({"register", "-R", Mesh()}).code, 6);
  const Said said = terminal_.Run({"register", "-R", Mesh(), "--on-unavailable=spool"});
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.out.find("registered 0 of 3\n3 spooled"), std::string::npos) << said.out;
  unavailable_ = Status::Ok();
  EXPECT_NE(terminal_.Run({"register", "-R", Mesh()}).err.find("sent"), std::string::npos);
}

TEST_F(RegisterTest, AnInterruptedImportSaysWhatIsIn) {
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "{\"odps\":{\"name\":\"new\"}}\n";
  const std::string path = terminal_.Write("big.jsonl", lines);
  std::atomic<int> calls = 0;
  terminal_.node().On(kBatch, [&](const std::vector<std::string>& requests) -> client::FakeNode::Reply {
    if (const int call = ++calls; call > 1) {
      // Ctrl-C, while some are on their way. Once: a second one ends the program.
      if (call == 2) ::kill(::getpid(), SIGINT);
      return {{}, Status::Ok(), true};
    }
    v1::BatchRegisterResponse response;
    for (const std::string& bytes : requests) {
      v1::BatchRegisterRequest request;
      request.ParseFromString(bytes);
      *response.add_results() = ResultOf(request.item());
    }
    return {{response.SerializeAsString()}, Status::Ok(), false};
  });
  const Said said = terminal_.Run({"register", path, "-q"});
  EXPECT_EQ(said.code, 130);
  EXPECT_EQ(said.out, "");
  EXPECT_NE(said.err.find(" unknown (the node may have them)\n"), std::string::npos) << said.err;
  EXPECT_NE(said.err.find("or more not sent, "), std::string::npos) << said.err;
  EXPECT_NE(said.err.find("registered "), std::string::npos) << said.err;
}

TEST_F(RegisterTest, TheProgressBarIsForTerminals) {
  for (int i = 0; i < 20; ++i) Product("mesh/p" + std::to_string(i));
  EXPECT_EQ(terminal_.Run({"register", "-R", Mesh()}).err.find("registering ["), std::string::npos);
  terminal_.err_is_terminal = true;
  const Said said = terminal_.Run({"register", "-R", Mesh()});
  EXPECT_NE(said.err.find("registering [##############################] 20/20 100%"), std::string::npos) << said.err;
  EXPECT_EQ(terminal_.Run({"register", "-R", "-q", Mesh()}).err.find("registering ["), std::string::npos);
}

}  // namespace
}  // namespace souk::cli
