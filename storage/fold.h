// SPDX-License-Identifier: Apache-2.0
// The fold: from records of the ledger to rows of current state, history and identifiers. A pure function of the
// ledger: no clock, no settings; the same revisions give the same rows on every node.
//
// Entities are recognized by their record keys; other ledger keys leave no rows here. A record that can't be decoded or
// understood (a newer node may have written it) is quarantined: counted, named in a row, its entity marked
// (storage/undecodable.h), its bytes kept in the ledger; everything else goes on. So is a head that can't be read.
//
// Free functions; thread-safe as far as their arguments are.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "souk/store/v1/records.pb.h"
#include "storage/change.h"
#include "storage/ledger.h"
#include "storage/record.h"
#include "storage/row_access.h"

namespace souk::storage {

// What can be made of a record before its revision is known, so that committers do it side by side.
struct PreparedRecord {
  std::string ledger_key;
  std::string entity;
  uint64_t number = 0;                             // 0: it is no record but a head that can't be read
  std::string fault;                               // not empty: quarantined, with the reason
  std::shared_ptr<const UnpackedRecord> unpacked;  // null if it can't be decoded
  std::vector<std::string> identifier_rows;        // of a registration: those of the state that it leads to
};

// Every record among the writes: as it travels with the write, or decoded; and the heads that can't be read.
std::vector<PreparedRecord> PrepareRecords(const std::vector<LedgerWrite>& writes);
// True of a write to a head that the fold sets aside.
bool IsBrokenHead(const std::string& key, const std::string& value);

// Writes the rows of one revision and describes it in change.deltas; its totals of lines and of what was not
// understood are brought up to date. The records are used up. DATA_LOSS or UNAVAILABLE if a row that must be read can't
// be.
Status FoldRevision(std::vector<PreparedRecord> records, RowAccess& rows, store::v1::AppliedState& totals,
                    Change& change);

// The line that a registration or a change of state leads to, as the fold will make it; `before` is null for a new one.
std::shared_ptr<const store::v1::LineState> LineAfter(const std::shared_ptr<const UnpackedRecord>& record,
                                                      const store::v1::LineState* before, Revision revision,
                                                      int64_t time_us);
// The state of a domain or team that a record sets.
store::v1::EntityState ToEntityState(const store::v1::ChangeRecord& record, Revision revision, std::string_view digest);
// "register", "set-state", "retire", "update-domain", "update-team"; empty for a record without a known payload.
std::string_view ActionOf(const store::v1::ChangeRecord& record);

}  // namespace souk::storage
