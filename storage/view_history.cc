// SPDX-License-Identifier: Apache-2.0
// The history of a view in the order of its revisions, kept apart from the other reads: it walks everything.
#include <algorithm>
#include <deque>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "storage/ledger_keys.h"
#include "storage/ledger_tables.h"
#include "storage/rows.h"
#include "storage/snapshot.h"
#include "storage/view.h"

namespace souk::storage {
namespace {

// Keys that one walk puts into order; of more it takes several. Bounds the memory at some thirty megabytes.
constexpr size_t kKeysAtOnce = size_t{128} * 1024;
// Times read at once.
constexpr size_t kTimesAtOnce = 1024;

struct DatedKey {
  Revision modified;
  std::string key;
  auto operator<=>(const DatedKey&) const = default;  // NOLINT(modernize-use-nullptr): as in base/names.h
};

// The first keys behind a revision, in order of their revisions, as many as fit but whole revisions only.
class Window {
 public:
  explicit Window(Revision after) : after_(after) {}

  void Offer(const KeyState& state) {
    if (state.modified <= after_ || state.modified > last_) return;
    keys_.push_back({state.modified, state.key});
    if (keys_.size() >= 2 * kKeysAtOnce) Cut();
  }

  // Sorted. True if something is left for the next one.
  bool Close() {
    if (keys_.size() > kKeysAtOnce) Cut();
    std::sort(keys_.begin(), keys_.end());
    return last_ != std::numeric_limits<Revision>::max();
  }
  std::vector<DatedKey>& keys() { return keys_; }

 private:
  void Cut() {
    const auto middle = keys_.begin() + kKeysAtOnce;
    std::nth_element(keys_.begin(), middle, keys_.end());
    last_ = middle->modified;
    keys_.erase(
        std::remove_if(keys_.begin(), keys_.end(), [this](const DatedKey& key) { return key.modified > last_; }),
        keys_.end());
  }

  const Revision after_;
  Revision last_ = std::numeric_limits<Revision>::max();
  std::vector<DatedKey> keys_;
};

// Tells the times of revisions that are asked for in order: those that are no longer in the log first, then those that
// are. Not of every revision there is a time; then that of the one before is meant.
class Times {
 public:
  explicit Times(const Snapshot& snapshot) : snapshot_(snapshot) {}

  StatusOr<int64_t> Of(Revision revision) {
    while (true) {
      if (next_.empty()) RETURN_IF_ERROR(Read());
      if (next_.empty() || next_.front().first > revision) return time_us_;
      time_us_ = next_.front().second;
      next_.pop_front();
    }
  }

 private:
  Status Read() {
    if (!log_) RETURN_IF_ERROR(ReadForgotten());
    if (!next_.empty()) return Status::Ok();
    log_ = true;
    ASSIGN_OR_RETURN(const auto revisions, ReadLog(snapshot_.engine(), snapshot_.rows(), behind_, kTimesAtOnce,
                                                   /*with_values=*/false));
    for (const LedgerRevision& revision : revisions) next_.emplace_back(revision.revision, revision.time_us);
    if (!revisions.empty()) behind_ = revisions.back().revision;
    return Status::Ok();
  }

  // Both grow together, so that the rows are in the order of either.
  Status ReadForgotten() {
    return snapshot_.engine().Scan(forgotten_, rows::PrefixEnd(std::string(1, rows::kTimes)), snapshot_.rows(),
                                   [this](std::string_view row, std::string_view) {
                                     const auto revision = rows::ParseTimeRevision(row);
                                     const auto time_us = rows::ParseRevision(row.substr(1, sizeof(Revision)));
                                     if (revision && time_us) {
                                       next_.emplace_back(*revision, static_cast<int64_t>(*time_us));
                                       behind_ = *revision;
                                     }
                                     forgotten_ = std::string(row) + '\0';
                                     return next_.size() < kTimesAtOnce;
                                   });
  }

  const Snapshot& snapshot_;
  std::deque<std::pair<Revision, int64_t>> next_;
  std::string forgotten_ = std::string(1, rows::kTimes);
  bool log_ = false;
  Revision behind_ = 0;
  int64_t time_us_ = 0;
};

}  // namespace

Status View::ForEachRevision(const std::function<Status(LedgerRevision)>& visit) const {
  if (historic_) return errors::AsOfUnsupported("the history");
  const Snapshot& snapshot = Unnoted();
  Times times(snapshot);
  Revision after = 0;
  for (bool more = true; more;) {
    Window window(after);
    RETURN_IF_ERROR(
        ListLedgerValues(snapshot.engine(), snapshot.rows(), "", "", revision_, [&window](const KeyState& state) {
          if (state.key != kImportKey) window.Offer(state);
          return true;
        }));
    more = window.Close();
    LedgerRevision revision;
    for (DatedKey& dated : window.keys()) {
      if (dated.modified != revision.revision) {
        if (!revision.writes.empty()) RETURN_IF_ERROR(visit(std::move(revision)));
        revision = LedgerRevision();
        revision.revision = dated.modified;
        ASSIGN_OR_RETURN(revision.time_us, times.Of(dated.modified));
      }
      ASSIGN_OR_RETURN(auto value, LedgerValueAt(snapshot.engine(), snapshot.rows(), dated.key, revision_));
      if (!value) return errors::DataLoss("the ledger lost the key " + dated.key);
      revision.writes.push_back({std::move(dated.key), std::move(value->value)});
      after = dated.modified;
    }
    if (!revision.writes.empty()) RETURN_IF_ERROR(visit(std::move(revision)));
  }
  return Status::Ok();
}

StatusOr<std::optional<Revision>> View::ImportedAs(std::string_view epoch, Revision revision) const {
  const Snapshot& snapshot = Unnoted();
  const std::string begin = rows::LedgerValue(OriginPrefix(epoch));
  const std::string end = rows::PrefixEnd(begin);
  const std::string wanted = rows::LedgerValue(OriginKey(epoch, revision));
  ASSIGN_OR_RETURN(const auto there, snapshot.engine().First(wanted, end, snapshot.rows()));
  if (!there) return std::optional<Revision>();  // what came later there is not ours
  if (there->key != wanted) {
    ASSIGN_OR_RETURN(const auto before, snapshot.engine().Last(begin, wanted, snapshot.rows()));
    if (!before) return std::optional<Revision>(Revision{0});
    const auto stamped = rows::ParseStamped(before->value);
    if (!stamped) return errors::DataLoss("a row of the ledger can't be read: " + before->key);
    return std::optional<Revision>(stamped->modified);
  }
  const auto stamped = rows::ParseStamped(there->value);
  if (!stamped) return errors::DataLoss("a row of the ledger can't be read: " + there->key);
  return std::optional<Revision>(stamped->modified);
}

}  // namespace souk::storage
