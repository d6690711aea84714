// SPDX-License-Identifier: Apache-2.0
// Lists: every item once whatever the page size, tokens that belong to their request, histories that chain.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

// Names that sort differently by characters and by parts.
const std::vector<std::string>& Names() {
  static const std::vector<std::string> kNames = {"a", "a-b", "a-b-c", "ab", "b", "orders", "orders-eu", "z"};
  return kNames;
}

void Fill(const Mesh& mesh) {
  for (const std::string domain : {"sales", "sales-eu", "ads"}) {
    for (const std::string& name : Names()) {
      ASSERT_TRUE(mesh.Register(Sample{.domain = domain, .name = name}).ok());
    }
  }
  for (const char* version : {"2.0.0", "3.0.0", "10.0.0"}) {
    ASSERT_TRUE(mesh.Register(Sample{.name = "orders", .version = version}).ok());
  }
}

// Names of all pages together. Fails if it does not end.
std::vector<std::string> ListAll(const Mesh& mesh, v1::ListProductsRequest request) {
  std::vector<std::string> names;
  for (int page = 0; page < 200; ++page) {
    const auto answer = mesh.registry->ListProducts(request, mesh.Call());
    if (!answer.ok()) {
      ADD_FAILURE() << answer.status().ToString();
      return names;
    }
    EXPECT_LE(answer->products_size(), request.page_size() == 0 ? 1000 : request.page_size());
    for (const v1::Product& product : answer->products()) names.push_back(product.name());
    if (answer->next_page_token().empty()) return names;
    EXPECT_GT(answer->products_size(), 0);
    request.set_page_token(answer->next_page_token());
  }
  ADD_FAILURE() << "the list does not end";
  return names;
}

TEST(ListProducts, GivesEveryItemOnceWhateverThePageSize) {
  const Mesh mesh;
  Fill(mesh);
  v1::ListProductsRequest request;
  request.set_page_size(1000);
  const std::vector<std::string> all = ListAll(mesh, request);
  EXPECT_EQ(all.size(), 3 * Names().size() + 3);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
  for (const int size : {1, 2, 3, 7, 26, 27, 28}) {
    request.set_page_size(size);
    EXPECT_EQ(ListAll(mesh, request), all) << size;
  }
  request.set_page_size(2);
  request.set_parent("domains/sales");
  EXPECT_EQ(ListAll(mesh, request).size(), Names().size() + 3);
  request.set_parent("sales-eu");
  EXPECT_EQ(ListAll(mesh, request).size(), Names().size());
  request.set_parent("domains/nowhere");
  EXPECT_EQ(ReasonOf(mesh.registry->ListProducts(request, mesh.Call())), "UNKNOWN_DOMAIN");
}

TEST(ListProducts, GoesOnBesideWrites) {
  const Mesh mesh;
  Fill(mesh);
  v1::ListProductsRequest request;
  request.set_page_size(5);
  const auto first = mesh.registry->ListProducts(request, mesh.Call());
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(mesh.Register(Sample{.domain = "ads", .name = "aa"}).ok());
  ASSERT_TRUE(mesh.Retire(first->products(4).name()).ok());
  request.set_page_token(first->next_page_token());
  const auto second = mesh.registry->ListProducts(request, mesh.Call());
  ASSERT_TRUE(second.ok());
  for (const v1::Product& product : first->products()) {
    for (const v1::Product& other : second->products()) EXPECT_NE(product.name(), other.name());
  }
}

TEST(ListProducts, ChecksPageSizes) {
  const Mesh mesh;
  Fill(mesh);
  v1::ListProductsRequest request;
  request.set_page_size(-1);
  EXPECT_EQ(ReasonOf(mesh.registry->ListProducts(request, mesh.Call())), "BAD_PAGE_SIZE");
  request.set_page_size(1'000'000);  // coerced
  EXPECT_EQ(mesh.registry->ListProducts(request, mesh.Call())->products_size(), 27);
}

