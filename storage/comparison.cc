// SPDX-License-Identifier: Apache-2.0
#include "storage/comparison.h"

#include <algorithm>
#include <utility>

#include "base/errors.h"
#include "storage/ledger_tables.h"

namespace souk::storage {
namespace {

// Keys of a slice: what etcd gives in one page, in some milliseconds.
constexpr size_t kSliceKeys = 1'000;
// The follower waits for a slice: one that takes longer is not worth it.
constexpr std::chrono::milliseconds kSliceMax{500};
// Where it took longer, or could not be had, so many slices are left out.
constexpr int kLeaveOut = 30;

}  // namespace

Comparison::Comparison(Ledger& ledger, const ComparisonPace& pace, const Clock& clock)
    : ledger_(ledger), pace_(pace), clock_(clock), begun_(clock.Monotonic()), next_(begun_) {}

Status Comparison::Step(const Snapshot& snapshot, const std::function<bool()>& stopping) {
  const Deadline now = clock_.Monotonic();
  if (now < next_) return Status::Ok();
  next_ = now + pace_.slice;
  if (after_.empty()) begun_ = now;
  const auto listed = Listed(snapshot, stopping);
  if (!listed.ok()) {
    next_ = now + kLeaveOut * pace_.slice;
    return Status::Ok();
  }
  const bool last = listed->size() < kSliceKeys;
  ASSIGN_OR_RETURN(const std::vector<DatedKey> held, Held(snapshot, last ? "" : listed->back().key));
  if (*listed != held) {
    const auto [there, here] = std::mismatch(listed->begin(), listed->end(), held.begin(), held.end());
    const bool lacks = here == held.end() || (there != listed->end() && there->key <= here->key);
    const DatedKey& first = lacks ? *there : *here;
    after_.clear();
    return errors::DataLoss("the rows differ from the ledger at revision " + std::to_string(snapshot.revision()) +
                            (lacks ? ": they lack " : ": they have ") + first.key + " of revision " +
                            std::to_string(first.modified));
  }
  if (!last) {
    after_ = listed->back().key;
    return Status::Ok();
  }
  ++passes_;
  after_.clear();
  next_ = std::max(next_, begun_ + pace_.round);
  return Status::Ok();
}

StatusOr<std::vector<Comparison::DatedKey>> Comparison::Listed(const Snapshot& snapshot,
                                                               const std::function<bool()>& stopping) {
  std::vector<DatedKey> keys;
  // Nothing happened yet: there is nothing to be missed, and 0 would mean the newest.
  if (snapshot.revision() == 0) return keys;
  const Deadline until = clock_.Monotonic() + kSliceMax;
  const auto visit = [&keys](const KeyState& state) {
    keys.push_back({state.key, state.modified});
    return keys.size() < kSliceKeys;
  };
  RETURN_IF_ERROR(ledger_
                      .ListUnlessStopping({.at = snapshot.revision(), .after = after_, .values = false}, visit,
                                          [&] { return stopping() || clock_.Monotonic() > until; })
                      .status());
  return keys;
}

StatusOr<std::vector<Comparison::DatedKey>> Comparison::Held(const Snapshot& snapshot, const std::string& last) const {
  std::vector<DatedKey> keys;
  const std::string begin = after_.empty() ? after_ : after_ + '\0';
  RETURN_IF_ERROR(ListLedgerValues(snapshot.engine(), snapshot.rows(), begin, last.empty() ? last : last + '\0',
                                   snapshot.revision(), [&keys](const KeyState& state) {
                                     keys.push_back({state.key, state.modified});
                                     return true;
                                   }));
  return keys;
}

}  // namespace souk::storage
