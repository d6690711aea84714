// SPDX-License-Identifier: Apache-2.0
#include "tests/support/cluster.h"

#include <unistd.h>

namespace souk::support {
namespace {

constexpr int kLaunchTries = 5;

}  // namespace

StatusOr<std::unique_ptr<Cluster>> Cluster::Start(const ClusterOptions& options) {
  std::unique_ptr<Cluster> cluster(new Cluster(options));
  EtcdOptions etcd{.directory = options.directory / "etcd", .flags = options.etcd_flags};
  etcd.last_member_data = options.last_member_data;
  if (options.network) {
    Network& network = *(cluster->network_ = std::make_unique<Network>());
    network.SetProcess(static_cast<Network::End>(options.nodes + options.members), getpid());
    etcd.front = [&](size_t member, const std::string& address) {
      return network.Front(cluster->EndOfMember(member), address);
    };
    for (size_t number = 0; number < options.nodes; ++number) {
      cluster->fronts_[number] = network.Front(cluster->EndOfNode(number), "");
    }
  }
  ASSIGN_OR_RETURN(cluster->members_, Etcd::StartMembers(etcd, options.members));
  for (size_t number = 0; number < options.members; ++number) {
    cluster->TellProcess(cluster->EndOfMember(number), cluster->member(number).process().pid());
  }
  for (size_t number = 0; number < options.nodes; ++number) RETURN_IF_ERROR(cluster->StartNode(number));
  return cluster;
}

std::string Cluster::LedgerOf(size_t node) const {
  std::string ledger = "etcd://";
  for (size_t i = 0; i < members_.size(); ++i) {
    ledger += (i == 0 ? "" : ",") + members_[(node + i) % members_.size()]->front();
  }
  return ledger;
}

void Cluster::TellProcess(Network::End end, pid_t pid) {
  if (network_ != nullptr) network_->SetProcess(end, pid);
}

Status Cluster::StartNode(size_t number) {
  nodes_[number].reset();
  const std::filesystem::path data = data_of(number);
  std::filesystem::create_directories(data);
  ASSIGN_OR_RETURN(
      nodes_[number],
      Node::Launch({.data_directory = data, .flags = {"--ledger=" + LedgerOf(number)}, .log = data.string() + ".log"}));
  TellProcess(EndOfNode(number), nodes_[number]->pid());
  RETURN_IF_ERROR(nodes_[number]->WaitReady());
  const std::string& address = nodes_[number]->grpc_address();
  if (network_ != nullptr) {
    network_->Lead(fronts_[number], address);
  } else {
    fronts_[number] = address;
  }
  return Status::Ok();
}

Status Cluster::LaunchMember(size_t number) {
  RETURN_IF_ERROR(members_[number]->Relaunch());
  TellProcess(EndOfMember(number), members_[number]->process().pid());
  return Status::Ok();
}

Status Cluster::ReplaceMember(size_t number) {
  Status status;
  for (size_t other = 0; other < members_.size(); ++other) {
    if (other == number) continue;
    status = members_[number]->Replace(*members_[other]);
    if (!status.ok()) continue;
    TellProcess(EndOfMember(number), members_[number]->process().pid());
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
