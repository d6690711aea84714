// SPDX-License-Identifier: Apache-2.0
#include "storage/etcd/etcd_ledger.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/errors.h"
#include "base/names.h"
#include "base/random_id.h"
#include "souk/store/v1/etcd.pb.h"
#include "storage/etcd/list.h"
#include "storage/etcd/opening.h"
#include "storage/transaction_check.h"

namespace souk::storage::etcd {
namespace {

using etcdserverpb::RangeRequest;
using etcdserverpb::RangeResponse;

// How long one transaction may take. What was sent to a leader that died is answered by nobody for seven seconds; who
// gives up before finds out what became of it.
constexpr std::chrono::seconds kTransactionMax{3};
// Calls that have no deadline of their own.
constexpr std::chrono::seconds kCallMax{30};
// What must be known before a feed begins, whatever its deadline: a feed that is asked for short waits begins too.
constexpr std::chrono::seconds kCheckMax{2};
// Rounds of one batch: in each, whoever stood in the way is sent back to its caller.
constexpr int kRoundsMax = 32;
// Outcomes that nobody asked for yet.
constexpr size_t kUnknownMax = 10'000;

// Of the text in which etcd tells of an alarm: "memberID:6986… alarm:NOSPACE". Id 0: it says something else.
std::pair<uint64_t, std::string> ReadAlarm(const std::string& text) {
  constexpr std::string_view kMember = "memberID:";
  constexpr std::string_view kAlarm = "alarm:";
  const size_t member = text.find(kMember);
  const size_t alarm = text.find(kAlarm);
  if (member == std::string::npos || alarm == std::string::npos) return {0, ""};
  uint64_t id = 0;
  std::from_chars(text.data() + member + kMember.size(), text.data() + text.size(), id);
  return {id, text.substr(alarm + kAlarm.size())};
}

}  // namespace

StatusOr<std::unique_ptr<EtcdLedger>> EtcdLedger::Open(EtcdOptions options, const Clock& clock, Deadline deadline) {
  ClientOptions asking = options.client;
  asking.on_refusal = nullptr;  // our caller hears of it, and the ledger's own client tells what lasts
  Client client(std::move(asking), clock);
  RETURN_IF_ERROR(CheckVersion(client, clock, deadline));
  const KeySpace keys(options.prefix);
  ASSIGN_OR_RETURN(std::string epoch, FindOrMakeEpoch(client, keys, deadline));
  return std::unique_ptr<EtcdLedger>(new EtcdLedger(std::move(options), std::move(epoch), RandomId(), clock));
}

std::unique_ptr<EtcdLedger> EtcdLedger::Rejoin(EtcdOptions options, std::string epoch, const Clock& clock) {
  return std::unique_ptr<EtcdLedger>(new EtcdLedger(std::move(options), std::move(epoch), RandomId(), clock));
}

EtcdLedger::EtcdLedger(EtcdOptions options, std::string epoch, const std::string& instance, const Clock& clock)
    : keys_(std::move(options.prefix)),
      epoch_(std::move(epoch)),
      clock_(clock),
      client_(std::move(options.client), clock),
      fence_{keys_.Fence(instance), 0, epoch_},
      queue_([this](const std::vector<PendingCommit*>& commits) { CommitAll(commits); }) {}

EtcdLedger::~EtcdLedger() = default;

StatusOr<LedgerStatus> EtcdLedger::Status(Deadline deadline) {
  ASSIGN_OR_RETURN(const Revision head, Head(deadline));
  ASSIGN_OR_RETURN(const etcdserverpb::StatusResponse member, client_.Status(deadline));
  LedgerStatus status;
  status.kind = "etcd";
  status.epoch = epoch_;
  status.head = head;
  status.oldest = compacted_;
  status.writable = member.errors_size() == 0;
  for (const std::string& error : member.errors()) {
    const auto [member_id, alarm] = ReadAlarm(error);
    const std::string endpoint = member_id == 0 ? "" : client_.EndpointOf(member_id, deadline);
    status.not_writable_reason += (status.not_writable_reason.empty() ? "etcd: " : ", ") +
                                  (endpoint.empty() ? error : "the member at " + endpoint + ": " + alarm);
  }
  const std::lock_guard lock(fence_mutex_);
  if (!write_refused_.ok()) {
    status.writable = false;
    status.not_writable_reason += (status.not_writable_reason.empty() ? "" : ", ") + write_refused_.message() + ". " +
                                  write_refused_.detail().remedy;
  }
  return status;
}

std::vector<StatusOr<Revision>> EtcdLedger::CommitEach(std::vector<Transaction> transactions, Deadline deadline) {
  return CommitThrough(queue_, std::move(transactions), deadline, [](PendingCommit&) {});
}

Fence EtcdLedger::fence() {
  const std::lock_guard lock(fence_mutex_);
  return fence_;
}

void EtcdLedger::CommitAll(const std::vector<PendingCommit*>& commits) {
  std::vector<PendingCommit*> left = commits;
  for (int round = 0; round < kRoundsMax && !left.empty(); ++round) left = Send(left);
  for (PendingCommit* commit : left) commit->result = errors::GuardMoved("the ledger");
}

std::vector<PendingCommit*> EtcdLedger::Send(const std::vector<PendingCommit*>& commits) {
  std::vector<Group> groups;
  for (PendingCommit* commit : commits) {
    const bool joined =
        std::any_of(groups.begin(), groups.end(), [commit](Group& group) { return group.Add(*commit); });
    if (!joined) groups.emplace_back().Add(*commit);
  }
  const Fence fenced = fence();
  const auto before = static_cast<Revision>(client_.seen().revision);
  std::vector<etcdserverpb::TxnRequest> requests;
  requests.reserve(groups.size());
  for (const Group& group : groups) requests.push_back(group.Request(keys_, fenced, clock_.NowUs()));
  const auto answers = client_.Txns(requests, clock_.Monotonic() + kTransactionMax);
  std::vector<PendingCommit*> again;
  bool held_up = false;  // by none of the guards
  for (size_t i = 0; i < groups.size(); ++i) {
    const auto& members = groups[i].members();
    NoteWrite(answers[i].status());
    if (!answers[i].ok()) {
      const std::lock_guard lock(fence_mutex_);
      for (PendingCommit* member : members) {
        member->result = answers[i].status();
        if (answers[i].status().code() != Code::kUnknown) continue;
        if (unknown_.size() >= kUnknownMax) unknown_.clear();  // whoever asks late is told that it stays unknown
        unknown_[member->transaction.write_id] = before;
      }
    } else if (answers[i]->succeeded()) {
      const auto revision = static_cast<Revision>(answers[i]->header().revision());
      for (PendingCommit* member : members) member->result = revision;
      NoteKnown(revision);
    } else {
      const auto others = groups[i].Refuse(*answers[i]);
      held_up = held_up || others.size() == members.size();
      again.insert(again.end(), others.begin(), others.end());
    }
  }
  if (held_up && fence().written == fenced.written) LearnFence();
  return again;
}

void EtcdLedger::NoteWrite(const souk::Status& outcome) {
  if (!outcome.ok() && outcome.reason() != kRefused) return;
  const std::lock_guard lock(fence_mutex_);
  write_refused_ = outcome;
}

// A fence may have been written though its answer was lost. Until that is known here, everything would be refused.
void EtcdLedger::LearnFence() {
  RangeRequest request;
  request.set_key(fence().key);
  request.set_keys_only(true);
  const auto found = client_.Range(request, clock_.Monotonic() + kTransactionMax);
  if (!found.ok() || found->kvs_size() == 0) return;  // the next round finds out
  const std::lock_guard lock(fence_mutex_);
  fence_.written = std::max(fence_.written, found->kvs(0).mod_revision());
}

StatusOr<std::optional<Revision>> EtcdLedger::Resolve(std::string_view write_id, Deadline deadline) {
  etcdserverpb::PutRequest request;
  request.set_key(fence().key);
  ASSIGN_OR_RETURN(const etcdserverpb::PutResponse written, client_.Put(request, deadline));
  {
    const std::lock_guard lock(fence_mutex_);
    fence_.written = std::max(fence_.written, written.header().revision());
  }
  ASSIGN_OR_RETURN(const Revision head, Head(deadline));
  std::optional<Revision> noted;
  {
    const std::lock_guard lock(fence_mutex_);
    if (const auto known = unknown_.find(write_id); known != unknown_.end()) noted = known->second;
  }
  // Where nothing is noted, it may have been sent by another object, past whose fence it can still happen.
  bool all_seen = noted.has_value();
  ASSIGN_OR_RETURN(const std::optional<Revision> found,
                   FindWriteId(write_id, noted.value_or(0), head, deadline, all_seen));
  {
    const std::lock_guard lock(fence_mutex_);
    if (const auto known = unknown_.find(write_id); known != unknown_.end()) unknown_.erase(known);
  }
  if (!found && !all_seen) return errors::OutcomeUnknown("the change");
  return found;
}

StatusOr<std::optional<Revision>> EtcdLedger::FindWriteId(std::string_view write_id, Revision from, Revision until,
                                                          Deadline deadline, bool& all_seen) {
  // Sent after `from` was seen, it would have a greater revision; and nothing would be told of an empty range.
  if (until <= from) return std::optional<Revision>();
  etcdserverpb::WatchCreateRequest request;
  request.set_key(keys_.seq());
  request.set_start_revision(std::max<int64_t>(static_cast<int64_t>(from), 1));
  request.set_fragment(true);
  size_t member = 0;
  ASSIGN_OR_RETURN(const std::unique_ptr<WatchStream> watch, client_.Watch(request, deadline, member));
  for (Revision at = 0; at < until;) {
    ASSIGN_OR_RETURN(const auto response, watch->Next(deadline));
    if (!response) return errors::DeadlineExceeded("what became of the change");
    RETURN_IF_ERROR(client_.Note(response->header()));
    if (response->compact_revision() != 0) {
      const auto compacted = static_cast<Revision>(response->compact_revision());
      NoteCompacted(compacted);
      all_seen = false;
      return FindWriteId(write_id, compacted, until, deadline, all_seen);
    }
    for (const mvccpb::Event& event : response->events()) {
      at = static_cast<Revision>(event.kv().mod_revision());
      store::v1::EtcdTransaction all;
      const bool readable = all.ParseFromString(event.kv().value());
      all_seen = all_seen && readable;  // one that is not may be the one that is looked for
      const auto& ids = all.write_ids();
      if (std::find(ids.begin(), ids.end(), write_id) != ids.end()) return std::optional<Revision>(at);
    }
  }
  return std::optional<Revision>();
}

StatusOr<Revision> EtcdLedger::Head(Deadline deadline) {
  ASSIGN_OR_RETURN(const Position position, ReadPosition(client_, keys_, deadline));
  NoteKnown(position.newest);
  return position.newest;
}

StatusOr<Revision> EtcdLedger::ListUnlessStopping(const Listing& listing, const Visitor& visit,
                                                  const Stopping& stopping) {
  ASSIGN_OR_RETURN(const Position position, ReadPosition(client_, keys_, clock_.Monotonic() + kCheckMax));
  const Revision head = position.newest;
  NoteKnown(head);
  const auto etcd_revision = static_cast<Revision>(position.etcd_revision);
  if (listing.at > etcd_revision) return errors::RevisionInFuture(RevisionToken(listing.at, epoch_));
  // The newest state is read where it was seen to be the newest: a compaction may have passed its own revision.
  const bool newest = listing.at == 0 || listing.at >= head;
  Revision revision = listing.at == 0 ? head : listing.at;
  Listing read = listing;
  read.at = newest ? etcd_revision : listing.at;
  bool written_since = false;
  const auto note = [&](const KeyState& key) {
    written_since = written_since || (listing.at != 0 && key.modified > revision);
    revision = std::max(revision, key.modified);  // what was written past the transactions is newer than the head
    return !written_since && visit(key);
  };
  RETURN_IF_ERROR(TellCompacted(ListAt(client_, keys_, read, note, stopping, clock_)));
  if (written_since) return Unreachable("etcd", "what it held at that revision was overwritten meanwhile");
  return revision;
}

StatusOr<std::vector<LedgerRevision>> EtcdLedger::Feed(Revision after, size_t revisions_max, Deadline deadline) {
  std::unique_ptr<etcd::Feed> feed;
  {
    const std::lock_guard lock(feed_mutex_);
    // A member that was left for not answering may keep its watch open and silent.
    const bool goes_on = feed_ != nullptr && feed_->position() == after && client_.HoldsTo(feed_->member());
    if (goes_on) feed = std::move(feed_);
  }
  if (feed == nullptr) {
    RETURN_IF_ERROR(CheckHistory(after, std::max(deadline, clock_.Monotonic() + kCheckMax)));
    feed = std::make_unique<etcd::Feed>(client_, keys_, after);
  }
  auto revisions = feed->Next(revisions_max, deadline);
  if (!revisions.ok()) return TellCompacted(revisions.status());
  if (revisions->empty()) RETURN_IF_ERROR(CheckSpeaks(*feed));
  const std::lock_guard lock(feed_mutex_);
  feed_ = std::move(feed);
  return revisions;
}

// What is known is told by the commits and barriers of this node.
souk::Status EtcdLedger::CheckSpeaks(etcd::Feed& feed) {
  souk::Status speaks = feed.CheckSpeaks(known_, clock_.Monotonic());
  if (!speaks.ok()) client_.Leave(feed.member());
  return speaks;
}

// Whether etcd still holds the history that it held: a watch of what lies in the future is silent, and never an error.
souk::Status EtcdLedger::CheckHistory(Revision after, Deadline deadline) {
  bool put_back = false;
  RETURN_IF_ERROR(CheckEpoch(deadline, put_back));
  RETURN_IF_ERROR(CheckVersion(client_, clock_, deadline));
  ASSIGN_OR_RETURN(const Revision head, Head(deadline));
  if (!put_back && head < after) {
    // Unless somebody has written past the transactions: that leaves the head where it was.
    ASSIGN_OR_RETURN(const bool there, AnyWrittenSince(client_, keys_, after, deadline));
    put_back = !there;
  }
  if (put_back) ForgetSeen(head);
  known_ = head;
  return put_back && after > 0 ? Missing(after) : souk::Status::Ok();
}

souk::Status EtcdLedger::CheckEpoch(Deadline deadline, bool& put_back) {
  RangeRequest request;
  request.set_key(keys_.epoch());
  const Client::Seen seen = client_.seen();
  StatusOr<RangeResponse> epoch = client_.Range(request, deadline);
  if (epoch.status().reason() == kOtherCluster) {
    // A copy that was put back has another id where its restorer gave it one. The epoch tells whether it is ours.
    put_back = true;
    client_.Trust({});
    epoch = client_.Range(request, deadline);
  } else if (epoch.ok()) {
    // The question came after all that was seen: of the same cluster, the answer can't be of an older term.
    put_back = epoch->header().raft_term() < seen.raft_term;
  }
  const bool ours = epoch.ok() && epoch->kvs_size() > 0 && epoch->kvs(0).value() == epoch_;
  if (!ours && put_back) client_.Trust(seen);
  RETURN_IF_ERROR(epoch.status());
  if (ours) return souk::Status::Ok();
  const std::string found = epoch->kvs_size() == 0 ? "none" : epoch->kvs(0).value();
  return errors::OtherHistory("etcd", "it held history " + epoch_ + ", and now " + found);
}

void EtcdLedger::ForgetSeen(Revision head) {
  Client::Seen seen = client_.seen();
  seen.revision = static_cast<int64_t>(head);
  seen.raft_term = 0;
  client_.Trust(seen);
  const std::lock_guard lock(fence_mutex_);
  unknown_.clear();  // whoever asks is told that it stays unknown
}

void EtcdLedger::NoteKnown(Revision revision) {
  Revision known = known_;
  while (known < revision && !known_.compare_exchange_weak(known, revision)) {
  }
}

void EtcdLedger::NoteCompacted(Revision until) {
  Revision known = compacted_;
  while (known < until && !compacted_.compare_exchange_weak(known, until)) {
  }
}

// In the words of ledger.h.
souk::Status EtcdLedger::TellCompacted(const souk::Status& status) {
  if (status.code() != Code::kOutOfRange || status.reason() == kRevisionMissing) return status;
  NoteCompacted(CompactedAt(status));
  return FeedCompacted(compacted_, epoch_);
}

souk::Status EtcdLedger::Compact(Revision until) {
  const Deadline deadline = clock_.Monotonic() + kCallMax;
  ASSIGN_OR_RETURN(const Revision head, Head(deadline));
  until = std::min(until, head);
  if (until <= compacted_) return souk::Status::Ok();
  etcdserverpb::CompactionRequest request;
  request.set_revision(static_cast<int64_t>(until));
  const auto compacted = client_.Compact(request, deadline);
  // Somebody else may have done it, and more.
  if (!compacted.ok() && compacted.status().code() != Code::kOutOfRange) return compacted.status();
  NoteCompacted(until);
  return souk::Status::Ok();
}

}  // namespace souk::storage::etcd
