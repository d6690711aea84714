// SPDX-License-Identifier: Apache-2.0
// Three nodes, or as many as a row wants, over three members of etcd on the loopback, with nothing in between that
// would cost time. Not thread-safe; from the main thread, as all processes end with their starter.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "tests/bench/node.h"
#include "tests/support/cluster.h"

namespace souk::bench {

// What etcd holds of the ledger, keys and values, without revisions that were written over.
struct LedgerSize {
  size_t bytes = 0;
  size_t record_bytes_mean = 0;  // of the values of the change records
};

class Cluster {
 public:
  static constexpr size_t kNodes = 3;

  // Waits until every node serves. NOT_FOUND if there is no etcd to start.
  static StatusOr<std::unique_ptr<Cluster>> Start(const std::filesystem::path& directory, size_t nodes = kNodes);

  size_t size() const { return cluster_->nodes(); }
  Node& node(size_t number) { return cluster_->node(number); }
  // Of all nodes, or all members.
  std::vector<std::string> addresses() const { return cluster_->addresses(); }
  std::vector<std::string> endpoints() const;

  // A node on a data folder of its own that is no part of the three. Empty until it follows the ledger.
  StatusOr<std::unique_ptr<Node>> StartAnother(const std::filesystem::path& data) const;
  // kill -9.
  void Kill(size_t number) { cluster_->KillNode(number); }
  // Again, on its data.
  Status Restart(size_t number) { return cluster_->StartNode(number); }

  StatusOr<LedgerSize> MeasureLedger() const;
  // Processor time so far of all nodes, and of all members.
  double NodesCpuSeconds() const;
  double MembersCpuSeconds() const;

 private:
  explicit Cluster(std::unique_ptr<support::Cluster> cluster) : cluster_(std::move(cluster)) {}

  const std::unique_ptr<support::Cluster> cluster_;
};

}  // namespace souk::bench
