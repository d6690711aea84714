// SPDX-License-Identifier: Apache-2.0
#include "storage/history/history_check.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "souk/store/v1/records.pb.h"
#include "storage/ledger_keys.h"
#include "storage/record.h"

namespace souk::storage::history {
namespace {

Status Broken(const std::string& what) {
  ErrorDetail detail;
  detail.reason = "HISTORY_BROKEN";
  detail.remedy = "Take another backup or export; a record that a newer version wrote needs that version.";
  return {Code::kDataLoss, "the history does not hold together: " + what, std::move(detail)};
}

bool Writes(const LedgerRevision& revision, std::string_view key) {
  return std::any_of(revision.writes.begin(), revision.writes.end(),
                     [key](const LedgerWrite& write) { return write.key == key; });
}

}  // namespace

StatusOr<std::vector<LedgerWrite>> HistoryCheck::Add(const LedgerRevision& revision) {
  std::vector<LedgerWrite> writes = revision.writes;
  for (const LedgerWrite& write : revision.writes) {
    if (write.key.starts_with(kRecordPrefix)) RETURN_IF_ERROR(AddRecord(write, revision, writes));
  }
  for (const LedgerWrite& write : revision.writes) {
    if (write.key.starts_with(kHeadPrefix)) RETURN_IF_ERROR(AddHead(write));
  }
  return writes;
}

Status HistoryCheck::AddRecord(const LedgerWrite& write, const LedgerRevision& revision,
                               std::vector<LedgerWrite>& heads) {
  const auto key = ParseRecordKey(write.key);
  if (!key) return Broken(write.key + " is not the key of a record");
  const auto record = DecodeRecord(write.value);
  if (!record.ok()) return Broken(write.key + ": " + record.status().message());
  const std::string entity(key->entity);
  if (record->entity() != entity || record->number() != key->number) {
    return Broken(write.key + " holds a record of another key");
  }
  Chain& chain = chains_[entity];
  if (record->number() != chain.number + 1) {
    return Broken(write.key + " follows record " + std::to_string(chain.number));
  }
  if (record->previous_digest() != chain.digest) {
    return Broken(write.key + " does not name the digest of the record before it");
  }
  if (record->payload_digest() != PayloadDigest(*record)) {
    return Broken(write.key + " does not match its own payload digest");
  }
  for (const souk::v1::Document& document : record->registration().documents()) {
    // Bytes may have been redacted; those that are there are the original ones.
    const bool original =
        document.content().empty() || document.digest().empty() || document.digest() == Hex(Sha256(document.content()));
    if (!original)
      return Broken(write.key + " holds a document, " + document.path() + ", that differs from its digest");
  }
  const store::v1::EntityHead head = HeadOf(*record);
  chain = {head.number(), head.digest(), false};
  const std::string head_key = HeadKey(entity);
  if (!Writes(revision, head_key)) heads.push_back({head_key, head.SerializeAsString()});
  return Status::Ok();
}

Status HistoryCheck::AddHead(const LedgerWrite& write) {
  const auto chain = chains_.find(write.key.substr(kHeadPrefix.size()));
  store::v1::EntityHead head;
  if (chain == chains_.end() || !head.ParseFromString(write.value) || head.number() != chain->second.number ||
      head.digest() != chain->second.digest) {
    return Broken(write.key + " does not name its entity's last record");
  }
  chain->second.head_seen = true;
  return Status::Ok();
}

Status HistoryCheck::Finish() const {
  for (const auto& [entity, chain] : chains_) {
    if (!chain.head_seen) return Broken(entity + " has no head that names its last record");
  }
  return Status::Ok();
}

}  // namespace souk::storage::history
