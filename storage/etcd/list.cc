// SPDX-License-Identifier: Apache-2.0
#include "storage/etcd/list.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "storage/rows.h"

namespace souk::storage::etcd {
namespace {

// Pages that are too small cost etcd a walk through the rest of its keys each; too large ones hold everybody up.
constexpr int64_t kPageKeysFirst = 1'000;
constexpr int64_t kPageKeysMax = 20'000;
constexpr size_t kPageBytesGoal = size_t{8} * 1024 * 1024;
// Pages in a row that nobody answers in time, each half of the one before: then it is not for their size.
constexpr int kUnansweredMax = 3;
// How long a page may take.
constexpr std::chrono::seconds kPageMax{10};

// Keys of the next page. They adapt to the size of the values, and to how much etcd and the network can take.
class PageSize {
 public:
  int64_t keys() const { return keys_; }

  void Succeeded(const etcdserverpb::RangeResponse& page) {
    unanswered_ = 0;
    const size_t bytes = std::max<size_t>(page.ByteSizeLong(), 1);
    const auto fitting = static_cast<int64_t>(kPageBytesGoal * static_cast<size_t>(page.kvs_size()) / bytes);
    keys_ = std::clamp<int64_t>(fitting, 1, std::min(2 * keys_, kPageKeysMax));
  }

  // False if a smaller page would fail too.
  bool Halve(const Status& failure) {
    if (keys_ == 1) return false;
    keys_ /= 2;
    if (failure.code() == Code::kResourceExhausted) return true;  // it is larger than anybody takes
    return failure.code() == Code::kUnavailable && failure.reason() != kOtherCluster && ++unanswered_ < kUnansweredMax;
  }

 private:
  int64_t keys_ = kPageKeysFirst;
  int unanswered_ = 0;
};

}  // namespace

StatusOr<Position> ReadPosition(Client& client, const KeySpace& keys, Deadline deadline) {
  etcdserverpb::RangeRequest request;
  request.set_key(keys.seq());
  request.set_keys_only(true);
  ASSIGN_OR_RETURN(const etcdserverpb::RangeResponse seq, client.Range(request, deadline));
  Position position;
  position.etcd_revision = seq.header().revision();
  if (seq.kvs_size() == 0) return position;
  position.newest = static_cast<Revision>(seq.kvs(0).mod_revision());
  position.transactions = seq.kvs(0).version();
  return position;
}

StatusOr<bool> AnyWrittenSince(Client& client, const KeySpace& keys, Revision revision, Deadline deadline) {
  etcdserverpb::RangeRequest request;
  request.set_key(keys.Value(""));
  request.set_range_end(rows::PrefixEnd(request.key()));
  request.set_min_mod_revision(static_cast<int64_t>(revision));
  request.set_keys_only(true);
  request.set_limit(1);
  ASSIGN_OR_RETURN(const etcdserverpb::RangeResponse found, client.Range(request, deadline));
  return found.kvs_size() > 0;
}

Status ListAt(Client& client, const KeySpace& keys, const Listing& listing, const Ledger::Visitor& visit,
              const Ledger::Stopping& stopping, const Clock& clock) {
  etcdserverpb::RangeRequest request;
  request.set_key(keys.Value(listing.prefix));
  request.set_range_end(rows::PrefixEnd(request.key()));
  if (listing.after >= listing.prefix) request.set_key(keys.Value(listing.after) + '\0');
  request.set_keys_only(!listing.values);
  request.set_revision(static_cast<int64_t>(listing.at));
  PageSize size;
  while (true) {
    request.set_limit(size.keys());
    const auto page = client.RangeUnlessStopping(request, clock.Monotonic() + kPageMax, stopping);
    if (!page.ok()) {
      if (size.Halve(page.status())) continue;
      return page.status();
    }
    size.Succeeded(*page);
    for (const mvccpb::KeyValue& kv : page->kvs()) {
      const auto key = keys.LedgerKeyOf(kv.key());
      if (!key) continue;
      if (!visit({std::string(*key), kv.value(), static_cast<Revision>(kv.mod_revision())})) return Status::Ok();
    }
    if (!page->more() || page->kvs_size() == 0) return Status::Ok();
    request.set_key(page->kvs(page->kvs_size() - 1).key() + '\0');
  }
}

}  // namespace souk::storage::etcd
