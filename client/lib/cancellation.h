// SPDX-License-Identifier: Apache-2.0
// Lets one thread end what another waits for: a call, a stream, a pause between two tries. Thread-safe. Must outlive
// the calls that it was given to.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

namespace souk::client {

class Cancellation {
 public:
  // Ends everything that hangs on it, now and later. A cancellation is final.
  void Cancel();
  bool cancelled() const;
  // Waits so long or until cancelled. True if cancelled.
  bool WaitFor(std::chrono::milliseconds duration);

  // Runs `on_cancel` when the cancellation comes, at once if it has come already, and never after its own end.
  // `on_cancel` must be quick and must not call back into the cancellation.
  class Hook {
   public:
    Hook(Cancellation* cancellation, std::function<void()> on_cancel);
    ~Hook();
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;

   private:
    Cancellation* cancellation_;  // null: nothing can cancel
    uint64_t id_ = 0;
  };

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool cancelled_ = false;
  uint64_t next_id_ = 0;
  std::map<uint64_t, std::function<void()>> hooks_;
};

}  // namespace souk::client
