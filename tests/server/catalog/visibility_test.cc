// SPDX-License-Identifier: Apache-2.0
// What a caller may not see leaks nowhere: eve sees nothing of the domain "secret", whatever she asks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/catalog/changes.h"
#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kEve[] = "eve@example.com";

// orders <- secret audits <- margins; every trace of the middle one has the word "audit" in it.
class VisibilityTest : public testing::Test {
 protected:
  const Sample orders_{};
  const Sample audits_{.domain = "secret",
                       .name = "Audits",
                       .purpose = "Audited orders.",
                       .team = "auditors",
                       .owner = "auditor@example.com",
                       .columns = {{"audit_id"}},
                       .reads = {orders_.contract()}};
  const Sample margins_{.name = "Margins", .reads = {audits_.contract()}};

  void SetUp() override {
    for (const Sample& sample : {orders_, audits_, margins_}) {
      const auto answer = mesh_.Register(sample);
      ASSERT_TRUE(answer.ok()) << answer.status().ToString();
    }
    mesh_.authorizer.Hide(kEve, "secret");
  }

  catalog::CallContext Eve() const { return mesh_.Call(kEve); }

  // What eve is told must not speak of it; what ada is told must, or the question is too weak.
  template <typename Response, typename Ask>
  void Compare(const Ask& ask) const {
    const StatusOr<Response> hidden = ask(Eve());
    const StatusOr<Response> shown = ask(mesh_.Call());
    ASSERT_TRUE(shown.ok()) << shown.status().ToString();
    EXPECT_THAT(shown->DebugString(), HasSubstr("udit"));
    if (hidden.ok()) {
      EXPECT_THAT(hidden->DebugString(), Not(HasSubstr("udit")));
    } else {
      EXPECT_EQ(hidden.status().code(), Code::kNotFound) << hidden.status().ToString();
    }
  }

  Mesh mesh_;
};

TEST_F(VisibilityTest, Get) {
  for (const std::string& identifier :
       {audits_.line(), std::string("secret/audits"), audits_.id(), audits_.contract(), audits_.table(),
        audits_.dataset(), std::string("domains/secret/products/audits/versions/1.0.0")}) {
    EXPECT_TRUE(mesh_.Get(identifier).ok()) << identifier;
    EXPECT_EQ(mesh_.Get(identifier, kEve).status().code(), Code::kNotFound) << identifier;
    v1::GetProductRequest past;
    past.set_name(identifier);
    past.mutable_consistency()->set_as_of_revision(mesh_.Token(mesh_.revision()));
    EXPECT_EQ(mesh_.registry->GetProduct(past, Eve()).status().code(), Code::kNotFound) << identifier;
  }
}

TEST_F(VisibilityTest, ListVersionsAndDiff) {
  Compare<v1::ListProductsResponse>([&](const catalog::CallContext& call) {
    v1::ListProductsRequest request;
    request.set_filter("domain = secret");
    return mesh_.registry->ListProducts(request, call);
  });
  v1::ListProductsRequest pages;
  pages.set_page_size(2);
  const auto page = mesh_.registry->ListProducts(pages, Eve());
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->products_size(), 2);
  EXPECT_TRUE(page->next_page_token().empty());  // or it would tell of a third
  Compare<v1::ListProductVersionsResponse>([&](const catalog::CallContext& call) {
    v1::ListProductVersionsRequest request;
    request.set_name("secret/audits");
    return mesh_.registry->ListProductVersions(request, call);
  });
  v1::DiffProductsRequest diff;
  diff.set_base("sales/orders");
  diff.set_name("secret/audits");
  EXPECT_EQ(mesh_.registry->DiffProducts(diff, Eve()).status().code(), Code::kNotFound);
}

TEST_F(VisibilityTest, SearchAndFacets) {
  for (const char* query : {"audits", "audit_id", "orders", ""}) {
    v1::SearchRequest request;
    request.set_query(query);
    for (const char* facet : {"domain", "team", "state"}) request.add_facets(facet);
    const auto hidden = mesh_.discovery->Search(request, Eve());
    ASSERT_TRUE(hidden.ok()) << hidden.status().ToString();
    for (const v1::SearchHit& hit : hidden->hits()) EXPECT_THAT(hit.name(), Not(HasSubstr("secret"))) << query;
    EXPECT_EQ(hidden->total_size(), static_cast<uint64_t>(hidden->hits_size())) << query;
    uint64_t states = 0;
    for (const v1::Facet& facet : hidden->facets()) {
      EXPECT_THAT(facet.DebugString(), Not(HasSubstr("secret"))) << query;
      EXPECT_THAT(facet.DebugString(), Not(HasSubstr("auditors"))) << query;
      if (facet.field() != "state") continue;
      for (const v1::FacetValue& value : facet.values()) states += value.count();
    }
    EXPECT_EQ(states, hidden->total_size()) << query;
  }
  Compare<v1::SearchResponse>([&](const catalog::CallContext& call) {
    v1::SearchRequest request;
    request.set_query("audits");
    request.set_highlight(true);
    request.set_explain(true);
    return mesh_.discovery->Search(request, call);
  });
}

