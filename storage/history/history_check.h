// SPDX-License-Identifier: Apache-2.0
// Whether a history holds together, told revision by revision: every record can be read, is its entity's next, names
// the digest of the one before and fits its own, as do the original documents in it; every head names the last record
// of its entity. Keeps one short entry an entity. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "storage/ledger.h"

namespace souk::storage::history {

class HistoryCheck {
 public:
  // The next revision. Gives back its writes as a ledger took them when they happened: with the heads of its records,
  // which an export holds only where they are the newest. DATA_LOSS (HISTORY_BROKEN) with what does not hold.
  StatusOr<std::vector<LedgerWrite>> Add(const LedgerRevision& revision);
  // After the last one. DATA_LOSS (HISTORY_BROKEN) if a head is missing.
  Status Finish() const;

  uint64_t entities() const { return chains_.size(); }

 private:
  struct Chain {
    uint64_t number = 0;
    std::string digest;
    bool head_seen = false;  // of the last record
  };

  Status AddRecord(const LedgerWrite& write, const LedgerRevision& revision, std::vector<LedgerWrite>& heads);
  Status AddHead(const LedgerWrite& write);

  std::unordered_map<std::string, Chain> chains_;
};

}  // namespace souk::storage::history
