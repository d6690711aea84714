// SPDX-License-Identifier: Apache-2.0
#include "tests/support/remote_ledger.h"

#include <chrono>
#include <utility>

#include "base/errors.h"

namespace souk::testing {
namespace {

// How often a list that is held asks whether it is still wanted.
constexpr std::chrono::milliseconds kAskStopping{10};

}  // namespace

void Wire::Cut(Status fault) {
  const std::lock_guard lock(mutex_);
  fault_ = std::move(fault);
  feeds_go_on_ = false;
}

void Wire::CutAllButFeeds(Status fault) {
  const std::lock_guard lock(mutex_);
  fault_ = std::move(fault);
  feeds_go_on_ = true;
}

void Wire::FailOnce(Status fault) {
  const std::lock_guard lock(mutex_);
  once_ = std::move(fault);
}

void Wire::AwaitARound() {
  std::unique_lock lock(mutex_);
  const int until = feeds_ + 2;
  changed_.wait(lock, [&] { return feeds_ >= until; });
}

Status Wire::Ask() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

Status Wire::AskFeed() {
  const std::lock_guard lock(mutex_);
  ++feeds_;
  changed_.notify_all();
  if (!once_.ok()) return std::exchange(once_, Status::Ok());
  return feeds_go_on_ ? Status::Ok() : fault_;
}

void Wire::LoseCommits(bool lose) {
  const std::lock_guard lock(mutex_);
  lose_commits_ = lose;
}

bool Wire::LosesCommits() const {
  const std::lock_guard lock(mutex_);
  return lose_commits_;
}

void Wire::HoldFeeds(bool hold) {
  const std::lock_guard lock(mutex_);
  hold_feeds_ = hold;
  changed_.notify_all();
}

bool Wire::PassFeed(Deadline deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [this] { return !hold_feeds_; });
}

void Wire::HoldLists(bool hold) {
  const std::lock_guard lock(mutex_);
  hold_lists_ = hold;
  changed_.notify_all();
}

void Wire::AwaitLists(int count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return lists >= count; });
}

bool Wire::PassList(const storage::Ledger::Stopping& stopping) {
  std::unique_lock lock(mutex_);
  ++lists;
  changed_.notify_all();
  while (!changed_.wait_for(lock, kAskStopping, [this] { return !hold_lists_; })) {
    if (stopping()) return false;
  }
  return true;
}

void Wire::HoldHeads(bool hold) {
  const std::lock_guard lock(mutex_);
  hold_heads_ = hold;
  changed_.notify_all();
}

void Wire::AwaitHeads(int count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return heads_ >= count; });
}

void Wire::AskHead() {
  std::unique_lock lock(mutex_);
  ++heads_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return !hold_heads_; });
}

int Wire::heads() const {
  const std::lock_guard lock(mutex_);
  return heads_;
}

StatusOr<storage::LedgerStatus> RemoteLedger::Status(Deadline deadline) {
  RETURN_IF_ERROR(wire_.Ask());
  return inner_.Status(deadline);
}

std::vector<StatusOr<storage::Revision>> RemoteLedger::CommitEach(std::vector<storage::Transaction> transactions,
                                                                  Deadline deadline) {
  const souk::Status fault = wire_.LosesCommits() ? errors::OutcomeUnknown("the change") : wire_.Ask();
  using Results = std::vector<StatusOr<storage::Revision>>;
  if (!fault.ok()) return Results(transactions.size(), StatusOr<storage::Revision>(fault));
  return inner_.CommitEach(std::move(transactions), deadline);
}

StatusOr<std::optional<storage::Revision>> RemoteLedger::Resolve(std::string_view write_id, Deadline deadline) {
  RETURN_IF_ERROR(wire_.Ask());
  return inner_.Resolve(write_id, deadline);
}

StatusOr<storage::Revision> RemoteLedger::Head(Deadline deadline) {
  RETURN_IF_ERROR(wire_.Ask());
  wire_.AskHead();
  return inner_.Head(deadline);
}

StatusOr<storage::Revision> RemoteLedger::ListUnlessStopping(const storage::Listing& listing, const Visitor& visit,
                                                             const Stopping& stopping) {
  RETURN_IF_ERROR(wire_.Ask());
  // A comparison is none of the lists that are counted and held.
  if (listing.values && !wire_.PassList(stopping)) return errors::Cancelled();
  return inner_.ListUnlessStopping(listing, visit, stopping);
}

StatusOr<std::vector<storage::LedgerRevision>> RemoteLedger::Feed(storage::Revision after, size_t revisions_max,
                                                                  Deadline deadline) {
  RETURN_IF_ERROR(wire_.AskFeed());
  std::vector<storage::LedgerRevision> revisions;
  if (!wire_.PassFeed(deadline)) return revisions;
  ASSIGN_OR_RETURN(revisions, inner_.Feed(after, revisions_max, deadline));
  // Held meanwhile: what was told is told again to whoever asks for it again.
  if (!wire_.PassFeed(deadline)) revisions.clear();
  return revisions;
}

}  // namespace souk::testing
