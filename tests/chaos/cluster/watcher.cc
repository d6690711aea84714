// SPDX-License-Identifier: Apache-2.0
#include "tests/chaos/cluster/watcher.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/errors.h"

namespace souk::chaos {
namespace {

using std::chrono::milliseconds;

constexpr uint32_t kProgressMs = 200;
// It stays with one node for so long.
constexpr uint64_t kStayMinMs = 200;
constexpr uint64_t kStayMaxMs = 3'000;
constexpr milliseconds kRestAfterError{50};

Change ChangeOf(const v1::EntityChange& entity, Revision revision) {
  Change change{.revision = revision, .line = entity.name(), .number = entity.change_number()};
  change.action = entity.action();
  change.version = entity.version();
  change.state = v1::ProductState_Name(entity.state());
  change.reason = entity.reason();
  return change;
}

bool IsLine(const v1::EntityChange& entity) { return entity.name().find("/products/") != std::string::npos; }

}  // namespace

Watcher::Watcher(std::string name, uint64_t seed, std::string after, Stage& stage)
    : name_(std::move(name)), random_(seed), stage_(stage), position_(std::move(after)) {
  streams_.push_back({name_, RevisionOf(position_), {}});
}

bool Watcher::over() const {
  const std::lock_guard lock(mutex_);
  return given_up_ || (until_ && !begins_anywhere_ && RevisionOf(position_) >= *until_);
}

void Watcher::Run() {
  while (!over()) Follow();
  const std::lock_guard lock(mutex_);
  done_ = true;
  ended_.notify_all();
}

void Watcher::Follow() {
  v1::WatchChangesRequest request;
  request.set_after_revision(position_);
  request.set_progress_interval_ms(kProgressMs);
  const size_t first = random_() % stage_.nodes();
  std::shared_ptr<client::ChangeReader> reader = stage_.watching(first).WatchChanges(request);
  {
    const std::lock_guard lock(mutex_);
    reader_ = reader;
  }
  ++changes_of_node_;
  const auto stay = milliseconds(kStayMinMs + random_() % (kStayMaxMs - kStayMinMs));
  const auto until = std::chrono::steady_clock::now() + stay;
  while (!over() && std::chrono::steady_clock::now() < until) {
    const auto next = reader->Next();
    if (!next.ok()) return Fail(next.status());
    Take(*next);
  }
}

void Watcher::Take(const v1::WatchChangesResponse& message) {
  Told told{.revision = RevisionOf(message.revision()), .mark = !message.has_commit_time()};
  for (const v1::EntityChange& entity : message.changes()) {
    if (IsLine(entity)) told.changes.push_back(ChangeOf(entity, told.revision));
  }
  refusals_ = 0;
  const std::lock_guard lock(mutex_);
  position_ = message.revision();
  if (std::exchange(begins_anywhere_, false)) {
    streams_.back().after = told.revision;  // whether that was whole is not known
    return;
  }
  streams_.back().told.push_back(std::move(told));
}

void Watcher::Fail(const Status& status) {
  stage_.CountError(status);
  const bool compacted = status.reason() == errors::RevisionCompacted("").reason();
  const bool away = status.code() == Code::kUnavailable || status.code() == Code::kCancelled;
  if (!compacted && !away) stage_.violations().Add("the feed of " + name_ + ": " + status.ToString());
  // One node may have been filled anew and not know what another has kept; if all say so, it is gone.
  constexpr size_t kRefusalsPerNode = 4;
  if (compacted && ++refusals_ >= kRefusalsPerNode * stage_.nodes()) {
    const std::lock_guard lock(mutex_);
    refusals_ = 0;
    position_.clear();
    begins_anywhere_ = true;
    streams_.push_back({name_, 0, {}});
  }
  std::this_thread::sleep_for(kRestAfterError);
}

bool Watcher::Finish(Revision until, milliseconds duration_max) {
  std::unique_lock lock(mutex_);
  until_ = until;
  const bool done = ended_.wait_for(lock, duration_max, [this] { return done_; });
  given_up_ = true;
  if (reader_ != nullptr) reader_->Cancel();
  return done;
}

std::vector<Stream> Watcher::TakeStreams() {
  const std::lock_guard lock(mutex_);
  return std::exchange(streams_, {});
}

}  // namespace souk::chaos
