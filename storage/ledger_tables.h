// SPDX-License-Identifier: Apache-2.0
// The ledger's own tables: newest and superseded values by key, the log of revisions, times. The same on every node,
// whichever ledger fed it. Free functions; thread-safe as far as their arguments are.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/status.h"
#include "storage/engine.h"
#include "storage/ledger.h"

namespace souk::storage {

// Writes the rows of one revision.
Status WriteLedgerRevision(const LedgerRevision& revision, RowAccess& rows);

// Revision of the key's newest write; 0 if there is none.
StatusOr<Revision> ModifiedAt(RowAccess& rows, std::string_view key);

// The value of a key as of revision `at`, which must not be newer than the snapshot.
StatusOr<std::optional<KeyState>> LedgerValueAt(const Engine& engine, const EngineSnapshot* snapshot,
                                                std::string_view key, Revision at);

// Every key of [begin, end) as of revision `at`, in key order, until visit returns false.
Status ListLedgerValues(const Engine& engine, const EngineSnapshot* snapshot, std::string_view begin,
                        std::string_view end, Revision at, const std::function<bool(const KeyState&)>& visit);

// Revisions after `after` in order, at most `revisions_max`. Without values unless `with_values`.
StatusOr<std::vector<LedgerRevision>> ReadLog(const Engine& engine, const EngineSnapshot* snapshot, Revision after,
                                              size_t revisions_max, bool with_values);

// The revision of a transaction that is still in the log. A walk through all of it: only an unknown outcome asks, and
// those are rare; a row for each write id would make every commit dearer.
StatusOr<std::optional<Revision>> FindWriteId(const Engine& engine, const EngineSnapshot* snapshot,
                                              std::string_view write_id);

// Newest revision whose time is not above `time_us`, those included that are no longer in the log.
StatusOr<std::optional<Revision>> NewestAt(const Engine& engine, const EngineSnapshot* snapshot, int64_t time_us);

// Deletes log entries and superseded values up to `until`, a bounded piece at a time; of a revision its time remains.
Status DropLedgerRows(Engine& engine, Revision until);

}  // namespace souk::storage