TEST(ListProducts, ATokenBelongsToItsRequest) {
  const Mesh mesh;
  Fill(mesh);
  v1::ListProductsRequest request;
  request.set_page_size(2);
  const auto first = mesh.registry->ListProducts(request, mesh.Call());
  ASSERT_TRUE(first.ok());
  v1::ListProductsRequest other = request;
  other.set_page_token(first->next_page_token());
  other.set_page_size(3);  // only this may differ
  EXPECT_TRUE(mesh.registry->ListProducts(other, mesh.Call()).ok());
  other.set_parent("domains/sales");
  EXPECT_EQ(ReasonOf(mesh.registry->ListProducts(other, mesh.Call())), "BAD_PAGE_TOKEN");
  other.clear_parent();
  other.set_filter("state=active");
  EXPECT_EQ(ReasonOf(mesh.registry->ListProducts(other, mesh.Call())), "BAD_PAGE_TOKEN");
  other.clear_filter();
  other.set_page_token("not a token");
  EXPECT_EQ(ReasonOf(mesh.registry->ListProducts(other, mesh.Call())), "BAD_PAGE_TOKEN");
  // Nor to another method.
  v1::ListDomainsRequest domains;
  domains.set_page_token(first->next_page_token());
  EXPECT_EQ(ReasonOf(mesh.directory->ListDomains(domains, mesh.Call())), "BAD_PAGE_TOKEN");
}

TEST(ListProducts, Filters) {
  const Mesh mesh;
  Fill(mesh);
  ASSERT_TRUE(mesh.SetState("ads/b", v1::PRODUCT_STATE_DEPRECATED).ok());
  ASSERT_TRUE(
      mesh.Register(Sample{.domain = "ads", .name = "clicks", .team = "Growth", .owner = "Grace@example.com"}).ok());
  const std::pair<const char*, size_t> kFilters[] = {
      {"state = deprecated", 1},
      {"state = active domain = ads", Names().size()},
      {"domain = ads AND name = z", 1},
      {"name = z", 3},
      {"team = growth", 1},
      {"owner = \"grace@example.com\"", 1},
      {"NOT domain = sales", 2 * Names().size() + 1},
  };
  for (const auto& [filter, count] : kFilters) {
    v1::ListProductsRequest request;
    request.set_filter(filter);
    request.set_page_size(2);
    EXPECT_EQ(ListAll(mesh, request).size(), count) << filter;
  }
  v1::ListProductsRequest request;
  for (const char* bad : {"state =", "color = red", "(state = active", "state = active)"}) {
    request.set_filter(bad);
    EXPECT_EQ(ReasonOf(mesh.registry->ListProducts(request, mesh.Call())), "BAD_FILTER") << bad;
  }
}

TEST(ListProducts, LeavesTheContractsOutUnlessAsked) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  v1::ListProductsRequest request;
  EXPECT_EQ(mesh.registry->ListProducts(request, mesh.Call())->products(0).model().contracts_size(), 0);
  request.set_full(true);
  EXPECT_EQ(mesh.registry->ListProducts(request, mesh.Call())->products(0).model().contracts_size(), 1);
}

TEST(ListProducts, AsOfARevision) {
  const Mesh mesh;
  const auto first = mesh.Register(Sample{});
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(mesh.Register(Sample{.name = "Invoices"}).ok());
  v1::ListProductsRequest request;
  request.mutable_consistency()->set_as_of_revision(first->revision());
  const auto answer = mesh.registry->ListProducts(request, mesh.Call());
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->products_size(), 1);
  EXPECT_EQ(answer->revision(), first->revision());
}

TEST(ListProducts, StopsWhenTheCallerIsGone) {
  const Mesh mesh;
  Fill(mesh);
  catalog::CallContext call = mesh.Call();
  call.cancelled = [] { return true; };
  EXPECT_EQ(mesh.registry->ListProducts({}, call).status().code(), Code::kCancelled);
}

