// SPDX-License-Identifier: Apache-2.0
// What a store knows of itself: read, checked, and written at its first opening. Free functions; not thread-safe.
#pragma once

#include <string>

#include "base/status.h"
#include "souk/store/v1/records.pb.h"
#include "storage/engine.h"
#include "storage/ledger.h"

namespace souk::storage {

struct StoreMeta {
  std::string epoch;
  // True: the ledger is elsewhere, and this is its fold; false: the ledger is in the rows themselves.
  bool follows = false;
  store::v1::AppliedState applied;
  Revision oldest = 0;
};

// Makes an empty store of the rows. Random: every history has an epoch of its own.
Status InitializeMeta(Engine& engine);
// The same for the fold of a ledger that is elsewhere and has that epoch.
Status InitializeFollower(Engine& engine, std::string_view epoch);
// Makes a copy a history of its own: with an epoch of its own, following nobody.
Status BecomeOwnHistory(Engine& engine);
// Writes a row as it is. RocksDB gets over a full disk only if there is something in its write buffer; from here on
// there is. A disk that is full already is no error: reading works.
Status Touch(Engine& engine);
// True if there is no row at all.
StatusOr<bool> IsEmpty(const Engine& engine);
// DATA_LOSS if something is missing or does not fit the log, FAILED_PRECONDITION if the format is not ours.
StatusOr<StoreMeta> LoadMeta(const Engine& engine, std::string_view directory);

}  // namespace souk::storage
