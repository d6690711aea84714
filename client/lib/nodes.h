// SPDX-License-Identifier: Apache-2.0
// The nodes a client may talk to, and the one loop that talks to them: the choice of a node that is well, deadline,
// tries, pauses, the move to the next node, the translation of errors. Internal to client/lib. Thread-safe.
//
// A client stays with the node that answered last. Where there are several, one that was not asked yet, or that failed
// before, is asked for its health first; one that is not well, or that answers UNAVAILABLE, is left for the next.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
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
  size_t size() const { return nodes_.size(); }
  const std::shared_ptr<grpc::Channel>& channel(size_t node) const { return nodes_[node].channel; }

  // What every call says of its caller.
  void Introduce(grpc::ClientContext& context) const;
  // One try: fills the context's call on that node. May come several times, for several nodes.
  using Attempt = std::function<grpc::Status(size_t node, grpc::ClientContext& context)>;
  // Tries until it works, an error comes with which another node could do no better, the tries are used up, or the
  // deadline passes. A try asks each node at most once, without a pause. FAILED_PRECONDITION at once if the
  // certificate files can't be used.
  Status Call(const CallOptions& call, std::chrono::milliseconds deadline, const Attempt& attempt);

  // For streams, which keep their own loop.
  // A node that is well, the one that answered last if it still is. UNAVAILABLE if none is.
  StatusOr<size_t> Choose(Cancellation* cancellation);
  // The node did not take the call: use the next one from now on.
  void MoveOn(size_t from);
  // `cancellation` is the caller's; it may be null.
  Status Translate(size_t node, const grpc::Status& status, const Cancellation* cancellation) const;
  // CANCELLED if the pause was cut short.
  Status Pause(std::chrono::milliseconds duration, Cancellation* cancellation) const;
  Backoff NewBackoff() const { return {options_.backoff_first, options_.backoff_max, options_.random}; }

 private:
  struct Node {
    Node(std::string at, std::shared_ptr<grpc::Channel> by) : address(std::move(at)), channel(std::move(by)) {}
    const std::string address;
    const std::shared_ptr<grpc::Channel> channel;
    std::atomic<bool> well{false};  // it answered, and nothing was wrong since
  };
  // Address and why, of the nodes that did not take a call.
  using Refusals = std::vector<std::pair<std::string, Status>>;

  size_t Next(size_t node) const { return (node + 1) % nodes_.size(); }
  std::chrono::milliseconds Left(Deadline due) const;
  // OK if the node is well, or says so within that time.
  Status Reach(size_t node, std::chrono::milliseconds patience, Cancellation* cancellation);
  Status Try(size_t node, Deadline due, Cancellation* cancellation, const Attempt& attempt);
  // Asks one node after the other. Not OK without refusals: an error with which no other node could do better.
  Status AskEach(Deadline due, std::chrono::milliseconds patience, Cancellation* cancellation, const Attempt& attempt,
                 Refusals& refusals);
  // What the caller gets for them.
  Status Sum(Refusals refusals, Deadline due) const;

  ClientOptions options_;
  SystemClock system_clock_;
  Status unusable_;  // not OK: the certificate files
  std::deque<Node> nodes_;
  std::atomic<size_t> current_{0};
};

}  // namespace souk::client
