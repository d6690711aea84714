// SPDX-License-Identifier: Apache-2.0
#include "client/lib/nodes.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>

#include "base/errors.h"
#include "client/lib/channel.h"
#include "client/lib/error_decoding.h"
#include "client/lib/handshake.h"
#include "client/lib/health.h"

namespace souk::client {
namespace {

using std::chrono::milliseconds;

// A node that is well says so in a millisecond. The second try waits twice as long, and so on: a busy one is slow, not
// absent.
constexpr milliseconds kHealthPatience{1'000};
// For the connection to a node that failed before; one that is back takes it in a millisecond.
constexpr milliseconds kReconnectMax{100};
// A closer look at a connection that failed.
constexpr milliseconds kExplainMax{1'000};

Status CheckFiles(const CertificateFiles& files, const Clock& clock) {
  if (files.any() && files.authorities.empty()) {
    const std::string& given = files.certificate.empty() ? files.key : files.certificate;
    return errors::BadCertificate(given, "no authorities are named whose nodes it may be shown to",
                                  "Give --tls-ca (SOUK_TLS_CA) too.");
  }
  return CheckCertificateFiles(files, TlsEnd::kClient, clock.NowUs());
}

// A node that does not know what became of a change: another may, by the change's request id.
bool IsOutcomeUnknown(const Status& status) {
  return status.code() == Code::kUnknown && status.reason() == errors::OutcomeUnknown("").reason();
}

bool AnotherMayDoBetter(const Status& status) {
  return status.code() == Code::kUnavailable || IsOutcomeUnknown(status);
}

}  // namespace

Nodes::Nodes(ClientOptions options) : options_(std::move(options)) {
  if (options_.addresses.empty()) options_.addresses = ClientOptions().addresses;
  if (!options_.random) options_.random = MachineRandom();
  unusable_ = CheckFiles(options_.certificates, clock());
  // Those of unusable files are never used: each call is refused first.
  const auto credentials = CredentialsOf(unusable_.ok() ? options_.certificates : CertificateFiles());
  for (const std::string& address : options_.addresses) {
    nodes_.emplace_back(address, ChannelTo(address, credentials, options_));
  }
  if (options_.spread) current_ = static_cast<size_t>(options_.random() * static_cast<double>(size())) % size();
}

void Nodes::Introduce(grpc::ClientContext& context) const {
  if (!options_.actor.empty()) context.AddMetadata("souk-actor", options_.actor);
  context.AddMetadata("souk-error-bytes-max", std::to_string(kErrorBytesMax));
}

const Clock& Nodes::clock() const { return options_.clock != nullptr ? *options_.clock : system_clock_; }

milliseconds Nodes::Left(Deadline due) const {
  return std::chrono::duration_cast<milliseconds>(due - clock().Monotonic());
}

void Nodes::MoveOn(size_t from) {
  nodes_[from].well = false;
  // Only the first of several callers that saw it fail moves on.
  current_.compare_exchange_strong(from, Next(from));
}

Status Nodes::Translate(size_t node, const grpc::Status& status, const Cancellation* cancellation) const {
  if (status.ok()) return Status::Ok();
  const auto code = static_cast<Code>(status.error_code());
  if (code == Code::kCancelled) {
    if (cancellation != nullptr && cancellation->cancelled()) return errors::Cancelled();
    // We did not: a node that goes down ends so what it can't do any more.
    return errors::Unreachable(nodes_[node].address, "the node cancelled the call");
  }
  if (!status.error_details().empty()) return DecodeError(code, status.error_message(), status.error_details());
  // Without details it did not come from a node's handler, but from gRPC itself.
  const std::string& address = nodes_[node].address;
  if (code == Code::kUnavailable) return errors::Unreachable(address, status.error_message());
  if (code == Code::kDeadlineExceeded) return errors::DeadlineExceeded("the call to " + address);
  if (status.error_message().empty()) return errors::Unexplained(code, address);
  return {code, status.error_message()};
}

Status Nodes::Pause(milliseconds duration, Cancellation* cancellation) const {
  if (options_.pause) {
    options_.pause(duration);
    return cancellation != nullptr && cancellation->cancelled() ? errors::Cancelled() : Status::Ok();
  }
  Cancellation none;
  return (cancellation != nullptr ? cancellation : &none)->WaitFor(duration) ? errors::Cancelled() : Status::Ok();
}

Status Nodes::Reach(size_t node, milliseconds patience, Cancellation* cancellation) {
  if (nodes_[node].well) return Status::Ok();
  // The pauses are ours: a node that came back is not to be passed over because gRPC still waits.
  Reconnect(*nodes_[node].channel, std::min(patience, kReconnectMax));
  // Where there is no choice, the call itself shows it.
  if (size() == 1) return Status::Ok();
  grpc::ClientContext context;
  context.set_deadline(gpr_time_from_millis(std::max<int64_t>(patience.count(), 1), GPR_TIMESPAN));
  Health health = Health::kNotServing;
  Status status;
  {
    const Cancellation::Hook hook(cancellation, [&context] { context.TryCancel(); });
    status = Translate(node, CheckHealth(nodes_[node].channel, context, health), cancellation);
  }
  if (status.code() == Code::kCancelled || status.code() == Code::kUnavailable) return status;
  if (!status.ok()) return errors::Unreachable(nodes_[node].address, status.message());
  if (health == Health::kNotServing) return errors::NotServing(nodes_[node].address);
  nodes_[node].well = true;
  return Status::Ok();
}

StatusOr<size_t> Nodes::Choose(Cancellation* cancellation) {
  RETURN_IF_ERROR(unusable_);
  Refusals refusals;
  size_t node = current_;
  for (size_t asked = 0; asked < size(); ++asked, node = Next(node)) {
    const Status status = Reach(node, kHealthPatience, cancellation);
    if (status.ok()) return node;
    if (status.code() == Code::kCancelled) return status;
    MoveOn(node);
    refusals.emplace_back(nodes_[node].address, status);
  }
  return Sum(std::move(refusals), clock().Monotonic() + kExplainMax);
}

Status Nodes::Try(size_t node, Deadline due, Cancellation* cancellation, const Attempt& attempt) {
  grpc::ClientContext context;
  Introduce(context);
  // As a span, so that neither the wall clock nor an injected one decides it.
  context.set_deadline(gpr_time_from_millis(std::max<int64_t>(Left(due).count(), 1), GPR_TIMESPAN));
  const Cancellation::Hook hook(cancellation, [&context] { context.TryCancel(); });
  const grpc::Status status = attempt(node, context);
  // Not even the node's own word that it takes too long: it may hang.
  const bool silent = status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED && status.error_details().empty();
  if (silent) {
    nodes_[node].well = false;
  } else if (status.ok() && !nodes_[node].well) {  // seldom: many threads share it
    nodes_[node].well = true;
  }
  return Translate(node, status, cancellation);
}

Status Nodes::AskEach(Deadline due, milliseconds patience, Cancellation* cancellation, const Attempt& attempt,
                      Refusals& refusals) {
  size_t node = current_;
  for (size_t asked = 0; asked < size(); ++asked, node = Next(node)) {
    if (cancellation != nullptr && cancellation->cancelled()) return errors::Cancelled();
    // Half of the time that is left is for the nodes behind it.
    Status status = Reach(node, std::min(patience, Left(due) / 2), cancellation);
    if (status.ok()) status = Try(node, due, cancellation, attempt);
    if (!AnotherMayDoBetter(status)) {
      refusals.clear();
      return status;
    }
    MoveOn(node);
    refusals.emplace_back(nodes_[node].address, std::move(status));
    if (clock().Monotonic() >= due) break;
  }
  return Status::Ok();
}

Status Nodes::Sum(Refusals refusals, Deadline due) const {
  for (auto& [address, status] : refusals) {
    if (IsOutcomeUnknown(status)) return status;
    const milliseconds patience = std::min(Left(due), kExplainMax);
    const bool silent = status.reason() == errors::Unreachable("", "").reason();
    // A name that leads nowhere needs no closer look, and to look it up again takes its time.
    const bool nowhere = status.message().find("DNS resolution failed") != std::string::npos;
    if (!silent || nowhere || patience.count() <= 0) continue;
    const Status explained = ExplainHandshake(address, options_.certificates, patience);
    if (!explained.ok()) status = explained;
  }
  const bool one_reason = std::all_of(refusals.begin(), refusals.end(), [&refusals](const auto& refusal) {
    return refusal.second.code() == Code::kUnauthenticated || refusals.size() == 1;
  });
  return one_reason ? refusals.front().second : errors::NoNode(refusals);
}

Status Nodes::Call(const CallOptions& call, milliseconds deadline, const Attempt& attempt) {
  RETURN_IF_ERROR(unusable_);
  const milliseconds allowed = call.deadline.count() > 0 ? call.deadline : deadline;
  const auto due = clock().Monotonic() + allowed;
  const int tries = call.attempts_max > 0 ? call.attempts_max : options_.attempts_max;
  Backoff backoff = NewBackoff();
  milliseconds patience = kHealthPatience;
  Status unknown;  // not OK: a node may have applied the change, and none could tell since
  for (int i = 1;; ++i, patience *= 2) {
    Refusals refusals;
    Status status = AskEach(due, patience, call.cancellation, attempt, refusals);
    if (refusals.empty()) return status;
    auto pause = backoff.Next();
    for (const auto& [address, refusal] : refusals) {
      pause = std::max(pause, milliseconds(refusal.detail().retry_after_ms));
      if (IsOutcomeUnknown(refusal)) unknown = refusal;
    }
    // Better the reason than a deadline that passes while we wait.
    if (i < tries && clock().Monotonic() + pause < due) {
      RETURN_IF_ERROR(Pause(pause, call.cancellation));
    } else {
      return unknown.ok() ? Sum(std::move(refusals), due) : unknown;
    }
  }
}

}  // namespace souk::client
