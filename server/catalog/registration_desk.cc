// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/registration_desk.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/errors.h"
#include "server/catalog/messages.h"
#include "server/catalog/reading.h"
#include "server/catalog/writing.h"
#include "storage/fold.h"

namespace souk::catalog {
namespace {

// Waiting at once; each holds what it was read into.
constexpr size_t kWaitingMax = 1024;
constexpr uint32_t kRetryAfterMs = 200;
// One plans and commits, the others wait for the indexes and give answers.
constexpr size_t kClerks = 4;

// What the registration makes of the line, where the store does not show it yet.
storage::SharedLine LineToBe(const Registering& done) {
  const auto& record = done.plan.record;
  if (record == nullptr) return done.plan.existing;
  return storage::LineAfter(record, done.plan.existing.get(), done.written.revision, record->record.time_us());
}

// What the registration made of the line: null where that is no longer in memory, or the node is shutting down.
storage::SharedLine LineOfChange(const Backends& parts, const Registering& done) {
  const auto changes = parts.store.Changes(done.written.revision - 1, 1, done.call->deadline);
  if (!changes.ok() || changes->empty() || changes->front().revision != done.written.revision) return nullptr;
  const std::string name = done.candidate.line.ToString();
  for (const storage::EntityDelta& delta : changes->front().deltas) {
    if (delta.entity == name) return delta.line;
  }
  return nullptr;
}

StatusOr<storage::SharedLine> LineAfter(const Backends& parts, const Registering& done) {
  if (done.candidate.request->validate_only()) {
    return std::make_shared<const store::v1::LineState>(ExpectedLine(parts, *done.call, done.candidate, done.plan));
  }
  if (!done.written.changed) return done.plan.existing;
  if (!IsShown(parts, done.written)) {
    if (auto line = LineToBe(done)) return line;
    return errors::OutcomeUnknown(done.candidate.line.ToString());
  }
  if (auto line = LineOfChange(parts, done)) return line;
  static const AllowAll kEverything;  // who may register a line may see it
  ASSIGN_OR_RETURN(auto line, parts.store.Current(kEverything).FindLine(done.candidate.line));
  if (!line) return errors::Internal(done.candidate.line.ToString() + " is not there after its registration");
  return line;
}

StatusOr<EncodedRegistration> AnswerOf(const Backends& parts, Registering& done, Deadline until) {
  RETURN_IF_ERROR(done.status);
  EncodedRegistration answer;
  ASSIGN_OR_RETURN(const storage::SharedLine line, LineAfter(parts, done));
  answer.shared = std::make_shared<const std::string>(EncodedProduct(
      parts, *line, v1::RegisterProductResponse::kProductFieldNumber, !done.candidate.request->omit_model()));
  v1::RegisterProductResponse& rest = answer.rest;
  TakeFindings(done, *rest.mutable_findings());
  rest.set_changed(done.written.changed);
  rest.set_created(done.plan.created && !done.replayed);
  rest.set_fit_for_active(done.candidate.fit_for_active);
  if (done.candidate.request->validate_only() && done.plan.verdict) *rest.mutable_verdict() = *done.plan.verdict;
  rest.set_revision(Token(parts, done.written.revision));
  const auto missing = NotVisibleIn(parts, done.written.revision, until);
  rest.set_visible(missing.empty());
  for (const std::string& index : missing) rest.add_not_visible_in(index);
  return answer;
}

}  // namespace

RegistrationDesk::RegistrationDesk(const Backends& parts) : parts_(parts) {
  for (size_t i = 0; i < kClerks; ++i) clerks_.emplace_back([this] { Run(); });
}

RegistrationDesk::~RegistrationDesk() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  ready_.notify_all();
  for (std::thread& clerk : clerks_) clerk.join();
}

void RegistrationDesk::Register(const v1::RegisterProductRequest& request, CallContext call, Answer answer) {
  StatusOr<Candidate> candidate = ReadCandidate(request);
  if (!candidate.ok()) return answer(candidate.status());
  auto order =
      std::make_unique<Order>(std::move(call), std::move(answer), request.ByteSizeLong(), *std::move(candidate));
  if (!LineUp(order)) order->answer(errors::Overloaded("registrations", kRetryAfterMs));
}

bool RegistrationDesk::LineUp(std::unique_ptr<Order>& order) {
  const std::lock_guard lock(mutex_);
  if (queue_.size() >= kWaitingMax) return false;
  queue_.push_back(std::move(order));
  // Under the lock: once the order can be taken, it may be answered, and the desk be gone with its node. Who plans or
  // commits looks at the queue before the next clerk does.
  if (!busy_) ready_.notify_one();
  return true;
}

RegistrationDesk::Orders RegistrationDesk::Take() {
  Orders orders;
  for (size_t bytes = 0; !queue_.empty() && orders.size() < kTogetherMax && bytes < kTogetherBytesMax;) {
    bytes += queue_.front()->bytes;
    orders.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return orders;
}

void RegistrationDesk::GiveAnswers(const std::vector<Order*>& orders) const {
  // Where an index is stuck, nobody waits for the time of those in front: all limits begin now, and who is refused, or
  // has the least time left, goes first.
  std::vector<std::pair<Deadline, Order*>> until;
  until.reserve(orders.size());
  for (Order* order : orders) {
    until.emplace_back(order->registering.status.ok() ? VisibleUntil(order->call) : Deadline::min(), order);
  }
  std::stable_sort(until.begin(), until.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [deadline, order] : until) order->answer(AnswerOf(parts_, order->registering, deadline));
}

void RegistrationDesk::Run() {
  while (true) {
    Orders orders;
    {
      std::unique_lock lock(mutex_);
      ready_.wait(lock, [this] { return closed_ || (!busy_ && !queue_.empty()); });
      if (closed_) return;
      busy_ = true;
      orders = Take();
    }
    std::vector<Registering*> all;
    std::unordered_map<const Registering*, Order*> whose;
    for (const auto& order : orders) {
      all.push_back(&order->registering);
      whose.emplace(all.back(), order.get());
    }
    RoundListener listener;
    listener.on_committed = [this] { Leave(); };
    listener.on_left = [&](const std::vector<Registering*>& left) { PutBack(orders, left); };
    listener.on_done = [&](const std::vector<Registering*>& done) {
      std::vector<Order*> answered;
      answered.reserve(done.size());
      for (const Registering* registering : done) answered.push_back(whose.at(registering));
      GiveAnswers(answered);
    };
    RegisterInRound(parts_, all, listener);
  }
}

void RegistrationDesk::Leave() {
  bool more = false;
  {
    const std::lock_guard lock(mutex_);
    busy_ = false;
    more = !queue_.empty();
  }
  if (more) ready_.notify_one();
}

void RegistrationDesk::PutBack(Orders& orders, const std::vector<Registering*>& left) {
  if (left.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    auto next = left.rbegin();
    for (auto order = orders.rbegin(); next != left.rend(); ++order) {
      if (&(*order)->registering != *next) continue;
      queue_.push_front(std::move(*order));
      ++next;
    }
  }
  ready_.notify_one();
}

}  // namespace souk::catalog
