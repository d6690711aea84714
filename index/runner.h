// SPDX-License-Identifier: Apache-2.0
// Keeps one projection up to date: a thread of its own that follows the store's changes, builds anew when told to or
// when the changes it would need are gone or an Apply fails, and persists when idle. Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/status.h"
#include "index/projection.h"
#include "storage/store.h"

namespace souk::index {

class ProjectionRunner {
 public:
  // Does not start. Both must outlive it.
  ProjectionRunner(Projection& projection, storage::Store& store, const Clock& clock);
  ~ProjectionRunner();
  ProjectionRunner(const ProjectionRunner&) = delete;
  ProjectionRunner& operator=(const ProjectionRunner&) = delete;

  void Start();
  // Persists and stops; idempotent.
  void Stop();

  Projection& projection() { return projection_; }
  // UNAVAILABLE (REVISION_NOT_APPLIED, metadata index) at the deadline.
  Status WaitApplied(storage::Revision revision, Deadline deadline);
  // Builds anew beside what serves; returns when done.
  Status Rebuild(Deadline deadline);
  // "serving", "replaying", "rebuilding", or the fault that stopped it.
  std::string condition() const;

 private:
  void Run();
  bool Step();

  Projection& projection_;
  storage::Store& store_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string condition_ = "replaying";
  std::atomic<storage::Revision> applied_{0};
  uint64_t rebuilds_wanted_ = 0;
  uint64_t rebuilds_done_ = 0;
  Status last_rebuild_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace souk::index
