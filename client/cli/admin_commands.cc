// SPDX-License-Identifier: Apache-2.0
// admin status, verify, rebuild, backup.
#include <google/protobuf/util/time_util.h>

#include <set>
#include <string>

#include "base/digest.h"
#include "client/cli/command_list.h"
#include "client/cli/text.h"

namespace souk::cli {
namespace {

// These walk over everything that the node has.
constexpr std::chrono::minutes kWholeNodeDeadline{30};

std::string Bytes(uint64_t bytes) {
  constexpr uint64_t kMiB = 1024 * 1024;
  return bytes == 0 ? "" : std::to_string((bytes + kMiB - 1) / kMiB) + " MiB";
}

}  // namespace

// How a node of a cluster follows its ledger.
void WriteLink(const v1::LedgerLink& link, const Style& style, std::ostream& out) {
  using google::protobuf::util::TimeUtil;
  if (link.connected()) {
    out << "following";
  } else {
    out << style.Red("cut off for " + std::to_string(TimeUtil::DurationToSeconds(link.silence())) +
                     " s: " + Clean(link.reason()))
        << "\nfollowing";
  }
  out << ": lag " << TimeUtil::DurationToMilliseconds(link.lag()) << " ms, " << Count(link.resumes(), "resume") << ", "
      << Count(link.gaps(), "gap") << ", " << Count(link.relists(), "re-list") << ", "
      << Count(link.comparisons(), "comparison") << ", " << Count(link.differences(), "difference") << "\n";
  if (link.foreign_changes() > 0) {
    out << style.Red(Count(link.foreign_changes(), "change") + " that no node of Souk made") << "\n";
  }
}

// What of the ledger the node does not understand.
void WriteUndecodable(const v1::GetStatusResponse& response, const Style& style, std::ostream& out) {
  if (response.undecodable_count() == 0) return;
  out << style.Red("not understood: " + std::to_string(response.undecodable_count()) +
                   " of the lines, domains and teams")
      << "\n";
  std::set<std::string> named;  // an entity may have two such values
  for (const v1::UndecodableValue& value : response.undecodable()) {
    named.insert(value.entity());
    out << "  " << Clean(value.entity()) << (value.hides_entity() ? "" : " (reads go on)") << ": " << Clean(value.key())
        << " of revision " << Clean(value.revision()) << ": " << Clean(value.message()) << "\n";
  }
  if (response.undecodable_count() > named.size()) out << "  and more\n";
}

StatusOr<int> RunAdminStatus(Session& session) {
  ASSIGN_OR_RETURN(const v1::GetStatusResponse response, session.client().GetStatus({}, session.call()));
  Answer answer;
  answer.message = &response;
  answer.table.header = {"INDEX", "APPLIED", "DURABLE", "ENTRIES", "SIZE", "CONDITION"};
  for (const v1::IndexStatus& index : response.indexes()) {
    answer.table.rows.push_back({index.name(), index.applied_revision(), index.durable_revision(),
                                 std::to_string(index.entries()), Bytes(index.size_bytes()), index.condition()});
    answer.names.push_back(index.name());
    answer.ids.push_back(index.name());
  }
  answer.text = [&](std::ostream& out, const Style& style) {
    out << "soukd " << Clean(response.version()) << ", up "
        << google::protobuf::util::TimeUtil::DurationToSeconds(response.uptime()) << " s, "
        << Count(response.products(), "product") << ", " << Bytes(response.resident_bytes()) << " resident\n"
        << "ledger " << Clean(response.ledger_kind()) << " at " << Clean(response.ledger_revision()) << " (oldest "
        << Clean(response.oldest_revision()) << "), store at " << Clean(response.store_revision()) << "\n";
    if (response.has_ledger_link()) WriteLink(response.ledger_link(), style, out);
    WriteUndecodable(response, style, out);
    if (!response.writable()) {
      out << style.Red("writes are refused: " + Clean(response.not_writable_reason())) << "\n";
    }
    WriteTable(answer.table, style, 0, out);
  };
  return session.Print(answer);
}

StatusOr<int> RunAdminVerify(Session& session) {
  v1::VerifyIndexRequest request;
  request.set_heal(session.Has("heal"));
  ASSIGN_OR_RETURN(const v1::VerifyIndexResponse response,
                   session.client().VerifyIndex(request, session.call(kWholeNodeDeadline)));
  Answer answer;
  answer.message = &response;
  answer.table.header = {"INDEX", "SUBJECT", "HEALED", "FAULT"};
  bool sound = true;
  for (const v1::IndexFault& fault : response.faults()) {
    answer.table.rows.push_back({fault.index(), fault.subject(), fault.healed() ? "yes" : "no", fault.message()});
    answer.names.push_back(fault.subject());
    answer.ids.push_back(fault.subject());
    sound = sound && fault.healed();
  }
  // Of no fault there is no table.
  answer.text = [&](std::ostream& out, const Style& style) {
    if (!answer.table.rows.empty()) WriteTable(answer.table, style, 0, out);
    out << (response.faults().empty() ? "sound"
            : sound                   ? "healed"
                                      : "damaged")
        << ": " << Count(response.documents_checked(), "document") << ", " << Count(response.files_checked(), "file")
        << " and " << Count(response.records_checked(), "history record") << " checked at revision "
        << Clean(response.revision()) << "\n"
        << "history " << Hex(response.history_digest()) << "\nstate   " << Hex(response.state_digest()) << "\n";
  };
  RETURN_IF_ERROR(session.Print(answer).status());
  if (!sound && !session.Has("heal")) session.Note("`souk admin verify --heal` mends what it may");
  return sound ? kExitOk : kExitFailure;
}

StatusOr<int> RunAdminRebuild(Session& session) {
  ASSIGN_OR_RETURN(const v1::RebuildIndexResponse response,
                   session.client().RebuildIndex({}, session.call(kWholeNodeDeadline)));
  Answer answer;
  answer.message = &response;
  answer.table.header = {"DOCUMENTS", "REVISION"};
  answer.table.rows = {{std::to_string(response.documents()), response.revision()}};
  return session.Print(answer);
}

StatusOr<int> RunAdminBackup(Session& session) {
  v1::CreateBackupRequest request;
  request.set_directory(session.word(0));
  ASSIGN_OR_RETURN(const v1::CreateBackupResponse response,
                   session.client().CreateBackup(request, session.call(kWholeNodeDeadline)));
  Answer answer;
  answer.message = &response;
  answer.table.header = {"DIRECTORY", "REVISION", "SIZE"};
  answer.table.rows = {{request.directory(), response.revision(), Bytes(response.size_bytes())}};
  return session.Print(answer);
}

}  // namespace souk::cli
