// SPDX-License-Identifier: Apache-2.0
#include "client/lib/registrar.h"

#include <exception>
#include <utility>

#include "base/errors.h"
#include "client/lib/spool.h"

namespace souk::client {
namespace {

using Kind = RegistrarState::Kind;

const Clock& ClockOf(const Client& client, const SystemClock& otherwise) {
  return client.options().clock != nullptr ? *client.options().clock : otherwise;
}

Random RandomOf(const Client& client) { return client.options().random ? client.options().random : MachineRandom(); }

}  // namespace

Registrar::Registrar(Client& client, RegistrarOptions options) : client_(client), options_(std::move(options)) {
  if (options_.request.request_id().empty() && !options_.request.validate_only()) {
    // One id for all tries. Not made from the content: a deploy that goes back to it within a day is a new request.
    options_.request.set_request_id(NewRequestId(RandomOf(client_)));
  }
  thread_ = std::thread([this] { Run(); });
}

Registrar::~Registrar() {
  cancellation_.Cancel();
  thread_.join();
}

RegistrarState Registrar::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

bool Registrar::WaitFor(std::chrono::milliseconds duration) const {
  std::unique_lock lock(mutex_);
  return settled_.wait_for(lock, duration, [this] { return state_.kind != Kind::kTrying; });
}

void Registrar::Run() noexcept {
  try {
    ResendSpool();
    Backoff backoff(options_.backoff_first, options_.backoff_max, RandomOf(client_));
    while (!TryOnce()) {
      const auto pause = backoff.Next();
      if (options_.pause) options_.pause(pause);
      if (options_.pause ? cancellation_.cancelled() : cancellation_.WaitFor(pause)) break;
    }
    if (cancellation_.cancelled() && state().kind == Kind::kTrying) {
      Change([](RegistrarState& state) { state.kind = Kind::kStopped; });
    }
  } catch (const std::exception& exception) {
    const Status why = errors::Internal(std::string("the registrar stopped: ") + exception.what());
    const std::lock_guard lock(mutex_);
    state_.kind = Kind::kStopped;
    state_.last_error = why;
    settled_.notify_all();
  }
}

void Registrar::ResendSpool() {
  if (options_.spool_directory.empty()) return;
  const SystemClock system_clock;
  Spool spool(options_.spool_directory, client_.options().addresses, ClockOf(client_, system_clock));
  // What came of older changes is no matter of this registration; what was refused lies there as .refused.
  (void)Resend(client_, spool, &cancellation_);
}

bool Registrar::TryOnce() {
  CallOptions call;
  call.cancellation = &cancellation_;
  call.attempts_max = 1;  // the pauses between tries are the registrar's own, longer ones
  StatusOr<v1::RegisterProductResponse> answer = client_.RegisterProduct(options_.request, call);
  const bool later = !answer.ok() && (MayWorkLater(answer.status()) || answer.status().code() == Code::kCancelled);
  const SystemClock system_clock;
  Spool spool(options_.spool_directory, client_.options().addresses, ClockOf(client_, system_clock));
  const bool may_spool = !options_.spool_directory.empty() && !options_.request.validate_only();
  if (later && may_spool && spooled_as_.empty()) {
    // At the first failure: the process may be killed before the last one.
    if (StatusOr<std::string> name = spool.Add(options_.request); name.ok()) spooled_as_ = *name;
  } else if (!later && !spooled_as_.empty()) {
    (void)spool.Remove(spooled_as_);
    spooled_as_.clear();
  }
  Change([&](RegistrarState& state) {
    ++state.attempts;
    state.spooled = !spooled_as_.empty();
    if (answer.ok()) {
      state.kind = Kind::kRegistered;
      state.last_error = Status::Ok();
      state.response = *std::move(answer);
    } else {
      state.last_error = answer.status();
      if (!later) state.kind = Kind::kRefused;
    }
  });
  return !later;
}

void Registrar::Change(const std::function<void(RegistrarState&)>& change) {
  RegistrarState copy;
  {
    const std::lock_guard lock(mutex_);
    change(state_);
    copy = state_;
    settled_.notify_all();
  }
  if (!options_.on_change) return;
  try {
    options_.on_change(copy);
  } catch (...) {  // the application's own affair
  }
}

}  // namespace souk::client
