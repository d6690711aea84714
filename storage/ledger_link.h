// SPDX-License-Identifier: Apache-2.0
// The way to a ledger that is elsewhere, as the node that follows it uses it. Barriers are shared: whoever asks while
// one is under way waits for the next, so that one question serves many. Once the ledger has not answered for a while,
// what needs it is refused at once instead of being kept waiting; the follower, which always tries, notices when it is
// back. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "storage/follower_status.h"
#include "storage/ledger.h"

namespace souk::storage {

class LedgerLink final : public Ledger {
 public:
  // With what the ledger says of itself. The clock must outlive it.
  LedgerLink(std::unique_ptr<Ledger> ledger, LedgerStatus status, const Clock& clock);

  // What the follower finds: it goes on, or it can't.
  void Connected();
  void Lost(const souk::Status& why);
  // Nothing while it goes on; else since when the ledger was last heard of.
  std::optional<std::chrono::milliseconds> silence() const;
  // Fills in what the link knows.
  void Describe(FollowerStatus& status) const;
  // The newest revision that the ledger has told of.
  Revision newest() const;

  // While the ledger does not answer, what it last said, and that it can't be written. Never an error.
  StatusOr<LedgerStatus> Status(Deadline deadline) override;
  // These three: UNAVAILABLE (LEDGER_UNREACHABLE) at once while the ledger does not answer.
  std::vector<StatusOr<Revision>> CommitEach(std::vector<Transaction> transactions, Deadline deadline) override;
  StatusOr<std::optional<Revision>> Resolve(std::string_view write_id, Deadline deadline) override;
  StatusOr<Revision> Head(Deadline deadline) override;
  // For the follower: always tried. A feed that tells nothing is no word of the ledger, so that now and then it is
  // asked for its head: UNAVAILABLE where that fails.
  StatusOr<Revision> ListUnlessStopping(const Listing& listing, const Visitor& visit,
                                        const Stopping& stopping) override;
  StatusOr<std::vector<LedgerRevision>> Feed(Revision after, size_t revisions_max, Deadline deadline) override;
  souk::Status Compact(Revision until) override;

 private:
  // OK, or how a call is refused at once.
  souk::Status Usable() const;
  // The ledger has said something: that it has this revision.
  void Heard(Revision newest);
  souk::Status AskIfSilent(Deadline deadline);

  const std::unique_ptr<Ledger> ledger_;
  const Clock& clock_;

  mutable std::mutex mutex_;
  LedgerStatus known_;
  souk::Status connected_;
  Deadline heard_;
  Revision newest_;
  uint64_t resumes_ = 0;

  std::mutex barrier_mutex_;
  std::condition_variable barrier_done_;
  bool barrier_under_way_ = false;
  uint64_t barriers_begun_ = 0;
  uint64_t barriers_done_ = 0;  // the newest one that was answered
  Revision head_ = 0;           // its answer
};

}  // namespace souk::storage
