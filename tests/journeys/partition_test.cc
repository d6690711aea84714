// SPDX-License-Identifier: Apache-2.0
// Journeys through a cluster whose network is cut here and there.
#include "tests/journeys/journey.h"
#include "tests/support/cluster.h"

namespace souk::journeys {
namespace {

using support::Flow;

class Partitioned : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!support::Etcd::IsInstalled()) GTEST_SKIP() << "there is no etcd; ./dev test unpacks it";
    cluster_ = Must(support::Cluster::Start({.directory = folder_.path(), .nodes = 2}));
    for (size_t node = 0; node < cluster_->nodes(); ++node) {
      client::ClientOptions options = ClientOf(cluster_->address(node));
      options.attempts_max = 1;  // what a node refuses is what is looked at
      clients_.push_back(std::make_unique<client::Client>(options));
    }
  }

  void CutFromEtcd(size_t node, Flow flow) {
    for (size_t member = 0; member < cluster_->members(); ++member) {
      cluster_->network().Set(cluster_->EndOfNode(node), cluster_->EndOfMember(member), flow);
    }
  }

  v1::RegisterProductResponse Register(size_t node, const Sample& sample) {
    return Must(clients_[node]->RegisterProduct(support::RegistrationOf(sample)));
  }

  // The first revision or mark after that one.
  StatusOr<v1::WatchChangesResponse> WatchAfter(size_t node, const std::string& revision) {
    v1::WatchChangesRequest request;
    request.set_after_revision(revision);
    request.set_progress_interval_ms(100);
    return clients_[node]->WatchChanges(request)->Next();
  }

  static v1::GetProductRequest AsOf(const Sample& sample, const std::string& revision) {
    v1::GetProductRequest request;
    request.set_name(sample.line());
    request.mutable_consistency()->set_as_of_revision(revision);
    return request;
  }

  support::TempDirectory folder_;
  std::unique_ptr<support::Cluster> cluster_;
  std::vector<std::unique_ptr<client::Client>> clients_;
};

// It is no error of the reader's: the revision is there, on another node, and here once the network is well again.
TEST_F(Partitioned, ARevisionThatAnotherNodeToldIsNotInTheFuture) {
  const Sample before{.domain = "retail", .name = "Before"};
  const Sample during{.domain = "retail", .name = "During"};
  const std::string known = Register(0, before).revision();
  EXPECT_EQ(Must(WatchAfter(1, known)).changes_size(), 0);
  CutFromEtcd(1, Flow::kSilent);
  const std::string told = Register(0, during).revision();
  EXPECT_THAT(WatchAfter(1, told), FailsWith(Code::kUnavailable, "REVISION_NOT_APPLIED"));
  EXPECT_THAT(clients_[1]->GetProduct(AsOf(during, told)), FailsWith(Code::kUnavailable, "REVISION_NOT_APPLIED"));
  EXPECT_EQ(Must(clients_[1]->GetProduct(AsOf(before, known))).product().name(), before.line());
  cluster_->network().Heal();
  auto next = WatchAfter(1, told);
  while (next.status().code() == Code::kUnavailable) next = WatchAfter(1, told);
  EXPECT_EQ(Must(std::move(next)).revision(), told);
  EXPECT_EQ(Must(clients_[1]->GetProduct(AsOf(during, told))).product().name(), during.line());
}

TEST_F(Partitioned, WhereOneMemberIsCutOffTheOthersDecide) {
  for (const size_t other : {1, 2}) {
    cluster_->network().SetBetween(cluster_->EndOfMember(0), cluster_->EndOfMember(other), Flow::kCut);
  }
  for (const size_t node : {0, 1}) {
    const std::string name = "Node " + std::to_string(node);
    v1::RegisterProductRequest request = support::RegistrationOf({.domain = "retail", .name = name});
    request.set_request_id(name);
    auto answer = clients_[node]->RegisterProduct(request);
    while (!answer.ok()) answer = clients_[node]->RegisterProduct(request);  // applied once
  }
  cluster_->network().Heal();
  for (const auto& client : clients_) {
    v1::ListProductsRequest request;
    request.mutable_consistency()->set_latest(true);
    auto all = client->ListProducts(request);
    while (!all.ok()) all = client->ListProducts(request);
    EXPECT_EQ(all->products_size(), 2);
  }
}

}  // namespace
}  // namespace souk::journeys
