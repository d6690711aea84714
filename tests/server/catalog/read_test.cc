// SPDX-License-Identifier: Apache-2.0
// GetProduct, DiffProducts, and how every read finds its revision.
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "base/digest.h"
#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

constexpr char kOrders[] = "sales/orders";

StatusOr<v1::GetProductResponse> Get(const Mesh& mesh, const v1::Consistency& consistency,
                                     const std::string& name = kOrders) {
  v1::GetProductRequest request;
  request.set_name(name);
  *request.mutable_consistency() = consistency;
  return mesh.registry->GetProduct(request, mesh.Call());
}

v1::Consistency MinRevision(const std::string& token) {
  v1::Consistency consistency;
  consistency.set_min_revision(token);
  return consistency;
}

v1::Consistency AsOf(const std::string& token) {
  v1::Consistency consistency;
  consistency.set_as_of_revision(token);
  return consistency;
}

TEST(GetProduct, TakesAnyIdentifier) {
  const Mesh mesh;
  const Sample orders;
  ASSERT_TRUE(mesh.Register(orders).ok());
  for (const std::string& identifier :
       {orders.line(), std::string("domains/sales/products/orders"), std::string(kOrders),
        std::string("sales/orders@1"), orders.id(), orders.contract(), orders.table(), orders.dataset(),
        std::string("domains/sales/products/orders/versions/1.0.0")}) {
    const auto product = mesh.Get(identifier);
    ASSERT_TRUE(product.ok()) << identifier << ": " << product.status().ToString();
    EXPECT_EQ(product->name(), orders.line()) << identifier;
  }
  EXPECT_EQ(ReasonOf(mesh.Get("")), "MISSING_FIELD");
  for (const char* nothing : {"sales/nothing", "sales/orders@2", "domains/sales/products/orders/versions/1.0.1",
                              "domains/sales/products/orders/versions/2.0.0", "teams/checkout", "no such thing"}) {
    EXPECT_EQ(mesh.Get(nothing).status().code(), Code::kNotFound) << nothing;
  }
}

TEST(GetProduct, GivesTheOriginalBytesBack) {
  const Mesh mesh;
  const v1::Bundle bundle = BundleOf(Sample{});
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(
      mesh.SetState(kOrders, v1::PRODUCT_STATE_DEPRECATED).ok());  // the documents are those of the registration
  EXPECT_EQ(mesh.Get(kOrders)->documents_size(), 0);
  v1::GetProductRequest request;
  request.set_name(kOrders);
  request.set_include_documents(true);
  const auto answer = mesh.registry->GetProduct(request, mesh.Call());
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  ASSERT_EQ(answer->product().documents_size(), bundle.documents_size());
  for (int i = 0; i < bundle.documents_size(); ++i) {
    EXPECT_EQ(answer->product().documents(i).content(), bundle.documents(i).content());
    EXPECT_EQ(answer->product().documents(i).digest(), Hex(Sha256(bundle.documents(i).content())));
  }
}

TEST(GetProduct, ReadsAPastVersion) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{.purpose = "First words."}).ok());
  ASSERT_TRUE(mesh.Register(Sample{.version = "1.1.0", .purpose = "Second words."}).ok());
  v1::GetProductRequest request;
  request.set_name("domains/sales/products/orders/versions/1.0.0");
  request.set_include_documents(true);
  const auto answer = mesh.registry->GetProduct(request, mesh.Call());
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->product().version(), "1.0.0");
  EXPECT_EQ(answer->product().model().description().purpose(), "First words.");
  EXPECT_EQ(answer->product().change_number(), 1U);
  EXPECT_NE(answer->product().documents(0).content().find("First words."), std::string::npos);
}

// Empty, or how the encoded answer differs from the plain one.
std::string EncodedDifference(const Mesh& mesh, const v1::GetProductRequest& request) {
  const auto plain = mesh.registry->GetProduct(request, mesh.Call());
  const auto encoded = mesh.registry->GetEncodedProduct(request, mesh.Call());
  if (plain.ok() != encoded.ok()) return "one of them fails";
  if (!plain.ok()) {
    const std::string want = plain.status().ToString();
    const std::string got = encoded.status().ToString();
    return want == got ? "" : want + " is not " + got;
  }
  v1::GetProductResponse parsed;
  if (!parsed.ParseFromString(*encoded->shared + encoded->rest.SerializeAsString())) return "it can't be read";
  return google::protobuf::util::MessageDifferencer::Equals(parsed, *plain) ? "" : parsed.ShortDebugString();
}