TEST(ListProductVersions, IsAChainOfDigestsNewestFirst) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.Register(Sample{.version = "1.1.0"}).ok());
  ASSERT_TRUE(mesh.SetState("sales/orders", v1::PRODUCT_STATE_DEPRECATED).ok());
  ASSERT_TRUE(mesh.Register(Sample{.version = "1.2.0"}).ok());
  ASSERT_TRUE(mesh.Retire("sales/orders").ok());
  for (const int size : {1, 2, 3, 5, 100}) {
    v1::ListProductVersionsRequest request;
    request.set_name("sales/orders@1");
    request.set_page_size(size);
    std::vector<v1::ProductVersion> versions;
    do {
      const auto answer = mesh.registry->ListProductVersions(request, mesh.Call());
      ASSERT_TRUE(answer.ok()) << answer.status().ToString();
      versions.insert(versions.end(), answer->versions().begin(), answer->versions().end());
      request.set_page_token(answer->next_page_token());
    } while (!request.page_token().empty());
    ASSERT_EQ(versions.size(), 5U) << size;
    const std::vector<std::string> actions = {"retire", "register", "set-state", "register", "register"};
    for (size_t i = 0; i < versions.size(); ++i) {
      EXPECT_EQ(versions[i].action(), actions[i]);
      EXPECT_EQ(versions[i].change_number(), 5 - i);
      EXPECT_EQ(versions[i].digest().size(), 64U);
      EXPECT_EQ(versions[i].actor(), "ada@example.com");
      const std::string before = i + 1 < versions.size() ? versions[i + 1].digest() : "";
      EXPECT_EQ(versions[i].previous_digest(), before) << size << " at " << i;
    }
    EXPECT_EQ(versions[1].name(), "domains/sales/products/orders/versions/1.2.0");
    EXPECT_EQ(versions[0].state(), v1::PRODUCT_STATE_RETIRED);
  }
}

TEST(ListProductVersions, GoesOnBesideNewChanges) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.Register(Sample{.version = "1.1.0"}).ok());
  v1::ListProductVersionsRequest request;
  request.set_name("sales/orders");
  request.set_page_size(1);
  const auto first = mesh.registry->ListProductVersions(request, mesh.Call());
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(mesh.Register(Sample{.version = "1.2.0"}).ok());
  request.set_page_token(first->next_page_token());
  const auto second = mesh.registry->ListProductVersions(request, mesh.Call());
  ASSERT_TRUE(second.ok());
  ASSERT_EQ(second->versions_size(), 1);
  EXPECT_EQ(second->versions(0).digest(), first->versions(0).previous_digest());
  EXPECT_TRUE(second->next_page_token().empty());
}

TEST(ListOwned, GivesEveryLineOnce) {
  const Mesh mesh;
  Fill(mesh);
  for (const int size : {1, 4, 1000}) {
    v1::ListOwnedRequest request;
    request.set_owner("teams/checkout");
    request.set_page_size(size);
    std::set<std::string> names;
    size_t count = 0;
    do {
      const auto answer = mesh.ownership->ListOwned(request, mesh.Call());
      ASSERT_TRUE(answer.ok()) << answer.status().ToString();
      for (const v1::OwnedProduct& product : answer->products()) names.insert(product.name());
      count += static_cast<size_t>(answer->products_size());
      request.set_page_token(answer->next_page_token());
    } while (!request.page_token().empty());
    EXPECT_EQ(count, 3 * Names().size() + 3) << size;
    EXPECT_EQ(names.size(), count);
  }
}

