// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/writing.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/limits.h"
#include "server/catalog/reading.h"
#include "storage/ledger_keys.h"
#include "storage/record.h"

namespace souk::catalog {
namespace {

constexpr std::string_view kLost = "NOT_WRITTEN";  // a reason between these functions; no caller sees it
// Of a call's time, what is left for making and sending the answer.
constexpr std::chrono::milliseconds kForTheAnswer{100};

Deadline VisibleUntil(const Clock& clock, Deadline deadline) {
  return std::min(deadline - kForTheAnswer,
                  clock.Monotonic() + std::chrono::milliseconds(limits::kVisibilityWaitMsMax));
}

// The ledger could not say what became of the write, and it was found not to be there.
Status Lost(const Status& unknown) {
  ErrorDetail detail = unknown.detail();
  detail.reason = kLost;
  return {Code::kAborted, unknown.message(), std::move(detail)};
}

void AwaitShown(const Backends& parts, const StatusOr<storage::Revision>& revision, Deadline until) {
  if (!revision.ok()) return;
  const Status shown = parts.store.WaitApplied(*revision, until);
  static_cast<void>(shown);  // whoever answers, or tries again, looks whether it is there
}

// A guard has moved: with other nodes, by a write that this one may not show yet. Looking again must see it, or every
// try fails for the same reason. If the ledger can't tell, the next try says so.
void AwaitWhatMoved(const Backends& parts, Deadline deadline) {
  if (!parts.store.follows()) return;
  const Deadline until = WaitDeadline(parts.clock, deadline);
  AwaitShown(parts, parts.store.ledger().Head(until), until);
}

// The revision of a transaction whose commit ended so.
StatusOr<storage::Revision> Settle(const Backends& parts, Deadline deadline, std::string_view what,
                                   const std::string& write_id, StatusOr<storage::Revision> revision) {
  if (revision.status().code() == Code::kUnknown) {
    const auto resolved = parts.store.ledger().Resolve(write_id, deadline);
    if (!resolved.ok()) return errors::OutcomeUnknown(what);
    if (!*resolved) return Lost(revision.status());  // look again
    revision = **resolved;
  }
  return revision;
}

}  // namespace

std::vector<StatusOr<storage::Revision>> CommitEach(const Backends& parts, Deadline deadline, std::string_view what,
                                                    std::vector<storage::Transaction> transactions) {
  std::vector<std::string> write_ids;
  for (storage::Transaction& transaction : transactions) {
    write_ids.push_back(parts.ids.Next());
    transaction.write_id = write_ids.back();
  }
  auto revisions = parts.store.ledger().CommitEach(std::move(transactions), deadline);
  for (size_t i = 0; i < revisions.size(); ++i) {
    revisions[i] = Settle(parts, deadline, what, write_ids[i], std::move(revisions[i]));
  }
  const Deadline until = VisibleUntil(parts.clock, deadline);  // one for all
  for (const auto& revision : revisions) AwaitShown(parts, revision, until);
  const bool moved = std::any_of(revisions.begin(), revisions.end(),
                                 [](const auto& revision) { return revision.status().code() == Code::kAborted; });
  if (moved) AwaitWhatMoved(parts, deadline);
  return revisions;
}

StatusOr<Written> CommitPlan(const Backends& parts, const CallContext& call, std::string_view what,
                             const Planner& plan) {
  static const AllowAll kEverything;  // a writer judges on everything, whatever its caller may see
  Tries tries;
  while (!tries.enough()) {
    RETURN_IF_ERROR(call.Check(what));
    const storage::View view = parts.store.Current(kEverything);
    ASSIGN_OR_RETURN(storage::Transaction transaction, plan(view));
    if (transaction.writes.empty()) return Written{view.revision(), false};
    const std::string write_id = parts.ids.Next();
    transaction.write_id = write_id;
    const auto revision = Settle(parts, call.deadline, what, write_id,
                                 parts.store.ledger().Commit(std::move(transaction), call.deadline));
    AwaitShown(parts, revision, VisibleUntil(call));
    if (revision.ok()) return Written{*revision, true};
    if (revision.status().code() != Code::kAborted) return revision.status();
    tries.Add(revision.status());
    AwaitWhatMoved(parts, call.deadline);
  }
  return tries.Verdict(parts, what);
}

void Tries::Add(const Status& aborted) {
  ++count_;
  lost_ = lost_ || aborted.reason() == kLost;
}

bool Tries::enough() const { return count_ >= limits::kCommitAttemptsMax; }

Status Tries::Verdict(const Backends& parts, std::string_view what) const {
  if (!lost_) return errors::GuardMoved(what);
  if (parts.store.follows()) {
    const auto silence = parts.store.silence().value_or(std::chrono::milliseconds(0));
    return errors::LedgerUnreachable("its answers are lost, and nothing was written",
                                     std::chrono::duration_cast<std::chrono::seconds>(silence).count());
  }
  return errors::NotWritable("its disk fails, and nothing was written");
}

Deadline VisibleUntil(const CallContext& call) { return VisibleUntil(*call.clock, call.deadline); }

bool IsShown(const Backends& parts, const Written& written) { return parts.store.applied() >= written.revision; }

std::vector<std::string> NotVisibleIn(const Backends& parts, storage::Revision revision, Deadline until) {
  std::vector<std::string> missing;
  if (parts.store.applied() < revision) {
    missing.emplace_back("store");
    until = parts.clock.Monotonic();
  }
  for (index::ProjectionRunner* runner : {&parts.text_runner, &parts.lineage_runner}) {
    if (!runner->WaitApplied(revision, until).ok()) missing.emplace_back(runner->projection().name());
  }
  return missing;
}

store::v1::ChangeRecord NewRecord(const Backends& parts, const CallContext& call, const std::string& entity,
                                  const std::string& request_id, const std::string& reason) {
  store::v1::ChangeRecord record;
  record.set_entity(entity);
  record.set_time_us(parts.clock.NowUs());
  record.set_actor(call.principal.name);
  record.set_actor_verified(call.principal.verified);
  record.set_request_id(request_id);
  record.set_reason(reason);
  return record;
}

StatusOr<std::optional<store::v1::EntityHead>> HeadOf(const storage::View& view, const std::string& entity) {
  ASSIGN_OR_RETURN(const auto state, view.LedgerKey(storage::HeadKey(entity)));
  if (!state) return std::optional<store::v1::EntityHead>();
  auto head = storage::DecodeHead(state->value);
  if (head) return head;
  // It can't be read: the newest record says what it must have said. Whoever writes the next mends it.
  RETURN_IF_ERROR(view.ForEachRecord(entity, 0, [&head](const store::v1::ChangeRecord& record, storage::Revision) {
    head = storage::HeadOf(record);
    return false;
  }));
  return head;
}

StatusOr<std::optional<EarlierRequest>> FindEarlier(const storage::View& view, const CallContext& call,
                                                    const std::string& request_id, std::string_view content) {
  std::optional<EarlierRequest> earlier;
  if (request_id.empty()) return earlier;
  if (request_id.size() > limits::kRequestIdBytesMax) {
    return errors::IdentifierTooLong("request id", request_id.size(), limits::kRequestIdBytesMax);
  }
  ASSIGN_OR_RETURN(const auto state, view.LedgerKey(storage::RequestKey(call.principal.name, request_id)));
  if (!state) return earlier;
  store::v1::RequestMark mark;
  if (!mark.ParseFromString(state->value)) return errors::DataLoss("a request mark can't be read");
  if (mark.content_digest() != content) return errors::RequestIdReused(request_id);
  earlier = EarlierRequest{mark.entity(), state->modified};
  return earlier;
}

void MarkRequest(storage::Transaction& transaction, const CallContext& call, const std::string& request_id,
                 std::string_view content, const std::string& entity, storage::Revision seen, int64_t now_us) {
  if (request_id.empty()) return;
  store::v1::RequestMark mark;
  mark.set_content_digest(std::string(content));
  mark.set_entity(entity);
  mark.set_time_us(now_us);
  const std::string key = storage::RequestKey(call.principal.name, request_id);
  transaction.guards.push_back({key, "", seen});
  transaction.writes.push_back({key, mark.SerializeAsString()});
}

}  // namespace souk::catalog
