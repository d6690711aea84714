// SPDX-License-Identifier: Apache-2.0
// Digests that are equal where two ledgers hold the same, whichever revisions they gave to it. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "base/digest.h"
#include "base/status.h"
#include "storage/ledger.h"
#include "storage/view.h"

namespace souk::storage::history {

// Of a history, told in order with the writes of each revision sorted by key: over the time, key and value of every
// write. Marks of imports are no part of it.
class HistoryDigest {
 public:
  void Add(const LedgerRevision& revision);
  // 32 raw bytes; the digest is used up.
  std::string Finish() { return digest_.Finish(); }

  // What was added, marks included.
  uint64_t revisions() const { return revisions_; }
  uint64_t writes() const { return writes_; }
  uint64_t records() const { return records_; }

 private:
  DigestBuilder digest_;
  uint64_t revisions_ = 0;
  uint64_t writes_ = 0;
  uint64_t records_ = 0;
};

// Of everything that a view of the newest state holds.
StatusOr<std::string> DigestOfHistory(const View& view);
// Of the folded state of all lines, domains and teams, their revisions left out.
StatusOr<std::string> DigestOfState(const View& view);

}  // namespace souk::storage::history
