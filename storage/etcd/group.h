// SPDX-License-Identifier: Apache-2.0
// Transactions of the ledger that go to etcd as one: what may go together, the request, and which of them stood in the
// way when it was refused. Pure; not thread-safe.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "etcd/rpc_service.pb.h"
#include "storage/commit_queue.h"
#include "storage/etcd/keys.h"

namespace souk::storage::etcd {

// "No transaction of this instance that was sent before the fence was last written may happen any more", and none in
// another history than that of the epoch: guards on keys that are not there would hold in an etcd that was emptied.
struct Fence {
  std::string key;
  int64_t written = 0;     // etcd's revision of its last write; 0: never
  std::string epoch = {};  // empty: any
};

class Group {
 public:
  // False if it does not fit: the limits, or one of the two writes what the other writes or guards.
  bool Add(PendingCommit& commit);

  const std::vector<PendingCommit*>& members() const { return members_; }
  bool empty() const { return members_.empty(); }

  // Every guard is a compare; if one moved, the answer tells what is there now.
  etcdserverpb::TxnRequest Request(const KeySpace& keys, const Fence& fence, int64_t time_us) const;

  // Sets the results of the members whose guards moved, by the answer of a request that was refused; returns the rest,
  // of which nothing was written: they were held up by the others, or by a new fence.
  std::vector<PendingCommit*> Refuse(const etcdserverpb::TxnResponse& response) const;

 private:
  struct Range {
    std::string key;
    std::string range_end;  // empty: the one key
    auto operator<=>(const Range&) const = default;
  };

  bool Writes(const Range& range) const;
  bool Guards(const std::string& key) const;

  std::vector<PendingCommit*> members_;
  std::set<std::string, std::less<>> writes_;
  // What must not have changed after which revision of etcd; the strictest of the members'.
  std::map<Range, int64_t> guards_;
  size_t bytes_ = 0;
};

}  // namespace souk::storage::etcd
