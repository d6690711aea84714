// SPDX-License-Identifier: Apache-2.0
// A ledger in front of another one, for tests that break one method of it.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/ledger.h"

namespace souk::storage::suite {

// Passes everything on.
class Passing : public Ledger {
 public:
  explicit Passing(Ledger& inner) : inner_(inner) {}
  StatusOr<LedgerStatus> Status(Deadline deadline) override { return inner_.Status(deadline); }
  std::vector<StatusOr<Revision>> CommitEach(std::vector<Transaction> transactions, Deadline deadline) override {
    std::vector<StatusOr<Revision>> results;
    for (Transaction& transaction : transactions) results.push_back(CommitOne(std::move(transaction), deadline));
    return results;
  }
  StatusOr<std::optional<Revision>> Resolve(std::string_view write_id, Deadline deadline) override {
    return inner_.Resolve(write_id, deadline);
  }
  StatusOr<Revision> Head(Deadline deadline) override { return inner_.Head(deadline); }
  StatusOr<Revision> ListUnlessStopping(const Listing& listing, const Visitor& visit,
                                        const Stopping& stopping) override {
    return inner_.ListUnlessStopping(listing, visit, stopping);
  }
  StatusOr<std::vector<LedgerRevision>> Feed(Revision after, size_t revisions_max, Deadline deadline) override {
    return inner_.Feed(after, revisions_max, deadline);
  }
  souk::Status Compact(Revision until) override { return inner_.Compact(until); }

 protected:
  virtual StatusOr<Revision> CommitOne(Transaction transaction, Deadline deadline) {
    return inner_.Commit(std::move(transaction), deadline);
  }
  Ledger& inner_;
};

}  // namespace souk::storage::suite
