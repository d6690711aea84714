// SPDX-License-Identifier: Apache-2.0
// Journeys through a cluster whose etcd holds something that no node understands, or that no node wrote.
#include "souk/store/v1/records.pb.h"
#include "storage/etcd/client.h"
#include "storage/ledger_keys.h"
#include "tests/journeys/cluster.h"
#include "tests/support/socket.h"

namespace souk::journeys {
namespace {

using ::testing::HasSubstr;

const Sample kOrders{.domain = "retail", .name = "Orders"};
const Sample kMargins{.domain = "finance", .name = "Margins", .reads = {kOrders.contract()}};

class Undecodable : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!support::Etcd::IsInstalled()) GTEST_SKIP() << "there is no etcd; ./dev test unpacks it";
    cluster_ = std::make_unique<Cluster>(2);
    cluster_->Register(0, kOrders);
    cluster_->Register(1, kMargins);
  }
  // As somebody who is no node, under a key of the ledger. Its revision is the token's, as far as anybody can read.
  void Put(const std::string& key, const std::string& value) {
    SystemClock clock;
    storage::etcd::Client etcd({.endpoints = {cluster_->etcd().endpoint()}}, clock);
    etcdserverpb::PutRequest put;
    put.set_key("/souk/v1/k/" + key);
    put.set_value(value);
    Must(etcd.Put(put, clock.Monotonic() + std::chrono::seconds(10)).status());
  }
  StatusOr<v1::GetProductResponse> Get(size_t node, const Sample& sample) {
    v1::GetProductRequest get;
    get.set_name(sample.line());
    return cluster_->client(node).GetProduct(get);
  }
  void AwaitUndecodable(size_t node, uint64_t count) {
    cluster_->Await(node, [&](const v1::GetStatusResponse& status) { return status.undecodable_count() == count; });
  }
  // Everything that does not need the value.
  void ExpectTheRestGoesOn(size_t node) {
    EXPECT_THAT(Get(node, kMargins), ::testing::Truly([](const auto& got) { return got.ok(); }));
    const Sample next{.domain = "retail", .name = "Next " + std::to_string(++words_)};
    cluster_->ExpectThere(1 - node, next, cluster_->Register(node, next).revision());
    EXPECT_EQ(Must(cluster_->client(node).GetStatus({})).ledger_link().relists(), 0U);
    EXPECT_TRUE(Must(cluster_->client(node).GetStatus({})).ledger_link().connected());
  }

  std::unique_ptr<Cluster> cluster_;
  int words_ = 0;
};

TEST_F(Undecodable, AProductThatIsNotUnderstoodIsSaidToBeSoAndNothingElseIsHeldUp) {
  Put(storage::RecordKey(kOrders.line(), 2), "\x07 of tomorrow");
  for (size_t node = 0; node < 2; ++node) {
    AwaitUndecodable(node, 1);
    const auto refused = Get(node, kOrders);
    EXPECT_THAT(refused, FailsWith(Code::kDataLoss, "UNDECODABLE"));
    EXPECT_THAT(refused.status().detail().remedy, HasSubstr("register"));
    v1::SetProductStateRequest state;
    state.set_name(kOrders.line());
    state.set_state(v1::PRODUCT_STATE_DEPRECATED);
    EXPECT_THAT(cluster_->client(node).SetProductState(state), FailsWith(Code::kDataLoss, "UNDECODABLE"));
    ExpectTheRestGoesOn(node);
    const auto status = Must(cluster_->client(node).GetStatus({}));
    ASSERT_EQ(status.undecodable_size(), 1);
    EXPECT_EQ(status.undecodable(0).entity(), kOrders.line());
    EXPECT_TRUE(status.undecodable(0).hides_entity());
    EXPECT_EQ(status.ledger_link().foreign_changes(), 1U);
    const auto told = support::RunSouk(cluster_->node(node).grpc_address(), {"admin", "status"});
    EXPECT_THAT(told.out, HasSubstr("not understood: 1 of the lines, domains and teams"));
    EXPECT_THAT(told.out, HasSubstr(status.undecodable(0).key()));
    const auto metrics = Must(support::HttpGet(cluster_->node(node).http_address(), "/metrics"));
    EXPECT_THAT(metrics.body, HasSubstr("souk_undecodable 1"));
    EXPECT_THAT(cluster_->node(node).Log(), HasSubstr(status.undecodable(0).key()));
  }
  // To register it again is the way out, the same content as before included.
  const auto registered = cluster_->Register(1, kOrders);
  EXPECT_TRUE(registered.changed());
  for (size_t node = 0; node < 2; ++node) {
    cluster_->ExpectThere(node, kOrders, registered.revision());
    AwaitUndecodable(node, 0);
  }
  EXPECT_EQ(cluster_->ListAll(0), cluster_->ListAll(1));
  cluster_->Stop();
}

TEST_F(Undecodable, AHeadThatIsNoneIsMendedByTheNextChange) {
  Put(storage::HeadKey(kOrders.line()), "\x07 of tomorrow");
  AwaitUndecodable(0, 1);
  AwaitUndecodable(1, 1);
  EXPECT_TRUE(Get(1, kOrders).ok());
  const Sample next{.domain = "retail", .name = "Orders", .version = "1.1.0"};
  cluster_->ExpectThere(0, next, cluster_->Register(1, next).revision());
  AwaitUndecodable(0, 0);
  EXPECT_TRUE(Must(cluster_->client(0).VerifyIndex({})).faults().empty());
  ExpectTheRestGoesOn(0);
  cluster_->Stop();
}

TEST_F(Undecodable, ANodeThatComesLateOrAgainSaysTheSame) {
  Put(storage::RecordKey("domains/retail/products/unheard-of/lines/1", 1), "\x07 of tomorrow");
  AwaitUndecodable(0, 1);
  cluster_->Kill(0);
  cluster_->Start(0);
  cluster_->Kill(1);
  std::filesystem::remove_all(cluster_->data_of(1));
  cluster_->Start(1);
  for (size_t node = 0; node < 2; ++node) {
    v1::GetProductRequest get;
    get.set_name("retail/unheard-of");
    EXPECT_THAT(cluster_->client(node).GetProduct(get), FailsWith(Code::kDataLoss, "UNDECODABLE"));
    get.set_name("retail/never-heard-of");
    EXPECT_THAT(cluster_->client(node).GetProduct(get), FailsWith(Code::kNotFound, "NOT_FOUND"));
    AwaitUndecodable(node, 1);
    ExpectTheRestGoesOn(node);
  }
  EXPECT_EQ(cluster_->ListAll(0), cluster_->ListAll(1));
  cluster_->Stop();
}

}  // namespace
}  // namespace souk::journeys
