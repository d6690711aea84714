// SPDX-License-Identifier: Apache-2.0
// Reads many keys of etcd as of one of its revisions, in pages. Free functions; thread-safe.
#pragma once

#include <string_view>

#include "storage/etcd/client.h"
#include "storage/etcd/keys.h"
#include "storage/ledger.h"

namespace souk::storage::etcd {

// Where the ledger is.
struct Position {
  Revision newest = 0;        // of its own revisions; 0: it has none yet
  int64_t transactions = 0;   // so many led there
  int64_t etcd_revision = 0;  // at which that was so: others' writes and fences count there, too
};
// Linearizable.
StatusOr<Position> ReadPosition(Client& client, const KeySpace& keys, Deadline deadline);

// Every ledger key of the listing, in order, until visit returns false. OUT_OF_RANGE if the revision was compacted,
// CANCELLED once it is stopping. There may be any number of pages.
Status ListAt(Client& client, const KeySpace& keys, const Listing& listing, const Ledger::Visitor& visit,
              const Ledger::Stopping& stopping, const Clock& clock);
// Whether a ledger key was written at that revision or behind it. A walk through all of them for etcd.
StatusOr<bool> AnyWrittenSince(Client& client, const KeySpace& keys, Revision revision, Deadline deadline);

}  // namespace souk::storage::etcd
