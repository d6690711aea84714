// SPDX-License-Identifier: Apache-2.0
// Marks of retirements that were cut off between their two commits: nobody could register a consumer of those lines any
// more. The node that set one may be dead, or busy; from elsewhere the two look alike, and no clock tells. So a mark is
// lifted once it has stood unchanged, before the eyes of one node, for longer than any retirement takes. A retirement
// that is under way all the same, on a node that was held up, sees that its mark is gone and ends with ABORTED.
// Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "base/status.h"
#include "server/catalog/backends.h"
#include "storage/ledger.h"

namespace souk::catalog {

// True if the value of a mark's key says that the line is about to be retired.
bool IsMarkSet(const std::string& value);

// Lifts all of them at once: for the only node of a ledger, before it serves. Whoever set them is gone.
Status LiftMarksLeftBehind(const Backends& parts);

class RetirementMarks {
 public:
  struct Options {
    // More than a call may take, and the lifting behind it.
    std::chrono::milliseconds stands_max{120'000};
    std::chrono::milliseconds look_every{30'000};
  };
  // Does not start. The parts must outlive it.
  RetirementMarks(const Backends& parts, const Options& options) : parts_(parts), options_(options) {}
  ~RetirementMarks() { Stop(); }
  RetirementMarks(const RetirementMarks&) = delete;
  RetirementMarks& operator=(const RetirementMarks&) = delete;

  // Looks now and then, on a thread of its own, until it is stopped. Both idempotent.
  void Start();
  void Stop();
  // One look: lifts what has stood unchanged since one that is longer ago than a mark may stand. Some of what it could
  // not lift, if any.
  Status Look();

 private:
  struct Seen {
    storage::Revision modified = 0;
    Deadline since;
  };

  void Run();
  // What to lift, guarded by what was seen of it.
  StatusOr<std::vector<storage::Transaction>> Overdue();

  const Backends& parts_;
  const Options options_;
  std::mutex look_mutex_;
  std::map<std::string, Seen> seen_;  // that are set
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace souk::catalog
