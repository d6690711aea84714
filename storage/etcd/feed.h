// SPDX-License-Identifier: Apache-2.0
// Reads the ledger's revisions from a watch over everything: whole, in order, each once, without gaps. One thread at a
// time.
//
// The watch starts at the revision that is already known, not behind it, and drops what is not newer: etcd may lose an
// event at the very revision of a compaction, and then says "compacted" instead of nothing. Every transaction writes
// the key `seq`, whose version counts them: a version that is left out is a lost transaction.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/etcd/client.h"
#include "storage/etcd/keys.h"
#include "storage/ledger.h"

namespace souk::storage::etcd {

class Feed {
 public:
  // Revisions after `after`. Both must outlive it.
  Feed(Client& client, const KeySpace& keys, Revision after);

  // The last revision that it gave.
  Revision position() const { return position_; }
  // The member whose watch it reads.
  size_t member() const { return member_; }

  // At most `revisions_max`; waits for the first until the deadline, then none. OUT_OF_RANGE (the metadata "compacted"
  // is etcd's revision) if some of them are no longer kept or were lost; UNAVAILABLE if the watch ended. After an error
  // it is of no more use.
  StatusOr<std::vector<LedgerRevision>> Next(size_t revisions_max, Deadline deadline);

  // A watch may keep silent though there is something to tell: its member hangs, or reads starve it. UNAVAILABLE once
  // it has for a while, where `known` is a revision that has certainly happened.
  Status CheckSpeaks(Revision known, Deadline now);

 private:
  Status StartBehind(Revision compacted, Deadline deadline);
  Status Take(const etcdserverpb::WatchResponse& response);
  // The pending events are all of their revision.
  Status Assemble();
  Status AssembleRevision(const mvccpb::KeyValue& seq);
  Status AssembleForeign();
  // The values of the pending events; they are used up.
  std::vector<LedgerWrite> TakeWrites();

  Client& client_;
  const KeySpace& keys_;
  Revision position_;
  std::unique_ptr<WatchStream> watch_;
  size_t member_;
  std::optional<Deadline> owes_since_;  // it should have told something
  int64_t seq_version_ = 0;             // of the last transaction seen; 0: none yet
  bool at_position_ = false;            // what happened at the position was told: nothing is missing behind it
  int64_t start_ = 0;                   // etcd's revision up to which nothing is newer than the position
  int64_t time_us_ = 0;
  int64_t pending_revision_ = 0;
  std::vector<mvccpb::Event> pending_;
  std::deque<LedgerRevision> ready_;
};

// The error of a revision that etcd no longer keeps, and the revision that it names; 0 if it names none.
Status Compacted(Revision until);
// The same where no compaction explains it (kRevisionMissing).
Status Missing(Revision until);
Revision CompactedAt(const Status& status);

}  // namespace souk::storage::etcd
