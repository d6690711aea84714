// SPDX-License-Identifier: Apache-2.0
// A ledger behind a wire that can be cut: what a node of a cluster has, without a cluster. Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/ledger.h"

namespace souk::testing {

// What happens between a node and its ledger.
class Wire {
 public:
  // Every call that asks something fails with that from now on. OK mends it.
  void Cut(Status fault);
  void Mend() { Cut(Status::Ok()); }
  // The same but for feeds: they go on.
  void CutAllButFeeds(Status fault);
  // Only the next feed fails.
  void FailOnce(Status fault);
  // Waits until whatever a feed that begins now answers has been taken in.
  void AwaitARound();

  // Commits do not come to be, and nobody says so: their outcome is UNKNOWN.
  void LoseCommits(bool lose);
  bool LosesCommits() const;
  // Feeds keep silent: they tell nothing until they are released.
  void HoldFeeds(bool hold);
  // A list does not come back until it is released, or no longer wanted.
  void HoldLists(bool hold);
  void AwaitLists(int count);
  // A barrier does not come back until it is released.
  void HoldHeads(bool hold);
  void AwaitHeads(int count);

  Status Ask() const;
  Status AskFeed();
  void AskHead();
  // Waits as long as feeds are held; false at the deadline.
  bool PassFeed(Deadline deadline);
  // The same for lists; false if it is no longer wanted.
  bool PassList(const storage::Ledger::Stopping& stopping);
  int heads() const;
  std::atomic<int> lists = 0;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int feeds_ = 0;
  int heads_ = 0;
  bool hold_heads_ = false;
  bool hold_feeds_ = false;
  bool lose_commits_ = false;
  bool hold_lists_ = false;
  Status fault_;
  bool feeds_go_on_ = false;
  Status once_;
};

class RemoteLedger final : public storage::Ledger {
 public:
  // Both must outlive it.
  RemoteLedger(storage::Ledger& inner, Wire& wire) : inner_(inner), wire_(wire) {}
  StatusOr<storage::LedgerStatus> Status(Deadline deadline) override;
  std::vector<StatusOr<storage::Revision>> CommitEach(std::vector<storage::Transaction> transactions,
                                                      Deadline deadline) override;
  StatusOr<std::optional<storage::Revision>> Resolve(std::string_view write_id, Deadline deadline) override;
  StatusOr<storage::Revision> Head(Deadline deadline) override;
  StatusOr<storage::Revision> ListUnlessStopping(const storage::Listing& listing, const Visitor& visit,
                                                 const Stopping& stopping) override;
  StatusOr<std::vector<storage::LedgerRevision>> Feed(storage::Revision after, size_t revisions_max,
                                                      Deadline deadline) override;
  souk::Status Compact(storage::Revision until) override { return inner_.Compact(until); }

 private:
  storage::Ledger& inner_;
  Wire& wire_;
};

}  // namespace souk::testing
