// SPDX-License-Identifier: Apache-2.0
#include "client/lib/nodes.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <utility>

#include "base/errors.h"
#include "base/limits.h"
#include "client/lib/error_decoding.h"

namespace souk::client {
namespace {

// Every finding of a refused registration fits; a node sends less to clients that don't say so.
constexpr int kErrorBytesMax = 512 * 1024;
constexpr int kConnectMsMax = 10'000;
// Around the error: gRPC counts headers and trailers together, encoded as base64 at worst.
constexpr int kMetadataBytesMax = 2 * kErrorBytesMax;

bool IsLoopback(const std::string& address) {
  return address.rfind("127.", 0) == 0 || address.rfind("localhost", 0) == 0 || address.rfind("[::1]", 0) == 0 ||
         address.rfind("unix:", 0) == 0;
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address, const ClientOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetUserAgentPrefix(options.user_agent);
  arguments.SetMaxReceiveMessageSize(static_cast<int>(limits::kResponseBytesMax));
  // The loop in Nodes::Call is the only one that retries.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // A node that comes back must be seen within our own pauses, not within gRPC's two minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, static_cast<int>(options.backoff_first.count()));
  // Despite its name this is how long a connection may take to come about: a busy node is slow, not absent.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMsMax);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, static_cast<int>(options.backoff_max.count()));
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  if (IsLoopback(address)) arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

Nodes::Nodes(ClientOptions options) : options_(std::move(options)) {
  if (options_.addresses.empty()) options_.addresses = ClientOptions().addresses;
  if (!options_.random) options_.random = MachineRandom();
  for (const std::string& address : options_.addresses) channels_.push_back(Connect(address, options_));
}

void Nodes::Introduce(grpc::ClientContext& context) const {
  if (!options_.actor.empty()) context.AddMetadata("souk-actor", options_.actor);
  context.AddMetadata("souk-error-bytes-max", std::to_string(kErrorBytesMax));
}

const Clock& Nodes::clock() const { return options_.clock != nullptr ? *options_.clock : system_clock_; }

void Nodes::MoveOn(size_t from) {
  // Only the first of several callers that saw it fail moves on.
  current_.compare_exchange_strong(from, (from + 1) % channels_.size());
}

Status Nodes::Translate(size_t node, const grpc::Status& status) const {
  if (status.ok()) return Status::Ok();
  const auto code = static_cast<Code>(status.error_code());
  if (!status.error_details().empty()) return DecodeError(code, status.error_message(), status.error_details());
  // Without details it did not come from a node's handler, but from gRPC itself.
  if (code == Code::kUnavailable) return errors::Unreachable(options_.addresses[node], status.error_message());
  if (code == Code::kDeadlineExceeded) return errors::DeadlineExceeded("the call to " + options_.addresses[node]);
  if (code == Code::kCancelled) return errors::Cancelled();
  if (status.error_message().empty()) return errors::Unexplained(code, options_.addresses[node]);
  return {code, status.error_message()};
}

Status Nodes::Pause(std::chrono::milliseconds duration, Cancellation* cancellation) const {
  if (options_.pause) {
    options_.pause(duration);
    return cancellation != nullptr && cancellation->cancelled() ? errors::Cancelled() : Status::Ok();
  }
  Cancellation none;
  return (cancellation != nullptr ? cancellation : &none)->WaitFor(duration) ? errors::Cancelled() : Status::Ok();
}

Status Nodes::Call(const CallOptions& call, std::chrono::milliseconds deadline, const Attempt& attempt) {
  const std::chrono::milliseconds allowed = call.deadline.count() > 0 ? call.deadline : deadline;
  const auto due = clock().Monotonic() + allowed;
  const int tries = call.attempts_max > 0 ? call.attempts_max : options_.attempts_max;
  Backoff backoff = NewBackoff();
  for (int i = 1;; ++i) {
    if (call.cancellation != nullptr && call.cancellation->cancelled()) return errors::Cancelled();
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(due - clock().Monotonic());
    const size_t node = current();
    grpc::ClientContext context;
    // As a span, so that neither the wall clock nor an injected one decides it.
    Introduce(context);
    context.set_deadline(gpr_time_from_millis(std::max<int64_t>(left.count(), 1), GPR_TIMESPAN));
    Status status;
    {
      const Cancellation::Hook hook(call.cancellation, [&context] { context.TryCancel(); });
      status = Translate(node, attempt(node, context));
    }
    if (status.code() != Code::kUnavailable) return status;
    MoveOn(node);
    if (i >= tries) return status;
    // A node that was not asked yet may be asked at once.
    if (static_cast<size_t>(i) < channels_.size()) continue;
    const auto pause = std::max(backoff.Next(), std::chrono::milliseconds(status.detail().retry_after_ms));
    // Better the reason than a deadline that passes while we wait.
    if (clock().Monotonic() + pause >= due) return status;
    RETURN_IF_ERROR(Pause(pause, call.cancellation));
  }
}

}  // namespace souk::client
