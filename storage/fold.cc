// SPDX-License-Identifier: Apache-2.0
#include "storage/fold.h"

#include <optional>
#include <string_view>
#include <utility>

#include "base/errors.h"
#include "base/names.h"
#include "storage/identifier_rows.h"
#include "storage/record.h"
#include "storage/rows.h"
#include "storage/undecodable.h"

namespace souk::storage {
namespace {

using souk::v1::ProductState;
using store::v1::ChangeRecord;
using store::v1::LineState;

// Nothing that was folded is ever undone by a record that comes late or twice.
constexpr std::string_view kOutOfOrder = "it does not follow the entity's last record";

bool IsLive(ProductState state) { return state != souk::v1::PRODUCT_STATE_RETIRED; }

// A version in one of these states is promised to its consumers, and immutable from then on.
bool IsPromised(ProductState state) {
  return state == souk::v1::PRODUCT_STATE_ACTIVE || state == souk::v1::PRODUCT_STATE_DEPRECATED;
}

// Everything of the new state but the model and findings.
LineState AfterRegistration(const PreparedRecord& prepared, const LineState* before) {
  const ChangeRecord& record = prepared.unpacked->record;
  const store::v1::Registration& registration = record.registration();
  LineState after;
  after.set_uid(registration.uid().empty() && before != nullptr ? before->uid() : registration.uid());
  after.set_state(registration.state());
  after.set_sunset_us(registration.sunset_us());
  if (before != nullptr) after.set_create_us(before->create_us());
  after.set_registration_number(prepared.number);
  after.set_content_digest(record.content_digest());
  const std::string& version = prepared.unpacked->content->model().version();
  const bool same_version = before != nullptr && before->model().version() == version;
  after.set_version_was_active(IsPromised(registration.state()) || (same_version && before->version_was_active()));
  // The writer has decided the resulting state; where it kept the explicit one, that goes on being explicit.
  after.set_state_set_explicitly(before != nullptr && before->state_set_explicitly() &&
                                 before->state() == registration.state());
  const bool asked = registration.registered_state() != souk::v1::PRODUCT_STATE_UNSPECIFIED;
  after.set_registered_state(asked ? registration.registered_state() : registration.state());
  return after;
}

// Everything of the new state; the content stays.
LineState AfterStateChange(const ChangeRecord& record, const LineState& before) {
  LineState after = before;
  const store::v1::StateChange& change = record.state_change();
  after.set_state(change.state());
  after.set_sunset_us(change.sunset_us());
  after.set_state_set_explicitly(true);
  after.set_version_was_active(before.version_was_active() || IsPromised(change.state()));
  return after;
}

// The time is the commit's, not the record's: "as of" the time that a product was last changed must show that change.
void Stamp(const PreparedRecord& prepared, const Change& change, LineState& state) {
  state.set_name(prepared.entity);
  state.set_actor(prepared.unpacked->record.actor());
  state.set_actor_verified(prepared.unpacked->record.actor_verified());
  if (state.create_us() == 0) state.set_create_us(change.time_us);
  state.set_update_us(change.time_us);
  state.set_revision(change.revision);
  state.set_number(prepared.number);
  state.set_digest(prepared.unpacked->digest);
}

// The state with the content of a record behind it. The model is the record's own, lent: copying and freeing it would
// cost more than all the rest of a commit.
std::shared_ptr<const LineState> WithContent(LineState rest, const std::shared_ptr<const LineState>& content) {
  const std::shared_ptr<LineState> state(new LineState(std::move(rest)), [content](LineState* lent) {
    lent->unsafe_arena_release_model();
    delete lent;
  });
  // Nobody writes to it through the state, which is const from here on.
  if (content->has_model()) {
    state->unsafe_arena_set_allocated_model(const_cast<souk::v1::DataProduct*>(&content->model()));
  }
  *state->mutable_findings() = content->findings();
  return state;
}

// Folds the records of one revision.
class Folder {
 public:
  Folder(RowAccess& rows, store::v1::AppliedState& totals, Change& change)
      : rows_(rows), totals_(totals), change_(change) {}

