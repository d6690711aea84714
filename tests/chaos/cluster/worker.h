// SPDX-License-Identifier: Apache-2.0
// A client of the cluster that registers, changes states, retires and asks, and records what it was told. It is pinned
// to one node, or asks any. Run belongs to one thread; Stop may come from any.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <random>
#include <string>

#include "tests/chaos/cluster/stage.h"

namespace souk::chaos {

struct WorkerOptions {
  std::string name;
  std::optional<size_t> node = std::nullopt;
  uint64_t seed = 1;
  // Negative control: takes a read of any age and calls it one of the latest.
  bool passes_off_old_reads = false;
};

class Worker {
 public:
  Worker(WorkerOptions options, Stage& stage);

  void Run();
  void Stop() { stopping_ = true; }

 private:
  // What a write was told.
  struct Answer {
    std::string revision;
    bool changed;
  };
  using Send = std::function<StatusOr<Answer>(client::Client&)>;
  // Fills in what a read saw, and gives the token of the revision that it reflects.
  using Ask = std::function<StatusOr<std::string>(const v1::Consistency&, Operation&)>;

  void Step();
  void Register();
  void SetState();
  void Retire();
  void Get(Level level);
  void Search(Level level);
  void FindOwner(Level level);
  void TraceLineage(Level level);

  Operation Begin(Kind kind, const support::Sample& line) const;
  // Sends it, again with its request id if the answer is lost and chance wants it, and records it.
  Outcome Write(Operation operation, const Send& send);
  void Read(Operation operation, const Ask& ask);
  // What an error of one try means.
  Outcome Judge(const Status& status, const Operation& operation) const;
  template <typename Request>
  void StandOnWhatWasSeen(Operation& operation, Request& request);
  std::string NewRequestId();
  client::Client& client() { return options_.node ? stage_.PinnedTo(*options_.node) : stage_.any(); }
  void Rest(const Operation& operation) const;

  const WorkerOptions options_;
  Stage& stage_;
  std::mt19937_64 random_;
  uint64_t requests_ = 0;
  // Of the lines that it has read: etag and number of the change.
  std::map<std::string, std::pair<std::string, uint64_t>> etags_;
  std::atomic<bool> stopping_{false};
};

}  // namespace souk::chaos
