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
  generation_ = store_.generation();
  serve_from_ = store_.applied();
  must_rebuild_ = applied_ > serve_from_ || FarBehind();
  const std::string discarded = projection_.status().discarded;
  replaces_discarded_ = !discarded.empty();
  if (replaces_discarded_) {
    FoundFault("what was on disk is thrown away, and built anew: " + discarded);
  }
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
  changed_.wait_until(lock, deadline, [&] { return stopping_ || applied_ >= revision || !lost_.ok(); });
  if (applied_ >= revision) return Status::Ok();
  if (!lost_.ok()) return lost_;
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

void ProjectionRunner::FoundFault(const std::string& text) {
  ++faults_;
  Report(true, text);
}

std::string ProjectionRunner::condition() const {
  const std::lock_guard lock(mutex_);
  if (fault_ != Fault::kNone) return fault_text_;
  if (!persist_fault_text_.empty()) return std::string(phase_) + ", but " + persist_fault_text_;
  return std::string(phase_);
}

bool ProjectionRunner::follows() const {
  const std::lock_guard lock(mutex_);
  return fault_ == Fault::kNone;
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
      SetFault(Fault::kApply, "apply", errors::Internal(e.what()));
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
    SetFault(Fault::kStore, "reading the store", status);
    Pause();
  }
  return true;
}

// Applies what has come. An error is one of the store; one of the projection is healed by building it anew.
Status ProjectionRunner::Follow(bool* shut_down) {
  auto changes = store_.Changes(applied_, options_.apply_revisions_max, clock_.Monotonic() + options_.poll);
  if (StoreWasFilledAnew()) return Status::Ok();
  if (!changes.ok()) {
    *shut_down = changes.status().code() == Code::kCancelled;
    must_rebuild_ = changes.status().code() == Code::kOutOfRange;
    return must_rebuild_ ? Status::Ok() : changes.status();
  }
  if (!changes->empty()) {
    if (const Status applied = projection_.Apply(*changes); !applied.ok()) {
      must_rebuild_ = true;
      SetFault(Fault::kApply, "apply", applied);
      return Status::Ok();
    }
    last_change_ = clock_.Monotonic();
    SetApplied(changes->back().revision);
  }
  ClearFault();
  const bool caught_up = applied_ >= serve_from_;
  SetPhase(caught_up ? "serving" : "replaying");
  if (caught_up && replaces_discarded_) {
    replaces_discarded_ = false;
    ++rebuilds_;
    Report(false, "built anew, and serving");
  }
  PersistIfDue(changes->empty());
  return Status::Ok();
}

// Asked behind the changes, so that they are certainly of the rows that were followed so far.
bool ProjectionRunner::StoreWasFilledAnew() {
  if (store_.generation() == generation_) return false;
  must_rebuild_ = true;
  return true;
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
    phase_ = "rebuilding";
  }
  generation_ = store_.generation();
  const AllowAll everybody;
  const storage::View view = store_.Current(everybody);
  const Status status = projection_.Rebuild(view);
  if (status.ok()) {
    must_rebuild_ = false;
    replaces_discarded_ = false;
    ++rebuilds_;
    Report(false, "built anew");
    last_change_ = clock_.Monotonic();
    serve_from_ = store_.applied();
    SetApplied(view.revision());
    ClearFault();
    Persist();
  } else if (must_rebuild_) {
    SetFault(Fault::kRebuild, "rebuild", status);
  } else {
    FoundFault("rebuild failed, what serves stays: " + status.ToString());
  }
  {
    const std::lock_guard lock(mutex_);
    rebuilds_done_ = wanted;
    last_rebuild_ = status;
    phase_ = "replaying";
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
    SetPersistFault("");
  } else {
    SetPersistFault("persist failed: " + status.ToString());
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

void ProjectionRunner::SetPhase(std::string_view phase) {
  const std::lock_guard lock(mutex_);
  phase_ = phase;
}

void ProjectionRunner::SetFault(Fault fault, const std::string& doing, const Status& status) {
  const std::string text = doing + " failed: " + status.ToString();
  bool known = false;
  {
    const std::lock_guard lock(mutex_);
    known = fault_ == fault;
    fault_ = fault;
    fault_text_ = text;
    // A projection keeps nothing that it could lose for good: this is damage to the store.
    const bool lost = fault != Fault::kApply && status.code() == Code::kDataLoss;
    lost_ = lost ? status : Status::Ok();
  }
  changed_.notify_all();
  if (!known) FoundFault(text);
}

void ProjectionRunner::ClearFault() {
  {
    const std::lock_guard lock(mutex_);
    if (fault_ == Fault::kNone) return;
    fault_ = Fault::kNone;
    lost_ = Status::Ok();
  }
  Report(false, "follows the store again");
}

void ProjectionRunner::SetPersistFault(const std::string& text) {
  bool news = false;
  {
    const std::lock_guard lock(mutex_);
    news = text.empty() != persist_fault_text_.empty();
    persist_fault_text_ = text;
  }
  if (!news) return;
  if (text.empty()) return Report(false, "persisted again");
  FoundFault(text);
}

void ProjectionRunner::Report(bool fault, std::string text) const {
  options_.report({projection_.name(), fault, std::move(text)});
}

void ProjectionRunner::Pause() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, options_.retry, [this] { return stopping_ || rebuilds_wanted_ > rebuilds_done_; });
}

}  // namespace souk::index
