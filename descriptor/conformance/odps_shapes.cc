// SPDX-License-Identifier: Apache-2.0
// Bitol Open Data Product Standard 0.9 to 1.1; what 1.0 added, its schema takes in 0.9 too.
#include "descriptor/conformance/checking.h"

namespace souk::descriptor {
namespace {

constexpr Key kRoot[] = {{"apiVersion", "text", true},
                         {"kind", "=DataProduct", true},
                         {"id", "text", true},
                         {"status", "text"},
                         {"name", "text"},
                         {"version", "text"},
                         {"domain", "text"},
                         {"tenant", "text"},
                         {"type", "=sourceAligned,aggregate,consumerAligned", false, 2},
                         {"deprecated", "flag", false, 2},
                         {"synonyms", "[synonym]", false, 2},
                         {"context", "text|context", false, 2},
                         {"authoritativeDefinitions", "[definition]"},
                         {"description", "description"},
                         {"customProperties", "[property]"},
                         {"tags", "[text]"},
                         {"inputPorts", "[input port]"},
                         {"outputPorts", "[output port]"},
                         {"managementPorts", "[management port]"},
                         {"support", "[support]"},
                         {"team", "team|[member]"},
                         {"productCreatedTs", "text"}};
constexpr Key kDescription[] = {{"purpose", "text"},
                                {"limitations", "text"},
                                {"usage", "text"},
                                {"authoritativeDefinitions", "[definition]"},
                                {"customProperties", "[property]"}};
constexpr Key kContext[] = {{"instructions", "text"}, {"verifiedStatements", "any"}, {"constraints", "any"}};
constexpr Key kDefinition[] = {
    {"id", "id", false, 2}, {"type", "text", true}, {"url", "text", true}, {"description", "text"}};
constexpr Key kProperty[] = {{"id", "id", false, 2},
                             {"property", "text", true},
                             {"value", "any", true},
                             {"description", "text"},
                             {"vendor", "text", false, 2}};
constexpr Key kInputPort[] = {{"id", "id", false, 2},
                              {"deprecated", "flag", false, 2},
                              {"name", "text", true},
                              {"version", "text"},
                              {"contractId", "text"},
                              {"tags", "[text]"},
                              {"customProperties", "[property]"},
                              {"authoritativeDefinitions", "[definition]"}};
constexpr Key kOutputPort[] = {{"id", "id", false, 2},
                               {"deprecated", "flag", false, 2},
                               {"name", "text", true},
                               {"description", "text"},
                               {"type", "text"},
                               {"version", "text"},
                               {"contractId", "text"},
                               {"sbom", "[sbom]"},
                               {"inputContracts", "[input contract]"},
                               {"synonyms", "[synonym]", false, 2},
                               {"context", "text|context", false, 2},
                               {"tags", "[text]"},
                               {"customProperties", "[property]"},
                               {"authoritativeDefinitions", "[definition]"}};
constexpr Key kSbom[] = {{"id", "id", false, 2},
                         {"type", "text"},
                         {"url", "text"},
                         {"tags", "[text]", false, 2},
                         {"customProperties", "[property]", false, 2},
                         {"authoritativeDefinitions", "[definition]", false, 2}};
constexpr Key kInputContract[] = {{"id", "text", true}, {"version", "text", true}};
constexpr Key kManagementPort[] = {{"id", "id", false, 2},
                                   {"deprecated", "flag", false, 2},
                                   {"name", "text", true},
                                   {"content", "text", true},
                                   {"type", "text"},
                                   {"url", "text"},
                                   {"channel", "text"},
                                   {"description", "text"},
                                   {"tags", "[text]"},
                                   {"customProperties", "[property]"},
                                   {"authoritativeDefinitions", "[definition]"}};
constexpr Key kSupport[] = {{"id", "id", false, 2},
                            {"channel", "text", true},
                            {"url", "text", true},
                            {"description", "text"},
                            {"tool", "text"},
                            {"scope", "text"},
                            {"invitationUrl", "text"},
                            {"tags", "[text]"},
                            {"customProperties", "[property]"},
                            {"authoritativeDefinitions", "[definition]"}};
constexpr Key kMember[] = {{"id", "id", false, 2},
                           {"username", "text", true},
                           {"name", "text"},
                           {"description", "text"},
                           {"role", "text"},
                           {"dateIn", "text"},
                           {"dateOut", "text"},
                           {"replacedByUsername", "text"},
                           {"tags", "[text]"},
                           {"customProperties", "[property]"},
                           {"authoritativeDefinitions", "[definition]"}};
constexpr Key kTeam[] = {{"name", "text"},
                         {"description", "text"},
                         {"members", "[member]"},
                         {"tags", "[text]"},
                         {"customProperties", "[property]"},
                         {"authoritativeDefinitions", "[definition]"}};
constexpr Key kSynonym[] = {
    {"id", "id"},       {"synonym", "text", true}, {"description", "text"},           {"locale", "text"},
    {"source", "text"}, {"status", "text"},        {"customProperties", "[property]"}};

// The status of a product is of the life cycle. An input port's version and contract are optional by the text, though
// the published schemas of 0.9 and 1.0 ask for them; an output port's version is not, before 1.1.
void CheckProduct(Checking& checking, const Node& node, const std::string& pointer) {
  if (checking.version() < 2) checking.Require(node, pointer, "status", "");
}

void CheckInputPort(Checking& checking, const Node& node, const std::string& pointer) {
  if (checking.version() >= 2) return;
  for (const std::string_view key : {"version", "contractId"}) {
    if (node.Find(key) != nullptr) continue;
    checking.Fail(node, pointer, "required", std::string(key) + " is missing, which the schema of 1.0 asks for",
                  "Add it, or raise apiVersion to v1.1.0.", false);
  }
}

void CheckOutputPort(Checking& checking, const Node& node, const std::string& pointer) {
  if (checking.version() < 2) checking.Require(node, pointer, "version", "");
}

constexpr Shape kShapes[] = {{"product", kRoot, false, CheckProduct},
                             {"description", kDescription},
                             {"context", kContext},
                             {"definition", kDefinition},
                             {"property", kProperty},
                             {"input port", kInputPort, false, CheckInputPort},
                             {"output port", kOutputPort, false, CheckOutputPort},
                             {"sbom", kSbom},
                             {"input contract", kInputContract},
                             {"management port", kManagementPort},
                             {"support", kSupport},
                             {"member", kMember},
                             {"team", kTeam},
                             {"synonym", kSynonym}};

}  // namespace

const StandardShapes& OdpsShapes() {
  static constexpr std::string_view kVersions[] = {"0.9", "1.0", "1.1"};
  static constexpr StandardShapes kOdps = {"ODPS", kVersions, 0, kShapes};
  return kOdps;
}

}  // namespace souk::descriptor
