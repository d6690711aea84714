// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/admin.h"

#include <google/protobuf/util/time_util.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>

#include "server/catalog/reading.h"
#include "storage/history/history_digest.h"

namespace souk::catalog {
namespace {

const AllowAll kEverything;

uint64_t FolderBytes(const std::filesystem::path& folder) {
  uint64_t bytes = 0;
  std::error_code error;
  for (auto it = std::filesystem::recursive_directory_iterator(folder, error);
       !error && it != std::filesystem::recursive_directory_iterator(); it.increment(error)) {
    std::error_code ignored;  // a file may vanish while we count
    if (it->is_regular_file(ignored)) bytes += it->file_size(ignored);
  }
  return bytes;
}

void AddFault(v1::VerifyIndexResponse& response, std::string_view index, const std::string& subject,
              const std::string& message) {
  v1::IndexFault& fault = *response.add_faults();
  fault.set_index(std::string(index));
  fault.set_subject(subject);
  fault.set_message(message);
}

void MarkHealed(v1::VerifyIndexResponse& response, std::string_view index) {
  for (v1::IndexFault& fault : *response.mutable_faults()) {
    if (fault.index() == index) fault.set_healed(true);
  }
}

// True if the fault is only that a line has changed since the view was taken: the index rightly went on.
StatusOr<bool> ChangedSince(const Backends& parts, const storage::View& view, const text::TextFault& fault) {
  const auto name = ParseLineName(fault.subject);
  if (!name.ok()) return false;
  ASSIGN_OR_RETURN(const auto line, parts.store.Current(kEverything).FindLine(*name));
  return line && line->revision() > view.revision();
}

Status VerifyText(const Backends& parts, const CallContext& call, const storage::View& view,
                  v1::VerifyIndexResponse& response) {
  RETURN_IF_ERROR(parts.text_runner.WaitApplied(view.revision(), WaitDeadline(call)));
  ASSIGN_OR_RETURN(const text::TextVerdict verdict, parts.text.Verify(view));
  for (const text::TextFault& fault : verdict.faults) {
    ASSIGN_OR_RETURN(const bool changed, ChangedSince(parts, view, fault));
    if (!changed) AddFault(response, "text", fault.subject, fault.message);
  }
  response.set_documents_checked(verdict.documents_checked);
  response.set_files_checked(verdict.files_checked);
  return Status::Ok();
}

// Differences of the serving graph from one built anew. The graph moves on while serving, so that a difference may be
// no more than a change that slipped in between: only what stands in every try is a fault.
Status VerifyGraph(const Backends& parts, const CallContext& call, v1::VerifyIndexResponse& response) {
  constexpr int kTriesMax = 5;
  std::set<std::string> standing;
  for (int attempt = 0; attempt < kTriesMax; ++attempt) {
    RETURN_IF_ERROR(call.Check("VerifyIndex"));
    const storage::View view = parts.store.Current(kEverything);
    RETURN_IF_ERROR(parts.lineage_runner.WaitApplied(view.revision(), WaitDeadline(call)));
    lineage::LineageGraph fresh;
    RETURN_IF_ERROR(fresh.Rebuild(view));
    const std::vector<std::string> found = parts.lineage.DifferencesFrom(fresh);
    const bool moved = parts.lineage.status().applied != view.revision();
    std::set<std::string> still;
    for (const std::string& difference : found) {
      if (attempt == 0 || standing.contains(difference)) still.insert(difference);
    }
    standing = moved ? std::move(still) : std::set<std::string>(found.begin(), found.end());
    if (!moved || standing.empty()) break;
  }
  for (const std::string& difference : standing) AddFault(response, "lineage", "graph", difference);
  return Status::Ok();
}

void FillLink(const storage::FollowerStatus& follower, v1::LedgerLink& link) {
  using google::protobuf::util::TimeUtil;
  link.set_connected(follower.connected.ok());
  const std::string& remedy = follower.connected.detail().remedy;
  link.set_reason(follower.connected.message() + (remedy.empty() ? "" : ". " + remedy));
  *link.mutable_silence() = TimeUtil::MillisecondsToDuration(follower.silence.count());
  *link.mutable_lag() = TimeUtil::MillisecondsToDuration(follower.lag.count());
  link.set_resumes(follower.resumes);
  link.set_gaps(follower.gaps);
  link.set_relists(follower.relists);
  link.set_foreign_changes(follower.foreign_changes);
  link.set_comparisons(follower.comparisons);
  link.set_differences(follower.differences);
}

// Entities that a status names; all of them are counted.
constexpr int kUndecodableNamedMax = 20;

Status AddUndecodable(const Backends& parts, v1::GetStatusResponse& response) {
  response.set_undecodable_count(parts.store.undecodable());
  const auto add = [&](const std::string& entity, const store::v1::Undecodable& value, bool hides) {
    v1::UndecodableValue& named = *response.add_undecodable();
    named.set_entity(entity);
    named.set_key(value.key());
    named.set_revision(Token(parts, value.revision()));
    named.set_message(value.reason());
    named.set_hides_entity(hides);
  };
  int named = 0;
  return parts.store.Current(kEverything).ForEachUndecodable("", [&](const std::string& entity, const auto& mark) {
    if (mark.has_record()) add(entity, mark.record(), true);
    if (mark.has_head()) add(entity, mark.head(), false);
    return ++named < kUndecodableNamedMax;
  });
}

}  // namespace

std::string_view NodeVersion() { return "0.1.0"; }

uint64_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  uint64_t total = 0;
  uint64_t resident = 0;
  if (!(file >> total >> resident)) return 0;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

v1::IndexStatus Admin::StatusOf(index::ProjectionRunner& runner) const {
  const index::ProjectionStatus status = runner.projection().status();
  v1::IndexStatus message;
  message.set_name(std::string(runner.projection().name()));
  message.set_applied_revision(Token(parts_, status.applied));
  message.set_durable_revision(Token(parts_, status.durable));
  message.set_entries(status.entries);
  message.set_size_bytes(status.size_bytes);
  message.set_condition(runner.condition());
  return message;
}

StatusOr<v1::GetStatusResponse> Admin::GetStatus(const v1::GetStatusRequest& /*request*/,
                                                 const CallContext& call) const {
  ASSIGN_OR_RETURN(const storage::LedgerStatus ledger, parts_.store.ledger().Status(call.deadline));
  v1::GetStatusResponse response;
  response.set_version(std::string(NodeVersion()));
  response.set_ledger_kind(ledger.kind);
  response.set_ledger_revision(Token(parts_, ledger.head));
  response.set_oldest_revision(Token(parts_, parts_.store.oldest()));
  const storage::Revision applied = parts_.store.applied();
  response.set_store_revision(Token(parts_, applied));
  *response.add_indexes() = StatusOf(parts_.text_runner);
  *response.add_indexes() = StatusOf(parts_.lineage_runner);
  v1::IndexStatus& ownership = *response.add_indexes();  // its rows are written in the store's own batch
  ownership.set_name("ownership");
  ownership.set_applied_revision(Token(parts_, applied));
  ownership.set_durable_revision(Token(parts_, applied));
  ownership.set_entries(parts_.store.live_lines());
  const Status damage = parts_.store.damage();
  ownership.set_condition(damage.ok() ? "serving" : damage.ToString());
  response.set_products(parts_.store.live_lines());
  response.set_resident_bytes(ResidentBytes());
  response.set_writable(ledger.writable);
  response.set_not_writable_reason(ledger.not_writable_reason);
  if (const auto follower = parts_.store.follower()) FillLink(*follower, *response.mutable_ledger_link());
  RETURN_IF_ERROR(AddUndecodable(parts_, response));
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(parts_.clock.Monotonic() - start_);
  response.mutable_uptime()->set_seconds(uptime.count());
  return response;
}

StatusOr<v1::VerifyIndexResponse> Admin::VerifyIndex(const v1::VerifyIndexRequest& request,
                                                     const CallContext& call) const {
  v1::VerifyIndexResponse response;
  storage::View view = parts_.store.Current(kEverything);
  RETURN_IF_ERROR(VerifyText(parts_, call, view, response));
  RETURN_IF_ERROR(VerifyGraph(parts_, call, response));
  uint64_t records = 0;
  ASSIGN_OR_RETURN(const std::vector<std::string> chain_faults, view.VerifyChains(&records));
  for (const std::string& fault : chain_faults) AddFault(response, "history", "chain", fault);
  if (request.heal() && !chain_faults.empty() && parts_.store.follows()) {
    // Whether the fault is in this node's rows or in the ledger is seen once they were had from there again.
    RETURN_IF_ERROR(
        parts_.store.FillAnew(errors::DataLoss("verify found that " + chain_faults.front()), call.deadline));
    view = parts_.store.Current(kEverything);
    ASSIGN_OR_RETURN(const auto standing, view.VerifyChains(&records));
    if (standing.empty()) MarkHealed(response, "history");
  }
  response.set_records_checked(records);
  ASSIGN_OR_RETURN(*response.mutable_history_digest(), storage::history::DigestOfHistory(view));
  ASSIGN_OR_RETURN(*response.mutable_state_digest(), storage::history::DigestOfState(view));
  response.set_revision(Token(parts_, view.revision()));
  for (index::ProjectionRunner* runner : {&parts_.text_runner, &parts_.lineage_runner}) {
    const std::string_view name = runner->projection().name();
    const auto& faults = response.faults();
    const auto first = std::find_if(faults.begin(), faults.end(), [&](const auto& f) { return f.index() == name; });
    if (first == faults.end()) continue;
    runner->FoundFault("verify found damage: " + first->subject() + ": " + first->message());
    if (!request.heal()) continue;
    RETURN_IF_ERROR(runner->Rebuild(call.deadline));
    MarkHealed(response, name);
  }
  return response;
}

StatusOr<v1::RebuildIndexResponse> Admin::RebuildIndex(const v1::RebuildIndexRequest& /*request*/,
                                                       const CallContext& call) const {
  RETURN_IF_ERROR(parts_.lineage_runner.Rebuild(call.deadline));
  RETURN_IF_ERROR(parts_.text_runner.Rebuild(call.deadline));
  const index::ProjectionStatus status = parts_.text.status();
  v1::RebuildIndexResponse response;
  response.set_documents(status.entries);
  response.set_revision(Token(parts_, status.applied));
  return response;
}

StatusOr<v1::CreateBackupResponse> Admin::CreateBackup(const v1::CreateBackupRequest& request,
                                                       const CallContext& /*call*/) const {
  if (request.directory().empty()) return errors::MissingField("directory");
  const std::filesystem::path directory(request.directory());
  if (!directory.is_absolute()) {
    return errors::BadField("directory", "\"" + request.directory() + "\" is not absolute",
                            "Give an absolute path on the node's machine.");
  }
  ASSIGN_OR_RETURN(const storage::Revision revision, parts_.store.Checkpoint(directory));
  v1::CreateBackupResponse response;
  response.set_revision(Token(parts_, revision));
  response.set_size_bytes(FolderBytes(directory));
  return response;
}

}  // namespace souk::catalog