TEST(GetEncodedProduct, IsTheSameAnswer) {
  const Mesh mesh;
  const auto first = mesh.Register(Sample{.purpose = "First words."});
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(mesh.Register(Sample{.name = "Bare", .status = "draft", .purpose = "", .columns = {}}).ok());
  ASSERT_GT(mesh.Get("sales/bare")->findings_size(), 0);
  const std::vector<std::function<void()>> changes = {
      [] {},
      [&mesh] { EXPECT_TRUE(mesh.Register(Sample{.version = "1.1.0", .purpose = "Second words."}).ok()); },
      [&mesh] {
        v1::SetProductStateRequest request;
        request.set_name(kOrders);
        request.set_state(v1::PRODUCT_STATE_DEPRECATED);
        request.mutable_sunset_time()->set_seconds(4'000'000'000);
        EXPECT_TRUE(mesh.lifecycle->SetProductState(request, mesh.Call()).ok());
      },
      [&mesh] { EXPECT_TRUE(mesh.Retire(kOrders).ok()); },
  };
  for (size_t step = 0; step < changes.size(); ++step) {
    changes[step]();
    for (const char* name : {kOrders, "sales/bare", "domains/sales/products/orders/versions/1.0.0",
                             "domains/sales/products/orders/versions/1.1.0",
                             "domains/sales/products/orders/versions/9.0.0", "nobody", ""}) {
      for (const bool documents : {false, true}) {
        for (const v1::Consistency& consistency : {v1::Consistency(), AsOf(first->revision())}) {
          v1::GetProductRequest request;
          request.set_name(name);
          request.set_include_documents(documents);
          *request.mutable_consistency() = consistency;
          EXPECT_EQ(EncodedDifference(mesh, request), "") << step << ": " << request.ShortDebugString();
          EXPECT_EQ(EncodedDifference(mesh, request), "") << "once it is cached";
        }
      }
    }
  }
}

TEST(GetEncodedProduct, EncodesALineOnce) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  v1::GetProductRequest request;
  request.set_name(kOrders);
  const auto once = mesh.registry->GetEncodedProduct(request, mesh.Call());
  ASSERT_TRUE(once.ok());
  ASSERT_TRUE(mesh.Register(Sample{.name = "Invoices"}).ok());
  EXPECT_EQ(mesh.registry->GetEncodedProduct(request, mesh.Call())->shared, once->shared);
  ASSERT_TRUE(mesh.Register(Sample{.version = "1.1.0"}).ok());
  EXPECT_NE(mesh.registry->GetEncodedProduct(request, mesh.Call())->shared, once->shared);
}

TEST(GetEncodedProduct, HidesWhatIsHidden) {
  Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  v1::GetProductRequest request;
  request.set_name(kOrders);
  ASSERT_TRUE(mesh.registry->GetEncodedProduct(request, mesh.Call()).ok());
  mesh.authorizer.Hide("bob@example.com", "sales");
  EXPECT_EQ(mesh.registry->GetEncodedProduct(request, mesh.Call("bob@example.com")).status().code(), Code::kNotFound);
}

TEST(Consistency, AsOfARevisionShowsThePast) {
  const Mesh mesh;
  const auto first = mesh.Register(Sample{});
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(mesh.Register(Sample{.version = "1.1.0"}).ok());
  const auto deprecated = mesh.SetState(kOrders, v1::PRODUCT_STATE_DEPRECATED);
  ASSERT_TRUE(deprecated.ok());
  ASSERT_TRUE(mesh.Register(Sample{.name = "Invoices"}).ok());

  const auto then = Get(mesh, AsOf(first->revision()));
  ASSERT_TRUE(then.ok()) << then.status().ToString();
  EXPECT_EQ(then->revision(), first->revision());
  EXPECT_EQ(then->product().version(), "1.0.0");
  EXPECT_EQ(then->product().state(), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_EQ(Get(mesh, AsOf(deprecated->revision()))->product().state(), v1::PRODUCT_STATE_DEPRECATED);
  // By the identifiers of then, too.
  EXPECT_TRUE(Get(mesh, AsOf(first->revision()), Sample{}.contract()).ok());
  EXPECT_EQ(Get(mesh, AsOf(first->revision()), "sales/invoices").status().code(), Code::kNotFound);
  EXPECT_EQ(Get(mesh, AsOf("0")).status().code(), Code::kNotFound);
}

TEST(Consistency, AsOfATimeShowsThePast) {
  const Mesh mesh;
  const auto first = mesh.Register(Sample{});
  ASSERT_TRUE(first.ok());
  const auto second = mesh.Register(Sample{.version = "1.1.0"});
  ASSERT_TRUE(second.ok());
  v1::Consistency consistency;
  *consistency.mutable_as_of_time() = first->product().update_time();
  // Times have microseconds, so that the two are apart, but commits are never before their record.
  const auto then = Get(mesh, consistency);
  ASSERT_TRUE(then.ok() || then.status().code() == Code::kOutOfRange) << then.status().ToString();
  consistency.mutable_as_of_time()->set_seconds(second->product().update_time().seconds() + 1);
  EXPECT_EQ(Get(mesh, consistency)->product().version(), "1.1.0");
  consistency.mutable_as_of_time()->set_seconds(1);
  EXPECT_EQ(Get(mesh, consistency).status().code(), Code::kOutOfRange);
  for (const int64_t seconds : {std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()}) {
    consistency.mutable_as_of_time()->set_seconds(seconds);
    EXPECT_EQ(ReasonOf(Get(mesh, consistency)), "BAD_FIELD");
  }
}

TEST(Consistency, ReadsOnesOwnWrites) {
  const Mesh mesh;
  const auto registered = mesh.Register(Sample{});
  ASSERT_TRUE(registered.ok());
  EXPECT_EQ(registered->revision(), mesh.Token(mesh.revision()));
  const auto answer = Get(mesh, MinRevision(registered->revision()));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->revision(), registered->revision());
  v1::Consistency latest;
  latest.set_latest(true);
  EXPECT_TRUE(Get(mesh, latest).ok());
  latest.set_latest(false);
  EXPECT_TRUE(Get(mesh, latest).ok());
}