  Status Fold(PreparedRecord& prepared) {
    if (!prepared.fault.empty()) {
      // Something newer may be folded already; then what this one holds is no more than a hole in the history.
      ASSIGN_OR_RETURN(const uint64_t folded, FoldedNumber(prepared));
      return SetAside(prepared, prepared.fault, prepared.number == 0 || prepared.number > folded);
    }
    const ChangeRecord& record = prepared.unpacked->record;
    if (record.has_domain() || record.has_team()) return FoldEntity(prepared);
    return FoldLine(prepared);
  }

 private:
  static Status Unreadable(const PreparedRecord& prepared) {
    return errors::DataLoss("the row of " + prepared.entity + " can't be read");
  }

  Status SetAside(const PreparedRecord& prepared, std::string_view reason, bool hides) {
    store::v1::Undecodable value;
    value.set_key(prepared.ledger_key);
    value.set_revision(change_.revision);
    value.set_number(prepared.number);
    value.set_reason(std::string(reason));
    return Quarantine(prepared.entity, value, hides, {rows_, totals_});
  }

  Status Understood(const PreparedRecord& prepared) {
    const bool whole = !prepared.unpacked->record.has_state_change();
    return NoteUnderstood(prepared.entity, prepared.ledger_key, prepared.number, whole, {rows_, totals_});
  }

  // Number of the newest record that the entity's row reflects; 0 if there is no such row.
  StatusOr<uint64_t> FoldedNumber(const PreparedRecord& prepared) {
    const auto line = ParseLineName(prepared.entity);
    const std::string_view id = std::string_view(prepared.entity).substr(prepared.entity.find('/') + 1);
    const bool domain = prepared.entity.starts_with("domains/");
    const std::string key = line.ok() ? rows::Line(*line) : domain ? rows::Domain(id) : rows::Team(id);
    ASSIGN_OR_RETURN(const std::optional<std::string> row, rows_.Get(key));
    if (!row) return uint64_t{0};
    LineState state;
    store::v1::EntityState other;
    if (line.ok() ? !state.ParseFromString(*row) : !other.ParseFromString(*row)) return Unreadable(prepared);
    return line.ok() ? state.number() : other.number();
  }

  Status FoldEntity(const PreparedRecord& prepared) {
    auto state = std::make_shared<store::v1::EntityState>(
        ToEntityState(prepared.unpacked->record, change_.revision, prepared.unpacked->digest));
    const bool domain = state->has_domain();
    const std::string_view id = std::string_view(prepared.entity).substr(prepared.entity.find('/') + 1);
    const std::string key = domain ? rows::Domain(id) : rows::Team(id);
    ASSIGN_OR_RETURN(const std::optional<std::string> row, rows_.Get(key));
    store::v1::EntityState before;
    if (row && !before.ParseFromString(*row)) return Unreadable(prepared);
    if (prepared.number <= before.number()) return SetAside(prepared, kOutOfOrder, /*hides=*/false);
    const std::string bytes = state->SerializeAsString();
    rows_.Put(key, bytes);
    EntityDelta& delta = AddDelta(prepared);
    delta.other = std::move(state);
    delta.state_bytes = bytes.size();
    return Understood(prepared);
  }

  Status FoldLine(PreparedRecord& prepared) {
    ASSIGN_OR_RETURN(const LineName line, ParseLineName(prepared.entity));
    const std::string key = rows::Line(line);
    ASSIGN_OR_RETURN(const std::optional<std::string> row, rows_.Get(key));
    LineState before;
    if (row && !before.ParseFromString(*row)) return Unreadable(prepared);
    if (prepared.number <= before.number()) return SetAside(prepared, kOutOfOrder, /*hides=*/false);
    const ChangeRecord& record = prepared.unpacked->record;
    if (!row && record.has_state_change()) {
      return SetAside(prepared, "it changes the state of a line that was never registered", /*hides=*/true);
    }
    if (row) rows_.Put(rows::LineHistory(line, before.revision()), *row);
    EntityDelta& delta = AddDelta(prepared);
    if (record.has_registration()) {
      Register(prepared, key, row ? &before : nullptr, delta);
    } else {
      ChangeState(prepared, key, before, delta);
    }
    const LineState& after = *delta.line;
    ReplaceRows(row ? IdentifierRows(line, before.model(), before.state()) : std::vector<std::string>(),
                record.has_registration() ? std::move(prepared.identifier_rows)
                                          : IdentifierRows(line, after.model(), after.state()),
                rows_);
    const bool was_live = row.has_value() && IsLive(before.state());
    totals_.set_live_lines(totals_.live_lines() + (IsLive(after.state()) ? 1 : 0) - (was_live ? 1 : 0));
    return Understood(prepared);
  }

