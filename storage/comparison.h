// SPDX-License-Identifier: Apache-2.0
// Compares the rows of a follower with its ledger, a slice after the other: which keys there are, and when each was
// last written, both at the revision that the rows have reached, so that a difference is one. The feed tells what is
// missing in itself; this finds what was lost behind it. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "storage/ledger.h"
#include "storage/snapshot.h"
#include "storage/store_options.h"

namespace souk::storage {

class Comparison {
 public:
  // All must outlive it.
  Comparison(Ledger& ledger, const ComparisonPace& pace, const Clock& clock);

  // The next slice, if its time has come. DATA_LOSS if the rows differ, and how; then the next begins with the first.
  // A ledger that does not answer, or not about that revision, is asked again later.
  Status Step(const Snapshot& snapshot, const std::function<bool()>& stopping);

  // Times that everything was compared.
  uint64_t passes() const { return passes_; }

 private:
  struct DatedKey {
    std::string key;
    Revision modified = 0;
    auto operator<=>(const DatedKey&) const = default;
  };
  // The keys behind after_, at most those of a slice.
  StatusOr<std::vector<DatedKey>> Listed(const Snapshot& snapshot, const std::function<bool()>& stopping);
  // The same of the rows, up to `last` (empty: to the end).
  StatusOr<std::vector<DatedKey>> Held(const Snapshot& snapshot, const std::string& last) const;

  Ledger& ledger_;
  const ComparisonPace pace_;
  const Clock& clock_;
  std::string after_;
  Deadline begun_;  // this round
  Deadline next_;
  uint64_t passes_ = 0;
};

}  // namespace souk::storage
