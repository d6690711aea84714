// SPDX-License-Identifier: Apache-2.0
// A view: the folded state at one revision, newest or past. Everything it answers is consistent with that revision.
// Immutable; thread-safe; cheap to copy. Lines that the visibility hides do not exist for it. Holding one holds a
// snapshot of the store: keep it for a call, not longer.
//
// Errors of every method: DATA_LOSS if a stored row can't be read. "Not there" is null or empty, never an error.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "base/status.h"
#include "base/visibility.h"
#include "souk/store/v1/records.pb.h"
#include "storage/change.h"
#include "storage/ledger.h"

namespace souk::storage {

class Snapshot;  // storage/snapshot.h

// Who holds an owner key.
struct OwnedLine {
  LineName line;
  bool by_team = false;  // true: through the accountable team; false: as a person
};

class View {
 public:
  View(std::shared_ptr<const Snapshot> snapshot, Revision revision, bool historic, const Visibility& visibility);

  Revision revision() const { return revision_; }
  // True: answers come from history; the identifier, owner and consumer rows below are then not available (they return
  // INVALID_ARGUMENT reason AS_OF_UNSUPPORTED) and callers must derive them from ForEachLine.
  bool historic() const { return historic_; }

  StatusOr<SharedLine> FindLine(const LineName& line) const;
  // What `answer` says of the view that it is given (this one; for this thread, and only while it is called), made once
  // for as long as no row that it read has changed, and given to all who may see what it saw. The question tells it
  // from all other answers; besides, it may depend on nothing but what it reads. Not kept: errors, which are passed on;
  // what comes of walks over rows or of the past; what was made with something hidden. Never null.
  StatusOr<SharedBytes> AnsweredOnce(std::string_view question,
                                     const std::function<StatusOr<std::string>(const View&)>& answer) const;
  // Lines of one product, by major number.
  StatusOr<std::vector<SharedLine>> LinesOfProduct(std::string_view domain, std::string_view product) const;
  // Every line in the order of LineName, from the first behind start_after (a line's resource name, may be empty), of
  // one domain or all (empty), until visit returns false. INVALID_ARGUMENT if start_after is not a line's name.
  Status ForEachLine(std::string_view domain, std::string_view start_after,
                     const std::function<bool(const store::v1::LineState&)>& visit) const;
  StatusOr<SharedEntity> FindDomain(std::string_view domain_id) const;
  StatusOr<SharedEntity> FindTeam(std::string_view team_id) const;
  Status ForEachDomain(std::string_view start_after,
                       const std::function<bool(const store::v1::EntityState&)>& visit) const;
  Status ForEachTeam(std::string_view start_after,
                     const std::function<bool(const store::v1::EntityState&)>& visit) const;

  // Identifier rows, in name order. Retired lines included.
  StatusOr<std::vector<LineName>> LinesByDescriptorId(std::string_view descriptor_id) const;
  StatusOr<std::vector<LineName>> LinesByContractId(std::string_view contract_id) const;  // output ports that carry it
  // Physical name of a schema object, as written, or the name of a dataset identity.
  StatusOr<std::vector<LineName>> LinesByPhysicalName(std::string_view physical_name) const;
  StatusOr<std::vector<LineName>> LinesByDataset(std::string_view dataset_namespace, std::string_view name) const;
  // Live lines that read a contract id (input ports), and the reverse row of a line.
  StatusOr<std::vector<LineName>> ConsumersOfContract(std::string_view contract_id) const;
  // Lines owned by a team (slug of the declared team's name) or a person (user name). Retired lines left out.
  StatusOr<std::vector<OwnedLine>> OwnedBy(std::string_view owner) const;

  // Records of an entity, newest first, from number `from` (0: newest) down, until visit returns false; up to this
  // view's revision only. Of a record that is not understood only the entity and the number are there, and why.
  Status ForEachRecord(std::string_view entity, uint64_t from,
                       const std::function<bool(const store::v1::ChangeRecord&, Revision)>& visit) const;
  // One record with its original documents. NOT_FOUND if there is none.
  StatusOr<store::v1::ChangeRecord> Record(std::string_view entity, uint64_t number) const;

  // OK, or DATA_LOSS (UNDECODABLE): the newest of the entity is not understood here, and what this view says of it is
  // of before. The entity may be unknown to it.
  Status CheckUnderstood(std::string_view entity) const;
  // Every entity with a value that is not understood, from the names with the prefix, until visit returns false.
  Status ForEachUndecodable(
      std::string_view prefix,
      const std::function<bool(const std::string& entity, const store::v1::UndecodableEntity&)>& visit) const;

  // A ledger key at this view's revision (claims, marks, heads).
  StatusOr<std::optional<KeyState>> LedgerKey(std::string_view key) const;
  Status ForEachLedgerKey(std::string_view prefix, const std::function<bool(const KeyState&)>& visit) const;

  // The whole history, oldest first: each revision that some key was last written at, with its time and those writes,
  // sorted by key, without write ids. The same on every node, whether it was there all the time or was filled from a
  // list. Left out is the state of an import, which is about this ledger. Stops at an error of visit and returns it.
  // INVALID_ARGUMENT (AS_OF_UNSUPPORTED) of a historic view.
  Status ForEachRevision(const std::function<Status(LedgerRevision)>& visit) const;
  // What a revision of another history has become that was imported: the newest of ours that came of it or of one
  // before it. Nothing if that history was not imported, or not so far.
  StatusOr<std::optional<Revision>> ImportedAs(std::string_view epoch, Revision revision) const;

  // Every entity's chain: record numbers without gaps, each naming the digest of the one before, heads naming the last.
  // Faults as text; counts the records in *checked.
  StatusOr<std::vector<std::string>> VerifyChains(uint64_t* checked) const;

 private:
  struct Notes;

  Status ScanLines(const std::string& begin, const std::string& prefix,
                   const std::function<bool(const store::v1::LineState&)>& visit) const;
  Status ScanEntities(const std::string& table, std::string_view start_after,
                      const std::function<bool(const store::v1::EntityState&)>& visit) const;
  StatusOr<SharedEntity> FindEntity(const std::string& key, const std::string& entity) const;
  StatusOr<std::vector<LineName>> ScanIds(const std::string& prefix) const;

  // The snapshot, for reads that are noted: by the row or prefix that they go to.
  const Snapshot& Noting(std::string_view key) const;
  // The snapshot, for all other reads: what is worked out from them can't be kept.
  const Snapshot& Unnoted() const;
  // True if the visibility allows the line, which is noted.
  bool Sees(const LineName& line) const;

  std::shared_ptr<const Snapshot> snapshot_;
  Revision revision_;
  bool historic_;
  const Visibility* visibility_;
  Notes* notes_ = nullptr;  // set while an answer is worked out that may be kept
};

}  // namespace souk::storage
