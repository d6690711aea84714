// SPDX-License-Identifier: Apache-2.0
// Reads the feed of changes from a revision on, goes to another node every now and then, and keeps what it was told.
// Run belongs to one thread, the rest may come from any.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "client/lib/change_reader.h"
#include "tests/chaos/cluster/stage.h"

namespace souk::chaos {

class Watcher {
 public:
  Watcher(std::string name, uint64_t seed, std::string after, Stage& stage);

  void Run();
  // Lets it read up to that revision. False if it is not there in time; it is ended then.
  bool Finish(Revision until, std::chrono::milliseconds duration_max);
  // Once it has ended. More than one stream where no node kept what was to come next.
  std::vector<Stream> TakeStreams();
  // Times that it was read on from another node.
  uint64_t changes_of_node() const { return changes_of_node_; }

 private:
  // With one node, for a while.
  void Follow();
  void Take(const v1::WatchChangesResponse& message);
  void Fail(const Status& status);
  bool over() const;

  const std::string name_;
  std::mt19937_64 random_;
  Stage& stage_;
  std::string position_;
  std::vector<Stream> streams_;
  bool begins_anywhere_ = false;  // the revision after which the stream begins is not known yet
  size_t refusals_ = 0;           // in a row: a node no longer keeps what was to come next
  std::atomic<uint64_t> changes_of_node_{0};

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::shared_ptr<client::ChangeReader> reader_;
  std::optional<Revision> until_;
  bool given_up_ = false;
  bool done_ = false;
};

}  // namespace souk::chaos
