// SPDX-License-Identifier: Apache-2.0
// The commands that ask: get, list, columns, history, search, suggest, owner, owned, admin.
#include <gtest/gtest.h>

#include "base/errors.h"
#include "souk/v1/admin_service.pb.h"
#include "souk/v1/discovery_service.pb.h"
#include "souk/v1/ownership_service.pb.h"
#include "souk/v1/registry_service.pb.h"
#include "tests/client/cli/terminal.h"

namespace souk::cli {
namespace {

constexpr char kOrders[] = "domains/sales/products/orders/lines/1";

v1::Product Orders() {
  v1::Product product;
  product.set_name(kOrders);
  product.set_version("1.2.0");
  product.set_state(v1::PRODUCT_STATE_ACTIVE);
  product.set_etag("\"e1\"");
  v1::DataProduct& model = *product.mutable_model();
  model.set_id("sales.orders.v1");
  model.set_name("Orders");
  model.mutable_team()->set_name("checkout");
  model.mutable_description()->set_purpose("Every order.");
  v1::SchemaObject& table = *model.add_contracts()->add_schema();
  table.set_name("orders");
  v1::DatasetIdentity& dataset = *table.add_datasets();
  dataset.set_namespace_("bigquery");
  dataset.set_name("shop.sales.orders");
  table.add_properties()->set_name("order_id");
  v1::SchemaProperty& address = *table.add_properties();
  address.set_name("address");
  address.add_properties()->set_name("city");
  return product;
}

class AskTest : public ::testing::Test {
 protected:
  void AnswerGet(const v1::Product& product) {
    v1::GetProductResponse response;
    *response.mutable_product() = product;
    response.set_revision("r9");
    terminal_.node().Answer<v1::GetProductRequest, v1::GetProductResponse>("RegistryService/GetProduct", response);
  }
  // Pages of `total` products.
  void AnswerList(int total) {
    terminal_.node().Answer<v1::ListProductsRequest, v1::ListProductsResponse>(
        "RegistryService/ListProducts",
        [total](const v1::ListProductsRequest& request) -> StatusOr<v1::ListProductsResponse> {
          const int first = request.page_token().empty() ? 0 : std::stoi(request.page_token());
          const int end = std::min(total, first + std::min(request.page_size(), 1000));
          v1::ListProductsResponse response;
          for (int i = first; i < end; ++i) {
            v1::Product& product = *response.add_products();
            product.set_name("domains/d/products/p" + std::to_string(i) + "/lines/1");
            product.mutable_model()->set_id("id-" + std::to_string(i));
          }
          if (end < total) response.set_next_page_token(std::to_string(end));
          response.set_revision("r9");
          return response;
        });
  }
  static int CountLines(const std::string& text) {
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  }

