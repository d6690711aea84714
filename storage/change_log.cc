// SPDX-License-Identifier: Apache-2.0
#include "storage/change_log.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/errors.h"
#include "storage/fold.h"
#include "storage/ledger_keys.h"
#include "storage/ledger_tables.h"
#include "storage/record.h"
#include "storage/rows.h"

namespace souk::storage {
namespace {

StatusOr<SharedLine> ParseState(const LineName& line, const std::string& bytes) {
  auto state = std::make_shared<store::v1::LineState>();
  if (!state->ParseFromString(bytes)) return errors::DataLoss("the row of " + line.ToString() + " can't be read");
  return SharedLine(std::move(state));
}

StatusOr<std::optional<EntityDelta>> ToDelta(const Snapshot& snapshot, const LedgerWrite& write, Revision revision) {
  const auto quarantined = snapshot.engine().Get(rows::Quarantine(revision, write.key), snapshot.rows());
  RETURN_IF_ERROR(quarantined.status());
  if (*quarantined) return std::optional<EntityDelta>();
  const auto decoded = DecodeRecord(write.value);
  // Of one that was overwritten since there is no row of quarantine any more.
  if (!decoded.ok() || ActionOf(*decoded).empty()) return std::optional<EntityDelta>();
  const store::v1::ChangeRecord& record = *decoded;

  EntityDelta delta;
  delta.entity = record.entity();
  delta.action = ActionOf(record);
  delta.actor = record.actor();
  delta.reason = record.reason();
  delta.number = record.number();
  if (record.has_domain() || record.has_team()) {
    delta.other = std::make_shared<const store::v1::EntityState>(ToEntityState(record, revision, RecordDigest(record)));
    return std::optional<EntityDelta>(std::move(delta));
  }
  ASSIGN_OR_RETURN(const LineName line, ParseLineName(record.entity()));
  ASSIGN_OR_RETURN(auto state, LineAt(snapshot, line, revision));
  if (!state || state->revision() != revision) {
    return errors::DataLoss(record.entity() + " has no state at a revision that changed it");
  }
  delta.line = std::move(state);
  return std::optional<EntityDelta>(std::move(delta));
}

}  // namespace

StatusOr<SharedLine> LineAt(const Snapshot& snapshot, const LineName& line, Revision revision) {
  ASSIGN_OR_RETURN(const auto row, snapshot.engine().Get(rows::Line(line), snapshot.rows()));
  if (!row) return SharedLine();
  ASSIGN_OR_RETURN(SharedLine newest, ParseState(line, *row));
  if (newest->revision() <= revision) return newest;
  ASSIGN_OR_RETURN(const auto older,
                   snapshot.engine().First(rows::LineHistory(line, revision),
                                           rows::PrefixEnd(rows::LineHistory(line, 0)), snapshot.rows()));
  if (!older) return SharedLine();
  return ParseState(line, older->value);
}

StatusOr<std::vector<Change>> ReadChanges(const Snapshot& snapshot, Revision after, size_t changes_max) {
  ASSIGN_OR_RETURN(const auto revisions,
                   ReadLog(snapshot.engine(), snapshot.rows(), after, changes_max, /*with_values=*/false));
  std::vector<Change> changes;
  changes.reserve(revisions.size());
  for (const LedgerRevision& revision : revisions) {
    Change& change = changes.emplace_back();
    change.revision = revision.revision;
    change.time_us = revision.time_us;
    for (LedgerWrite write : revision.writes) {
      if (!ParseRecordKey(write.key)) continue;
      ASSIGN_OR_RETURN(auto value, LedgerValueAt(snapshot.engine(), snapshot.rows(), write.key, revision.revision));
      if (!value) return errors::DataLoss("a record of the log is missing: " + write.key);
      write.value = std::move(value->value);
      ASSIGN_OR_RETURN(auto delta, ToDelta(snapshot, write, revision.revision));
      if (delta) change.deltas.push_back(std::move(*delta));
    }
  }
  return changes;
}

}  // namespace souk::storage
