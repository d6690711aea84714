// SPDX-License-Identifier: Apache-2.0
// What a view tells of the ledger itself: the records of an entity, keys, and what of them is not understood.
#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/errors.h"
#include "base/names.h"
#include "storage/ledger_keys.h"
#include "storage/ledger_tables.h"
#include "storage/record.h"
#include "storage/rows.h"
#include "storage/snapshot.h"
#include "storage/undecodable.h"
#include "storage/view.h"

namespace souk::storage {
namespace {

using store::v1::ChangeRecord;

// Number of the entity's newest record; 0 if it has none.
StatusOr<uint64_t> NewestRecord(const Snapshot& snapshot, std::string_view entity) {
  ASSIGN_OR_RETURN(const auto value,
                   LedgerValueAt(snapshot.engine(), snapshot.rows(), HeadKey(entity), snapshot.revision()));
  if (!value) return uint64_t{0};
  if (const auto head = DecodeHead(value->value)) return head->number();
  // The head can't be read: the records themselves tell.
  const std::string begin = rows::LedgerValue(RecordKey(entity, 0));
  const std::string end = rows::LedgerValue(RecordKey(entity, std::numeric_limits<uint64_t>::max()));
  ASSIGN_OR_RETURN(const auto last, snapshot.engine().Last(begin, end, snapshot.rows()));
  const auto key = last ? ParseRecordKey(std::string_view(last->key).substr(1)) : std::nullopt;
  return key ? key->number : 0;
}

// True unless the entity is a line that the visibility hides.
bool Visible(std::string_view entity, const Visibility& visibility) {
  if (visibility.AllowsAll()) return true;
  const auto line = ParseLineName(entity);
  return !line.ok() || visibility.Allows(*line);
}

}  // namespace

Status View::ForEachRecord(std::string_view entity, uint64_t from,
                           const std::function<bool(const ChangeRecord&, Revision)>& visit) const {
  const Snapshot& snapshot = Unnoted();
  if (!Visible(entity, *visibility_)) return Status::Ok();
  ASSIGN_OR_RETURN(const uint64_t last, NewestRecord(snapshot, entity));
  const uint64_t newest = from == 0 ? last : std::min(from, last);
  for (uint64_t number = newest; number > 0; --number) {
    const std::string key = RecordKey(entity, number);
    ASSIGN_OR_RETURN(const auto value, LedgerValueAt(snapshot.engine(), snapshot.rows(), key, snapshot.revision()));
    if (!value) return errors::DataLoss("a record is missing: " + key);
    if (value->modified > revision_) continue;
    auto record = DecodeRecord(value->value);
    if (!record.ok()) {
      const Status why = record.status();
      record = ChangeRecord();
      record->set_entity(std::string(entity));
      record->set_number(number);
      record->set_reason("not understood by this node: " + why.message());
    }
    if (!visit(*record, value->modified)) return Status::Ok();
  }
  return Status::Ok();
}

Status View::CheckUnderstood(std::string_view entity) const {
  const Snapshot& snapshot = Noting(rows::UndecodableEntity(entity));
  if (snapshot.applied().undecodable() == 0 || !Visible(entity, *visibility_)) return Status::Ok();
  ASSIGN_OR_RETURN(const auto mark, FindUndecodable(snapshot.engine(), snapshot.rows(), entity));
  if (!mark || !mark->has_record() || mark->record().revision() > revision_) return Status::Ok();
  const store::v1::Undecodable& value = mark->record();
  return errors::Undecodable(entity, value.key(), RevisionToken(value.revision(), snapshot.epoch()), value.reason());
}

Status View::ForEachUndecodable(
    std::string_view prefix,
    const std::function<bool(const std::string& entity, const store::v1::UndecodableEntity&)>& visit) const {
  const Snapshot& snapshot = Unnoted();
  if (snapshot.applied().undecodable() == 0) return Status::Ok();
  return storage::ForEachUndecodable(snapshot.engine(), snapshot.rows(), prefix,
                                     [&](const std::string& entity, const auto& mark) {
                                       return !Visible(entity, *visibility_) || visit(entity, mark);
                                     });
}

StatusOr<ChangeRecord> View::Record(std::string_view entity, uint64_t number) const {
  const Snapshot& snapshot = Unnoted();
  const Status missing = errors::NotFound("change " + std::to_string(number) + " of", entity);
  if (!Visible(entity, *visibility_)) return missing;
  ASSIGN_OR_RETURN(const auto value,
                   LedgerValueAt(snapshot.engine(), snapshot.rows(), RecordKey(entity, number), snapshot.revision()));
  if (!value || value->modified > revision_) return missing;
  return DecodeRecord(value->value);
}

StatusOr<std::optional<KeyState>> View::LedgerKey(std::string_view key) const {
  const Snapshot& snapshot = Unnoted();
  if (revision_ < snapshot.oldest()) {
    return errors::RevisionCompacted(RevisionToken(snapshot.oldest(), snapshot.epoch()));
  }
  return LedgerValueAt(snapshot.engine(), snapshot.rows(), key, revision_);
}

Status View::ForEachLedgerKey(std::string_view prefix, const std::function<bool(const KeyState&)>& visit) const {
  const Snapshot& snapshot = Unnoted();
  if (revision_ < snapshot.oldest()) {
    return errors::RevisionCompacted(RevisionToken(snapshot.oldest(), snapshot.epoch()));
  }
  return ListLedgerValues(snapshot.engine(), snapshot.rows(), prefix, rows::PrefixEnd(prefix), revision_, visit);
}

}  // namespace souk::storage
