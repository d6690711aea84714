// SPDX-License-Identifier: Apache-2.0
// `souk compat`: two contracts, side by side, on this machine.
#include <istream>
#include <iterator>
#include <string>
#include <utility>

#include "base/limits.h"
#include "client/cli/bundles.h"
#include "client/cli/command_list.h"
#include "client/cli/text.h"
#include "client/cli/usage.h"
#include "descriptor/contract.h"
#include "descriptor/diff.h"
#include "governance/change_place.h"
#include "governance/compatibility.h"

namespace souk::cli {
namespace {

StatusOr<v1::DataContract> ContractOf(Session& session, const std::string& word) {
  v1::Document document;
  if (word == "-") {
    std::istream& in = session.env().in;
    document.set_content(std::string(std::istreambuf_iterator<char>(in), {}));
  } else {
    ASSIGN_OR_RETURN(*document.mutable_content(), ReadFile(word, limits::kBundleBytesMax));
    document.set_path(word);
  }
  return descriptor::ParseContract(document);
}

// Everything but the schema, a server that moved for example, is no matter of readers and data.
v1::CompatibilityReport Compare(const v1::DataContract& before, const v1::DataContract& after,
                                v1::CompatibilityMode mode) {
  v1::CompatibilityReport report;
  report.set_mode(mode);
  report.set_promise(std::string(governance::ModePromise(mode)));
  v1::DataProduct old_model;
  v1::DataProduct new_model;
  *old_model.add_contracts() = before;
  *new_model.add_contracts() = after;
  for (const v1::Difference& difference : descriptor::Diff(before, after)) {
    if (!difference.path().starts_with("schema/") || !governance::Breaks(difference, mode)) continue;
    // A path of the model begins with the contract.
    governance::ChangePlace place = governance::PlaceOf("contracts/-/" + difference.path(), old_model);
    place.contract_id = after.id();
    v1::BreakingChange& change = *report.add_breaking_changes();
    change.set_rule(difference.rule());
    change.set_contract_id(after.id());
    change.set_column(place.column);
    change.set_message(difference.message());
    *change.mutable_location() = governance::LocationOf(place, new_model);
  }
  report.set_compatible(report.breaking_changes().empty());
  return report;
}

}  // namespace

StatusOr<int> RunCompat(Session& session) {
  if (session.word(0) == "-" && session.word(1) == "-") {
    return UsageError("both contracts can't come from standard input", "Give a file for one of them.");
  }
  const std::string word = session.Has("mode") ? session.Text("mode") : "forward";
  const v1::CompatibilityMode mode = governance::ModeOr(governance::ModeOfWord(word).value_or(v1::CompatibilityMode{}));
  ASSIGN_OR_RETURN(const v1::DataContract before, ContractOf(session, session.word(0)));
  ASSIGN_OR_RETURN(const v1::DataContract after, ContractOf(session, session.word(1)));
  const v1::CompatibilityReport report = Compare(before, after, mode);
  Answer answer;
  answer.message = &report;
  answer.table.header = {"RULE", "COLUMN", "LINE", "MESSAGE"};
  for (const v1::BreakingChange& change : report.breaking_changes()) {
    const uint32_t line = change.location().line();
    answer.table.rows.push_back(
        {change.rule(), change.column(), line == 0 ? std::string() : std::to_string(line), change.message()});
    answer.names.push_back(change.column());
    answer.ids.push_back(change.rule());
  }
  RETURN_IF_ERROR(session.Print(answer).status());
  const std::string promise = word + " (" + report.promise() + ")";
  if (report.compatible()) {
    session.Note("compatible: " + promise);
    return kExitOk;
  }
  session.Note("not compatible: " + promise + "; " +
               Count(static_cast<uint64_t>(report.breaking_changes_size()), "breaking change"));
  return kExitFindings;
}

}  // namespace souk::cli