  Terminal terminal_;
};

TEST_F(AskTest, GetInEachFormat) {
  AnswerGet(Orders());
  EXPECT_EQ(terminal_.Run({"get", "orders", "-o", "name"}).out, std::string(kOrders) + "\n");
  EXPECT_EQ(terminal_.Run({"get", "orders", "-o", "id"}).out, "sales.orders.v1\n");
  EXPECT_EQ(terminal_.Run({"get", "orders", "-o", "csv"}).out,
            "PRODUCT,VERSION,STATE,TEAM,PURPOSE\r\nsales/orders@1,1.2.0,active,checkout,Every order.\r\n");
  const Said json = terminal_.Run({"get", "orders", "-o", "json"});
  EXPECT_NE(json.out.find("\"revision\": \"r9\""), std::string::npos) << json.out;
  EXPECT_NE(json.out.find("\"state\": \"PRODUCT_STATE_ACTIVE\""), std::string::npos);
  const Said text = terminal_.Run({"get", "orders"});
  EXPECT_NE(text.out.find("purpose      Every order."), std::string::npos) << text.out;
  EXPECT_TRUE(text.err.empty());
  EXPECT_EQ(terminal_.node().requests<v1::GetProductRequest>("RegistryService/GetProduct")[0].name(), "orders");
}

TEST_F(AskTest, ConsistencyIsHandedOn) {
  AnswerGet(Orders());
  terminal_.Run({"get", "orders", "--consistency", "latest"});
  terminal_.Run({"get", "orders", "--consistency=as-of:r3"});
  const auto requests = terminal_.node().requests<v1::GetProductRequest>("RegistryService/GetProduct");
  EXPECT_TRUE(requests[0].consistency().latest());
  EXPECT_EQ(requests[1].consistency().as_of_revision(), "r3");
}

TEST_F(AskTest, DocumentsComeBackByteForByte) {
  v1::Product product = Orders();
  product.add_documents()->set_path("product.odps.yaml");
  product.mutable_documents(0)->set_content("kind: DataProduct # \xFF\r\n");
  AnswerGet(product);
  EXPECT_EQ(terminal_.Run({"get", "orders", "-o", "original"}).out, product.documents(0).content());
  product.add_documents()->set_path("../../escape.odcs.yaml");
  product.mutable_documents(1)->set_content("x: 1");
  AnswerGet(product);
  const Said saved = terminal_.Run({"get", "orders", "--documents", terminal_.Home("saved/here").string()});
  EXPECT_EQ(saved.code, 0) << saved.err;
  EXPECT_EQ(support::ReadFile(terminal_.Home("saved/here/product.odps.yaml")), product.documents(0).content());
  EXPECT_EQ(support::ReadFile(terminal_.Home("saved/here/escape.odcs.yaml")), "x: 1");
  EXPECT_EQ(terminal_.Run({"get", "orders", "-o", "original"}).out, product.documents(0).content() + "---\nx: 1\n");
}

TEST_F(AskTest, ListsComeWholeOrUpToTheLimit) {
  AnswerList(2500);
  EXPECT_EQ(CountLines(terminal_.Run({"list", "-o", "name"}).out), 2500);
  EXPECT_EQ(terminal_.node().calls("RegistryService/ListProducts"), 3);
  EXPECT_EQ(CountLines(terminal_.Run({"list", "-o", "id", "--limit", "1200"}).out), 1200);
  EXPECT_EQ(CountLines(terminal_.Run({"list", "-o", "csv", "-n", "10"}).out), 11);
  const Said json = terminal_.Run({"list", "-o", "json", "-n", "2"});
  EXPECT_NE(json.out.find("\"nextPageToken\": \"2\""), std::string::npos) << json.out;
  EXPECT_EQ(json.err, "2 shown, and there are more; --limit 0 shows all\n");
  const Said two_pages = terminal_.Run({"list", "-o", "json", "-n", "1201"});
  EXPECT_NE(two_pages.out.find("\"nextPageToken\": \"1201\""), std::string::npos) << "right behind the last one";
  EXPECT_EQ(terminal_.Run({"list", "-o", "id", "-n", "2500"}).err, "") << "nothing was left out";
  EXPECT_EQ(terminal_.Run({"list", "-o", "id", "-n", "2", "-q"}).err, "");
  AnswerList(0);
  const Said none = terminal_.Run({"list", "--domain", "sales", "--filter", "state = draft", "-o", "name"});
  EXPECT_EQ(none.code, 0);
  EXPECT_EQ(none.out, "");
  const auto last = terminal_.node().requests<v1::ListProductsRequest>("RegistryService/ListProducts").back();
  EXPECT_EQ(last.parent(), "domains/sales");
  EXPECT_EQ(last.filter(), "state = draft");
}

TEST_F(AskTest, EveryListSaysThatItWasCut) {
  v1::ListOwnedResponse owned;
  owned.add_products()->set_name(kOrders);
  owned.set_next_page_token("more");
  terminal_.node().Answer<v1::ListOwnedRequest, v1::ListOwnedResponse>("OwnershipService/ListOwned", owned);
  v1::ListProductVersionsResponse versions;
  versions.add_versions()->set_name(kOrders);
  versions.set_next_page_token("more");
  terminal_.node().Answer<v1::ListProductVersionsRequest, v1::ListProductVersionsResponse>(
      "RegistryService/ListProductVersions", versions);
  for (const char* command : {"owned", "history"}) {
    EXPECT_EQ(terminal_.Run({command, "x", "-n", "1"}).err, "1 shown, and there are more; --limit 0 shows all\n");
  }
}

TEST_F(AskTest, WhatIsUnknownIsNotWhatIsEmpty) {
  terminal_.node().Answer<v1::ListProductsRequest, v1::ListProductsResponse>(
      "RegistryService/ListProducts",
      [](const v1::ListProductsRequest&) -> StatusOr<v1::ListProductsResponse> { return errors::UnknownDomain("d"); });
  terminal_.node().Answer<v1::ListOwnedRequest, v1::ListOwnedResponse>(
      "OwnershipService/ListOwned",
      [](const v1::ListOwnedRequest&) -> StatusOr<v1::ListOwnedResponse> { return errors::UnknownTeam("t"); });
  const Said list = terminal_.Run({"list", "--domain", "d"});
  EXPECT_EQ(list.code, 1);
  EXPECT_EQ(list.out, "");
  EXPECT_EQ(list.err.find("souk: " + errors::UnknownDomain("d").message()), 0U) << list.err;
  const Said owned = terminal_.Run({"owned", "t"});
  EXPECT_EQ(owned.code, 1);
  EXPECT_EQ(owned.err.find("souk: " + errors::UnknownTeam("t").message()), 0U) << owned.err;
}

TEST_F(AskTest, ColumnsOfNestedSchemas) {
  AnswerGet(Orders());
  EXPECT_EQ(terminal_.Run({"columns", "orders", "-o", "id"}).out,
            "orders.order_id\norders.address\norders.address.city\n");
  EXPECT_EQ(terminal_.Run({"columns", "orders", "-o", "name"}).out,
            "dataset:bigquery:shop.sales.orders#order_id\ndataset:bigquery:shop.sales.orders#address\n"
            "dataset:bigquery:shop.sales.orders#address.city\n");
}

TEST_F(AskTest, SearchHandsEverythingOnAndSaysWhatIsLeftOut) {
  v1::SearchResponse response;
  v1::SearchHit& hit = *response.add_hits();
  hit.set_name(kOrders);
  hit.set_id("sales.orders.v1");
  hit.set_score(1.5);
  v1::Highlight& highlight = *hit.add_highlights();
  highlight.set_field("name");
  highlight.set_text("all orders here");
  highlight.add_spans(4);
  highlight.add_spans(10);
  highlight.add_spans(9000);  // beyond the text: must not crash
  highlight.add_spans(3);
  v1::Facet& facet = *response.add_facets();
  facet.set_field("state");
  facet.add_values()->set_value("active");
  response.set_total_size(7);
  response.set_complete(true);
  terminal_.node().Answer<v1::SearchRequest, v1::SearchResponse>("DiscoveryService/Search", response);

  const Said table = terminal_.Run({"search", "all", "orders", "--filter", "state = active", "--facets", "state,team"});
  EXPECT_NE(table.out.find("sales/orders@1"), std::string::npos);
  EXPECT_NE(table.out.find("active"), std::string::npos);
  EXPECT_NE(table.err.find("1 of 7 shown"), std::string::npos);
  const auto request = terminal_.node().requests<v1::SearchRequest>("DiscoveryService/Search")[0];
  EXPECT_EQ(request.query(), "all orders");
  EXPECT_EQ(request.filter(), "state = active");
  EXPECT_EQ(request.facets_size(), 2);
  EXPECT_EQ(request.page_size(), 20);
  EXPECT_NE(terminal_.Run({"search", "x", "--highlight"}).out.find("name: all *orders* here"), std::string::npos);
  EXPECT_EQ(terminal_.Run({"search", "x", "-o", "id", "-q"}).out, "sales.orders.v1\n");
  EXPECT_EQ(terminal_.Run({"search", "x", "-o", "id", "-q"}).err, "");
}

TEST_F(AskTest, OneOwnerOrMany) {
  v1::FindOwnerResponse owner;
  owner.set_identifier("orders");
  owner.set_team("teams/checkout");
  owner.add_owners("ann@example.com");
  terminal_.node().Answer<v1::FindOwnerRequest, v1::FindOwnerResponse>("OwnershipService/FindOwner", owner);
  const Said one = terminal_.Run({"owner", "orders", "-o", "json"});
  EXPECT_NE(one.out.find("\"team\": \"teams/checkout\""), std::string::npos);
  EXPECT_NE(one.out.find("\"owners\": [\n  \"ann@example.com\"\n ]"), std::string::npos) << one.out;
  EXPECT_EQ(terminal_.Run({"owner", "orders", "-o", "name"}).out, "teams/checkout\n");

  terminal_.node().Answer<v1::BatchFindOwnersRequest, v1::BatchFindOwnersResponse>(
      "OwnershipService/BatchFindOwners",
      [&](const v1::BatchFindOwnersRequest& request) -> StatusOr<v1::BatchFindOwnersResponse> {
        v1::BatchFindOwnersResponse response;
        for (const std::string& identifier : request.identifiers()) {
          v1::OwnerResult& result = *response.add_results();
          if (identifier == "bogus") {
            result.set_code(static_cast<int>(Code::kNotFound));
            result.set_message("nothing carries it");
          } else {
            *result.mutable_owner() = owner;
          }
        }
        return response;
      });
  EXPECT_EQ(terminal_.Run({"owner", "-", "-o", "name"}, "a\nb\n\nc\n").out,
            "teams/checkout\nteams/checkout\nteams/checkout\n");
  const Said mixed = terminal_.Run({"owner", "a", "bogus", "-o", "name"});
  EXPECT_EQ(mixed.code, 1);
  EXPECT_EQ(mixed.out, "teams/checkout\n");
  EXPECT_NE(mixed.err.find("bogus: nothing carries it"), std::string::npos);
}

TEST_F(AskTest, OwnedAndHistoryAndSuggest) {
  v1::ListOwnedResponse owned;
  owned.add_products()->set_name(kOrders);
  owned.mutable_products(0)->set_id("sales.orders.v1");
  terminal_.node().Answer<v1::ListOwnedRequest, v1::ListOwnedResponse>("OwnershipService/ListOwned", owned);
  EXPECT_EQ(terminal_.Run({"owned", "checkout", "-o", "id"}).out, "sales.orders.v1\n");

  v1::ListProductVersionsResponse versions;
  versions.add_versions()->set_name("domains/sales/products/orders/versions/1.2.0");
  terminal_.node().Answer<v1::ListProductVersionsRequest, v1::ListProductVersionsResponse>(
      "RegistryService/ListProductVersions", versions);
  EXPECT_EQ(terminal_.Run({"history", "orders", "-o", "name"}).out, "domains/sales/products/orders/versions/1.2.0\n");

  v1::SuggestResponse suggest;
  suggest.add_suggestions()->set_text("orders");
  terminal_.node().Answer<v1::SuggestRequest, v1::SuggestResponse>("DiscoveryService/Suggest", suggest);
  EXPECT_NE(terminal_.Run({"suggest", "ord"}).out.find("orders"), std::string::npos);
}

TEST_F(AskTest, AdminVerifySaysWhatRemains) {
  v1::VerifyIndexResponse response;
  terminal_.node().Answer<v1::VerifyIndexRequest, v1::VerifyIndexResponse>("AdminService/VerifyIndex", response);
  EXPECT_EQ(terminal_.Run({"admin", "verify"}).code, 0);
  response.add_faults()->set_subject("_1.cfs");
  terminal_.node().Answer<v1::VerifyIndexRequest, v1::VerifyIndexResponse>("AdminService/VerifyIndex", response);
  EXPECT_EQ(terminal_.Run({"admin", "verify"}).code, 1);
  response.mutable_faults(0)->set_healed(true);
  terminal_.node().Answer<v1::VerifyIndexRequest, v1::VerifyIndexResponse>("AdminService/VerifyIndex", response);
  EXPECT_EQ(terminal_.Run({"admin", "verify", "--heal"}).code, 0);
}

TEST_F(AskTest, AdminSetChangesOnlyWhatWasSaid) {
  v1::GetTeamResponse known;
  known.mutable_team()->set_name("teams/checkout");
  known.mutable_team()->set_description("Sells.");
  known.mutable_team()->set_etag("\"7\"");
  terminal_.node().Answer<v1::GetTeamRequest, v1::GetTeamResponse>("RegistryService/GetTeam", known);
  terminal_.node().Answer<v1::UpdateTeamRequest, v1::UpdateTeamResponse>(
      "RegistryService/UpdateTeam", [](const v1::UpdateTeamRequest& request) -> StatusOr<v1::UpdateTeamResponse> {
        v1::UpdateTeamResponse response;
        *response.mutable_team() = request.team();
        return response;
      });
  EXPECT_EQ(terminal_
                .Run({"admin", "team", "set", "checkout", "--member", "ann@example.com:owner", "--contact",
                      "email=mailto:c@example.com", "-o", "name"})
                .out,
            "teams/checkout\n");
  const auto team = terminal_.node().requests<v1::UpdateTeamRequest>("RegistryService/UpdateTeam")[0].team();
  EXPECT_EQ(team.description(), "Sells.");
  EXPECT_EQ(team.etag(), "\"7\"");
  EXPECT_EQ(team.members(0).role(), "owner");
  EXPECT_EQ(team.contacts(0).url(), "mailto:c@example.com");
  EXPECT_EQ(terminal_.Run({"admin", "team", "set", "checkout", "--contact", "nonsense"}).code, 2);

  v1::GetDomainResponse domain;
  domain.mutable_domain()->set_parent("domains/commerce");
  domain.mutable_domain()->set_description("words");
  terminal_.node().Answer<v1::GetDomainRequest, v1::GetDomainResponse>("RegistryService/GetDomain", domain);
  terminal_.node().Answer<v1::UpdateDomainRequest, v1::UpdateDomainResponse>("RegistryService/UpdateDomain",
                                                                             v1::UpdateDomainResponse());
  EXPECT_EQ(terminal_.Run({"admin", "domain", "set", "cards", "--parent", ""}).code, 0);
  const auto update = terminal_.node().requests<v1::UpdateDomainRequest>("RegistryService/UpdateDomain").back();
  EXPECT_EQ(update.domain().parent(), "") << "a root again";
  EXPECT_EQ(update.domain().description(), "words");
}

TEST_F(AskTest, ErrorsGoToStandardErrorWithTheirCode) {
  const struct {
    Status status;
    int want;
  } kCases[] = {
      {errors::NotFound("product", "x"), 1},
      {errors::PermissionDenied("you", "read"), 4},
      {errors::ShuttingDown(), 6},
      {errors::DeadlineExceeded("it"), 6},
  };
  for (const auto& test : kCases) {
    terminal_.node().Answer<v1::GetProductRequest, v1::GetProductResponse>(
        "RegistryService/GetProduct",
        [&](const v1::GetProductRequest&) -> StatusOr<v1::GetProductResponse> { return test.status; });
    const Said said = terminal_.Run({"get", "x"});
    EXPECT_EQ(said.code, test.want);
    EXPECT_EQ(said.out, "");
    EXPECT_NE(said.err.find(test.status.message()), std::string::npos) << said.err;
    EXPECT_NE(said.err.find(test.status.detail().remedy), std::string::npos) << said.err;
  }
  EXPECT_EQ(terminal_.Run({"--addr", "127.0.0.1:1", "get", "x"}).code, 6);
}

TEST_F(AskTest, ColourOnlyOnATerminalAndOnlyWhereWanted) {
  AnswerGet(Orders());
  EXPECT_EQ(terminal_.Run({"get", "x"}).out.find('\033'), std::string::npos);
  terminal_.out_is_terminal = true;
  EXPECT_NE(terminal_.Run({"get", "x"}).out.find('\033'), std::string::npos);
  EXPECT_EQ(terminal_.Run({"get", "x", "--no-color"}).out.find('\033'), std::string::npos);
  terminal_.variables["TERM"] = "dumb";
  EXPECT_EQ(terminal_.Run({"get", "x"}).out.find('\033'), std::string::npos);
  terminal_.variables["TERM"] = "xterm";
  terminal_.variables["NO_COLOR"] = "1";
  EXPECT_EQ(terminal_.Run({"get", "x"}).out.find('\033'), std::string::npos);
}

TEST_F(AskTest, TheDemoRunsItsStepsOrSaysWhatIsMissing) {
  AnswerList(0);
  const Said empty = terminal_.Run({"demo"});
  EXPECT_EQ(empty.code, 1);
  EXPECT_NE(empty.err.find("deploy/sample-mesh"), std::string::npos);
  AnswerList(3);
  AnswerGet(Orders());
  const Said broken = terminal_.Run({"demo"});
  EXPECT_EQ(broken.code, 1);  // search has no answer here
  EXPECT_NE(broken.out.find("$ souk search"), std::string::npos);
}

}  // namespace
}  // namespace souk::cli
