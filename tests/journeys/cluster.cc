// SPDX-License-Identifier: Apache-2.0
#include "tests/journeys/cluster.h"

#include <chrono>
#include <thread>

namespace souk::journeys {
namespace {

// In each, the node is asked how it is.
constexpr std::chrono::seconds kAwaitMax{30};

}  // namespace

Cluster::Cluster(size_t nodes, size_t members, std::vector<std::string> etcd_flags,
                 const std::filesystem::path& last_member_data)
    : cluster_(Must(support::Cluster::Start({.directory = folder_.path(),
                                             .nodes = nodes,
                                             .members = members,
                                             .etcd_flags = std::move(etcd_flags),
                                             .last_member_data = last_member_data,
                                             .network = false}))),
      clients_(nodes) {
  for (size_t number = 0; number < nodes; ++number) Connect(number);
}

void Cluster::Start(size_t number) {
  clients_[number].reset();
  Must(cluster_->StartNode(number));
  Connect(number);
}

void Cluster::Connect(size_t number) {
  client::ClientOptions options = ClientOf(cluster_->address(number));
  options.attempts_max = 1;  // what a node refuses is what is looked at
  clients_[number] = std::make_unique<client::Client>(options);
}

void Cluster::Stop() {
  for (auto& client : clients_) client.reset();
  for (size_t number = 0; number < clients_.size(); ++number) {
    const Status stopped = cluster_->StopNode(number);
    EXPECT_TRUE(stopped.ok()) << stopped.ToString();
  }
}

void Cluster::Await(size_t number, const std::function<bool(const v1::GetStatusResponse&)>& wanted) {
  const auto until = std::chrono::steady_clock::now() + kAwaitMax;
  while (!wanted(Must(client(number).GetStatus({})))) {
    ASSERT_LT(std::chrono::steady_clock::now(), until) << node(number).Log();
    std::this_thread::yield();
  }
}

void Cluster::AwaitConnected(size_t number, bool connected) {
  Await(number, [&](const v1::GetStatusResponse& status) { return status.ledger_link().connected() == connected; });
}

void Cluster::AwaitRelist(size_t number) {
  Await(number, [](const v1::GetStatusResponse& status) {
    return status.ledger_link().relists() > 0 && status.ledger_link().connected() &&
           status.indexes(0).applied_revision() == status.store_revision() &&
           status.indexes(1).applied_revision() == status.store_revision();
  });
}

v1::RegisterProductResponse Cluster::Register(size_t number, const Sample& sample) {
  return Must(client(number).RegisterProduct(support::RegistrationOf(sample)));
}

void Cluster::ExpectThere(size_t number, const Sample& sample, const std::string& revision) {
  v1::GetProductRequest get;
  get.set_name(sample.line());
  get.set_include_documents(true);
  get.mutable_consistency()->set_min_revision(revision);
  const v1::Product product = Must(client(number).GetProduct(get)).product();
  EXPECT_EQ(product.version(), sample.version);
  ASSERT_EQ(product.documents_size(), 2);
  EXPECT_EQ(product.documents(0).content(), support::ProductYaml(sample));

  v1::SearchRequest search;
  search.set_query(sample.name);
  search.mutable_consistency()->set_min_revision(revision);
  std::vector<std::string> found;
  const v1::SearchResponse hits = Must(client(number).Search(search));
  for (const v1::SearchHit& hit : hits.hits()) found.push_back(hit.id());
  EXPECT_THAT(found, ::testing::Contains(sample.id()));

  v1::FindOwnerRequest owner;
  owner.set_identifier(sample.dataset());
  owner.mutable_consistency()->set_min_revision(revision);
  EXPECT_THAT(Must(client(number).FindOwner(owner)).owners(), ::testing::ElementsAre(sample.owner));

  v1::TraceLineageRequest trace;
  trace.set_root(sample.line());
  trace.set_direction(v1::LINEAGE_DIRECTION_UP);
  trace.mutable_consistency()->set_min_revision(revision);
  const v1::TraceLineageResponse lineage = Must(client(number).TraceLineage(trace));
  EXPECT_EQ(lineage.nodes_size(), 1 + static_cast<int>(sample.reads.size()));
}

StatusOr<std::vector<std::string>> Cluster::TryListAll(size_t number) {
  v1::ListProductsRequest request;
  request.set_page_size(1000);
  request.mutable_consistency()->set_latest(true);
  ASSIGN_OR_RETURN(const v1::ListProductsResponse response, client(number).ListProducts(request));
  std::vector<std::string> all;
  for (const v1::Product& product : response.products()) all.push_back(product.ShortDebugString());
  return all;
}

std::vector<std::string> Cluster::ListAll(size_t number) { return Must(TryListAll(number)); }

std::vector<std::string> Cluster::ListAllOnceItCan(size_t number) {
  const auto until = std::chrono::steady_clock::now() + kAwaitMax;
  auto all = TryListAll(number);
  while (!all.ok() && std::chrono::steady_clock::now() < until) all = TryListAll(number);
  return Must(std::move(all));
}

}  // namespace souk::journeys
