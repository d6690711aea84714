// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/cluster.h"

#include <chrono>
#include <utility>

#include "base/clock.h"
#include "storage/etcd/client.h"
#include "storage/etcd/list.h"
#include "storage/ledger_keys.h"

namespace souk::bench {
namespace {

constexpr size_t kMembers = 3;
constexpr size_t kNodes = 3;
constexpr std::chrono::seconds kEtcdPatience{30};
const std::string kLedgerPrefix = "/souk/v1/";

}  // namespace

StatusOr<std::unique_ptr<Cluster>> Cluster::Start(const std::filesystem::path& directory) {
  if (!support::Etcd::IsInstalled()) {
    return Status(Code::kNotFound, "there is no etcd; install Debian's etcd-server, or name one in SOUK_ETCD");
  }
  std::unique_ptr<Cluster> cluster(new Cluster(directory));
  ASSIGN_OR_RETURN(cluster->members_, support::Etcd::StartMembers({.directory = directory / "etcd"}, kMembers));
  cluster->nodes_.resize(kNodes);
  for (size_t number = 0; number < kNodes; ++number) RETURN_IF_ERROR(cluster->Restart(number));
  return cluster;
}

std::vector<std::string> Cluster::addresses() const {
  std::vector<std::string> addresses;
  for (const auto& node : nodes_) addresses.push_back(node->grpc_address());
  return addresses;
}

std::vector<std::string> Cluster::endpoints() const {
  std::vector<std::string> endpoints;
  for (const auto& member : members_) endpoints.push_back(member->endpoint());
  return endpoints;
}

StatusOr<std::unique_ptr<Node>> Cluster::StartAnother(const std::filesystem::path& data) const {
  std::string ledger;
  for (const std::string& endpoint : endpoints()) ledger += (ledger.empty() ? "--ledger=etcd://" : ",") + endpoint;
  return StartNode(data, {ledger});
}

Status Cluster::Restart(size_t number) {
  nodes_[number].reset();
  ASSIGN_OR_RETURN(nodes_[number], StartAnother(directory_ / ("node" + std::to_string(number))));
  return Status::Ok();
}

StatusOr<LedgerSize> Cluster::MeasureLedger() const {
  namespace etcd = storage::etcd;
  const SystemClock clock;
  const etcd::KeySpace keys(kLedgerPrefix);
  etcd::Client client({.endpoints = endpoints()}, clock);
  ASSIGN_OR_RETURN(const etcd::Position position, ReadPosition(client, keys, clock.Monotonic() + kEtcdPatience));
  LedgerSize size;
  size_t records = 0;
  size_t record_bytes = 0;
  const storage::Ledger::Visitor count = [&](const auto& entry) {
    size.bytes += keys.Value(entry.key).size() + entry.value.size();
    if (!entry.key.starts_with(storage::kRecordPrefix)) return true;
    ++records;
    record_bytes += entry.value.size();
    return true;
  };
  const storage::Ledger::Stopping never = [] { return false; };
  RETURN_IF_ERROR(ListAt(client, keys, {"", position.newest, count, never}, clock));
  if (records > 0) size.record_bytes_mean = record_bytes / records;
  return size;
}

double Cluster::NodesCpuSeconds() const {
  double seconds = 0;
  for (const auto& node : nodes_) seconds += CpuSeconds(node->pid());
  return seconds;
}

double Cluster::MembersCpuSeconds() const {
  double seconds = 0;
  for (const auto& member : members_) seconds += CpuSeconds(member->process().pid());
  return seconds;
}

}  // namespace souk::bench
