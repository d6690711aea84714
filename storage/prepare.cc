// SPDX-License-Identifier: Apache-2.0
// What can be made of a revision's writes before the fold, apart from the rows that it leads to.
#include <algorithm>
#include <string>
#include <utility>

#include "base/names.h"
#include "storage/fold.h"
#include "storage/identifier_rows.h"
#include "storage/ledger_keys.h"
#include "storage/record.h"

namespace souk::storage {
namespace {

using store::v1::ChangeRecord;

bool IsDomain(std::string_view entity) { return entity.starts_with("domains/") && ParseDomainName(entity).ok(); }
bool IsTeam(std::string_view entity) { return entity.starts_with("teams/") && ParseTeamName(entity).ok(); }

// Why the record can't be folded; empty if it can.
std::string FaultOf(const PreparedRecord& prepared) {
  const ChangeRecord& record = prepared.unpacked->record;
  if (record.entity() != prepared.entity || record.number() != prepared.number) return "it belongs to another key";
  switch (record.payload_case()) {
    case ChangeRecord::kRegistration:
    case ChangeRecord::kStateChange:
      return ParseLineName(record.entity()).ok() ? "" : "its entity is not a line";
    case ChangeRecord::kDomain:
      return IsDomain(record.entity()) ? "" : "its entity is not a domain";
    case ChangeRecord::kTeam:
      return IsTeam(record.entity()) ? "" : "its entity is not a team";
    case ChangeRecord::PAYLOAD_NOT_SET:
      break;
  }
  return "its payload is of an unknown kind";
}

PreparedRecord Prepare(const LedgerWrite& write, const RecordKeyParts& key) {
  PreparedRecord prepared;
  prepared.ledger_key = write.key;
  prepared.entity = key.entity;
  prepared.number = key.number;
  prepared.unpacked = write.unpacked;
  if (!prepared.unpacked) {
    auto record = DecodeRecord(write.value);
    if (!record.ok()) {
      prepared.fault = record.status().message();
      return prepared;
    }
    prepared.unpacked = Unpack(std::move(*record));
  }
  prepared.fault = FaultOf(prepared);
  const ChangeRecord& record = prepared.unpacked->record;
  if (prepared.fault.empty() && record.has_registration()) {
    prepared.identifier_rows = IdentifierRows(*ParseLineName(prepared.entity), prepared.unpacked->content->model(),
                                              record.registration().state());
  }
  return prepared;
}

PreparedRecord PrepareBrokenHead(const LedgerWrite& write) {
  PreparedRecord prepared;
  prepared.ledger_key = write.key;
  prepared.entity = write.key.substr(kHeadPrefix.size());
  prepared.fault = "the head can't be read";
  return prepared;
}

}  // namespace

bool IsBrokenHead(const std::string& key, const std::string& value) {
  return key.starts_with(kHeadPrefix) && !DecodeHead(value).has_value();
}

std::vector<PreparedRecord> PrepareRecords(const std::vector<LedgerWrite>& writes) {
  std::vector<PreparedRecord> records;
  for (const LedgerWrite& write : writes) {
    if (const auto key = ParseRecordKey(write.key)) records.push_back(Prepare(write, *key));
  }
  // Behind the records: a record that is folded makes up for an older head, not for the one that came with it.
  for (const LedgerWrite& write : writes) {
    if (IsBrokenHead(write.key, write.value)) records.push_back(PrepareBrokenHead(write));
  }
  return records;
}

}  // namespace souk::storage
