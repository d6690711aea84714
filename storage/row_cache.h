// SPDX-License-Identifier: Apache-2.0
// The newest rows that were asked for, decoded: lines, domains, teams, and the lines that an id leads to, none
// included; and answers that were worked out from such rows. Bounded in bytes, all of this counted; what was not asked
// for longest goes first. Thread-safe.
//
// It says exactly what the rows of a snapshot say, or nothing:
//   - a batch drops the rows that it changed, and moves the cache to its revision, before its snapshot can be seen;
//   - an answer names the rows that it was made from, and is dropped when it is found that one of them has changed;
//   - a reader may keep what it has read only while the cache is at its revision, judged under the lock that drops:
//     what a slow reader of an older snapshot brings is refused;
//   - an answer was true from the revision it was read at on: a reader of an older snapshot does not get it.
// It knows no visibility and no past: both are the business of storage/view.h.
#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/names.h"
#include "storage/change.h"
#include "storage/ledger.h"
#include "storage/row_stamps.h"

namespace souk::storage {

using SharedNames = std::shared_ptr<const std::vector<LineName>>;

// What somebody has read on the way to an answer.
struct Reads {
  std::vector<RowStamps::Slot> rows;  // keys and prefixes, those that led to nothing too
  std::vector<LineName> lines;        // the answer is for those who may see them all
};

struct Answer {
  std::string bytes;
  Reads reads;
};
using SharedAnswer = std::shared_ptr<const Answer>;

class RowCache {
 public:
  // Null: there is no such row. Names are those of a prefix (rows::ScannedPrefixes), never null. An answer, never null
  // either, is kept under a question (storage/view.h).
  using Value = std::variant<SharedLine, SharedEntity, SharedNames, SharedAnswer>;

  // At the revision that is the newest now.
  RowCache(size_t bytes_max, Revision revision);

  // What the row, prefix or question is at `revision`, which is the newest of the reader's snapshot; empty if that is
  // not known.
  std::optional<Value> Find(std::string_view key, Revision revision);
  // Keeps what a reader found in its snapshot of `revision`, unless the cache has gone on since.
  void Keep(std::string_view key, Value value, Revision revision);
  // A batch up to `revision` changed these rows. To be called before anybody can see its snapshot.
  void Advance(Revision revision, const std::vector<std::string>& changed_rows);

  // True for rows that may be kept, or change what may: those whose keys Advance() must be told.
  static bool Holds(std::string_view row_key);

 private:
  struct Entry {
    std::string key;
    Value value;
    Revision since;
    size_t bytes;
  };
  struct Shard {
    std::mutex mutex;
    Revision revision = 0;
    size_t bytes = 0;
    std::list<Entry> entries;  // asked for last, first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key;

    void Drop(std::string_view key);
    void Shrink(size_t bytes_max);
  };
  // Readers of different rows seldom meet.
  static constexpr size_t kShards = 8;

  Shard& ShardOf(std::string_view key);

  const size_t shard_bytes_max_;
  std::array<Shard, kShards> shards_;
  RowStamps stamps_;
};

}  // namespace souk::storage
