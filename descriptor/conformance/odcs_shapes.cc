// SPDX-License-Identifier: Apache-2.0
// Bitol Open Data Contract Standard 3.0 to 3.2, after its text and its change log.
#include <algorithm>
#include <utility>

#include "descriptor/conformance/checking.h"
#include "descriptor/text.h"

namespace souk::descriptor {
namespace {

constexpr Key kRoot[] = {{"version", "text", true},
                         {"apiVersion", "text", true},
                         {"kind", "=DataContract", true},
                         {"id", "text", true},
                         {"status", "text", true},
                         {"name", "text"},
                         {"tenant", "text"},
                         {"tags", "[text]"},
                         {"servers", "[server]"},
                         {"dataProduct", "text"},
                         {"description", "description"},
                         {"domain", "text"},
                         {"context", "text|context", false, 2},
                         {"schema", "[object]"},
                         {"support", "[support]"},
                         {"price", "price"},
                         {"team", "team|[member]"},
                         {"roles", "[role]"},
                         {"slaDefaultElement", "text"},
                         {"slaProperties", "[service level]"},
                         {"authoritativeDefinitions", "[definition]"},
                         {"customProperties", "[property]"},
                         {"contractCreatedTs", "text"}};
constexpr Key kDescription[] = {{"usage", "text"},
                                {"purpose", "text"},
                                {"limitations", "text"},
                                {"authoritativeDefinitions", "[definition]"},
                                {"customProperties", "[property]"}};
constexpr Key kContext[] = {{"instructions", "text"}, {"verifiedStatements", "any"}, {"constraints", "any"}};
constexpr Key kServer[] = {{"id", "id", false, 1},
                           {"server", "text", true},
                           {"type", "text", true},
                           {"description", "text"},
                           {"environment", "text"},
                           {"roles", "[role]"},
                           {"customProperties", "[property]"}};
// What objects and columns share comes first.
constexpr Key kObject[] = {{"name", "text", true},
                           {"id", "id", false, 1},
                           {"physicalType", "text"},
                           {"description", "text"},
                           {"businessName", "text"},
                           {"synonyms", "[synonym]", false, 2},
                           {"deprecated", "flag", false, 2},
                           {"authoritativeDefinitions", "[definition]"},
                           {"tags", "[text]"},
                           {"customProperties", "[property]"},
                           {"logicalType", "=object"},
                           {"physicalName", "text"},
                           {"dataGranularityDescription", "text"},
                           {"properties", "[column]"},
                           {"relationships", "[relationship of objects]", false, 1},
                           {"quality", "[quality rule]"},
                           {"context", "text|context", false, 2}};
constexpr std::string_view kLogicalTypes = "=string,date,timestamp,time,number,integer,object,array,boolean,map,vector";
// Of columns, and of the elements of lists and maps, which need no name.
constexpr Key kColumn[] = {{"name", "text"},
                           {"id", "id", false, 1},
                           {"physicalType", "text"},
                           {"description", "text"},
                           {"businessName", "text"},
                           {"synonyms", "[synonym]", false, 2},
                           {"deprecated", "flag", false, 2},
                           {"authoritativeDefinitions", "[definition]"},
                           {"tags", "[text]"},
                           {"customProperties", "[property]"},
                           {"primaryKey", "flag"},
                           {"primaryKeyPosition", "integer"},
                           {"logicalType", kLogicalTypes},
                           {"logicalTypeOptions", "map"},
                           {"physicalName", "text"},
                           {"required", "flag"},
                           {"unique", "flag"},
                           {"semanticType", "=column,measure,dimension", false, 2},
                           {"partitioned", "flag"},
                           {"partitionKeyPosition", "integer"},
                           {"classification", "text"},
                           {"encryptedName", "text"},
                           {"encoding", "any", false, 2},
                           {"transformSourceObjects", "[text]"},
                           {"transformLogic", "text"},
                           {"transformDescription", "text"},
                           {"examples", "[any]"},
                           {"enum", "[value]+", false, 2},
                           {"criticalDataElement", "flag"},
                           {"relationships", "[relationship of columns]", false, 1},
                           {"quality", "[quality rule]"},
                           {"properties", "[column]"},
                           {"items", "element"},
                           {"map", "map block", false, 2}};
constexpr Key kMapBlock[] = {{"key", "element", true}, {"value", "element", true}};
constexpr Key kQuality[] = {
    {"id", "id", false, 1},
    {"authoritativeDefinitions", "[definition]"},
    {"businessImpact", "text"},
    {"customProperties", "[property]"},
    {"description", "text"},
    {"dimension", "=accuracy,completeness,conformity,consistency,coverage,timeliness,uniqueness"},
    {"method", "text"},
    {"name", "text"},
    {"schedule", "text"},
    {"scheduler", "text"},
    {"severity", "text"},
    {"tags", "[text]"},
    {"type", "=text,library,sql,custom"},
    {"unit", "text"},
    {"rule", "text"},
    {"metric", "=nullValues,missingValues,invalidValues,duplicateValues,rowCount", false, 1},
    {"arguments", "map", false, 1},
    {"query", "text"},
    {"engine", "text"},
    {"implementation", "text|map"},
    {"validValues", "[any]"},
    {"mustBe", "any"},
    {"mustNotBe", "any"},
    {"mustBeGreaterThan", "number"},
    {"mustBeGreaterOrEqualTo", "number"},
    {"mustBeLessThan", "number"},
    {"mustBeLessOrEqualTo", "number"},
    {"mustBeBetween", "[number]"},
    {"mustNotBeBetween", "[number]"}};
constexpr Key kDefinition[] = {
    {"id", "id", false, 1}, {"url", "text", true}, {"type", "text", true}, {"description", "text"}};
constexpr Key kProperty[] = {{"id", "id", false, 1},
                             {"property", "text", true},
                             {"value", "any", true},
                             {"description", "text"},
                             {"vendor", "text", false, 2}};
constexpr Key kSupport[] = {{"id", "id", false, 1},    {"channel", "text", true},
                            {"url", "text"},           {"description", "text"},
                            {"tool", "text"},          {"scope", "text"},
                            {"invitationUrl", "text"}, {"customProperties", "[property]", false, 1}};
constexpr Key kPrice[] = {
    {"id", "id", false, 1}, {"priceAmount", "number"}, {"priceCurrency", "text"}, {"priceUnit", "text"}};
constexpr Key kMember[] = {{"id", "id", false, 1},
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
constexpr Key kTeam[] = {{"id", "id", false, 1},
                         {"name", "text"},
                         {"description", "text"},
                         {"members", "[member]", false, 1},
                         {"tags", "[text]"},
                         {"customProperties", "[property]"},
                         {"authoritativeDefinitions", "[definition]"}};
constexpr Key kRole[] = {{"id", "id", false, 1},
                         {"role", "text", true},
                         {"description", "text"},
                         {"access", "text"},
                         {"firstLevelApprovers", "text"},
                         {"secondLevelApprovers", "text"},
                         {"customProperties", "[property]"}};
constexpr Key kServiceLevel[] = {{"id", "id", false, 1},
                                 {"property", "text", true},
                                 {"value", "scalar", true},
                                 {"valueExt", "scalar"},
                                 {"unit", "text"},
                                 {"element", "text"},
                                 {"driver", "text"},
                                 {"description", "text"},
                                 {"scheduler", "text"},
                                 {"schedule", "text"},
                                 {"authoritativeDefinitions", "[definition]", false, 2},
                                 {"customProperties", "[property]", false, 2}};
constexpr Key kValue[] = {{"value", "scalar", true},
                          {"label", "text"},
                          {"id", "id"},
                          {"description", "text"},
                          {"customProperties", "[property]"},
                          {"authoritativeDefinitions", "[definition]"},
                          {"tags", "[text]"}};
constexpr Key kSynonym[] = {
    {"id", "id"},       {"synonym", "text", true}, {"description", "text"},           {"locale", "text"},
    {"source", "text"}, {"status", "text"},        {"customProperties", "[property]"}};
constexpr Key kObjectsRelation[] = {{"id", "id"},
                                    {"type", "=foreignKey"},
                                    {"from", "text|[text]+", true},
                                    {"to", "text|[text]+", true},
                                    {"customProperties", "[property]"}};
constexpr Key kColumnsRelation[] = {{"id", "id"},
                                    {"type", "=foreignKey"},
                                    {"from", "any"},
                                    {"to", "text|[text]+", true},
                                    {"customProperties", "[property]"}};

// What a server of each type must say; one that is not here may say anything.
constexpr std::pair<std::string_view, std::string_view> kServers[] = {{"api", "location"},
                                                                      {"athena", "schema"},
                                                                      {"azure", "location,format"},
                                                                      {"bigquery", "project,dataset"},
                                                                      {"btrieve", "database,host"},
                                                                      {"clickhouse", "host,port,database"},
                                                                      {"cloudsql", "host,port,database,schema"},
                                                                      {"custom", ""},
                                                                      {"databricks", "catalog,schema"},
                                                                      {"db2", "host,port,database"},
                                                                      {"denodo", "host,port"},
                                                                      {"dremio", "host,port"},
                                                                      {"duckdb", "database"},
                                                                      {"exasol", "host"},
                                                                      {"fastobjects", "database,host"},
                                                                      {"glue", "account,database"},
                                                                      {"hana", "host"},
                                                                      {"hive", "host,database"},
                                                                      {"iceberg", ""},
                                                                      {"impala", "host,database"},
                                                                      {"informix", "host,database"},
                                                                      {"ingres", "database,host"},
                                                                      {"kafka", "host"},
                                                                      {"kinesis", ""},
                                                                      {"local", "path,format"},
                                                                      {"mysql", "host,port,database"},
                                                                      {"oracle", "host,port,serviceName"},
                                                                      {"poet", "database,host"},
                                                                      {"postgres", "host,port,database,schema"},
                                                                      {"postgresql", "host,port,database,schema"},
                                                                      {"presto", "host"},
                                                                      {"pubsub", "project"},
                                                                      {"redshift", "database,schema"},
                                                                      {"s3", "location"},
                                                                      {"sftp", "location"},
                                                                      {"snowflake", "account,database,schema"},
                                                                      {"sqlserver", "host,database,schema"},
                                                                      {"synapse", "host,port,database"},
                                                                      {"teradata", "host"},
                                                                      {"trino", "host,port,catalog,schema"},
                                                                      {"vectorwise", "database,host"},
                                                                      {"versant", "database,host"},
                                                                      {"vertica", "host,port,database,schema"},
                                                                      {"zen", "host,database"}};

std::string_view TextOf(const Node& node, std::string_view key) {
  const Node* value = node.Find(key);
  return value != nullptr && value->kind == Node::Kind::kScalar ? value->text : std::string_view();
}

void CheckServer(Checking& checking, const Node& node, const std::string& pointer) {
  const std::string_view type = TextOf(node, "type");
  for (const auto& [name, fields] : kServers) {
    if (name != type) continue;
    for (size_t begin = 0; begin < fields.size();) {
      const size_t end = std::min(fields.find(',', begin), fields.size());
      checking.Require(node, pointer, fields.substr(begin, end - begin),
                       "a server of type " + std::string(type) + " has one");
      begin = end + 1;
    }
    return;
  }
  if (type.empty() || type.starts_with("${")) return;
  checking.Fail(node, pointer + "/type", "unknown-word", Quoted(type) + " is no type of server",
                "Use the standard's word for the platform, or type: custom.");
}

void CheckQuality(Checking& checking, const Node& node, const std::string& pointer) {
  const std::string_view type = TextOf(node, "type");
  if (type == "sql") checking.Require(node, pointer, "query", "a rule of type sql has one");
  if (type == "custom") {
    checking.Require(node, pointer, "engine", "a rule of type custom has one");
    checking.Require(node, pointer, "implementation", "a rule of type custom has one");
  }
  const bool library = type == "library" || (type.empty() && node.Find("rule") == nullptr);
  if (library && checking.version() > 0 && node.Find("rule") == nullptr) {
    checking.Require(node, pointer, "metric", "a rule of type library has one");
  }
  for (const std::string_view key : {"mustBeBetween", "mustNotBeBetween"}) {
    const Node* range = node.Find(key);
    if (range == nullptr || range->kind != Node::Kind::kList || range->members.size() == 2) continue;
    checking.Fail(*range, pointer + "/" + std::string(key), "range",
                  "a range has two ends, and this has " + std::to_string(range->members.size()),
                  "Write the least and the most.");
  }
}

void CheckElement(Checking& checking, const Node& node, const std::string& pointer) {
  const std::string_view type = TextOf(node, "logicalType");
  if (type == "map") checking.Require(node, pointer, "map", "logicalType map says what its keys and values are");
  if (type == "vector") {
    const Node* options = node.Find("logicalTypeOptions");
    if (options == nullptr || options->kind != Node::Kind::kMap) {
      checking.Require(node, pointer, "logicalTypeOptions", "logicalType vector says its dimensions");
    } else {
      checking.Require(*options, pointer + "/logicalTypeOptions", "dimensions", "logicalType vector says them");
    }
  }
}

void CheckColumn(Checking& checking, const Node& node, const std::string& pointer) {
  checking.Require(node, pointer, "name", "");
  CheckElement(checking, node, pointer);
}

void CheckColumnsRelation(Checking& checking, const Node& node, const std::string& pointer) {
  const Node* from = node.Find("from");
  if (from == nullptr) return;
  checking.Fail(*from, pointer + "/from", "relationship", "a relationship of a column begins at that column",
                "Leave from out, or move the relationship to the object.");
}

constexpr Shape kShapes[] = {{"contract", kRoot},
                             {"description", kDescription},
                             {"context", kContext},
                             {"server", kServer, true, CheckServer},
                             {"object", kObject},
                             {"column", kColumn, false, CheckColumn},
                             {"element", kColumn, false, CheckElement},
                             {"map block", kMapBlock},
                             {"quality rule", kQuality, false, CheckQuality},
                             {"definition", kDefinition},
                             {"property", kProperty},
                             {"support", kSupport},
                             {"price", kPrice},
                             {"member", kMember},
                             {"team", kTeam},
                             {"role", kRole},
                             {"service level", kServiceLevel},
                             {"value", kValue},
                             {"synonym", kSynonym},
                             {"relationship of objects", kObjectsRelation},
                             {"relationship of columns", kColumnsRelation, false, CheckColumnsRelation}};

}  // namespace

const StandardShapes& OdcsShapes() {
  static constexpr std::string_view kVersions[] = {"3.0", "3.1", "3.2"};
  static constexpr StandardShapes kOdcs = {"ODCS", kVersions, 1, kShapes};
  return kOdcs;
}

}  // namespace souk::descriptor
