// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/retirement_marks.h"

#include <utility>
#include <vector>

#include "server/catalog/writing.h"
#include "storage/ledger_keys.h"

namespace souk::catalog {
namespace {

const AllowAll kEverything;

constexpr std::chrono::seconds kLiftingMax{10};
constexpr size_t kLiftedAtOnce = 50;  // a transaction has room for more
constexpr std::string_view kWhat = "a retirement that was cut off";

}  // namespace

bool IsMarkSet(const std::string& value) {
  store::v1::Claim claim;
  return claim.ParseFromString(value) && !claim.product().empty();
}

Status LiftMarksLeftBehind(const Backends& parts) {
  CallContext call;
  call.principal.name = "soukd";
  call.deadline = parts.clock.Monotonic() + kLiftingMax;
  call.visibility = &kEverything;
  call.clock = &parts.clock;
  const auto plan = [](const storage::View& view) -> StatusOr<storage::Transaction> {
    storage::Transaction transaction;
    RETURN_IF_ERROR(view.ForEachLedgerKey(storage::kRetiringBegin, [&](const storage::KeyState& mark) {
      if (!IsMarkSet(mark.value)) return true;
      transaction.guards.push_back({mark.key, "", view.revision()});
      transaction.writes.push_back({mark.key, store::v1::Claim().SerializeAsString()});
      return transaction.writes.size() < kLiftedAtOnce;
    }));
    return transaction;
  };
  while (true) {
    ASSIGN_OR_RETURN(const Written written, CommitPlan(parts, call, kWhat, plan));
    if (!written.changed) return Status::Ok();
  }
}

void RetirementMarks::Start() {
  const std::lock_guard lock(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
}

void RetirementMarks::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void RetirementMarks::Run() {
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, options_.look_every, [this] { return stopping_; })) {
    lock.unlock();
    static_cast<void>(Look());  // the next look tries again
    lock.lock();
  }
}

Status RetirementMarks::Look() {
  const std::lock_guard lock(look_mutex_);
  ASSIGN_OR_RETURN(std::vector<storage::Transaction> overdue, Overdue());
  if (overdue.empty()) return Status::Ok();
  Status failure;
  for (const auto& lifted : CommitEach(parts_, parts_.clock.Monotonic() + kLiftingMax, kWhat, std::move(overdue))) {
    // Where its guard has moved, somebody was about it.
    if (!lifted.ok() && lifted.status().code() != Code::kAborted) failure = lifted.status();
  }
  return failure;
}

StatusOr<std::vector<storage::Transaction>> RetirementMarks::Overdue() {
  const Deadline now = parts_.clock.Monotonic();
  std::map<std::string, Seen> standing;
  std::vector<storage::Transaction> overdue;
  const storage::View view = parts_.store.Current(kEverything);
  RETURN_IF_ERROR(view.ForEachLedgerKey(storage::kRetiringBegin, [&](const storage::KeyState& mark) {
    if (!IsMarkSet(mark.value)) return true;
    const auto before = seen_.find(mark.key);
    const bool unchanged = before != seen_.end() && before->second.modified == mark.modified;
    const Seen& seen = standing[mark.key] = unchanged ? before->second : Seen{mark.modified, now};
    if (unchanged && now - seen.since >= options_.stands_max && overdue.size() < kLiftedAtOnce) {
      storage::Transaction& lifting = overdue.emplace_back();
      lifting.guards.push_back({mark.key, "", mark.modified});
      lifting.writes.push_back({mark.key, store::v1::Claim().SerializeAsString()});
    }
    return true;
  }));
  seen_ = std::move(standing);
  return overdue;
}

}  // namespace souk::catalog
