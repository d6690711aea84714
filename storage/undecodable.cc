// SPDX-License-Identifier: Apache-2.0
#include "storage/undecodable.h"

#include <utility>
#include <vector>

#include "base/errors.h"
#include "storage/fold.h"
#include "storage/ledger_tables.h"
#include "storage/rows.h"

namespace souk::storage {
namespace {

using store::v1::Undecodable;
using store::v1::UndecodableEntity;

Status Unreadable(std::string_view entity) {
  return errors::DataLoss("the row of what can't be decoded of " + std::string(entity) + " can't be read");
}

StatusOr<UndecodableEntity> Read(std::string_view entity, const FoldRows& fold) {
  UndecodableEntity mark;
  if (fold.totals.undecodable() == 0) return mark;
  ASSIGN_OR_RETURN(const auto row, fold.rows.Get(rows::UndecodableEntity(entity)));
  if (row && !mark.ParseFromString(*row)) return Unreadable(entity);
  return mark;
}

void Write(std::string_view entity, const UndecodableEntity& before, const UndecodableEntity& after, FoldRows fold) {
  const bool was = before.has_record() || before.has_head();
  const bool is = after.has_record() || after.has_head();
  if (!was && !is) return;
  const std::string key = rows::UndecodableEntity(entity);
  is ? fold.rows.Put(key, after.SerializeAsString()) : fold.rows.Delete(key);
  fold.totals.set_undecodable(fold.totals.undecodable() + (is ? 1 : 0) - (was ? 1 : 0));
}

void Forget(const Undecodable& value, FoldRows fold) {
  fold.rows.Delete(rows::Quarantine(value.revision(), value.key()));
  fold.totals.set_quarantined(fold.totals.quarantined() - 1);
}

}  // namespace

Status Quarantine(std::string_view entity, const Undecodable& value, bool hides, FoldRows fold) {
  ASSIGN_OR_RETURN(const UndecodableEntity before, Read(entity, fold));
  UndecodableEntity after = before;
  Undecodable& slot = value.number() == 0 ? *after.mutable_head() : *after.mutable_record();
  const bool overwritten = slot.key() == value.key();
  if (overwritten) Forget(slot, fold);
  fold.rows.Put(rows::Quarantine(value.revision(), value.key()), value.reason());
  fold.totals.set_quarantined(fold.totals.quarantined() + 1);
  if (!overwritten && (!hides || slot.number() > value.number())) return Status::Ok();
  slot = value;
  Write(entity, before, after, fold);
  return Status::Ok();
}

Status NoteUnderstood(std::string_view entity, std::string_view key, uint64_t number, bool whole, FoldRows fold) {
  ASSIGN_OR_RETURN(const UndecodableEntity before, Read(entity, fold));
  UndecodableEntity after = before;
  if (before.has_head()) {
    Forget(before.head(), fold);
    after.clear_head();
  }
  if (before.has_record()) {
    const bool overwritten = before.record().key() == key;
    if (overwritten) Forget(before.record(), fold);
    if (overwritten || (whole && before.record().number() < number)) after.clear_record();
  }
  Write(entity, before, after, fold);
  return Status::Ok();
}

StatusOr<std::optional<UndecodableEntity>> FindUndecodable(const Engine& engine, const EngineSnapshot* snapshot,
                                                           std::string_view entity) {
  std::optional<UndecodableEntity> mark;
  ASSIGN_OR_RETURN(const auto row, engine.Get(rows::UndecodableEntity(entity), snapshot));
  if (row && !mark.emplace().ParseFromString(*row)) return Unreadable(entity);
  return mark;
}

Status ForEachUndecodable(const Engine& engine, const EngineSnapshot* snapshot, std::string_view prefix,
                          const std::function<bool(const std::string&, const UndecodableEntity&)>& visit) {
  const std::string begin = rows::UndecodableEntity(prefix);
  Status fault;
  RETURN_IF_ERROR(
      engine.Scan(begin, rows::PrefixEnd(begin), snapshot, [&](std::string_view key, std::string_view value) {
        const std::string entity(key.substr(1));
        UndecodableEntity mark;
        if (!mark.ParseFromArray(value.data(), static_cast<int>(value.size()))) fault = Unreadable(entity);
        return fault.ok() && visit(entity, mark);
      }));
  return fault;
}

StatusOr<bool> UnderstandsMore(const Engine& engine) {
  std::vector<std::string> keys;
  RETURN_IF_ERROR(ForEachUndecodable(engine, nullptr, "", [&keys](const std::string&, const UndecodableEntity& mark) {
    for (const Undecodable* value : {&mark.record(), &mark.head()}) {
      if (!value->key().empty()) keys.push_back(value->key());
    }
    return true;
  }));
  for (std::string& key : keys) {
    ASSIGN_OR_RETURN(auto value, engine.Get(rows::LedgerValue(key), nullptr));
    const auto stamped = value ? rows::ParseStamped(*value) : std::nullopt;
    if (!stamped) continue;
    const std::vector<PreparedRecord> records = PrepareRecords({{std::move(key), std::string(stamped->value)}});
    if (records.empty() || records.front().fault.empty()) return true;
  }
  return false;
}

}  // namespace souk::storage
