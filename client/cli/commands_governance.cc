// SPDX-License-Identifier: Apache-2.0
// The commands of governance and their options.
#include <iterator>

#include "client/cli/command.h"
#include "client/cli/command_list.h"
#include "client/cli/report/report.h"

namespace souk::cli {
namespace {

using Kind = OptionSpec::Kind;

constexpr std::string_view kReportOfMesh[] = {"table", "markdown"};

const PositionalSpec kPaths = {"PATH", "files and folders, or -", 1, 0, Completes::kFiles};
const OptionSpec kValidateOnly = {"validate-only", "", "judge and answer, but write nothing", Kind::kSwitch};
const OptionSpec kRecursive = {"recursive", "", "look into subfolders", Kind::kSwitch, "R"};
const OptionSpec kDomain = {"domain",           "D", "of this domain; else global", Kind::kText, {}, {}, false,
                            Completes::kDomains};
const OptionSpec kState = {"state",     "STATE", "the state it shall have, instead of the descriptor's",
                           Kind::kText, {},      {"proposed", "draft", "active", "deprecated", "retired"}};

CommandSpec CheckCommand() {
  return {"check",
          "say what the gate would say, before you register",
          "  The verdict is the node's: the same rules run here, over the context that the node gives for the bundle,\n"
          "  or that --context has from `souk governance pull`. --offline judges without any: by the built-in rules\n"
          "  alone. Exits 100 on findings as grave as --fail-on; waived ones don't count.\n\n"
          "    souk check orders/                                      before you push\n"
          "    souk check -R -o sarif . > souk.sarif                   in a pipeline\n",
          {kPaths},
          {kRecursive,
           {"context",
            "FILE",
            "judge in a context that was pulled, without a node",
            Kind::kText,
            {},
            {},
            false,
            Completes::kFiles},
           {"offline", "", "judge without context or node", Kind::kSwitch},
           {"fail-on",
            "WHAT",
            "the least severity that fails; error unless given",
            Kind::kText,
            {},
            {"error", "warning", "info", "never"}},
           kState},
          RunCheck,
          {std::begin(kReportFormats), std::end(kReportFormats)}};
}

CommandSpec ValidateCommand() {
  return {"validate",
          "say whether documents conform to their standard",
          "  ODPS 0.9 to 1.1, ODCS 3.0 to 3.2 and DPDS 1.0, in YAML or JSON, without a node. Stricter than a "
          "registration,\n"
          "  which reads what it knows and keeps the rest. Exits 100 with errors.\n",
          {{"FILE", "documents, or -", 1, 0, Completes::kFiles}},
          {},
          RunValidate};
}

CommandSpec CompatCommand() {
  return {
      "compat",
      "say whether a contract can follow another",
      "  Looks at the schemas of two contracts, without a node. forward: a reader of the old schema reads new data,\n"
      "  which is what protects consumers that follow later. backward: a reader of the new schema reads old data.\n"
      "  full: both. Exits 100 with the breaking changes by name.\n\n"
      "    git show main:orders.odcs.yaml | souk compat - orders.odcs.yaml\n",
      {{"CONTRACT", "the old contract and the new one, files or -", 2, 2, Completes::kFiles}},
      {{"mode", "MODE", "forward unless given", Kind::kText, {}, {"forward", "backward", "full", "none"}}},
      RunCompat};
}

std::vector<CommandSpec> RuleCommands() {
  return {
      {"rules list", "show how the rules are set, with all that a domain inherits", "", {}, {kDomain}, RunRulesList},
      {"rules set",
       "set a rule, or the compatibility that changes must keep",
       "  A domain may raise what it inherits, never lower it. own takes back what was set.\n\n"
       "    souk rules set columns-documented warning\n"
       "    souk rules set compatibility full --domain payments\n",
       {{"RULE", "its id, or compatibility", 1, 1},
        {"VALUE", "error, warning, info, off or own; of compatibility a mode or own", 1, 1}},
       {kDomain},
       RunRulesSet},
      {"waiver create",
       "excuse a product from a rule until a day",
       "",
       {{"PRODUCT", "any identifier, or the name of a line that is not there yet", 1, 1, Completes::kProducts}},
       {{"rule", "RULE", "its id"},
        {"until", "DAY", "last day on which it holds, for example 2026-12-31"},
        {"reason", "TEXT", "why"},
        {"pointer", "POINTER", "only what is found there and below"}},
       RunWaiverCreate},
      {"waiver list",
       "show waivers",
       "",
       {{"PRODUCT", "of this one; else all", 0, 1, Completes::kProducts}},
       {{"domain", "D", "of this domain", Kind::kText, {}, {}, false, Completes::kDomains},
        {"all", "", "those that have ended too", Kind::kSwitch}},
       RunWaiverList},
      {"waiver end", "end a waiver before its day", "", {{"WAIVER", "its name or id", 1, 1}}, {}, RunWaiverEnd},
      {"ack",
       "say that a consumer is ready for breaking changes",
       "  The digest stands in the verdict: in souk check, and in the refusal of the registration.\n",
       {{"PRODUCT", "the product that changes", 1, 1, Completes::kProducts}},
       {{"consumer", "PRODUCT", "the product that reads it"}, {"changes", "DIGEST", "of the breaking changes"}},
       RunAck},
      {"governance report",
       "show how far the mesh keeps to the rules, by domain",
       "",
       {},
       {{"domain", "D", "this one and those below it", Kind::kText, {}, {}, false, Completes::kDomains}},
       RunGovernanceReport,
       {std::begin(kReportOfMesh), std::end(kReportOfMesh)}},
      {"governance pull",
       "write down what a verdict rests on, for souk check --context",
       "  One line of JSON for each bundle, on standard output unless --file is given.\n",
       {kPaths},
       {kRecursive, {"file", "FILE", "write them there", Kind::kText, "f", {}, false, Completes::kFiles}},
       RunGovernancePull},
  };
}

std::vector<CommandSpec> PolicyCommands() {
  const PositionalSpec policy = {"POLICY", "its name or id", 1, 1};
  const PositionalSpec file = {"FILE", "a policy: a head of comments and one SELECT", 1, 1, Completes::kFiles};
  return {
      {"policy test",
       "run policies over the cases beside them",
       "  Beside NAME.sql lies NAME.test/ with a folder for each case: a bundle, expected.txt with one message a line\n"
       "  (empty: nothing is found), and perhaps context.json. Exits 100 if a case says something else.\n",
       {{"PATH", "policies, or folders of them", 1, 0, Completes::kFiles}},
       {},
       RunPolicyTest},
      {"policy eval",
       "run a policy over bundles, without a node",
       "  Exits 100 if it finds something, whatever its stage.\n",
       {file, {"PATH", "files and folders, or -", 1, 0, Completes::kFiles}},
       {kRecursive},
       RunPolicyEval},
      {"policy explain", "say what a policy is, reads and returns, and how it runs", "", {file}, {}, RunPolicyExplain},
      {"policy whatif",
       "say what a policy would find in the mesh today",
       "  Exits 100 if it finds something.\n",
       {file},
       {{"domain", "D", "this one and those below it", Kind::kText, {}, {}, false, Completes::kDomains}},
       RunPolicyWhatIf},
      {"policy put",
       "put policies in force",
       "  Those of a domain add to what it inherits; days in the head say when they warn and when they block.\n",
       {{"FILE", "policies", 1, 0, Completes::kFiles}},
       {kValidateOnly},
       RunPolicyPut},
      {"policy list", "show policies", "", {}, {{"layer", "LAYER", "global or domains/D; else all"}}, RunPolicyList},
      {"policy get", "print the source of a policy", "", {policy}, {}, RunPolicyGet},
      {"policy delete", "take a policy out of force", "", {policy}, {kValidateOnly}, RunPolicyDelete},
      {"policy pull",
       "write all policies as files",
       "  DIR/ID.sql each; a file of that name is written over.\n",
       {{"DIR", "a folder; made if absent", 1, 1, Completes::kDirectories}},
       {},
       RunPolicyPull},
  };
}

}  // namespace

std::vector<CommandSpec> GovernanceCommands() {
  std::vector<CommandSpec> all = {CheckCommand(), ValidateCommand(), CompatCommand()};
  for (const CommandSpec& command : RuleCommands()) all.push_back(command);
  for (const CommandSpec& command : PolicyCommands()) all.push_back(command);
  return all;
}

}  // namespace souk::cli