TEST_F(VisibilityTest, Suggest) {
  for (const char* prefix : {"aud", "audit", "secr"}) {
    v1::SuggestRequest request;
    request.set_prefix(prefix);
    const auto hidden = mesh_.discovery->Suggest(request, Eve());
    ASSERT_TRUE(hidden.ok()) << hidden.status().ToString();
    EXPECT_EQ(hidden->suggestions_size(), 0) << prefix << "\n" << hidden->DebugString();
  }
  Compare<v1::SuggestResponse>([&](const catalog::CallContext& call) {
    v1::SuggestRequest request;
    request.set_prefix("aud");
    return mesh_.discovery->Suggest(request, call);
  });
}

TEST_F(VisibilityTest, Owners) {
  for (const std::string& identifier :
       {std::string("secret/audits"), audits_.contract(), audits_.table(), audits_.dataset()}) {
    Compare<v1::FindOwnerResponse>([&](const catalog::CallContext& call) {
      v1::FindOwnerRequest request;
      request.set_identifier(identifier);
      auto answer = mesh_.ownership->FindOwner(request, call);
      if (answer.ok()) answer->clear_identifier();  // her own words
      return answer;
    });
  }
  for (const char* owner : {"teams/auditors", "auditor@example.com"}) {
    v1::ListOwnedRequest request;
    request.set_owner(owner);
    EXPECT_EQ(mesh_.ownership->ListOwned(request, mesh_.Call())->products_size(), 1) << owner;
    const auto hidden = mesh_.ownership->ListOwned(request, Eve());
    if (hidden.ok()) {  // the team is described
      EXPECT_EQ(hidden->products_size(), 0) << owner;
    } else {
      EXPECT_EQ(hidden.status().code(), Code::kNotFound) << owner;
    }
  }
  v1::BatchFindOwnersRequest batch;
  batch.add_identifiers("secret/audits");
  EXPECT_EQ(mesh_.ownership->BatchFindOwners(batch, Eve())->results(0).code(), static_cast<int>(Code::kNotFound));
}

TEST_F(VisibilityTest, Lineage) {
  for (const bool past : {false, true}) {
    for (const char* root : {"sales/orders", "sales/margins"}) {
      v1::TraceLineageRequest request;
      request.set_root(root);
      if (past) request.mutable_consistency()->set_as_of_revision(mesh_.Token(mesh_.revision()));
      const auto hidden = mesh_.tracing->TraceLineage(request, Eve());
      ASSERT_TRUE(hidden.ok()) << hidden.status().ToString();
      for (const v1::LineageNode& node : hidden->nodes()) {
        // What margins reads is in its own descriptor, which eve may see: to her it is an open edge.
        EXPECT_THAT(node.name(), Not(HasSubstr("domains/secret")));
        if (node.kind() != v1::LINEAGE_NODE_KIND_UNRESOLVED) {
          EXPECT_THAT(node.name(), Not(HasSubstr("udit")));
        }
      }
      const auto shown = mesh_.tracing->TraceLineage(request, mesh_.Call());
      ASSERT_TRUE(shown.ok());
      EXPECT_EQ(shown->nodes_size(), 3);
    }
  }
  for (const std::string& root : {audits_.dataset(), audits_.dataset() + "#audit_id", std::string("secret/audits")}) {
    v1::TraceLineageRequest request;
    request.set_root(root);
    EXPECT_TRUE(mesh_.tracing->TraceLineage(request, mesh_.Call()).ok()) << root;
    EXPECT_EQ(mesh_.tracing->TraceLineage(request, Eve()).status().code(), Code::kNotFound) << root;
  }
}

TEST_F(VisibilityTest, Watch) {
  v1::WatchChangesRequest request;
  request.set_after_revision("0");
  for (const bool eve : {true, false}) {
    auto stream = catalog::ChangeStream::Open(*mesh_.parts, request, mesh_.Call());
    ASSERT_TRUE(stream.ok());
    std::string told;
    for (storage::Revision revision = 1; revision <= mesh_.revision(); ++revision) {
      const auto message = stream->Next(eve ? Eve() : mesh_.Call());
      ASSERT_TRUE(message.ok());
      EXPECT_EQ(message->revision(), mesh_.Token(revision));  // gap-free for everybody
      for (const v1::EntityChange& change : message->changes()) told += change.name() + "\n";
    }
    EXPECT_EQ(told.find("products/audits") == std::string::npos, eve) << told;
  }
}

// She may neither change nor end what she does not see, nor learn that it is there.
TEST_F(VisibilityTest, Writes) {
  v1::SetProductStateRequest state;
  state.set_name("secret/audits");
  state.set_state(v1::PRODUCT_STATE_DEPRECATED);
  EXPECT_EQ(mesh_.lifecycle->SetProductState(state, Eve()).status().code(), Code::kNotFound);
  v1::RetireProductRequest retire;
  retire.set_name("secret/audits");
  EXPECT_EQ(mesh_.lifecycle->RetireProduct(retire, Eve()).status().code(), Code::kNotFound);
  EXPECT_EQ(mesh_.StateOf("secret/audits"), v1::PRODUCT_STATE_ACTIVE);
  mesh_.authorizer.Forbid("secret");
  EXPECT_EQ(mesh_.Register(RegistrationOf(audits_), Eve()).status().code(), Code::kPermissionDenied);
}

}  // namespace
}  // namespace souk::support
