// SPDX-License-Identifier: Apache-2.0
// Admission control: every kind of call has its own few threads and its own bounded queue, so that a flood of one kind
// leaves the others quick. A full queue refuses at once; a call whose deadline has passed in the queue is not begun.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace souk::rpc {

class Lane {
 public:
  Lane(std::string name, size_t threads, size_t queue_max);
  // Runs what is queued, then stops.
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // False if the queue is full or the lane is closed: the work was not taken.
  bool Submit(std::function<void()> work);
  // Takes no more work.
  void Close();
  // The same, and returns once what is queued has run and no thread is left. By one thread.
  void End();
  bool closed();
  const std::string& name() const { return name_; }

 private:
  void Run();

  const std::string name_;
  const size_t room_;  // calls at once: in a thread or in the queue
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> queue_;
  size_t busy_ = 0;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

// The lanes of a node. Reads that touch only memory and the block cache run on the transport's own threads, without
// one.
struct Lanes {
  Lanes();
  // All of them.
  void End();

  Lane waiting_reads;  // reads that wait for a revision
  Lane registrations;  // bundles are read and judged, which is work for a core; nobody waits here
  Lane writes;
  Lane searches;
  Lane traces;   // lineage and other walks
  Lane bulk;     // batches, verify, rebuild, backup, export, import
  Lane streams;  // one thread for each watcher
};

}  // namespace souk::rpc