TEST(BatchFindOwners, AnswersEachIdentifierAtOneRevision) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  v1::BatchFindOwnersRequest request;
  request.add_identifiers("sales/orders");
  request.add_identifiers("nothing of the kind");
  request.add_identifiers(Sample{}.table());
  const auto answer = mesh.ownership->BatchFindOwners(request, mesh.Call());
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(answer->results_size(), 3);
  EXPECT_EQ(answer->results(0).owner().team(), "teams/checkout");
  EXPECT_EQ(answer->results(0).owner().revision(), answer->revision());
  EXPECT_EQ(answer->results(1).code(), static_cast<int>(Code::kNotFound));
  EXPECT_FALSE(answer->results(1).has_owner());
  EXPECT_EQ(answer->results(2).owner().identifier(), Sample{}.table());
  for (int i = request.identifiers_size(); i <= limits::kBatchOwnersMax; ++i) request.add_identifiers("x");
  EXPECT_EQ(ReasonOf(mesh.ownership->BatchFindOwners(request, mesh.Call())), "TOO_MANY");
}

TEST(Search, PagesGiveEveryHitOnce) {
  const Mesh mesh;
  Fill(mesh);
  v1::SearchRequest request;
  request.set_query("orders");
  request.set_page_size(2);
  std::set<std::string> names;
  size_t count = 0;
  do {
    const auto answer = mesh.discovery->Search(request, mesh.Call());
    ASSERT_TRUE(answer.ok()) << answer.status().ToString();
    for (const v1::SearchHit& hit : answer->hits()) names.insert(hit.name());
    count += static_cast<size_t>(answer->hits_size());
    if (answer->next_page_token().empty()) {
      EXPECT_EQ(answer->total_size(), count);
    }
    request.set_page_token(answer->next_page_token());
  } while (!request.page_token().empty() && count < 100);
  EXPECT_EQ(names.size(), count);
  EXPECT_GE(count, 9U);  // "orders" and "orders-eu" of three domains, and three more lines
}

TEST(List, NoneAndUnknownAreDifferentAnswers) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  v1::UpdateDomainRequest empty;
  empty.mutable_domain()->set_name("empty");
  ASSERT_TRUE(mesh.directory->UpdateDomain(empty, mesh.Call()).ok());
  const auto list = [&](const std::string& parent, const std::string& filter = "") {
    v1::ListProductsRequest request;
    request.set_parent(parent);
    request.set_filter(filter);
    return mesh.registry->ListProducts(request, mesh.Call());
  };
  EXPECT_EQ(ReasonOf(list("domains/nope")), "UNKNOWN_DOMAIN");
  EXPECT_EQ(ReasonOf(list("domains/empty")), "OK");
  EXPECT_EQ(ReasonOf(list("domains/sales", "name = other")), "OK");
  EXPECT_EQ(ReasonOf(list("domains/sales")), "OK");
}

TEST(ListOwned, NoneAndUnknownAreDifferentAnswers) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.Register(Sample{.name = "Ended", .team = "former", .owner = "bob@example.com"}).ok());
  ASSERT_TRUE(mesh.Retire("sales/ended").ok());
  v1::UpdateTeamRequest idle;
  idle.mutable_team()->set_name("idle");
  idle.mutable_team()->add_members()->set_username("cyd@example.com");
  ASSERT_TRUE(mesh.directory->UpdateTeam(idle, mesh.Call()).ok());
  const auto owned = [&](const std::string& owner) {
    v1::ListOwnedRequest request;
    request.set_owner(owner);
    return mesh.ownership->ListOwned(request, mesh.Call());
  };
  for (const char* unknown : {"nobody", "teams/nobody", "eve@example.com", "bob@example.com"}) {
    EXPECT_EQ(ReasonOf(owned(unknown)), "NOT_FOUND") << unknown;
  }
  for (const char* none : {"idle", "teams/idle", "cyd@example.com", "former"}) {
    const auto answer = owned(none);
    EXPECT_EQ(ReasonOf(answer), "OK") << none;
    EXPECT_EQ(answer.ok() ? answer->products_size() : -1, 0) << none;
  }
  EXPECT_EQ(owned("teams/checkout")->products_size(), 1);
  EXPECT_EQ(owned("ada@example.com")->products_size(), 1);
}

}  // namespace
}  // namespace souk::support
