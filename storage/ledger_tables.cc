// SPDX-License-Identifier: Apache-2.0
#include "storage/ledger_tables.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "souk/store/v1/records.pb.h"
#include "storage/rows.h"

namespace souk::storage {
namespace {

// Revisions whose rows go in one batch when old ones are dropped.
constexpr size_t kDropRevisions = 256;
// Revisions read at a time when a write id is looked for.
constexpr size_t kSearchRevisions = 1024;

Status Unreadable(std::string_view what) {
  return errors::DataLoss("a row of the ledger can't be read: " + std::string(what));
}

StatusOr<KeyState> ToKeyState(std::string_view key, std::string_view row) {
  const auto stamped = rows::ParseStamped(row);
  if (!stamped) return Unreadable(key);
  return KeyState{std::string(key), std::string(stamped->value), stamped->modified};
}

// The newest superseded value of the key whose revision is not above `at`.
StatusOr<std::optional<KeyState>> SupersededAt(const Engine& engine, const EngineSnapshot* snapshot,
                                               std::string_view key, Revision at) {
  const std::string begin = rows::LedgerHistory(key, at);
  ASSIGN_OR_RETURN(auto row, engine.First(begin, rows::PrefixEnd(rows::LedgerHistory(key, 0)), snapshot));
  if (!row) return std::optional<KeyState>();
  const auto revision = rows::ParseInvertedRevision(row->key);
  if (!revision) return Unreadable(key);
  return std::optional<KeyState>(KeyState{std::string(key), std::move(row->value), *revision});
}

StatusOr<LedgerRevision> FromLogRow(std::string_view row, std::string_view bytes) {
  store::v1::LedgerRevision stored;
  const auto revision = rows::ParseRevision(row.substr(1));
  if (!revision || !stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      stored.revision() != *revision) {
    return Unreadable("log");
  }
  LedgerRevision out;
  out.revision = stored.revision();
  out.time_us = stored.time_us();
  out.write_id = stored.write_id();
  for (store::v1::LedgerWrite& write : *stored.mutable_writes()) {
    out.writes.push_back({std::move(*write.mutable_key()), std::string()});
  }
  return out;
}

Status FillValues(const Engine& engine, const EngineSnapshot* snapshot, LedgerRevision& revision) {
  for (LedgerWrite& write : revision.writes) {
    ASSIGN_OR_RETURN(auto value, LedgerValueAt(engine, snapshot, write.key, revision.revision));
    if (!value || value->modified != revision.revision) return Unreadable(write.key);
    write.value = std::move(value->value);
  }
  return Status::Ok();
}

// Values of the key that were superseded at or before the revision.
Status DropSuperseded(const Engine& engine, std::string_view key, Revision revision, EngineBatch& batch) {
  if (revision == 0) return Status::Ok();
  const std::string begin = rows::LedgerHistory(key, revision - 1);
  return engine.Scan(begin, rows::PrefixEnd(rows::LedgerHistory(key, 0)), nullptr,
                     [&](std::string_view row, std::string_view) {
                       batch.Delete(row);
                       return true;
                     });
}

}  // namespace

Status WriteLedgerRevision(const LedgerRevision& revision, RowAccess& rows) {
  store::v1::LedgerRevision log;
  log.set_revision(revision.revision);
  log.set_time_us(revision.time_us);
  log.set_write_id(revision.write_id);
  for (const LedgerWrite& write : revision.writes) {
    log.add_writes()->set_key(write.key);
    const std::string row = rows::LedgerValue(write.key);
    ASSIGN_OR_RETURN(const std::optional<std::string> before, rows.Get(row));
    if (before) {
      const auto stamped = rows::ParseStamped(*before);
      if (!stamped) return Unreadable(write.key);
      rows.Put(rows::LedgerHistory(write.key, stamped->modified), stamped->value);
    }
    rows.Put(row, rows::Stamp(revision.revision, write.value));
  }
  rows.Put(rows::LedgerLog(revision.revision), log.SerializeAsString());
  return Status::Ok();
}

StatusOr<Revision> ModifiedAt(RowAccess& rows, std::string_view key) {
  ASSIGN_OR_RETURN(const std::optional<std::string> row, rows.Get(rows::LedgerValue(key)));
  if (!row) return Revision{0};
  const auto stamped = rows::ParseStamped(*row);
  if (!stamped) return Unreadable(key);
  return stamped->modified;
}

StatusOr<std::optional<KeyState>> LedgerValueAt(const Engine& engine, const EngineSnapshot* snapshot,
                                                std::string_view key, Revision at) {
  ASSIGN_OR_RETURN(const std::optional<std::string> row, engine.Get(rows::LedgerValue(key), snapshot));
  if (!row) return std::optional<KeyState>();
  ASSIGN_OR_RETURN(KeyState newest, ToKeyState(key, *row));
  if (newest.modified <= at) return std::optional<KeyState>(std::move(newest));
  return SupersededAt(engine, snapshot, key, at);
}

Status ListLedgerValues(const Engine& engine, const EngineSnapshot* snapshot, std::string_view begin,
                        std::string_view end, Revision at, const std::function<bool(const KeyState&)>& visit) {
  Status fault;
  const Status scanned = engine.Scan(rows::LedgerValue(begin),
                                     end.empty() ? rows::PrefixEnd(rows::LedgerValue("")) : rows::LedgerValue(end),
                                     snapshot, [&](std::string_view row, std::string_view bytes) {
                                       const std::string_view key = row.substr(1);
                                       StatusOr<KeyState> newest = ToKeyState(key, bytes);
                                       if (newest.ok() && newest->modified <= at) return visit(*newest);
                                       StatusOr<std::optional<KeyState>> older = std::optional<KeyState>();
                                       if (newest.ok()) older = SupersededAt(engine, snapshot, key, at);
                                       fault = newest.ok() ? older.status() : newest.status();
                                       if (!fault.ok()) return false;
                                       return !*older || visit(**older);
                                     });
  RETURN_IF_ERROR(fault);
  return scanned;
}

StatusOr<std::vector<LedgerRevision>> ReadLog(const Engine& engine, const EngineSnapshot* snapshot, Revision after,
                                              size_t revisions_max, bool with_values) {
  std::vector<LedgerRevision> out;
  if (revisions_max == 0 || after == std::numeric_limits<Revision>::max()) return out;
  Status fault;
  RETURN_IF_ERROR(engine.Scan(rows::LedgerLog(after + 1), std::string(1, rows::kLedgerLog + 1), snapshot,
                              [&](std::string_view key, std::string_view value) {
                                StatusOr<LedgerRevision> revision = FromLogRow(key, value);
                                fault = revision.status();
                                if (!fault.ok()) return false;
                                out.push_back(std::move(*revision));
                                return out.size() < revisions_max;
                              }));
  RETURN_IF_ERROR(fault);
  if (with_values) {
    for (LedgerRevision& revision : out) RETURN_IF_ERROR(FillValues(engine, snapshot, revision));
  }
  return out;
}

Status DropLedgerRows(Engine& engine, Revision until) {
  while (true) {
    ASSIGN_OR_RETURN(const auto revisions, ReadLog(engine, nullptr, 0, kDropRevisions, /*with_values=*/false));
    const std::unique_ptr<EngineBatch> batch = engine.NewBatch();
    size_t dropped = 0;
    for (const LedgerRevision& revision : revisions) {
      if (revision.revision > until) break;
      for (const LedgerWrite& write : revision.writes) {
        RETURN_IF_ERROR(DropSuperseded(engine, write.key, revision.revision, *batch));
      }
      batch->Delete(rows::LedgerLog(revision.revision));
      batch->Put(rows::Time(revision.time_us, revision.revision), "");
      ++dropped;
    }
    if (dropped == 0) return Status::Ok();
    RETURN_IF_ERROR(engine.Write(*batch));
  }
}

StatusOr<std::optional<Revision>> FindWriteId(const Engine& engine, const EngineSnapshot* snapshot,
                                              std::string_view write_id) {
  Revision after = 0;
  while (true) {
    ASSIGN_OR_RETURN(const auto revisions, ReadLog(engine, snapshot, after, kSearchRevisions, /*with_values=*/false));
    if (revisions.empty()) return std::optional<Revision>();
    for (const LedgerRevision& revision : revisions) {
      if (revision.write_id == write_id) return std::optional<Revision>(revision.revision);
    }
    after = revisions.back().revision;
  }
}

StatusOr<std::optional<Revision>> NewestAt(const Engine& engine, const EngineSnapshot* snapshot, int64_t time_us) {
  using Result = std::optional<Revision>;
  if (time_us < 0) return Result();
  const std::string log(1, rows::kLedgerLog);
  ASSIGN_OR_RETURN(const auto first, ReadLog(engine, snapshot, 0, 1, /*with_values=*/false));
  if (first.empty() || first.front().time_us > time_us) {
    const std::string begin(1, rows::kTimes);
    const std::string end = rows::Time(time_us, std::numeric_limits<Revision>::max());
    ASSIGN_OR_RETURN(const auto row, engine.Last(begin, end, snapshot));
    return row ? rows::ParseTimeRevision(row->key) : Result();
  }
  ASSIGN_OR_RETURN(const auto last, engine.Last(log, rows::PrefixEnd(log), snapshot));
  // The answer lies in [low, high]: low is not too new, everything above high is. Revisions need not be consecutive.
  Revision low = first.front().revision;
  Revision high = last ? rows::ParseRevision(last->key.substr(1)).value_or(low) : low;
  while (low < high) {
    const Revision middle = low + (high - low + 1) / 2;
    ASSIGN_OR_RETURN(const auto found, ReadLog(engine, snapshot, middle - 1, 1, /*with_values=*/false));
    if (!found.empty() && found.front().time_us <= time_us) {
      low = found.front().revision;
    } else {
      high = middle - 1;
    }
  }
  return Result(low);
}

}  // namespace souk::storage
