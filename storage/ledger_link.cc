// SPDX-License-Identifier: Apache-2.0
#include "storage/ledger_link.h"

#include <algorithm>
#include <utility>

#include "base/errors.h"

namespace souk::storage {
namespace {

// A member that goes, or a new leader, is got over in less: until then calls are tried.
constexpr std::chrono::milliseconds kSilenceMax{1'000};
// Whoever asks how things are wants to hear it before that, whatever else they would wait for.
constexpr std::chrono::milliseconds kStatusMax{2'000};
// A feed that tells nothing for so long is asked about; what hangs, or is cut off, is known so soon, and this much
// later.
constexpr std::chrono::milliseconds kAskAfter{1'000};
constexpr std::chrono::milliseconds kAnswerMax{2'000};

}  // namespace

LedgerLink::LedgerLink(std::unique_ptr<Ledger> ledger, LedgerStatus status, const Clock& clock)
    : ledger_(std::move(ledger)),
      clock_(clock),
      known_(std::move(status)),
      heard_(clock.Monotonic()),
      newest_(known_.head) {}

void LedgerLink::Heard(Revision newest) {
  const std::lock_guard lock(mutex_);
  heard_ = clock_.Monotonic();
  newest_ = std::max(newest_, newest);
}

Revision LedgerLink::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

void LedgerLink::Connected() {
  const std::lock_guard lock(mutex_);
  if (connected_.ok()) return;
  connected_ = souk::Status::Ok();
  ++resumes_;
}

void LedgerLink::Lost(const souk::Status& why) {
  const std::lock_guard lock(mutex_);
  connected_ = why;
}

std::optional<std::chrono::milliseconds> LedgerLink::silence() const {
  const std::lock_guard lock(mutex_);
  if (connected_.ok()) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Monotonic() - heard_);
}

void LedgerLink::Describe(FollowerStatus& status) const {
  const std::lock_guard lock(mutex_);
  status.connected = connected_;
  status.silence = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Monotonic() - heard_);
  status.resumes = resumes_;
}

souk::Status LedgerLink::Usable() const {
  const std::lock_guard lock(mutex_);
  const auto silence = clock_.Monotonic() - heard_;
  if (connected_.ok() || silence < kSilenceMax) return souk::Status::Ok();
  return errors::LedgerUnreachable(connected_.message(),
                                   std::chrono::duration_cast<std::chrono::seconds>(silence).count());
}

StatusOr<LedgerStatus> LedgerLink::Status(Deadline deadline) {
  souk::Status usable = Usable();
  if (usable.ok()) {
    StatusOr<LedgerStatus> status = ledger_->Status(std::min(deadline, clock_.Monotonic() + kStatusMax));
    if (status.ok()) Heard(status->head);
    const std::lock_guard lock(mutex_);
    if (status.ok()) return known_ = *std::move(status);
    usable = status.status();
  }
  const std::lock_guard lock(mutex_);
  LedgerStatus status = known_;
  status.writable = false;
  status.not_writable_reason = usable.message();
  return status;
}

std::vector<StatusOr<Revision>> LedgerLink::CommitEach(std::vector<Transaction> transactions, Deadline deadline) {
  const souk::Status usable = Usable();
  // In parentheses: in braces the number would be a result too.
  if (!usable.ok()) return std::vector<StatusOr<Revision>>(transactions.size(), StatusOr<Revision>(usable));
  auto revisions = ledger_->CommitEach(std::move(transactions), deadline);
  for (const auto& revision : revisions) {
    if (revision.ok()) Heard(*revision);
  }
  return revisions;
}

StatusOr<std::optional<Revision>> LedgerLink::Resolve(std::string_view write_id, Deadline deadline) {
  RETURN_IF_ERROR(Usable());
  return ledger_->Resolve(write_id, deadline);
}

StatusOr<Revision> LedgerLink::Head(Deadline deadline) {
  RETURN_IF_ERROR(Usable());
  std::unique_lock lock(barrier_mutex_);
  const uint64_t mine = barriers_begun_ + 1;  // the first that begins from now on
  const bool free =
      barrier_done_.wait_until(lock, deadline, [&] { return barriers_done_ >= mine || !barrier_under_way_; });
  if (barriers_done_ >= mine) return head_;
  if (!free) return errors::RevisionNotApplied("the ledger");
  barrier_under_way_ = true;
  const uint64_t number = ++barriers_begun_;
  lock.unlock();
  StatusOr<Revision> head = ledger_->Head(deadline);
  if (head.ok()) Heard(*head);
  lock.lock();
  barrier_under_way_ = false;
  if (head.ok()) {
    barriers_done_ = number;
    head_ = *head;
  }
  barrier_done_.notify_all();  // if it failed, who waits asks for itself
  return head;
}

StatusOr<Revision> LedgerLink::ListUnlessStopping(const Listing& listing, const Visitor& visit,
                                                  const Stopping& stopping) {
  auto listed = ledger_->ListUnlessStopping(listing, visit, stopping);
  if (!listed.ok()) return listed;
  Heard(*listed);
  if (listing.at != 0) return listed;
  const std::lock_guard lock(mutex_);
  newest_ = *listed;  // the ledger may have gone back
  return listed;
}

StatusOr<std::vector<LedgerRevision>> LedgerLink::Feed(Revision after, size_t revisions_max, Deadline deadline) {
  ASSIGN_OR_RETURN(auto revisions, ledger_->Feed(after, revisions_max, deadline));
  if (revisions.empty()) {
    RETURN_IF_ERROR(AskIfSilent(deadline));
  } else {
    Heard(revisions.back().revision);
  }
  return revisions;
}

souk::Status LedgerLink::AskIfSilent(Deadline deadline) {
  const Deadline now = clock_.Monotonic();
  {
    const std::lock_guard lock(mutex_);
    if (now - heard_ < kAskAfter) return souk::Status::Ok();
  }
  ASSIGN_OR_RETURN(const Revision head, ledger_->Head(std::max(deadline, now + kAnswerMax)));
  Heard(head);
  return souk::Status::Ok();
}

souk::Status LedgerLink::Compact(Revision until) { return ledger_->Compact(until); }

}  // namespace souk::storage
