// SPDX-License-Identifier: Apache-2.0
#include "tests/support/cluster.h"

#include <unistd.h>

namespace souk::support {
namespace {

constexpr int kLaunchTries = 5;

}  // namespace

StatusOr<std::unique_ptr<Cluster>> Cluster::Start(const ClusterOptions& options) {
  std::unique_ptr<Cluster> cluster(new Cluster(options));
  cluster->nodes_.resize(options.nodes);
  Network& network = cluster->network_;
  network.SetProcess(static_cast<Network::End>(options.nodes + options.members), getpid());
  EtcdOptions etcd{.directory = options.directory / "etcd", .flags = options.etcd_flags};
  etcd.front = [&](size_t member, const std::string& address) {
    return network.Front(cluster->EndOfMember(member), address);
  };
  ASSIGN_OR_RETURN(cluster->members_, Etcd::StartMembers(etcd, options.members));
  for (size_t number = 0; number < options.members; ++number) {
    network.SetProcess(cluster->EndOfMember(number), cluster->member(number).process().pid());
  }
  for (size_t number = 0; number < options.nodes; ++number) {
    cluster->fronts_.push_back(network.Front(cluster->EndOfNode(number), ""));
    RETURN_IF_ERROR(cluster->StartNode(number));
  }
  return cluster;
}

// Each node begins with another member, so that a fault of one does not meet them all alike.
std::string Cluster::LedgerOf(size_t node) const {
  std::string ledger = "--ledger=etcd://";
  for (size_t i = 0; i < members_.size(); ++i) {
    ledger += (i == 0 ? "" : ",") + members_[(node + i) % members_.size()]->front();
  }
  return ledger;
}

Status Cluster::StartNode(size_t number) {
  nodes_[number].reset();
  const std::filesystem::path data = data_of(number);
  std::filesystem::create_directories(data);
  ASSIGN_OR_RETURN(nodes_[number],
                   Node::Launch({.data_directory = data, .flags = {LedgerOf(number)}, .log = data.string() + ".log"}));
  network_.SetProcess(EndOfNode(number), nodes_[number]->pid());
  RETURN_IF_ERROR(nodes_[number]->WaitReady());
  network_.Lead(fronts_[number], nodes_[number]->grpc_address());
  return Status::Ok();
}

Status Cluster::LaunchMember(size_t number) {
  RETURN_IF_ERROR(members_[number]->Relaunch());
  network_.SetProcess(EndOfMember(number), members_[number]->process().pid());
  return Status::Ok();
}

Status Cluster::ReplaceMember(size_t number) {
  Status status;
  for (size_t other = 0; other < members_.size(); ++other) {
    if (other == number) continue;
    status = members_[number]->Replace(*members_[other]);
    if (!status.ok()) continue;
    network_.SetProcess(EndOfMember(number), members_[number]->process().pid());
    return status;
  }
  return status;
}

Status Cluster::AwaitMember(size_t number) {
  Status status = members_[number]->AwaitReady();
  for (int i = 1; i < kLaunchTries && !status.ok(); ++i) {
    RETURN_IF_ERROR(LaunchMember(number));
    status = members_[number]->AwaitReady();
  }
  return status;
}

}  // namespace souk::support
