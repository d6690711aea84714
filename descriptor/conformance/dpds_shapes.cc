// SPDX-License-Identifier: Apache-2.0
// Data Product Descriptor Specification 1.0.0. Anything may be a reference to another document instead.
#include "descriptor/conformance/checking.h"

namespace souk::descriptor {
namespace {

constexpr Key kRoot[] = {{"dataProductDescriptor", "text", true},
                         {"info", "info", true},
                         {"interfaceComponents", "interface components", true},
                         {"internalComponents", "map"},
                         {"components", "map"},
                         {"tags", "[text]"},
                         {"externalDocs", "map"}};
constexpr Key kInfo[] = {{"id", "text"},
                         {"fullyQualifiedName", "text", true},
                         {"entityType", "text"},
                         {"name", "text", true},
                         {"version", "text", true},
                         {"displayName", "text"},
                         {"description", "text"},
                         {"domain", "text", true},
                         {"owner", "owner", true},
                         {"contactPoints", "[contact point]"}};
constexpr Key kOwner[] = {{"id", "text", true}, {"name", "text"}};
constexpr Key kContact[] = {{"name", "text"}, {"description", "text"}, {"channel", "text"}, {"address", "text"}};
constexpr Key kInterface[] = {{"inputPorts", "[port]"},
                              {"outputPorts", "[port]", true},
                              {"discoveryPorts", "[port]"},
                              {"observabilityPorts", "[port]"},
                              {"controlPorts", "[port]"}};
constexpr Key kPort[] = {{"id", "text"},          {"fullyQualifiedName", "text"},
                         {"entityType", "text"},  {"name", "text"},
                         {"version", "text"},     {"displayName", "text"},
                         {"description", "text"}, {"componentGroup", "text"},
                         {"promises", "map"},     {"expectations", "map"},
                         {"obligations", "map"},  {"tags", "[text]"},
                         {"externalDocs", "map"}, {"$ref", "text"}};

// A port is a reference, or says its name and version itself.
void CheckPort(Checking& checking, const Node& node, const std::string& pointer) {
  if (node.Find("$ref") != nullptr) return;
  checking.Require(node, pointer, "name", "a port that is no $ref has one");
  checking.Require(node, pointer, "version", "a port that is no $ref has one");
}

constexpr Shape kShapes[] = {{"descriptor", kRoot, true},
                             {"info", kInfo, true},
                             {"owner", kOwner, true},
                             {"contact point", kContact, true},
                             {"interface components", kInterface, true},
                             {"port", kPort, true, CheckPort}};

}  // namespace

const StandardShapes& DpdsShapes() {
  static constexpr std::string_view kVersions[] = {"1.0"};
  static constexpr StandardShapes kDpds = {"DPDS", kVersions, 0, kShapes};
  return kDpds;
}

}  // namespace souk::descriptor
