// SPDX-License-Identifier: Apache-2.0
// The proof of the hash chain, kept apart from the other reads of a view: it walks everything.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/errors.h"
#include "storage/ledger_keys.h"
#include "storage/ledger_tables.h"
#include "storage/record.h"
#include "storage/rows.h"
#include "storage/snapshot.h"
#include "storage/view.h"

namespace souk::storage {
namespace {

// Faults listed; one damaged file can cause very many, and the first ones say where it is.
constexpr size_t kFaultsMax = 1000;

// Follows one chain after the other: the records of an entity stand together, in the order of their numbers.
class ChainWalk {
 public:
  ChainWalk(const Snapshot& snapshot, bool compare_heads) : snapshot_(snapshot), compare_heads_(compare_heads) {}

  Status Visit(const KeyState& row) {
    const auto key = ParseRecordKey(row.key);
    if (!key) {
      Fault(row.key, "is not the key of a record");
      return Status::Ok();
    }
    if (key->entity != entity_) {
      RETURN_IF_ERROR(Finish());
      entity_ = key->entity;
    }
    ++checked_;
    if (key->number != number_ + 1) {
      Fault(entity_, "lacks the records between " + std::to_string(number_) + " and " + std::to_string(key->number));
    }
    const auto record = DecodeRecord(row.value);
    if (!record.ok()) {
      Fault(row.key, "can't be read");
      digest_.reset();  // what comes next can't be compared with it
    } else {
      Compare(row.key, *record, *key);
      digest_ = RecordDigest(*record);
    }
    number_ = key->number;
    return Status::Ok();
  }

  // Compares the end of the chain with the entity's head and folded state, and gets ready for the next.
  Status Finish() {
    if (!entity_.empty() && compare_heads_) {
      RETURN_IF_ERROR(CompareHead());
      RETURN_IF_ERROR(CompareState());
    }
    entity_.clear();
    digest_ = "";
    number_ = 0;
    return Status::Ok();
  }

  uint64_t checked() const { return checked_; }
  bool full() const { return faults_.size() >= kFaultsMax; }
  std::vector<std::string> TakeFaults() { return std::move(faults_); }

 private:
  void Fault(std::string_view where, std::string_view what) {
    faults_.push_back(std::string(where) + " " + std::string(what));
  }

  void Compare(const std::string& name, const store::v1::ChangeRecord& record, const RecordKeyParts& key) {
    if (record.entity() != key.entity || record.number() != key.number) Fault(name, "holds a record of another key");
    if (digest_ && record.previous_digest() != *digest_) {
      Fault(name, "does not name the digest of the record before it");
    }
    if (record.payload_case() == store::v1::ChangeRecord::PAYLOAD_NOT_SET) {
      Fault(name, "is of a kind that this program does not know");
    } else if (record.payload_digest() != PayloadDigest(record)) {
      Fault(name, "does not match its own payload digest");
    }
  }

  Status CompareHead() {
    ASSIGN_OR_RETURN(const auto value,
                     LedgerValueAt(snapshot_.engine(), snapshot_.rows(), HeadKey(entity_), snapshot_.revision()));
    const auto head = value ? DecodeHead(value->value) : std::nullopt;
    if (!head) {
      Fault(entity_, "has records but no readable head");
    } else if (head->number() != number_ || (digest_ && head->digest() != *digest_)) {
      Fault(entity_, "has a head that does not name its last record");
    }
    return Status::Ok();
  }

  Status CompareState() {
    std::string folded;
    const std::string_view id = std::string_view(entity_).substr(entity_.find('/') + 1);
    if (const auto line = ParseLineName(entity_); line.ok()) {
      ASSIGN_OR_RETURN(const auto row, snapshot_.engine().Get(rows::Line(*line), snapshot_.rows()));
      store::v1::LineState state;
      if (row && state.ParseFromString(*row)) folded = state.digest();
    } else {
      const bool domain = entity_.starts_with("domains/");
      ASSIGN_OR_RETURN(const auto row,
                       snapshot_.engine().Get(domain ? rows::Domain(id) : rows::Team(id), snapshot_.rows()));
      store::v1::EntityState state;
      if (row && state.ParseFromString(*row)) folded = state.digest();
    }
    if (folded != digest_) Fault(entity_, "has a folded state that does not reflect its last record");
    return Status::Ok();
  }

  const Snapshot& snapshot_;
  const bool compare_heads_;
  std::string entity_;
  std::optional<std::string> digest_ = "";  // of the record before; nothing if that can't be read
  uint64_t number_ = 0;
  uint64_t checked_ = 0;
  std::vector<std::string> faults_;
};

}  // namespace

StatusOr<std::vector<std::string>> View::VerifyChains(uint64_t* checked) const {
  const Snapshot& snapshot = Unnoted();
  // Heads and states are those of the newest revision; a past one proves the links only.
  ChainWalk walk(snapshot, /*compare_heads=*/!historic_);
  Status fault;
  RETURN_IF_ERROR(ListLedgerValues(snapshot.engine(), snapshot.rows(), kRecordPrefix, rows::PrefixEnd(kRecordPrefix),
                                   revision_, [&](const KeyState& row) {
                                     fault = walk.Visit(row);
                                     return fault.ok() && !walk.full();
                                   }));
  RETURN_IF_ERROR(fault);
  RETURN_IF_ERROR(walk.Finish());
  std::vector<std::string> faults = walk.TakeFaults();
  if (!historic_) {
    // A head whose records are all gone has no chain to walk.
    RETURN_IF_ERROR(ForEachLedgerKey(kHeadPrefix, [&](const KeyState& row) {
      const std::string entity = row.key.substr(kHeadPrefix.size());
      const auto first = LedgerValueAt(snapshot.engine(), snapshot.rows(), RecordKey(entity, 1), snapshot.revision());
      fault = first.status();
      if (fault.ok() && !*first) faults.push_back(entity + " has a head but lacks its first record");
      return fault.ok() && faults.size() < kFaultsMax;
    }));
    RETURN_IF_ERROR(fault);
  }
  *checked = walk.checked();
  return faults;
}

}  // namespace souk::storage
