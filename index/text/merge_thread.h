// SPDX-License-Identifier: Apache-2.0
// Merges segments on a thread of its own, and nowhere else: the stock schedulers either merge on the thread that makes
// writes visible, or start threads that outlive the writer. Thread-safe.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace boost {
template <class T>
class shared_ptr;
}
namespace Lucene {
class MergeScheduler;
}

namespace souk::text {

class MergeThread {
 public:
  // `on_merged` is called on the thread after merges were done and none is left.
  explicit MergeThread(std::function<void()> on_merged);
  // Stops: the writer must be closed by then.
  ~MergeThread();
  MergeThread(const MergeThread&) = delete;
  MergeThread& operator=(const MergeThread&) = delete;

  // To be given to the writer, which calls it whenever there is something to merge. Returns at once.
  boost::shared_ptr<Lucene::MergeScheduler> Scheduler();

  // Ends the thread after the merge that runs; idempotent.
  void Stop();
  // What the last merge failed with; empty if it did not.
  std::string fault() const;

 private:
  class HandOver;  // the scheduler
  struct Work;     // shared with it

  void Run();

  std::function<void()> on_merged_;
  std::shared_ptr<Work> work_;
  std::thread thread_;
};

}  // namespace souk::text
