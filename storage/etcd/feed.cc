// SPDX-License-Identifier: Apache-2.0
#include "storage/etcd/feed.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "base/errors.h"
#include "souk/store/v1/etcd.pb.h"
#include "storage/etcd/list.h"
#include "storage/rows.h"

namespace souk::storage::etcd {
namespace {

// Of a watch that owes something; a busy member takes some hundred milliseconds.
constexpr std::chrono::seconds kSilenceMax{2};
constexpr std::string_view kCompacted = "compacted";

Status OutOfRange(std::string_view reason, Revision until, const std::string& text) {
  ErrorDetail detail;
  detail.reason = reason;
  detail.metadata.emplace_back(kCompacted, std::to_string(until));
  return {Code::kOutOfRange, text, std::move(detail)};
}

}  // namespace

Status Compacted(Revision until) {
  return OutOfRange("REVISION_COMPACTED", until, "etcd has compacted up to revision " + std::to_string(until));
}

Status Missing(Revision until) {
  return OutOfRange(kRevisionMissing, until, "etcd does not tell everything up to revision " + std::to_string(until));
}

Revision CompactedAt(const Status& status) {
  Revision revision = 0;
  for (const auto& [name, value] : status.detail().metadata) {
    if (name == kCompacted) std::from_chars(value.data(), value.data() + value.size(), revision);
  }
  return revision;
}

Feed::Feed(Client& client, const KeySpace& keys, Revision after)
    : client_(client), keys_(keys), position_(after), member_(client.member()) {}

StatusOr<std::vector<LedgerRevision>> Feed::Next(size_t revisions_max, Deadline deadline) {
  std::vector<LedgerRevision> out;
  while (ready_.empty()) {
    if (watch_ == nullptr) {
      etcdserverpb::WatchCreateRequest request;
      request.set_key(keys_.all());
      request.set_range_end(rows::PrefixEnd(keys_.all()));
      request.set_start_revision(std::max<int64_t>({1, static_cast<int64_t>(position_), start_}));
      request.set_progress_notify(true);
      request.set_fragment(true);
      ASSIGN_OR_RETURN(watch_, client_.Watch(request, deadline, member_));
    }
    ASSIGN_OR_RETURN(const std::optional<etcdserverpb::WatchResponse> response, watch_->Next(deadline));
    if (!response) return out;
    if (response->compact_revision() != 0) {
      RETURN_IF_ERROR(StartBehind(static_cast<Revision>(response->compact_revision()), deadline));
    } else {
      RETURN_IF_ERROR(Take(*response));
    }
  }
  while (!ready_.empty() && out.size() < revisions_max) {
    position_ = ready_.front().revision;
    out.push_back(std::move(ready_.front()));
    ready_.pop_front();
  }
  return out;
}

Status Feed::CheckSpeaks(Revision known, Deadline now) {
  if (known <= position_) {
    owes_since_.reset();
    return Status::Ok();
  }
  if (!owes_since_) owes_since_ = now;
  if (now - *owes_since_ < kSilenceMax) return Status::Ok();
  return Unreachable("etcd", "the watch keeps silent about revision " + std::to_string(known));
}

// etcd's revisions grow by what others write, too, and by fences: a compaction may pass the position though the ledger
// has nothing newer. Then nothing is lost, and the watch begins where that was seen.
Status Feed::StartBehind(Revision compacted, Deadline deadline) {
  ASSIGN_OR_RETURN(const Position ledger, ReadPosition(client_, keys_, deadline));
  if (ledger.newest != position_) return Compacted(compacted);
  seq_version_ = ledger.transactions;
  at_position_ = true;
  start_ = ledger.etcd_revision;
  watch_.reset();
  return Status::Ok();
}

Status Feed::Take(const etcdserverpb::WatchResponse& response) {
  RETURN_IF_ERROR(client_.Note(response.header()));
  if (response.canceled()) return Unreachable("etcd", "the watch was cancelled: " + response.cancel_reason());
  for (const mvccpb::Event& event : response.events()) {
    if (event.kv().mod_revision() != pending_revision_) RETURN_IF_ERROR(Assemble());
    pending_revision_ = event.kv().mod_revision();
    pending_.push_back(event);
  }
  // The last revision of an answer is whole, unless another fragment of it follows.
  return response.fragment() ? Status::Ok() : Assemble();
}

Status Feed::Assemble() {
  if (pending_.empty()) return Status::Ok();
  const auto seq = std::find_if(pending_.begin(), pending_.end(),
                                [this](const mvccpb::Event& event) { return event.kv().key() == keys_.seq(); });
  const Status status = seq == pending_.end() ? AssembleForeign() : AssembleRevision(seq->kv());
  pending_.clear();
  return status;
}

std::vector<LedgerWrite> Feed::TakeWrites() {
  std::vector<LedgerWrite> writes;
  for (mvccpb::Event& event : pending_) {
    const auto key = keys_.LedgerKeyOf(event.kv().key());
    if (key) writes.push_back({std::string(*key), std::move(*event.mutable_kv()->mutable_value())});
  }
  return writes;
}

// Written past the ledger's transactions: no guard was checked and no barrier knows of it. But it is there, every list
// tells it, and guards compare with it: so it is told as it is, at its own revision. A key that was removed can't be
// told: what was in it is lost to whoever has not got it yet.
Status Feed::AssembleForeign() {
  const auto removed = std::find_if(pending_.begin(), pending_.end(), [this](const mvccpb::Event& event) {
    return event.type() == mvccpb::Event::DELETE && keys_.LedgerKeyOf(event.kv().key()).has_value();
  });
  if (removed != pending_.end()) {
    return errors::DataLoss("somebody who is no node of Souk has removed " + removed->kv().key() +
                            " from etcd, at its revision " + std::to_string(pending_revision_));
  }
  LedgerRevision revision;
  revision.revision = static_cast<Revision>(pending_revision_);
  revision.time_us = time_us_;
  revision.writes = TakeWrites();
  revision.foreign = true;
  if (revision.writes.empty()) return Status::Ok();
  at_position_ = at_position_ || revision.revision == position_;
  // Where nothing was told of the position, it is not known what else is missing.
  if (!at_position_ && position_ != 0) return Missing(revision.revision);
  if (revision.revision > position_) ready_.push_back(std::move(revision));
  return Status::Ok();
}

Status Feed::AssembleRevision(const mvccpb::KeyValue& seq) {
  LedgerRevision revision;
  revision.revision = static_cast<Revision>(pending_revision_);
  // The first one told is the one at the position. Otherwise the position is of a history that was since undone.
  at_position_ = at_position_ || position_ == 0 || revision.revision <= position_;
  const bool lost = !at_position_ || (seq_version_ != 0 && seq.version() != seq_version_ + 1);
  seq_version_ = seq.version();
  // What came before is lost: only a list tells what it was.
  if (lost) return Missing(revision.revision);
  store::v1::EtcdTransaction all;
  if (!all.ParseFromString(seq.value()) || all.write_ids_size() == 0) return AssembleForeign();
  if (all.writes() == 0) return Status::Ok();
  time_us_ = std::max(time_us_, all.time_us());  // writers' clocks differ
  revision.time_us = time_us_;
  revision.write_id = all.write_ids(0);
  revision.writes = TakeWrites();
  if (revision.writes.size() != all.writes()) return Missing(revision.revision);
  if (revision.revision > position_) ready_.push_back(std::move(revision));
  return Status::Ok();
}

}  // namespace souk::storage::etcd
