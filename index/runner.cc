// SPDX-License-Identifier: Apache-2.0
#include "index/runner.h"

#include <exception>
#include <utility>

#include "base/errors.h"
#include "base/visibility.h"

namespace souk::index {

ProjectionRunner::ProjectionRunner(Projection& projection, storage::Store& store, const Clock& clock,
                                   const RunnerOptions& options)
    : projection_(projection), store_(store), clock_(clock), options_(options) {
  const ProjectionStatus status = projection_.status();
  applied_ = status.applied;
  persisted_ = status.applied;
}

ProjectionRunner::~ProjectionRunner() { Stop(); }

void ProjectionRunner::Start() {
  const std::lock_guard lock(mutex_);
  if (thread_.joinable() || stopping_) return;
  last_change_ = last_persist_ = clock_.Monotonic();
  // After a power loss or a restore the store may be behind what the index once saw: then the index is not its fold.
  serve_from_ = store_.applied();
  must_rebuild_ = applied_ > serve_from_ || FarBehind();
  thread_ = std::thread([this] { Run(); });
}

bool ProjectionRunner::FarBehind() const {
  const uint64_t gap = serve_from_ - applied_;
  return gap > options_.replay_revisions_max && (applied_ == 0 || gap > store_.live_lines());
}

void ProjectionRunner::Stop() {
  std::thread thread;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    thread = std::move(thread_);
  }
  changed_.notify_all();
  if (thread.joinable()) thread.join();
}

Status ProjectionRunner::WaitApplied(storage::Revision revision, Deadline deadline) {
  if (applied_ >= revision) return Status::Ok();
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, deadline, [&] { return stopping_ || applied_ >= revision; });
  if (applied_ >= revision) return Status::Ok();
  return stopping_ ? errors::ShuttingDown() : errors::RevisionNotApplied(projection_.name());
}

Status ProjectionRunner::Rebuild(Deadline deadline) {
  std::unique_lock lock(mutex_);
  const uint64_t mine = ++rebuilds_wanted_;
  changed_.notify_all();
  changed_.wait_until(lock, deadline, [&] { return stopping_ || rebuilds_done_ >= mine; });
  if (rebuilds_done_ >= mine) return last_rebuild_;
  return stopping_ ? errors::ShuttingDown() : errors::DeadlineExceeded("the rebuild of the index");
}

std::string ProjectionRunner::condition() const {
  const std::lock_guard lock(mutex_);
  return condition_;
}

void ProjectionRunner::Run() {
  for (bool go_on = true; go_on;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    try {
      go_on = Step();
    } catch (const std::exception& e) {  // no exception should come this far; none may end the process
      must_rebuild_ = true;
      SetCondition(std::string(projection_.name()) + " failed: " + e.what());
      Pause();
    }
  }
  if (persisted_ < applied_) Persist();
}

bool ProjectionRunner::Step() {
  if (must_rebuild_ || RebuildWanted()) {
    DoRebuild();
    return true;
  }
  bool shut_down = false;
  const Status status = Follow(&shut_down);
  if (shut_down) return false;
  if (!status.ok()) {
    SetCondition(status.ToString());
    Pause();
  }
  return true;
}

// Applies what has come. An error is one of the store; one of the projection is healed by building it anew.
Status ProjectionRunner::Follow(bool* shut_down) {
  auto changes = store_.Changes(applied_, options_.apply_revisions_max, clock_.Monotonic() + options_.poll);
  if (!changes.ok()) {
    *shut_down = changes.status().code() == Code::kCancelled;
    must_rebuild_ = changes.status().code() == Code::kOutOfRange;
    return must_rebuild_ ? Status::Ok() : changes.status();
  }
  if (!changes->empty()) {
    if (!projection_.Apply(*changes).ok()) {
      must_rebuild_ = true;
      return Status::Ok();
    }
    last_change_ = clock_.Monotonic();
    SetApplied(changes->back().revision);
  }
  SetCondition(applied_ >= serve_from_ ? "serving" : "replaying");
  PersistIfDue(changes->empty());
  return Status::Ok();
}

bool ProjectionRunner::RebuildWanted() {
  const std::lock_guard lock(mutex_);
  return rebuilds_wanted_ > rebuilds_done_;
}

void ProjectionRunner::DoRebuild() {
  uint64_t wanted = 0;
  {
    const std::lock_guard lock(mutex_);
    wanted = rebuilds_wanted_;  // who asks from now on wants one that begins later
    condition_ = "rebuilding";
  }
  const AllowAll everybody;
  const storage::View view = store_.Current(everybody);
  const Status status = projection_.Rebuild(view);
  if (status.ok()) {
    must_rebuild_ = false;
    last_change_ = clock_.Monotonic();
    serve_from_ = store_.applied();
    SetApplied(view.revision());
    Persist();
  }
  {
    const std::lock_guard lock(mutex_);
    rebuilds_done_ = wanted;
    last_rebuild_ = status;
    condition_ = status.ok() ? "replaying" : "rebuild failed: " + status.ToString();
  }
  changed_.notify_all();
  if (!status.ok() && must_rebuild_) Pause();
}

void ProjectionRunner::PersistIfDue(bool idle) {
  if (persisted_ >= applied_) return;
  const Deadline now = clock_.Monotonic();
  const bool quiet = idle && now - last_change_ >= options_.idle_before_persist;
  if (quiet || now - last_persist_ >= options_.persist_interval ||
      applied_ - persisted_ >= options_.persist_revisions_max) {
    Persist();
  }
}

void ProjectionRunner::Persist() {
  last_persist_ = clock_.Monotonic();  // a failed one is tried again no sooner than any other
  const storage::Revision applied = applied_;
  const Status status = projection_.Persist();
  if (status.ok()) {
    persisted_ = applied;
  } else {
    SetCondition("persist failed: " + status.ToString());
  }
}

void ProjectionRunner::SetApplied(storage::Revision revision) {
  {
    // Under the mutex, or a waiter that has just looked would miss the notification.
    const std::lock_guard lock(mutex_);
    applied_ = revision;
  }
  changed_.notify_all();
}

void ProjectionRunner::SetCondition(std::string condition) {
  const std::lock_guard lock(mutex_);
  condition_ = std::move(condition);
}

void ProjectionRunner::Pause() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, options_.retry, [this] { return stopping_ || rebuilds_wanted_ > rebuilds_done_; });
}

}  // namespace souk::index
