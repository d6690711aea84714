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

constexpr std::chrono::seconds kEtcdPatience{30};

}  // namespace

StatusOr<std::unique_ptr<Cluster>> Cluster::Start(const std::filesystem::path& directory, size_t nodes) {
  if (!support::Etcd::IsInstalled()) {
    return Status(Code::kNotFound, "there is no etcd; install Debian's etcd-server, or name one in SOUK_ETCD");
  }
  ASSIGN_OR_RETURN(auto cluster, support::Cluster::Start({.directory = directory, .nodes = nodes, .network = false}));
  return std::unique_ptr<Cluster>(new Cluster(std::move(cluster)));
}

std::vector<std::string> Cluster::endpoints() const {
  std::vector<std::string> endpoints;
  for (size_t i = 0; i < cluster_->members(); ++i) endpoints.push_back(cluster_->member(i).endpoint());
  return endpoints;
}

StatusOr<std::unique_ptr<Node>> Cluster::StartAnother(const std::filesystem::path& data) const {
  return StartNode(data, {"--ledger=" + cluster_->LedgerOf(0)});
}

StatusOr<LedgerSize> Cluster::MeasureLedger() const {
  namespace etcd = storage::etcd;
  const SystemClock clock;
  const etcd::KeySpace keys{std::string(etcd::kLedgerPrefix)};
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
  RETURN_IF_ERROR(ListAt(client, keys, {.at = position.newest}, count, never, clock));
  if (records > 0) size.record_bytes_mean = record_bytes / records;
  return size;
}

double Cluster::NodesCpuSeconds() const {
  double seconds = 0;
  for (size_t i = 0; i < cluster_->nodes(); ++i) seconds += CpuSeconds(cluster_->node(i).pid());
  return seconds;
}

double Cluster::MembersCpuSeconds() const {
  double seconds = 0;
  for (size_t i = 0; i < cluster_->members(); ++i) seconds += CpuSeconds(cluster_->member(i).process().pid());
  return seconds;
}

}  // namespace souk::bench
