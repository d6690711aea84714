// SPDX-License-Identifier: Apache-2.0
#include "storage/etcd/group.h"

#include <algorithm>

#include "base/limits.h"
#include "souk/store/v1/etcd.pb.h"
#include "storage/transaction_check.h"

namespace souk::storage::etcd {
namespace {

using etcdserverpb::Compare;
using etcdserverpb::TxnRequest;
using etcdserverpb::TxnResponse;

// A larger transaction raises everybody's latency. One member alone may have more.
constexpr size_t kGroupBytesMax = size_t{256} * 1024;
// Keys of a moved range that are looked at to tell whose guard it was.
constexpr int64_t kMovedKeysMax = 64;

void AddCompare(TxnRequest& request, const std::string& key, const std::string& range_end, int64_t unchanged_since) {
  Compare& compare = *request.add_compare();
  compare.set_target(Compare::MOD);
  compare.set_result(Compare::LESS);
  compare.set_key(key);
  compare.set_range_end(range_end);
  compare.set_mod_revision(unchanged_since + 1);
}

void AskWhatMoved(TxnRequest& request, const std::string& key, const std::string& range_end, int64_t unchanged_since) {
  etcdserverpb::RangeRequest& range = *request.add_failure()->mutable_request_range();
  range.set_key(key);
  range.set_range_end(range_end);
  range.set_keys_only(true);
  range.set_min_mod_revision(unchanged_since + 1);
  range.set_limit(kMovedKeysMax);
}

void AddPut(TxnRequest& request, std::string key, std::string value) {
  etcdserverpb::PutRequest& put = *request.add_success()->mutable_request_put();
  put.set_key(std::move(key));
  put.set_value(std::move(value));
}

// True if something moved behind the revision.
bool MovedBehind(const etcdserverpb::RangeResponse& moved, int64_t unchanged_since) {
  const auto& keys = moved.kvs();
  // More than was told: take it for moved, the member looks again.
  return moved.more() || std::any_of(keys.begin(), keys.end(), [unchanged_since](const mvccpb::KeyValue& key) {
           return key.mod_revision() > unchanged_since;
         });
}

}  // namespace

bool Group::Writes(const Range& range) const {
  if (range.range_end.empty()) return writes_.contains(range.key);
  const auto first = writes_.lower_bound(range.key);
  return first != writes_.end() && *first < range.range_end;
}

bool Group::Guards(const std::string& key) const {
  return std::any_of(guards_.begin(), guards_.end(), [&key](const auto& guard) {
    const Range& range = guard.first;
    return range.range_end.empty() ? range.key == key : range.key <= key && key < range.range_end;
  });
}

bool Group::Add(PendingCommit& commit) {
  const Transaction& transaction = commit.transaction;
  if (!members_.empty()) {
    const bool full = bytes_ + commit.bytes > kGroupBytesMax ||
                      writes_.size() + transaction.writes.size() > limits::kTransactionOperationsMax ||
                      guards_.size() + transaction.guards.size() > limits::kTransactionOperationsMax;
    if (full) return false;
    for (const LedgerWrite& write : transaction.writes) {
      if (writes_.contains(write.key) || Guards(write.key)) return false;
    }
    for (const Guard& guard : transaction.guards) {
      if (Writes({guard.key, guard.range_end})) return false;
    }
  }
  members_.push_back(&commit);
  bytes_ += commit.bytes;
  for (const LedgerWrite& write : transaction.writes) writes_.insert(write.key);
  for (const Guard& guard : transaction.guards) {
    const auto unchanged_since = static_cast<int64_t>(guard.unchanged_since);
    const auto [known, added] = guards_.try_emplace({guard.key, guard.range_end}, unchanged_since);
    if (!added) known->second = std::min(known->second, unchanged_since);
  }
  return true;
}

TxnRequest Group::Request(const KeySpace& keys, const Fence& fence, int64_t time_us) const {
  TxnRequest request;
  for (const auto& [range, unchanged_since] : guards_) {
    const std::string range_end = range.range_end.empty() ? "" : keys.Value(range.range_end);
    AddCompare(request, keys.Value(range.key), range_end, unchanged_since);
    AskWhatMoved(request, keys.Value(range.key), range_end, unchanged_since);
  }
  AddCompare(request, fence.key, "", fence.written);
  if (!fence.epoch.empty()) {
    Compare& same_history = *request.add_compare();
    same_history.set_target(Compare::VALUE);
    same_history.set_key(keys.epoch());
    same_history.set_value(fence.epoch);
  }
  store::v1::EtcdTransaction all;
  all.set_time_us(time_us);
  all.set_writes(static_cast<uint32_t>(writes_.size()));
  for (const PendingCommit* member : members_) {
    all.add_write_ids(member->transaction.write_id);
    for (const LedgerWrite& write : member->transaction.writes) AddPut(request, keys.Value(write.key), write.value);
  }
  AddPut(request, keys.seq(), all.SerializeAsString());
  return request;
}

std::vector<PendingCommit*> Group::Refuse(const TxnResponse& response) const {
  std::map<Range, const etcdserverpb::RangeResponse*> moved;
  int next = 0;
  for (const auto& [range, unchanged_since] : guards_) {
    if (next < response.responses_size()) moved[range] = &response.responses(next++).response_range();
  }
  std::vector<PendingCommit*> others;
  for (PendingCommit* member : members_) {
    const auto& guards = member->transaction.guards;
    const auto first = std::find_if(guards.begin(), guards.end(), [&](const Guard& guard) {
      const auto found = moved.find({guard.key, guard.range_end});
      return found != moved.end() && MovedBehind(*found->second, static_cast<int64_t>(guard.unchanged_since));
    });
    if (first == guards.end()) {
      others.push_back(member);
    } else {
      member->result = GuardConflict(*first);
    }
  }
  return others;
}

}  // namespace souk::storage::etcd
