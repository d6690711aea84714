// SPDX-License-Identifier: Apache-2.0
// The ledger of a cluster, kept by etcd. Any number of nodes write to it; none of them leads. Guards become compares of
// etcd's transactions, the feed a watch; concurrent commits go in together, as far as they don't stand in each other's
// way. See keys.h for how it lies there.
//
// What became of a transaction whose answer was lost: Resolve() first writes this object's fence, which every
// transaction compares, so that what is still on its way can't happen any more; then it reads what did happen.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "storage/commit_queue.h"
#include "storage/etcd/client.h"
#include "storage/etcd/feed.h"
#include "storage/etcd/group.h"
#include "storage/etcd/keys.h"
#include "storage/ledger.h"

namespace souk::storage::etcd {

struct EtcdOptions {
  ClientOptions client;
  // Everything is under it; two ledgers in one cluster need two.
  std::string prefix = std::string(kLedgerPrefix);
};

class EtcdLedger final : public Ledger {
 public:
  // Makes the ledger if there is none yet. UNAVAILABLE if no member answers by the deadline, FAILED_PRECONDITION if
  // etcd is of a version that loses data. The clock must outlive it.
  static StatusOr<std::unique_ptr<EtcdLedger>> Open(EtcdOptions options, const Clock& clock, Deadline deadline);
  // A ledger that is known to have that epoch, while no member answers: calls are UNAVAILABLE until one does, and a
  // feed is FAILED_PRECONDITION if it turns out to be another.
  static std::unique_ptr<EtcdLedger> Rejoin(EtcdOptions options, std::string epoch, const Clock& clock);
  ~EtcdLedger() override;

  StatusOr<LedgerStatus> Status(Deadline deadline) override;
  std::vector<StatusOr<Revision>> CommitEach(std::vector<Transaction> transactions, Deadline deadline) override;
  StatusOr<std::optional<Revision>> Resolve(std::string_view write_id, Deadline deadline) override;
  StatusOr<Revision> Head(Deadline deadline) override;
  StatusOr<Revision> ListUnlessStopping(const Listing& listing, const Visitor& visit,
                                        const Stopping& stopping) override;
  StatusOr<std::vector<LedgerRevision>> Feed(Revision after, size_t revisions_max, Deadline deadline) override;
  souk::Status Compact(Revision until) override;

 private:
  EtcdLedger(EtcdOptions options, std::string epoch, const std::string& instance, const Clock& clock);

  void CommitAll(const std::vector<PendingCommit*>& commits);
  // One round: sends what there is, returns what has to go again.
  std::vector<PendingCommit*> Send(const std::vector<PendingCommit*>& commits);
  // How etcd took the newest write, as far as its users go: one who may read and not write is refused here only.
  void NoteWrite(const souk::Status& outcome);
  void LearnFence();
  // Among the transactions of [from, until]. Makes `all_seen` false if etcd no longer tells some of them.
  StatusOr<std::optional<Revision>> FindWriteId(std::string_view write_id, Revision from, Revision until,
                                                Deadline deadline, bool& all_seen);
  souk::Status CheckHistory(Revision after, Deadline deadline);
  // OTHER_HISTORY unless the cluster holds this one. Makes `put_back` true if the cluster is not the one, or not as
  // old, as it was.
  souk::Status CheckEpoch(Deadline deadline, bool& put_back);
  // What was known of a history of which a part was since undone.
  void ForgetSeen(Revision head);
  void NoteCompacted(Revision until);
  void NoteKnown(Revision revision);
  souk::Status CheckSpeaks(etcd::Feed& feed);
  souk::Status TellCompacted(const souk::Status& status);
  Fence fence();

  const KeySpace keys_;
  const std::string epoch_;
  const Clock& clock_;
  Client client_;
  std::atomic<Revision> compacted_{0};
  std::atomic<Revision> known_{0};  // the newest of ours that any answer told

  std::mutex fence_mutex_;
  Fence fence_;
  // Transactions of unknown outcome, and what etcd's revision was before they were sent.
  std::map<std::string, Revision, std::less<>> unknown_;
  souk::Status write_refused_;  // OK: the last was not

  std::mutex feed_mutex_;
  std::unique_ptr<etcd::Feed> feed_;  // the one that was used last, for whoever goes on from there

  CommitQueue queue_;
};

}  // namespace souk::storage::etcd
