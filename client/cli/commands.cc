// SPDX-License-Identifier: Apache-2.0
// Every command and every option, in the order of the help, those of governance in a file of their own. Parsing, manual
// and completion are made from this list.
#include "client/cli/command.h"
#include "client/cli/command_list.h"

namespace souk::cli {
namespace {

using Kind = OptionSpec::Kind;

const OptionSpec kIfEtag = {"if-etag", "ETAG", "only if the line still has this etag"};
const OptionSpec kRequestId = {"request-id", "ID", "a repeat with the same id gets the first answer"};
const OptionSpec kValidateOnly = {"validate-only", "", "judge and answer, but write nothing", Kind::kSwitch};
const OptionSpec kReason = {"reason", "TEXT", "why; kept in the history"};
const OptionSpec kLimit = {"limit", "N", "at most so many; 0: all", Kind::kNumber, "n"};
const OptionSpec kDisplayName = {"display-name", "TEXT", "name for people"};
const OptionSpec kDescription = {"description", "TEXT", "what it is about"};

const PositionalSpec kProduct = {"PRODUCT",
                                 "any identifier: sales/orders, sales/orders@2, an id, a contract id, a table", 1, 1,
                                 Completes::kProducts};

OptionSpec File(std::string_view name, std::string_view help) {
  return {name, "FILE", help, Kind::kText, {}, {}, false, Completes::kFiles};
}

std::vector<CommandSpec> FindingCommands() {
  return {
      {"search",
       "find products by words",
       "  Words match names, docs, tags, columns and physical names; exact names come first. Retired lines are left\n"
       "  out unless the filter names the state. Filters are AIP-160, for example:\n"
       "    souk search orders --filter 'domain = sales AND state = active'\n",
       {{"QUERY", "words; none matches everything that passes the filter", 0, 0}},
       {{"filter", "F", "AIP-160 filter over state, domain, owner, team, tag, type, platform, column"},
        {"limit", "N", "at most so many (20); 0: all", Kind::kNumber, "n"},
        {"facets", "A,B", "count values of state, domain, team, tag, type, platform, classification"},
        {"highlight", "", "show what matched", Kind::kSwitch},
        {"explain", "", "show the arithmetic of each score", Kind::kSwitch}},
       RunSearch},
      {"suggest",
       "complete what is being typed",
       "",
       {{"PREFIX", "what was typed so far", 1, 0}},
       {kLimit},
       RunSuggest},
      {"get",
       "show one product",
       "  -o original prints the documents as they were registered; --documents DIR writes them as files, byte for\n"
       "  byte.\n",
       {kProduct},
       {{"documents",
         "DIR",
         "write the original documents there",
         Kind::kText,
         {},
         {},
         false,
         Completes::kDirectories}},
       RunGet,
       {"table", "original"}},
      {"list",
       "list products",
       "",
       {},
       {{"domain", "D", "of this domain only", Kind::kText, {}, {}, false, Completes::kDomains},
        {"filter", "F", "AIP-160 filter over state, domain, name, owner, tag, type"},
        kLimit,
        {"full", "", "with contracts (-o json, yaml)", Kind::kSwitch}},
       RunList},
      {"columns", "show the columns of a product", "", {kProduct}, {}, RunColumns},
      {"history", "show what happened to a product", "", {kProduct}, {kLimit}, RunHistory},
  };
}

std::vector<CommandSpec> AnsweringCommands() {
  return {
      {"owner",
       "say who answers for something",
       "  Takes products, tables, topics, columns, contract ids, domains, teams. Several at once are answered at one\n"
       "  revision; \"-\" reads them from standard input, one a line.\n",
       {{"IDENTIFIER", "what to ask about", 1, 0, Completes::kProducts}},
       {},
       RunOwner},
      {"owned",
       "list what a team or person owns",
       "",
       {{"TEAM", "a team's id or name, or a user name", 1, 1, Completes::kTeams}},
       {kLimit},
       RunOwned},
      {"lineage",
       "show what depends on what",
       "  Without a direction both sides are shown. -o id prints the descriptor ids of what was reached, without the\n"
       "  roots, sorted; a product has many roots with --granularity datasets or columns. An answer that was cut says\n"
       "  so on standard error.\n",
       {{"ROOT", "a product, a table, dataset:NAMESPACE:NAME; or one of its columns, with #column behind it", 1, 1,
         Completes::kProducts}},
       {{"up", "", "what it depends on", Kind::kSwitch},
        {"down", "", "what depends on it", Kind::kSwitch},
        {"to", "NODE", "all ways from the root down to this node", Kind::kText, {}, {}, false, Completes::kProducts},
        {"depth", "N", "at most so many hops; 0: all", Kind::kNumber},
        {"granularity", "KIND", "what to walk over", Kind::kText, {}, {"products", "datasets", "columns"}}},
       RunLineage,
       {"tree", "table", "dot", "mermaid"}},
  };
}

std::vector<CommandSpec> ChangingCommands() {
  return {
      {"register",
       "register products from files",
       "  A folder with product.odps.yaml and its contracts is a bundle; -R looks into subfolders. A single product\n"
       "  file takes the *.odcs.* files beside it. A .jsonl file has one {\"odps\":{...},\"odcs\":{...}} a line; \"-\" "
       "reads\n"
       "  standard input. Files of kind Teams and Domains are sent first; what they do not name stays as it is.\n"
       "  Registering the same content again changes nothing.\n\n"
       "    souk register orders/                         a pipeline's last step\n"
       "    souk register --validate-only orders/         what a pull request runs\n"
       "    souk register -R --create-missing --on-findings=draft mesh/     bring an existing estate in\n",
       {{"PATH", "files and folders, or -", 1, 0, Completes::kFiles}},
       {{"recursive", "", "look into subfolders", Kind::kSwitch, "R"},
        {"create-missing", "", "make unknown domains and teams, as inferred", Kind::kSwitch},
        {"on-findings",
         "WHAT",
         "what to do with an active product that has defects",
         Kind::kText,
         {},
         {"refuse", "draft"}},
        kValidateOnly,
        kIfEtag,
        {"state",
         "STATE",
         "the state it shall have, instead of the descriptor's",
         Kind::kText,
         {},
         {"proposed", "draft", "active", "deprecated"}},
        kRequestId,
        {"on-unavailable",
         "WHAT",
         "when no node takes it: exit 6, or warn and exit 0, or also keep it for the next time",
         Kind::kText,
         {},
         {"fail", "warn", "spool"}}},
       RunRegister},
      {"diff",
       "show what differs between two versions",
       "  souk diff A B, or souk diff -f BUNDLE A for what registering BUNDLE would change. Exits 0 without\n"
       "  differences, 1 with some, more than 1 on failure.\n",
       {{"PRODUCT", "any identifier, or domains/d/products/p/versions/1.2.0: the old side, then the new", 1, 2,
         Completes::kProducts}},
       {{"file", "PATH", "a bundle as the new side", Kind::kText, "f", {}, false, Completes::kFiles}},
       RunDiff},
      {"state",
       "change the state of a product",
       "",
       {kProduct, {"STATE", "the new state", 1, 1, Completes::kNothing, {"proposed", "draft", "active", "deprecated"}}},
       {kReason, {"sunset", "TIME", "when a deprecated line ends"}, kIfEtag, kRequestId, kValidateOnly},
       RunState},
      {"retire",
       "end a product",
       "  Refused while anybody still reads it.\n",
       {kProduct},
       {kReason, kIfEtag, kRequestId, kValidateOnly},
       RunRetire},
      {"watch",
       "print changes as they come",
       "  -o json prints one revision a line, progress marks included; resume with --since REVISION.\n",
       {},
       {{"since", "REV", "changes after this revision; 0: from the oldest kept"},
        {"count", "N", "end after so many changes", Kind::kNumber}},
       RunWatch},
  };
}

std::vector<CommandSpec> AdminCommands() {
  return {
      {"admin status", "say how the node is", "", {}, {}, RunAdminStatus},
      {"admin verify",
       "compare indexes, history and ledger",
       "  Exits 1 if a fault remains.\n",
       {},
       {{"heal", "", "mend what is damaged", Kind::kSwitch}},
       RunAdminVerify},
      {"admin rebuild", "build the indexes anew while serving", "", {}, {}, RunAdminRebuild},
      {"admin backup",
       "copy the store while serving",
       "",
       {{"DIR", "a folder on the node's machine that does not exist yet"}},
       {},
       RunAdminBackup},
      {"admin export",
       "write the whole history to a file, while serving",
       "  FILE appears when it is complete, and is never written over. Without --consistency it holds everything that "
       "was\n"
       "  acknowledged before; `soukd --verify-backup=FILE` proves it.\n",
       {{"FILE", "a file on this machine that does not exist yet", 1, 1, Completes::kFiles}},
       {},
       RunAdminExport},
      {"admin import",
       "bring an export into an empty ledger",
       "  The file is checked first; a damaged one changes nothing. An import that was cut short goes on where it was "
       "when\n"
       "  it is called again with the same file. Let nobody write until it is complete.\n",
       {{"FILE", "an export", 1, 1, Completes::kFiles}},
       {kValidateOnly},
       RunAdminImport},
      {"admin domain list", "list domains", "", {}, {}, RunDomainList},
      {"admin domain get", "show one domain", "", {{"DOMAIN", "its id", 1, 1, Completes::kDomains}}, {}, RunDomainGet},
      {"admin domain set",
       "make or change a domain",
       "  What is not named stays as it is.\n",
       {{"DOMAIN", "its id", 1, 1, Completes::kDomains}},
       {kDisplayName,
        kDescription,
        {"parent", "D", "the domain above; empty: none", Kind::kText, {}, {}, false, Completes::kDomains},
        {"owner-team", "T", "the accountable team", Kind::kText, {}, {}, false, Completes::kTeams},
        kValidateOnly},
       RunDomainSet},
      {"admin team list", "list teams", "", {}, {}, RunTeamList},
      {"admin team get", "show one team", "", {{"TEAM", "its id", 1, 1, Completes::kTeams}}, {}, RunTeamGet},
      {"admin team set",
       "make or change a team",
       "  What is not named stays as it is; --contact and --member replace the whole list.\n",
       {{"TEAM", "its id", 1, 1, Completes::kTeams}},
       {kDisplayName,
        kDescription,
        {"contact", "CHANNEL=URL", "a way to reach the team; may be repeated", Kind::kText, {}, {}, true},
        {"member", "USER[:ROLE]", "a member; may be repeated", Kind::kText, {}, {}, true},
        kValidateOnly},
       RunTeamSet},
  };
}

std::vector<CommandSpec> OtherCommands() {
  return {
      {"demo", "take a short tour", "", {}, {}, RunDemo},
      {"completion",
       "print the completion script of a shell",
       "  For example: source <(souk completion bash)\n",
       {{"SHELL", "whose", 1, 1, Completes::kNothing, {"bash", "zsh", "fish"}}},
       {},
       RunCompletion},
      {"version", "print the version", "", {}, {}, RunVersion},
      {"__complete", "answer a shell's completion", "", {{"WORD", "words so far", 0, 0}}, {}, RunComplete, {}, true},
  };
}

}  // namespace

const std::vector<CommandSpec>& Commands() {
  static const std::vector<CommandSpec> kCommands = [] {
    std::vector<CommandSpec> all;
    for (auto&& group : {FindingCommands(), AnsweringCommands(), ChangingCommands(), GovernanceCommands(),
                         AdminCommands(), OtherCommands()}) {
      all.insert(all.end(), group.begin(), group.end());
    }
    return all;
  }();
  return kCommands;
}

const std::vector<OptionSpec>& GlobalOptionSpecs() {
  static const std::vector<OptionSpec> kOptions = {
      {"addr", "HOST:PORT", "nodes, separated by commas; else SOUK_ADDR, the configuration file, 127.0.0.1:7070"},
      File("tls-ca", "authorities that sign the nodes' certificates (PEM); else SOUK_TLS_CA, the configuration file"),
      File("tls-cert", "certificate to show the nodes (PEM); else SOUK_TLS_CERT, the configuration file"),
      File("tls-key", "its private key (PEM); else SOUK_TLS_KEY, the configuration file"),
      {"output", "FORMAT", "table, json, yaml, name, csv, id; some commands have more", Kind::kText, "o"},
      {"timeout", "TIME", "how long to wait for a call, for example 5s or 500ms", Kind::kDuration},
      {"consistency", "LEVEL", "of reads: latest, revision:R (at least), as-of:R or as-of:TIME"},
      {"no-color", "", "no colour (NO_COLOR and TERM=dumb say the same)", Kind::kSwitch},
      {"quiet", "", "no remarks, no progress bar", Kind::kSwitch, "q"},
      {"verbose", "", "more remarks", Kind::kSwitch, "v"},
  };
  return kOptions;
}

}  // namespace souk::cli
