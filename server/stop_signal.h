// SPDX-License-Identifier: Apache-2.0
// The wish of whoever started the node that it end: SIGTERM, SIGINT, or SIGHUP (its terminal was closed). Before the
// node serves, the wish ends the process at once: nothing was promised to anybody yet, and what is on disk is whole
// after any crash. From then on the node may take its time to drain.
#pragma once

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

namespace souk::server {

class StopSignal {
 public:
  // To be made before any other thread: those signals are for this object alone from now on.
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // The node is about to take calls: from here on the wish waits for Await.
  void SetServing();
  // Returns when the node is to end.
  void Await();

 private:
  enum class Stage { kStarting, kServing, kAsked, kLeaving };

  void Watch();

  sigset_t signals_;
  std::mutex mutex_;
  std::condition_variable asked_;
  Stage stage_ = Stage::kStarting;
  std::thread watcher_;
};

}  // namespace souk::server
