// SPDX-License-Identifier: Apache-2.0
// A small cluster for journeys: members of etcd and nodes, each a real process with a client of its own. Not
// thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/journeys/journey.h"
#include "tests/support/etcd.h"

namespace souk::journeys {

class Cluster {
 public:
  // Starts so many. Throws if something does not start.
  explicit Cluster(size_t nodes, size_t members = 1);

  support::Etcd& etcd(size_t number = 0) { return *etcd_[number]; }
  support::Node& node(size_t number) { return *nodes_[number].node; }
  client::Client& client(size_t number) { return *nodes_[number].client; }
  // "etcd://127.0.0.1:34567,127.0.0.1:34569".
  std::string ledger() const;
  std::filesystem::path data_of(size_t number) const { return folder_ / ("node" + std::to_string(number)); }

  void Kill(size_t number) { node(number).Kill(); }
  // Starts the node, again or for the first time; its port is another one.
  void Start(size_t number);
  // SIGTERM to every node that was not killed; an exit that is not 0 fails the test.
  void Stop();
  // Waits until the node says of itself what it should; fails the test where it does not in time.
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
  template <typename Wanted>
  void Await(size_t number, const Wanted& wanted);

  struct Member {
    std::unique_ptr<support::Node> node;
    std::unique_ptr<client::Client> client;
  };
  support::TempDirectory folder_;
  std::vector<std::unique_ptr<support::Etcd>> etcd_;
  std::vector<Member> nodes_;
};

}  // namespace souk::journeys
