// SPDX-License-Identifier: Apache-2.0
#include "storage/follower.h"

#include <algorithm>
#include <utility>

#include "storage/fold_batch.h"
#include "storage/generation.h"

namespace souk::storage {
namespace {

// How long it waits for revisions at once; also how soon it notices that it shall stop.
constexpr std::chrono::milliseconds kPoll{250};
// Between two tries after a fault; doubled each time.
constexpr std::chrono::milliseconds kRetryFirst{50};
constexpr std::chrono::milliseconds kRetryMax{2'000};
// Revisions of one batch: readers see them together.
constexpr size_t kRoundRevisionsMax = 512;

}  // namespace

Follower::Follower(LedgerLink& ledger, const StoreOptions& options, Folder& folder, Published& published,
                   const Clock& clock)
    : ledger_(ledger), options_(options), folder_(folder), published_(published), clock_(clock), thread_([this] {
        Run();
      }) {}

Follower::~Follower() { Stop(); }

void Follower::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

FollowerStatus Follower::status() const {
  FollowerStatus status;
  {
    const std::lock_guard lock(mutex_);
    status = status_;
  }
  ledger_.Describe(status);
  return status;
}

void Follower::Run() {
  std::chrono::milliseconds retry = kRetryFirst;
  while (true) {
    Status status = Follow();
    if (status.code() == Code::kOutOfRange) status = FillAnew(status);
    if (status.ok()) {
      ledger_.Heard();
      retry = kRetryFirst;
    } else {
      ledger_.Lost(status);
    }
    std::unique_lock lock(mutex_);
    const auto pause = status.ok() ? std::chrono::milliseconds(0) : retry;
    if (changed_.wait_for(lock, pause, [this] { return stopping_; })) return;
    if (!status.ok()) retry = std::min(2 * retry, kRetryMax);
  }
}

Status Follower::Follow() {
  const Revision applied = published_.current()->revision();
  ASSIGN_OR_RETURN(auto revisions, ledger_.Feed(applied, kRoundRevisionsMax, clock_.Monotonic() + kPoll));
  return revisions.empty() ? Status::Ok() : Apply(std::move(revisions));
}

Status Follower::Apply(std::vector<LedgerRevision> revisions) {
  const auto before = published_.current();
  FoldBatch batch(*before->shared_engine(), before->applied());
  const int64_t committed_us = revisions.back().time_us;
  for (LedgerRevision& revision : revisions) {
    std::vector<PreparedRecord> records = PrepareRecords(revision.writes);
    revision.time_us = TimeOf(records, batch.applied().time_us());
    RETURN_IF_ERROR(batch.Add(revision, std::move(records)));
  }
  RETURN_IF_ERROR(batch.Write(published_));
  const std::lock_guard lock(mutex_);
  status_.lag = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::microseconds(std::max<int64_t>(0, clock_.NowUs() - committed_us)));
  return Status::Ok();
}

Status Follower::FillAnew(const Status& reason) {
  {
    const std::lock_guard lock(mutex_);
    ++status_.relists;
    if (reason.reason() == kRevisionMissing) ++status_.gaps;
  }
  options_.on_relist(reason);
  ASSIGN_OR_RETURN(std::shared_ptr<Engine> engine,
                   FillGeneration(options_, ledger_, published_.current()->epoch(), folder_));
  ASSIGN_OR_RETURN(const StoreMeta meta, LoadMeta(*engine, folder_.directory().string()));
  published_.Renew(std::move(engine), meta.applied);
  return Status::Ok();
}

}  // namespace souk::storage
