// SPDX-License-Identifier: Apache-2.0
// The nodes a client may talk to, and the one loop that talks to them: deadline, tries, pauses, the move to the next
// node, the translation of errors. Internal to client/lib. Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/status.h"
#include "client/lib/options.h"

namespace grpc {
class Channel;
class ClientContext;
class Status;
}  // namespace grpc

namespace souk::client {

class Nodes {
 public:
  explicit Nodes(ClientOptions options);

  const ClientOptions& options() const { return options_; }
  const Clock& clock() const;
  size_t size() const { return channels_.size(); }
  const std::shared_ptr<grpc::Channel>& channel(size_t node) const { return channels_[node]; }
  // Where the last good answer came from.
  size_t current() const { return current_ % channels_.size(); }

  // What every call says of its caller.
  void Introduce(grpc::ClientContext& context) const;
  // One try: fills the context's call on that node.
  using Attempt = std::function<grpc::Status(size_t node, grpc::ClientContext& context)>;
  // Tries until it works, an error other than UNAVAILABLE comes, the tries are used up, or the deadline passes.
  Status Call(const CallOptions& call, std::chrono::milliseconds deadline, const Attempt& attempt);

  // For streams, which keep their own loop. The node did not take the call: use the next one from now on.
  void MoveOn(size_t from);
  Status Translate(size_t node, const grpc::Status& status) const;
  // CANCELLED if the pause was cut short.
  Status Pause(std::chrono::milliseconds duration, Cancellation* cancellation) const;
  Backoff NewBackoff() const { return {options_.backoff_first, options_.backoff_max, options_.random}; }

 private:
  ClientOptions options_;
  SystemClock system_clock_;
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
  std::atomic<size_t> current_{0};
};

}  // namespace souk::client
