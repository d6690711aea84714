// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/changes.h"

#include <algorithm>
#include <chrono>

#include "server/catalog/messages.h"
#include "server/catalog/reading.h"

namespace souk::catalog {
namespace {

constexpr uint32_t kProgressDefaultMs = 10'000;
constexpr uint32_t kProgressLeastMs = 100;
// A waiting stream looks this often whether its caller is still there.
constexpr std::chrono::milliseconds kPoll{250};
constexpr size_t kRevisionsAtOnce = 256;

bool Visible(const storage::EntityDelta& delta, const CallContext& call) {
  if (!delta.line || call.visibility->AllowsAll()) return true;
  const auto line = ParseLineName(delta.entity);
  return line.ok() && call.visibility->Allows(*line);
}

}  // namespace

StatusOr<ChangeStream> ChangeStream::Open(const Backends& parts, const v1::WatchChangesRequest& request,
                                          const CallContext& call) {
  const storage::Store& store = parts.store;
  const uint64_t generation = store.generation();
  storage::Revision after = store.applied();
  if (request.after_revision() == "0") {
    after = store.oldest();
  } else if (!request.after_revision().empty()) {
    ASSIGN_OR_RETURN(after, RevisionOfToken(parts, request.after_revision()));
    if (after < store.oldest()) return errors::RevisionCompacted(Token(parts, store.oldest()));
    RETURN_IF_ERROR(AwaitToldElsewhere(parts, after, WaitDeadline(call)));
    if (after > store.applied()) return errors::RevisionInFuture(request.after_revision());
  }
  const uint32_t asked = request.progress_interval_ms();
  return ChangeStream(parts, generation, after, asked == 0 ? kProgressDefaultMs : std::max(asked, kProgressLeastMs));
}

v1::WatchChangesResponse ChangeStream::Message(const storage::Change& change, const CallContext& call) const {
  v1::WatchChangesResponse message;
  message.set_revision(Token(*parts_, change.revision));
  *message.mutable_commit_time() = TimeOf(change.time_us);
  for (const storage::EntityDelta& delta : change.deltas) {
    if (!Visible(delta, call)) continue;
    v1::EntityChange& entity = *message.add_changes();
    entity.set_name(delta.entity);
    entity.set_action(delta.action);
    entity.set_actor(delta.actor);
    entity.set_reason(delta.reason);
    entity.set_change_number(delta.number);
    if (!delta.line) continue;
    entity.set_id(delta.line->model().id());
    entity.set_state(delta.line->state());
    entity.set_version(delta.line->model().version());
  }
  return message;
}

StatusOr<v1::WatchChangesResponse> ChangeStream::Next(const CallContext& call) {
  const auto mark_due = call.clock->Monotonic() + std::chrono::milliseconds(interval_ms_);
  while (ready_.empty()) {
    if (call.cancelled()) return errors::Cancelled();
    const auto now = call.clock->Monotonic();
    if (now >= mark_due) {
      v1::WatchChangesResponse mark;
      mark.set_revision(Token(*parts_, after_));
      return mark;
    }
    auto changes = parts_->store.Changes(after_, kRevisionsAtOnce, std::min(mark_due, now + kPoll));
    if (!changes.ok()) return changes.status().code() == Code::kCancelled ? errors::ShuttingDown() : changes.status();
    // What was told so far, and what is told now, need not be the same history.
    if (parts_->store.generation() != generation_) {
      return errors::RevisionCompacted(Token(*parts_, parts_->store.oldest()));
    }
    for (storage::Change& change : *changes) {
      after_ = change.revision;
      ready_.push_back(std::move(change));
    }
  }
  v1::WatchChangesResponse message = Message(ready_.front(), call);
  ready_.pop_front();
  return message;
}

}  // namespace souk::catalog
