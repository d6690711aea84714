// SPDX-License-Identifier: Apache-2.0
// A small cluster for journeys: members of etcd and nodes, each a real process with a client of its own. Not
// thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/journeys/journey.h"
#include "tests/support/cluster.h"

namespace souk::journeys {

class Cluster {
 public:
  // Starts so many. Throws if something does not start.
  explicit Cluster(size_t nodes, size_t members = 1, std::vector<std::string> etcd_flags = {},
                   const std::filesystem::path& last_member_data = {});

  support::Etcd& etcd(size_t number = 0) { return cluster_->member(number); }
  support::Cluster& processes() { return *cluster_; }
  support::Node& node(size_t number) { return cluster_->node(number); }
  client::Client& client(size_t number) { return *clients_[number]; }
  // "etcd://127.0.0.1:34567,127.0.0.1:34569".
  std::string ledger() const { return cluster_->LedgerOf(0); }
  std::filesystem::path data_of(size_t number) const { return cluster_->data_of(number); }

  void Kill(size_t number) { node(number).Kill(); }
  // Starts the node again; its port is another one.
  void Start(size_t number);
  // SIGTERM to every node; an exit that is not 0 fails the test.
  void Stop();
  // Waits until the node says of itself what it should; fails the test where it does not in time.
  void Await(size_t number, const std::function<bool(const v1::GetStatusResponse&)>& wanted);
  void AwaitConnected(size_t number, bool connected);
  // The same until it has filled its store anew, and its indexes show it.
  void AwaitRelist(size_t number);

  v1::RegisterProductResponse Register(size_t number, const Sample& sample);
  // By name, search, owner: all at once there, at that revision; and its consumers, if it has any.
  void ExpectThere(size_t number, const Sample& sample, const std::string& revision);
  // Every product that the node lists, as of the latest.
  std::vector<std::string> ListAll(size_t number);
  // The same, asked until it is answered: with a member that hangs, the first barriers fail.
  std::vector<std::string> ListAllOnceItCan(size_t number);

 private:
  StatusOr<std::vector<std::string>> TryListAll(size_t number);
  void Connect(size_t number);

  support::TempDirectory folder_;
  std::unique_ptr<support::Cluster> cluster_;
  std::vector<std::unique_ptr<client::Client>> clients_;  // one for each node
};

}  // namespace souk::journeys