TEST(Consistency, WaitsForARevisionThatIsOnItsWay) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  const std::string next = mesh.Token(mesh.revision() + 1);
  const std::jthread writer([&mesh] { EXPECT_TRUE(mesh.Register(Sample{.version = "1.1.0"}).ok()); });
  const auto answer = Get(mesh, MinRevision(next));
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->product().version(), "1.1.0");
}

TEST(Consistency, DoesNotWaitForever) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  v1::GetProductRequest request;
  request.set_name(kOrders);
  *request.mutable_consistency() = MinRevision(mesh.Token(mesh.revision() + 100));
  catalog::CallContext call = mesh.Call();
  call.deadline = mesh.clock.Monotonic() + std::chrono::milliseconds(20);
  const auto answer = mesh.registry->GetProduct(request, call);
  EXPECT_EQ(ReasonOf(answer), "REVISION_NOT_APPLIED");
  EXPECT_EQ(answer.status().code(), Code::kUnavailable);
}

TEST(Consistency, RefusesTheFutureAndForeignTokens) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  EXPECT_EQ(ReasonOf(Get(mesh, AsOf(mesh.Token(mesh.revision() + 1)))), "REVISION_IN_FUTURE");
  for (const auto& make : {MinRevision, AsOf}) {
    EXPECT_EQ(ReasonOf(Get(mesh, make("1-00000000"))), "FOREIGN_REVISION");
    for (const char* bad : {"", "one", "-1", "1", "1-", "99999999999999999999-" /* more than 64 bits */}) {
      const auto reason = ReasonOf(Get(mesh, make(bad)));
      EXPECT_TRUE(reason == "BAD_REVISION" || reason == "FOREIGN_REVISION") << bad << ": " << reason;
    }
  }
}

TEST(Consistency, HoldsForEveryService) {
  const Mesh mesh;
  const auto registered = mesh.Register(Sample{});
  ASSERT_TRUE(registered.ok());
  const v1::Consistency own = MinRevision(registered->revision());
  v1::SearchRequest search;
  *search.mutable_consistency() = own;
  EXPECT_EQ(mesh.discovery->Search(search, mesh.Call())->revision(), registered->revision());
  *search.mutable_consistency() = AsOf(registered->revision());
  EXPECT_EQ(ReasonOf(mesh.discovery->Search(search, mesh.Call())), "AS_OF_UNSUPPORTED");
  v1::SuggestRequest suggest;
  suggest.set_prefix("ord");
  *suggest.mutable_consistency() = own;
  EXPECT_EQ(mesh.discovery->Suggest(suggest, mesh.Call())->revision(), registered->revision());
  v1::TraceLineageRequest trace;
  trace.set_root(kOrders);
  for (const v1::Consistency& consistency : {own, AsOf(registered->revision())}) {
    *trace.mutable_consistency() = consistency;
    const auto answer = mesh.tracing->TraceLineage(trace, mesh.Call());
    ASSERT_TRUE(answer.ok()) << answer.status().ToString();
    EXPECT_EQ(answer->revision(), registered->revision());
  }
  v1::FindOwnerRequest find;
  find.set_identifier(kOrders);
  for (const v1::Consistency& consistency : {own, AsOf(registered->revision())}) {
    *find.mutable_consistency() = consistency;
    EXPECT_EQ(mesh.ownership->FindOwner(find, mesh.Call())->revision(), registered->revision());
  }
}

