// SPDX-License-Identifier: Apache-2.0
// Keeps one projection up to date: a thread of its own that follows the store's changes, builds anew when told to or
// when the changes it would need are gone or an Apply fails, and persists when idle. A fault does not end it: it says
// so in condition() and in a report, and tries again until it is stopped. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/status.h"
#include "index/projection.h"
#include "storage/store.h"

namespace souk::index {

// What an operator should hear of: that a projection met a fault, or that it got over it. Told once, not at each try.
struct RunnerReport {
  std::string_view projection;
  bool fault = false;
  std::string text;
};

// When the applying thread does what it does. The defaults keep a persist (a text index takes tens of milliseconds for
// one) away from registrations that wait to be seen.
struct RunnerOptions {
  // How long it waits for changes at once; also how soon it notices a wish to rebuild or stop.
  std::chrono::milliseconds poll{50};
  // Without a change for so long, what is applied is persisted.
  std::chrono::milliseconds idle_before_persist{1000};
  // Under steady load it is persisted after so long, or after so many revisions: what a restart would replay.
  std::chrono::milliseconds persist_interval{15'000};
  uint64_t persist_revisions_max = 10'000;
  // Between two tries after a fault.
  std::chrono::milliseconds retry{1000};
  // Revisions of one Apply: readers see them together.
  size_t apply_revisions_max = 512;
  // At the start more than these are not replayed if the projection is empty, or if they are more than there are lines:
  // building anew reads each line once, and no record.
  uint64_t replay_revisions_max = 1000;
  // Called from any thread; must not call back.
  std::function<void(const RunnerReport& report)> report = [](const RunnerReport& /*report*/) {};
};

class ProjectionRunner {
 public:
  // Does not start. All must outlive it.
  ProjectionRunner(Projection& projection, storage::Store& store, const Clock& clock,
                   const RunnerOptions& options = RunnerOptions());
  ~ProjectionRunner();
  ProjectionRunner(const ProjectionRunner&) = delete;
  ProjectionRunner& operator=(const ProjectionRunner&) = delete;

  void Start();
  // Persists and stops; idempotent.
  void Stop();

  // Counts and reports a fault that somebody else has found.
  void FoundFault(const std::string& text);

  Projection& projection() { return projection_; }
  // UNAVAILABLE (REVISION_NOT_APPLIED, metadata index) at the deadline; UNAVAILABLE (SHUTTING_DOWN) once stopped;
  // DATA_LOSS where the store is damaged, so that waiting would not help.
  Status WaitApplied(storage::Revision revision, Deadline deadline);
  // Builds anew beside what serves; returns when done. What went wrong with it, or DEADLINE_EXCEEDED, and it goes on;
  // UNAVAILABLE (SHUTTING_DOWN) once stopped.
  Status Rebuild(Deadline deadline);
  // "replaying" until it has caught up with what the store had when it began, "serving", "rebuilding", or the fault
  // that holds it up.
  std::string condition() const;
  // False while a fault keeps readers from seeing what the store has.
  bool follows() const;
  // Since the start: faults met (what was found damaged at the opening included), and times that it was built anew.
  uint64_t faults() const { return faults_; }
  uint64_t rebuilds() const { return rebuilds_; }

 private:
  bool FarBehind() const;
  // What keeps it from following.
  enum class Fault { kNone, kStore, kApply, kRebuild };

  void Run();
  // One round; false: the store has shut down.
  bool Step();
  Status Follow(bool* shut_down);
  bool StoreWasFilledAnew();
  bool RebuildWanted();
  void DoRebuild();
  void PersistIfDue(bool idle);
  void Persist();
  void SetApplied(storage::Revision revision);
  void SetPhase(std::string_view phase);
  void SetFault(Fault fault, const std::string& doing, const Status& status);
  void ClearFault();
  void SetPersistFault(const std::string& text);
  void Report(bool fault, std::string text) const;
  // Sleeps until the retry time, or until there is something to do.
  void Pause();

  Projection& projection_;
  storage::Store& store_;
  const Clock& clock_;
  const RunnerOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string_view phase_ = "replaying";
  Fault fault_ = Fault::kNone;
  std::string fault_text_;
  std::string persist_fault_text_;
  Status lost_;  // DATA_LOSS where the fault is one of the store's files
  std::atomic<storage::Revision> applied_{0};
  std::atomic<uint64_t> faults_{0};
  std::atomic<uint64_t> rebuilds_{0};
  uint64_t rebuilds_wanted_ = 0;
  uint64_t rebuilds_done_ = 0;
  Status last_rebuild_;
  bool stopping_ = false;
  std::thread thread_;
  // Of the applying thread only.
  bool must_rebuild_ = false;
  uint64_t generation_ = 0;          // of the store's rows that it follows
  bool replaces_discarded_ = false;  // what was thrown away at the opening is not made up for yet
  // What it must have caught up with; under load the store's newest revision is always a little ahead.
  storage::Revision serve_from_ = 0;
  storage::Revision persisted_ = 0;
  Deadline last_change_;
  Deadline last_persist_;
};

}  // namespace souk::index
