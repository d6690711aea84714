// SPDX-License-Identifier: Apache-2.0
// The ledger: one ordered log of keyed writes, and the only truth. Everything else is a fold over it. Two
// implementations (embedded RocksDB, etcd) pass the same behaviour suite (tests/storage/ledger_suite.h).
//
// A revision is a number that grows with every commit. A transaction is a set of guards and a set of writes: it commits
// whole, at one new revision, if no guard moved, or not at all. Transactions that have nothing to do with each other
// may share a revision; no two that write the same key do. A key is never deleted: an entity that ends is written as a
// tombstone value, so that range guards see it.
//
// Thread-safe. Deadlines are monotonic.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"

namespace souk::storage {

using Revision = uint64_t;

// "This key, or any key in [key, range_end), has not been written after `unchanged_since`."
struct Guard {
  std::string key;
  std::string range_end;         // empty: the one key
  Revision unchanged_since = 0;  // 0: has never been written
};

struct UnpackedRecord;

struct LedgerWrite {
  std::string key;
  std::string value;
  // Of a record, optional: what the value decodes to (storage/record.h), left by who encoded it. It spares the fold on
  // this node the way back; it is no part of the write, and nothing is different where it is missing.
  std::shared_ptr<const UnpackedRecord> unpacked = nullptr;
};

struct Transaction {
  std::vector<Guard> guards;
  std::vector<LedgerWrite> writes;  // no key twice
  std::string write_id;             // unique; names the transaction when its outcome must be found out
};

// One whole revision, as the feed gives it.
struct LedgerRevision {
  Revision revision = 0;
  int64_t time_us = 0;   // writer's clock, never less than that of the revision before
  std::string write_id;  // of the first, where several transactions share the revision
  std::vector<LedgerWrite> writes;
  // True: somebody wrote past the ledger's transactions. It is there, so that everybody has to take it in.
  bool foreign = false;
};

struct LedgerStatus {
  std::string kind;     // "embedded", "etcd"
  std::string epoch;    // identity of this history: changes when a store is made or restored; hexadecimal
  Revision head = 0;    // newest revision
  Revision oldest = 0;  // feed can start after this one
  bool writable = true;
  std::string not_writable_reason;
};

struct KeyState {
  std::string key;
  std::string value;
  Revision modified = 0;  // revision of its last write
};

// What is listed.
struct Listing {
  std::string_view prefix = {};
  Revision at = 0;              // 0: newest
  std::string_view after = {};  // only keys behind this one
  bool values = true;           // false: they are left empty
};

// Reason of an OUT_OF_RANGE that no compaction explains: something was lost, or the ledger has gone back.
inline constexpr std::string_view kRevisionMissing = "REVISION_MISSING";

class Ledger {
 public:
  using Visitor = std::function<bool(const KeyState&)>;
  using Stopping = std::function<bool()>;

  virtual ~Ledger() = default;

  virtual StatusOr<LedgerStatus> Status(Deadline deadline) = 0;

  // Commits each transaction for itself; side by side, so that they share the wait and the sync of the disk. For each,
  // in their order, its revision; durable (fsync) when it returns. Or:
  // ABORTED (reason CONCURRENT_CHANGE, metadata "guard" = the moved guard's key): nothing was written, look again.
  // INVALID_ARGUMENT: over the limits of a transaction, or a key twice. RESOURCE_EXHAUSTED: no space; nothing was
  // written. UNKNOWN: it may or may not have been written; ask Resolve(). UNAVAILABLE: nothing was written.
  virtual std::vector<StatusOr<Revision>> CommitEach(std::vector<Transaction> transactions, Deadline deadline) = 0;
  // The same for one.
  StatusOr<Revision> Commit(Transaction transaction, Deadline deadline);

  // What became of a transaction whose commit ended with UNKNOWN: its revision, or nothing if it was not and never will
  // be written. UNKNOWN if that can't be proven any more: the ledger has forgotten the revisions in question, or it was
  // not this object that sent it.
  virtual StatusOr<std::optional<Revision>> Resolve(std::string_view write_id, Deadline deadline) = 0;

  // Linearizable barrier: every transaction acknowledged before this call began has a revision <= the answer.
  virtual StatusOr<Revision> Head(Deadline deadline) = 0;

  // Every key of the listing, in key order, until visit returns false. Returns the revision listed, which is not below
  // that of any key. OUT_OF_RANGE if its revision is not kept. `stopping` is asked now and then, while nothing comes
  // too: once it says true, CANCELLED.
  virtual StatusOr<Revision> ListUnlessStopping(const Listing& listing, const Visitor& visit,
                                                const Stopping& stopping) = 0;
  // The same for all with the prefix, to the end.
  StatusOr<Revision> List(std::string_view prefix, Revision at, const Visitor& visit);

  // Whole revisions after `after`, in order and without gaps, at most `revisions_max`; waits for the first until the
  // deadline, then returns none. OUT_OF_RANGE (metadata "oldest") if `after` is older than what is kept, with the
  // reason kRevisionMissing if it should be there and is not, or if it is newer than anything that happened.
  // UNAVAILABLE if the ledger can't be reached.
  virtual StatusOr<std::vector<LedgerRevision>> Feed(Revision after, size_t revisions_max, Deadline deadline) = 0;

  // Forgets feed entries and superseded values up to `until`; current values stay. The feed can start after `until`.
  virtual souk::Status Compact(Revision until) = 0;
};

}  // namespace souk::storage
