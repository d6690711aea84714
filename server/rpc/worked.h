// SPDX-License-Identifier: Apache-2.0
// What streams have in common in which the node waits for the transport, message by message: watches, exports, imports.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "base/errors.h"
#include "server/rpc/edge.h"
#include "server/rpc/lanes.h"

namespace souk::rpc {

// One message is under way: the lane's thread waits until the transport has taken or brought it.
class Turn {
 public:
  void Begin() {
    const std::lock_guard lock(mutex_);
    done_.reset();
  }
  void End(bool ok) {
    {
      const std::lock_guard lock(mutex_);
      done_ = ok;
    }
    changed_.notify_one();
  }
  bool Await() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_.has_value(); });
    return *done_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<bool> done_;
};

// A streaming call that one thread of a lane works on from its beginning to its end. Deletes itself behind that.
template <typename Reactor>
class Worked : public Reactor {
 public:
  Worked(Edge& edge, const Method& method, Lane& lane, grpc::CallbackServerContext& context)
      : edge_(edge), method_(method), lane_(lane), context_(context), since_(edge.clock().Monotonic()) {}

  void Submit() {
    if (!lane_.Submit([this] { End(Work()); })) End(errors::Overloaded(lane_.name(), Edge::kRetryAfterMs));
  }
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { Release(); }

 protected:
  virtual Status Work() = 0;

  StatusOr<catalog::CallContext> Admit() {
    ASSIGN_OR_RETURN(catalog::CallContext call, edge_.Admit(context_, method_));
    call.cancelled = [this] { return cancelled_.load() || lane_.closed(); };
    RETURN_IF_ERROR(call.Check(method_.name));
    return call;
  }
  bool cancelled() const { return cancelled_; }
  // The node is about to end.
  bool closing() const { return lane_.closed(); }

  Turn turn_;

 private:
  void End(const Status& status) {
    this->Finish(edge_.Ended(context_, method_, status, since_));
    Release();
  }
  // The lane's thread and the transport each hold one share.
  void Release() {
    if (shares_.fetch_sub(1) == 1) delete this;
  }

  Edge& edge_;
  const Method& method_;
  Lane& lane_;
  grpc::CallbackServerContext& context_;
  const std::chrono::steady_clock::time_point since_;
  std::atomic<bool> cancelled_{false};
  std::atomic<int> shares_{2};
};

}  // namespace souk::rpc
