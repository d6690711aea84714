// SPDX-License-Identifier: Apache-2.0
// Nodes over members of etcd, all real processes on this machine; where it is wanted, every connection between them
// (and from this process to the nodes) on a network whose links can be cut. Processes end with the thread that started
// them. Not thread-safe, but for the network, and with it the addresses.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "tests/support/etcd.h"
#include "tests/support/network.h"
#include "tests/support/node.h"

namespace souk::support {

struct ClusterOptions {
  std::filesystem::path directory;
  size_t nodes = 3;
  size_t members = 3;
  std::vector<std::string> etcd_flags = {};
  std::filesystem::path last_member_data = {};  // as in etcd.h
  // False: with nothing in between, which would cost time.
  bool network = true;
};

class Cluster {
 public:
  // Waits until every node serves. UNAVAILABLE with a log where something does not start.
  static StatusOr<std::unique_ptr<Cluster>> Start(const ClusterOptions& options);

  size_t nodes() const { return nodes_.size(); }
  size_t members() const { return members_.size(); }
  // Where clients reach a node: with a network the same for good, whichever process it is.
  const std::string& address(size_t node) const { return fronts_[node]; }
  std::vector<std::string> addresses() const { return fronts_; }
  Node& node(size_t number) { return *nodes_[number]; }
  Etcd& member(size_t number) { return *members_[number]; }
  // "etcd://127.0.0.1:34567,127.0.0.1:34569", another member first for each node, so that a fault of one does not meet
  // them all alike.
  std::string LedgerOf(size_t node) const;
  std::filesystem::path data_of(size_t node) const { return options_.directory / ("node" + std::to_string(node)); }

  // Must be there.
  Network& network() { return *network_; }
  // Of the network.
  Network::End EndOfNode(size_t number) const { return static_cast<Network::End>(number); }
  Network::End EndOfMember(size_t number) const { return static_cast<Network::End>(nodes_.size() + number); }

  void KillNode(size_t number) { nodes_[number]->Kill(); }
  void KillMember(size_t number) { members_[number]->Kill(); }
  // SIGTERM; INTERNAL if it does not drain.
  Status StopNode(size_t number) { return nodes_[number]->Stop(); }
  // Again, on the data that is there; waits until it serves.
  Status StartNode(size_t number);
  // Without waiting: it is ready once it hears most of the others.
  Status LaunchMember(size_t number);
  // A member that was killed gives its place to one that knows nothing. UNAVAILABLE if the others don't take it now;
  // for some seconds after a fault they do not. It is ready as one that was launched.
  Status ReplaceMember(size_t number);
  // A member may find its port taken meanwhile: it is launched again then.
  Status AwaitMember(size_t number);

 private:
  explicit Cluster(const ClusterOptions& options) : options_(options), nodes_(options.nodes), fronts_(options.nodes) {}
  // To the network, if there is one.
  void TellProcess(Network::End end, pid_t pid);

  const ClusterOptions options_;
  std::unique_ptr<Network> network_;
  std::vector<std::unique_ptr<Etcd>> members_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::string> fronts_;
};

}  // namespace souk::support
