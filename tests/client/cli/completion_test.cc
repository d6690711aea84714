// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "souk/v1/discovery_service.pb.h"
#include "souk/v1/registry_service.pb.h"
#include "tests/client/cli/terminal.h"

namespace souk::cli {
namespace {

class CompletionTest : public ::testing::Test {
 protected:
  // The values offered, without their help.
  std::vector<std::string> Offered(std::vector<std::string> words) {
    words.insert(words.begin(), {"__complete", "--"});
    const Said said = terminal_.Run(words);
    EXPECT_EQ(said.code, 0);
    EXPECT_EQ(said.err, "");
    std::vector<std::string> values;
    std::istringstream lines(said.out);
    for (std::string line; std::getline(lines, line);) values.push_back(line.substr(0, line.find('\t')));
    return values;
  }

  Terminal terminal_;
};

using Strings = std::vector<std::string>;

TEST_F(CompletionTest, CommandsAndOptionsAndChoices) {
  EXPECT_EQ(Offered({"re"}), (Strings{"register", "retire"}));
  EXPECT_EQ(Offered({"admin", "d"}), Strings{"domain"});
  EXPECT_EQ(Offered({"admin", "domain", ""}), (Strings{"list", "get", "set"}));
  EXPECT_EQ(Offered({"lineage", "x", "--gr"}), Strings{"--granularity"});
  EXPECT_EQ(Offered({"lineage", "x", "--granularity", ""}), (Strings{"products", "datasets", "columns"}));
  EXPECT_EQ(Offered({"register", "--on-findings", "d"}), Strings{"draft"});
  EXPECT_EQ(Offered({"lineage", "-o", "m"}), Strings{"mermaid"});
  EXPECT_EQ(Offered({"list", "--output=j"}), Strings{"--output=json"});
  EXPECT_EQ(Offered({"register", "--state="}),
            (Strings{"--state=proposed", "--state=draft", "--state=active", "--state=deprecated"}));
  EXPECT_EQ(Offered({"get", "x", "--documents=/t"}), Strings{":dirs"});
  EXPECT_EQ(Offered({"completion", ""}), (Strings{"bash", "zsh", "fish"}));
  EXPECT_EQ(Offered({"register", ""}), Strings{":files"});
  EXPECT_EQ(Offered({"get", "x", "--documents", ""}), Strings{":dirs"});
  EXPECT_EQ(Offered({"state", "--reason", "why", "x", "dr"}), Strings{"draft"});
}

TEST_F(CompletionTest, ProductNamesComeFromTheNode) {
  v1::ListDomainsResponse domains;
  domains.add_domains()->set_name("domains/sales");
  domains.add_domains()->set_name("domains/support");
  terminal_.node().Answer<v1::ListDomainsRequest, v1::ListDomainsResponse>("RegistryService/ListDomains", domains);
  v1::SuggestResponse suggest;
  suggest.add_suggestions()->set_text("sales report");
  suggest.mutable_suggestions(0)->set_kind("product");
  suggest.add_suggestions()->set_text("sales_total");
  suggest.mutable_suggestions(1)->set_kind("column");
  terminal_.node().Answer<v1::SuggestRequest, v1::SuggestResponse>("DiscoveryService/Suggest", suggest);
  v1::ListProductsResponse products;
  products.add_products()->set_name("domains/sales/products/orders/lines/1");
  products.add_products()->set_name("domains/sales/products/refunds/lines/1");
  terminal_.node().Answer<v1::ListProductsRequest, v1::ListProductsResponse>("RegistryService/ListProducts", products);
  EXPECT_EQ(Offered({"get", "sa"}), (Strings{"sales/", "sales report"}));
  EXPECT_EQ(Offered({"get", "sales/o"}), Strings{"sales/orders@1"});
  EXPECT_EQ(Offered({"get", ""}), (Strings{"sales/", "support/"}));
}

TEST_F(CompletionTest, WithoutANodeItIsSilent) {
  EXPECT_TRUE(Offered({"get", "sa"}).empty());
  terminal_.variables["SOUK_ADDR"] = "127.0.0.1:1";
  EXPECT_TRUE(Offered({"get", "sa"}).empty());
}

TEST_F(CompletionTest, EachShellHasItsScript) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_NE(terminal_.Run({"completion", shell}).out.find("souk __complete -- "), std::string::npos);
  }
  EXPECT_EQ(terminal_.Run({"completion", "csh"}).code, 2);
}

}  // namespace
}  // namespace souk::cli