  // Both write the line's row and leave its new state in the delta.
  void Register(const PreparedRecord& prepared, std::string_view key, const LineState* before, EntityDelta& delta) {
    LineState rest = AfterRegistration(prepared, before);
    Stamp(prepared, change_, rest);
    // Serialized messages merge when they are put one behind the other.
    const std::string& content = prepared.unpacked->content_bytes;
    std::string bytes;
    bytes.reserve(content.size() + rest.ByteSizeLong());
    bytes += content;
    rest.AppendToString(&bytes);
    rows_.Put(key, bytes);
    delta.line = WithContent(std::move(rest), prepared.unpacked->content);
    delta.state_bytes = bytes.size();
  }

  void ChangeState(const PreparedRecord& prepared, std::string_view key, const LineState& before, EntityDelta& delta) {
    auto after = std::make_shared<LineState>(AfterStateChange(prepared.unpacked->record, before));
    Stamp(prepared, change_, *after);
    const std::string bytes = after->SerializeAsString();
    rows_.Put(key, bytes);
    delta.line = std::move(after);
    delta.state_bytes = bytes.size();
  }

  EntityDelta& AddDelta(const PreparedRecord& prepared) {
    EntityDelta& delta = change_.deltas.emplace_back();
    delta.entity = prepared.entity;
    const ChangeRecord& record = prepared.unpacked->record;
    delta.action = ActionOf(record);
    delta.actor = record.actor();
    delta.reason = record.reason();
    delta.number = prepared.number;
    return delta;
  }

  RowAccess& rows_;
  store::v1::AppliedState& totals_;
  Change& change_;
};

}  // namespace

Status FoldRevision(std::vector<PreparedRecord> records, RowAccess& rows, store::v1::AppliedState& totals,
                    Change& change) {
  Folder folder(rows, totals, change);
  for (PreparedRecord& prepared : records) RETURN_IF_ERROR(folder.Fold(prepared));
  return Status::Ok();
}

std::shared_ptr<const LineState> LineAfter(const std::shared_ptr<const UnpackedRecord>& record, const LineState* before,
                                           Revision revision, int64_t time_us) {
  PreparedRecord prepared;
  prepared.entity = record->record.entity();
  prepared.number = record->record.number();
  prepared.unpacked = record;
  Change change;
  change.revision = revision;
  change.time_us = time_us;
  const bool registration = record->record.has_registration();
  LineState after = registration ? AfterRegistration(prepared, before)
                                 : AfterStateChange(record->record, before == nullptr ? LineState() : *before);
  Stamp(prepared, change, after);
  if (registration) return WithContent(std::move(after), record->content);
  return std::make_shared<const LineState>(std::move(after));
}

store::v1::EntityState ToEntityState(const ChangeRecord& record, Revision revision, std::string_view digest) {
  store::v1::EntityState state;
  if (record.has_domain()) *state.mutable_domain() = record.domain();
  if (record.has_team()) *state.mutable_team() = record.team();
  state.set_revision(revision);
  state.set_number(record.number());
  state.set_digest(std::string(digest));
  return state;
}

std::string_view ActionOf(const ChangeRecord& record) {
  switch (record.payload_case()) {
    case ChangeRecord::kRegistration:
      return "register";
    case ChangeRecord::kStateChange:
      return IsLive(record.state_change().state()) ? "set-state" : "retire";
    case ChangeRecord::kDomain:
      return "update-domain";
    case ChangeRecord::kTeam:
      return "update-team";
    case ChangeRecord::PAYLOAD_NOT_SET:
      break;
  }
  return "";
}

}  // namespace souk::storage
