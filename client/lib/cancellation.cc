// SPDX-License-Identifier: Apache-2.0
#include "client/lib/cancellation.h"

#include <utility>

namespace souk::client {

void Cancellation::Cancel() {
  const std::lock_guard lock(mutex_);
  if (cancelled_) return;
  cancelled_ = true;
  // Under the lock, so that a hook's owner can't go away while its function runs.
  for (const auto& [id, on_cancel] : hooks_) on_cancel();
  changed_.notify_all();
}

bool Cancellation::cancelled() const {
  const std::lock_guard lock(mutex_);
  return cancelled_;
}

bool Cancellation::WaitFor(std::chrono::milliseconds duration) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, duration, [this] { return cancelled_; });
}

Cancellation::Hook::Hook(Cancellation* cancellation, std::function<void()> on_cancel) : cancellation_(cancellation) {
  if (cancellation_ == nullptr) return;
  const std::lock_guard lock(cancellation_->mutex_);
  if (cancellation_->cancelled_) on_cancel();
  id_ = cancellation_->next_id_++;
  cancellation_->hooks_.emplace(id_, std::move(on_cancel));
}

Cancellation::Hook::~Hook() {
  if (cancellation_ == nullptr) return;
  const std::lock_guard lock(cancellation_->mutex_);
  cancellation_->hooks_.erase(id_);
}

}  // namespace souk::client
