// SPDX-License-Identifier: Apache-2.0
// The work of each command, one function each; commands.cc lists them with their descriptions. All may return any
// error of the RPCs they call, and INVALID_ARGUMENT for words that don't fit together.
#pragma once

#include <vector>

#include "base/status.h"
#include "client/cli/command.h"
#include "client/cli/session.h"

namespace souk::cli {

// commands_governance.cc
std::vector<CommandSpec> GovernanceCommands();

// register_command.cc
StatusOr<int> RunRegister(Session& session);
// check_command.cc
StatusOr<int> RunCheck(Session& session);
// validate_command.cc
StatusOr<int> RunValidate(Session& session);
// compat_command.cc
StatusOr<int> RunCompat(Session& session);
// rule_commands.cc
StatusOr<int> RunRulesList(Session& session);
StatusOr<int> RunRulesSet(Session& session);
StatusOr<int> RunWaiverCreate(Session& session);
StatusOr<int> RunWaiverList(Session& session);
StatusOr<int> RunWaiverEnd(Session& session);
StatusOr<int> RunAck(Session& session);
// policy_commands.cc
StatusOr<int> RunPolicyPut(Session& session);
StatusOr<int> RunPolicyGet(Session& session);
StatusOr<int> RunPolicyList(Session& session);
StatusOr<int> RunPolicyDelete(Session& session);
StatusOr<int> RunPolicyPull(Session& session);
StatusOr<int> RunPolicyWhatIf(Session& session);
// policy_local_commands.cc
StatusOr<int> RunPolicyTest(Session& session);
StatusOr<int> RunPolicyEval(Session& session);
StatusOr<int> RunPolicyExplain(Session& session);
// governance_commands.cc
StatusOr<int> RunGovernanceReport(Session& session);
StatusOr<int> RunGovernancePull(Session& session);
// product_commands.cc
StatusOr<int> RunGet(Session& session);
StatusOr<int> RunList(Session& session);
StatusOr<int> RunColumns(Session& session);
StatusOr<int> RunHistory(Session& session);
// change_commands.cc
StatusOr<int> RunDiff(Session& session);
StatusOr<int> RunState(Session& session);
StatusOr<int> RunRetire(Session& session);
StatusOr<int> RunWatch(Session& session);
// discovery_commands.cc
StatusOr<int> RunSearch(Session& session);
StatusOr<int> RunSuggest(Session& session);
// ownership_commands.cc
StatusOr<int> RunOwner(Session& session);
StatusOr<int> RunOwned(Session& session);
// lineage_command.cc
StatusOr<int> RunLineage(Session& session);
// admin_commands.cc
StatusOr<int> RunAdminStatus(Session& session);
StatusOr<int> RunAdminVerify(Session& session);
StatusOr<int> RunAdminRebuild(Session& session);
StatusOr<int> RunAdminBackup(Session& session);
// transfer_commands.cc
StatusOr<int> RunAdminExport(Session& session);
StatusOr<int> RunAdminImport(Session& session);
// mesh_commands.cc
StatusOr<int> RunDomainList(Session& session);
StatusOr<int> RunDomainGet(Session& session);
StatusOr<int> RunDomainSet(Session& session);
StatusOr<int> RunTeamList(Session& session);
StatusOr<int> RunTeamGet(Session& session);
StatusOr<int> RunTeamSet(Session& session);
// demo_command.cc
StatusOr<int> RunDemo(Session& session);
// completion.cc
StatusOr<int> RunCompletion(Session& session);
StatusOr<int> RunComplete(Session& session);
// version_command.cc
StatusOr<int> RunVersion(Session& session);

}  // namespace souk::cli
