// SPDX-License-Identifier: Apache-2.0
// A generation of rows: opened, or filled anew from a list of the ledger where changes can't be followed to it. Free
// functions; thread-safe as far as their arguments are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/engine.h"
#include "storage/fold.h"
#include "storage/folder.h"
#include "storage/ledger.h"
#include "storage/store_meta.h"
#include "storage/store_options.h"

namespace souk::storage {

// The engine's options for the rows in a directory.
EngineOptions OptionsFor(const StoreOptions& options, const std::filesystem::path& directory);

// Rows in the place of those that count now. What was there is left alone until the new ones are whole and safe on
// disk; from then on the new ones count. Whatever ends it early is as if it had not begun; CANCELLED soon after
// `stopping` begins to say true.
//
// The ledger is listed at one revision. Its records are all still there, each with the revision at which it was
// written: folded in that order they give the state and the history that a node has which followed all the time. What
// is missing are superseded values of other keys, so that the log begins at the revision of the list.
StatusOr<std::shared_ptr<Engine>> FillGeneration(const StoreOptions& options, Ledger& ledger, std::string_view epoch,
                                                 Folder& folder, const Ledger::Stopping& stopping);

// What the rows say of themselves that were followed in a folder before; FAILED_PRECONDITION (OTHER_HISTORY) if nothing
// was followed there. Not while a store is open on it.
StatusOr<StoreMeta> ReadFollowed(const StoreOptions& options);

// The time of a revision of a ledger that is elsewhere: that of the records in it, or the one that it had where it was
// imported from, but never before `before`, the time of the revision before. By what is kept alone, so that it is the
// same on every node, whichever way it heard of it.
int64_t TimeOf(const std::vector<LedgerWrite>& writes, const std::vector<PreparedRecord>& records, int64_t before);

}  // namespace souk::storage