TEST(TraceLineage, AColumnBehindAnyIdentifierIsTheRoot) {
  const Mesh mesh;
  const Sample orders;
  ASSERT_TRUE(mesh.Register(orders).ok());
  const std::string column = orders.dataset() + "#" + orders.columns.front().name;
  v1::TraceLineageRequest trace;
  for (const std::string& identifier :
       {orders.table(), orders.dataset(), orders.contract(), orders.id(), orders.line()}) {
    trace.set_root(identifier + "#" + orders.columns.front().name);
    const auto answer = mesh.tracing->TraceLineage(trace, mesh.Call());
    ASSERT_TRUE(answer.ok()) << trace.root() << ": " << answer.status().ToString();
    EXPECT_EQ(answer->nodes(0).name(), column) << trace.root();
    trace.set_root(identifier + "#nothing");
    EXPECT_EQ(mesh.tracing->TraceLineage(trace, mesh.Call()).status().code(), Code::kNotFound) << trace.root();
  }
  trace.set_root(orders.table() + "#" + orders.columns.front().name);
  trace.set_granularity(v1::LINEAGE_NODE_KIND_PRODUCT);
  EXPECT_EQ(mesh.tracing->TraceLineage(trace, mesh.Call())->nodes(0).name(), orders.line());
}

TEST(TraceLineage, ChecksItsLimits) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  v1::TraceLineageRequest trace;
  EXPECT_EQ(ReasonOf(mesh.tracing->TraceLineage(trace, mesh.Call())), "MISSING_FIELD");
  trace.set_root(kOrders);
  trace.set_max_depth(-1);
  EXPECT_EQ(ReasonOf(mesh.tracing->TraceLineage(trace, mesh.Call())), "BAD_FIELD");
  trace.set_max_depth(0);
  trace.set_max_nodes(10'001);
  EXPECT_EQ(ReasonOf(mesh.tracing->TraceLineage(trace, mesh.Call())), "BAD_FIELD");
  trace.set_max_nodes(10'000);
  EXPECT_TRUE(mesh.tracing->TraceLineage(trace, mesh.Call()).ok());
  trace.set_direction(v1::LINEAGE_DIRECTION_BETWEEN);
  const auto no_target = mesh.tracing->TraceLineage(trace, mesh.Call());
  EXPECT_EQ(ReasonOf(no_target), "MISSING_FIELD");
  EXPECT_NE(no_target.status().message().find("target"), std::string::npos);
}

TEST(DiffProducts, ComparesVersionsAndBundles) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(
      mesh.Register(Sample{.version = "1.1.0", .columns = {{"order_id"}, {"amount", "number"}, {"note"}}}).ok());
  v1::DiffProductsRequest request;
  request.set_base("domains/sales/products/orders/versions/1.0.0");
  EXPECT_EQ(ReasonOf(mesh.registry->DiffProducts(request, mesh.Call())), "MISSING_FIELD");
  request.set_name(kOrders);
  const auto added = mesh.registry->DiffProducts(request, mesh.Call());
  ASSERT_TRUE(added.ok()) << added.status().ToString();
  EXPECT_EQ(added->change_class(), v1::CHANGE_CLASS_MINOR);
  EXPECT_GT(added->differences_size(), 0);
  request.set_base(kOrders);
  *request.mutable_bundle() = BundleOf(Sample{.version = "2.0.0", .columns = {{"order_id"}}});
  const auto breaking = mesh.registry->DiffProducts(request, mesh.Call());
  ASSERT_TRUE(breaking.ok());
  EXPECT_EQ(breaking->change_class(), v1::CHANGE_CLASS_BREAKING);
  *request.mutable_bundle() =
      BundleOf(Sample{.version = "1.1.0", .columns = {{"order_id"}, {"amount", "number"}, {"note"}}});
  const auto same = mesh.registry->DiffProducts(request, mesh.Call());
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(same->differences_size(), 0);
  EXPECT_EQ(same->change_class(), v1::CHANGE_CLASS_UNSPECIFIED);
  request.mutable_bundle()->mutable_documents(0)->set_content("nonsense: [");
  EXPECT_EQ(ReasonOf(mesh.registry->DiffProducts(request, mesh.Call())), "BAD_DOCUMENT");
}

TEST(Trace, RefusesValuesThatAreNone) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  v1::TraceLineageRequest request;
  request.set_root("sales/orders");
  EXPECT_EQ(ReasonOf(mesh.tracing->TraceLineage(request, mesh.Call())), "OK");
  request.set_direction(static_cast<v1::LineageDirection>(9));
  EXPECT_EQ(ReasonOf(mesh.tracing->TraceLineage(request, mesh.Call())), "BAD_FIELD");
  request.clear_direction();
  request.set_granularity(static_cast<v1::LineageNodeKind>(9));
  const auto refused = mesh.tracing->TraceLineage(request, mesh.Call());
  EXPECT_EQ(ReasonOf(refused), "BAD_FIELD");
  EXPECT_NE(refused.status().message().find("9 is no granularity"), std::string::npos);
}

}  // namespace
}  // namespace souk::support
