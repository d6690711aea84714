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
// How long a page may take.
constexpr std::chrono::seconds kPageMax{10};

int64_t NextPageKeys(const etcdserverpb::RangeResponse& page) {
  const size_t bytes = std::max<size_t>(page.ByteSizeLong(), 1);
  const size_t fitting = kPageBytesGoal * static_cast<size_t>(page.kvs_size()) / bytes;
  return std::clamp(static_cast<int64_t>(fitting), kPageKeysFirst, kPageKeysMax);
}

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

Status ListAt(Client& client, const KeySpace& keys, const Listing& listing, const Clock& clock) {
  etcdserverpb::RangeRequest request;
  request.set_key(keys.Value(listing.prefix));
  request.set_range_end(rows::PrefixEnd(request.key()));
  request.set_revision(static_cast<int64_t>(listing.at));
  request.set_limit(kPageKeysFirst);
  while (true) {
    ASSIGN_OR_RETURN(const etcdserverpb::RangeResponse page,
                     client.RangeUnlessStopping(request, clock.Monotonic() + kPageMax, listing.stopping));
    for (const mvccpb::KeyValue& kv : page.kvs()) {
      const auto key = keys.LedgerKeyOf(kv.key());
      if (!key) continue;
      if (!listing.visit({std::string(*key), kv.value(), static_cast<Revision>(kv.mod_revision())}))
        return Status::Ok();
    }
    if (!page.more() || page.kvs_size() == 0) return Status::Ok();
    request.set_key(page.kvs(page.kvs_size() - 1).key() + '\0');
    request.set_limit(NextPageKeys(page));
  }
}

}  // namespace souk::storage::etcd
