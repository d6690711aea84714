// SPDX-License-Identifier: Apache-2.0
#include "storage/follower.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/errors.h"
#include "storage/fold_batch.h"
#include "storage/generation.h"
#include "storage/ledger_keys.h"
#include "storage/record.h"
#include "storage/rows.h"
#include "storage/undecodable.h"

namespace souk::storage {
namespace {

// How long it waits for revisions at once; also how soon it notices that it shall stop.
constexpr std::chrono::milliseconds kPoll{250};
// Between two tries after a fault; doubled each time.
constexpr std::chrono::milliseconds kRetryFirst{50};
constexpr std::chrono::milliseconds kRetryMax{2'000};
// The same between two fillings: each reads all of the ledger. Where it is only the ledger that does not answer, it is
// asked as often as above.
constexpr std::chrono::milliseconds kRefillMax{300'000};
// Revisions of one batch: readers see them together.
constexpr size_t kRoundRevisionsMax = 512;

// Whether a record is the next of its entity. If not, something was lost on the way, or the ledger holds another
// history than it did: numbers and digests of the chain tell what no count of revisions can.
Status CheckFollows(const PreparedRecord& record, RowAccess& rows) {
  if (record.number == 0) return Status::Ok();  // no record
  store::v1::EntityHead head;
  ASSIGN_OR_RETURN(const auto row, rows.Get(rows::LedgerValue(HeadKey(record.entity))));
  if (row) {
    const auto stamped = rows::ParseStamped(*row);
    if (!stamped) return errors::DataLoss("the row of the head of " + record.entity + " can't be read");
    auto decoded = DecodeHead(stamped->value);
    if (!decoded) return Status::Ok();  // it was written so, and nothing can be compared with it
    head = *std::move(decoded);
  }
  const bool linked = !record.unpacked || record.unpacked->record.previous_digest() == head.digest();
  if (record.number == head.number() + 1 && linked) return Status::Ok();
  ErrorDetail detail;
  detail.reason = kRevisionMissing;
  return {Code::kOutOfRange,
          "record " + std::to_string(record.number) + " of " + record.entity + " does not follow record " +
              std::to_string(head.number()),
          std::move(detail)};
}

// Entities that are named at the start; all of them are counted.
constexpr size_t kToldMax = 20;

Status Oddity(const std::string& entity, const store::v1::Undecodable& value) {
  return errors::Undecodable(entity, value.key(), std::to_string(value.revision()), value.reason());
}

// What is odd about a revision.
void AddOddities(const LedgerRevision& revision, const std::vector<PreparedRecord>& records,
                 std::vector<Status>& oddities) {
  const std::string number = std::to_string(revision.revision);
  if (revision.foreign) {
    std::string keys;
    for (const LedgerWrite& write : revision.writes) keys += (keys.empty() ? "" : ", ") + write.key;
    oddities.push_back(errors::ForeignChange(keys, number));
  }
  for (const PreparedRecord& record : records) {
    if (record.fault.empty()) continue;
    oddities.push_back(errors::Undecodable(record.entity, record.ledger_key, number, record.fault));
  }
}

}  // namespace

Follower::Follower(LedgerLink& ledger, const StoreOptions& options, Folder& folder, Published& published,
                   const Clock& clock)
    : ledger_(ledger),
      options_(options),
      folder_(folder),
      published_(published),
      clock_(clock),
      comparison_(ledger, options.comparison, clock),
      thread_([this] { Run(); }) {}

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
  const auto current = published_.current();
  const int64_t since_us = std::max<int64_t>(0, clock_.NowUs() - current->applied().time_us());
  if (current->revision() < ledger_.newest()) {
    status.lag = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::microseconds(since_us));
  }
  return status;
}

Status Follower::Refill(const Status& reason, Deadline deadline) {
  std::unique_lock lock(mutex_);
  const uint64_t before = published_.current()->generation();
  wanted_ = reason;
  changed_.wait_until(lock, deadline, [&] { return stopping_ || published_.current()->generation() > before; });
  if (published_.current()->generation() > before) return Status::Ok();
  return stopping_ ? errors::Cancelled() : errors::DeadlineExceeded("filling the store anew");
}

void Follower::Run() {
  {
    const std::shared_ptr<Engine> engine = published_.current()->shared_engine();
    TellUndecodable(*engine);
    const auto more = UnderstandsMore(*engine);
    const std::lock_guard lock(mutex_);
    if (more.ok() && *more) wanted_ = errors::DataLoss("this program understands what the one before it did not");
  }
  std::chrono::milliseconds retry = kRetryFirst;
  while (true) {
    RemoveUnread();
    const Round round = Follow();
    const Status status = round.must_fill ? FillAnew(round.status) : round.status;
    status.ok() ? ledger_.Connected() : ledger_.Lost(status);
    std::unique_lock lock(mutex_);
    status_.filling = false;
    // A list is dear: if the feed does not go on behind it either, the next one waits too.
    const auto pause = round.status.ok() ? std::chrono::milliseconds(0) : retry;
    if (changed_.wait_for(lock, pause, [this] { return stopping_.load(); })) return;
    const bool dear = round.must_fill && status.code() != Code::kUnavailable;
    retry = round.status.ok() ? kRetryFirst : std::min(2 * retry, dear ? kRefillMax : kRetryMax);
  }
}

void Follower::RemoveUnread() {
  std::erase_if(replaced_,
                [this](const Replaced& old) { return old.rows.expired() && folder_.RemoveRows(old.generation).ok(); });
}

Status Follower::Sound() const {
  const std::lock_guard lock(mutex_);
  return wanted_.ok() ? published_.current()->engine().damage() : wanted_;
}

Follower::Round Follower::Follow() {
  if (Status sound = Sound(); !sound.ok()) return {std::move(sound), true};
  const Revision applied = published_.current()->revision();
  auto revisions = ledger_.Feed(applied, kRoundRevisionsMax, clock_.Monotonic() + kPoll);
  if (!revisions.ok()) return {revisions.status(), revisions.status().code() == Code::kOutOfRange};
  Status status = revisions->empty() ? Status::Ok() : Apply(*std::move(revisions));
  if (status.ok()) status = Compare();
  const bool must_fill = status.code() == Code::kOutOfRange || status.code() == Code::kDataLoss;
  return {std::move(status), must_fill};
}

Status Follower::Apply(std::vector<LedgerRevision> revisions) {
  const auto before = published_.current();
  FoldBatch batch(*before->shared_engine(), before->applied());
  std::vector<Status> oddities;
  uint64_t foreign = 0;
  for (LedgerRevision& revision : revisions) {
    std::vector<PreparedRecord> records = PrepareRecords(revision.writes);
    for (const PreparedRecord& record : records) RETURN_IF_ERROR(CheckFollows(record, batch.rows()));
    AddOddities(revision, records, oddities);
    foreign += revision.foreign ? 1 : 0;
    revision.time_us = TimeOf(revision.writes, records, batch.applied().time_us());
    RETURN_IF_ERROR(batch.Add(revision, std::move(records)));
  }
  RETURN_IF_ERROR(batch.Write(published_));
  for (const Status& oddity : oddities) options_.on_oddity(oddity);
  const std::lock_guard lock(mutex_);
  status_.foreign_changes += foreign;
  return Status::Ok();
}

Status Follower::Compare() {
  const auto snapshot = published_.current();
  Status same = comparison_.Step(*snapshot, [this] { return stopping_.load(); });
  const std::lock_guard lock(mutex_);
  status_.comparisons = comparison_.passes();
  if (!same.ok()) ++status_.differences;
  return same;
}

void Follower::TellUndecodable(const Engine& engine) const {
  size_t told = 0;
  const Status read =
      ForEachUndecodable(engine, nullptr, "", [&](const std::string& entity, const store::v1::UndecodableEntity& mark) {
        if (mark.has_record()) options_.on_oddity(Oddity(entity, mark.record()));
        if (mark.has_head()) options_.on_oddity(Oddity(entity, mark.head()));
        return ++told < kToldMax;
      });
  static_cast<void>(read);  // damage tells itself
}

Status Follower::FillAnew(const Status& reason) {
  {
    const std::lock_guard lock(mutex_);
    ++status_.relists;
    status_.filling = true;
    if (reason.reason() == kRevisionMissing) ++status_.gaps;
  }
  // What serves meanwhile is of yesterday: reads are marked, and fresh ones and writes refused, until this is done.
  ledger_.Lost(reason);
  options_.on_relist(reason);
  const uint64_t replaced = folder_.generation();
  ASSIGN_OR_RETURN(std::shared_ptr<Engine> engine, FillGeneration(options_, ledger_, published_.current()->epoch(),
                                                                  folder_, [this] { return stopping_.load(); }));
  ASSIGN_OR_RETURN(const StoreMeta meta, LoadMeta(*engine, folder_.directory().string()));
  TellUndecodable(*engine);
  replaced_.push_back({replaced, published_.current()->shared_engine()});
  published_.Renew(std::move(engine), meta.applied);
  {
    const std::lock_guard lock(mutex_);
    wanted_ = Status::Ok();
  }
  changed_.notify_all();
  return Status::Ok();
}

}  // namespace souk::storage
