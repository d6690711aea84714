// SPDX-License-Identifier: Apache-2.0
#include "descriptor/conformance/conformance.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/errors.h"
#include "base/limits.h"
#include "descriptor/common_fields.h"
#include "descriptor/conformance/checking.h"
#include "descriptor/document.h"
#include "descriptor/media_type.h"
#include "descriptor/text.h"

namespace souk::descriptor {
namespace {

// The standard that a document names, and its version as the shapes count it.
struct Named {
  const StandardShapes* shapes = nullptr;
  uint32_t version = 0;
  std::string spoken;
};

std::string_view TextOf(const Node& root, std::string_view key) {
  const Node* value = root.Find(key);
  return value != nullptr && value->kind == Node::Kind::kScalar ? value->text : std::string_view();
}

class Naming {
 public:
  Naming(const Node& root, std::string path) : root_(root), path_(std::move(path)) {}

  std::optional<Named> Find() {
    if (root_.Find("dataProductDescriptor") != nullptr) return Version(DpdsShapes(), "dataProductDescriptor");
    const std::string_view kind = TextOf(root_, "kind");
    if (kind == "DataContract") return Version(OdcsShapes(), "apiVersion");
    if (kind == "DataProduct") return Version(OdpsShapes(), "apiVersion");
    Refuse("kind", "kind", kind.empty() ? "kind is missing" : "the kind " + Quoted(kind) + " is unknown",
           "Write kind: DataProduct (ODPS) or kind: DataContract (ODCS), or a dataProductDescriptor (DPDS).");
    return std::nullopt;
  }

  std::vector<Violation> Take() { return std::move(violations_); }

 private:
  std::optional<Named> Version(const StandardShapes& shapes, std::string_view key) {
    const std::string_view version = TextOf(root_, key);
    uint32_t major = 0;
    uint32_t minor = 0;
    std::string spoken;
    if (ParseApiVersion(version, major, minor)) spoken = std::to_string(major) + "." + std::to_string(minor);
    const auto known = std::find(shapes.versions.begin(), shapes.versions.end(), spoken);
    if (known == shapes.versions.end()) {
      std::string versions;
      for (const std::string_view one : shapes.versions) {
        versions += (versions.empty() ? "v" : ", v") + std::string(one) + ".0";
      }
      Refuse(key, "api-version",
             version.empty() ? std::string(key) + " is missing"
                             : Quoted(version) + " is no version of " + std::string(shapes.name) + " that is known",
             "Write one of " + versions + ".");
      return std::nullopt;
    }
    return Named{&shapes, static_cast<uint32_t>(known - shapes.versions.begin()),
                 std::string(shapes.name) + " " + spoken};
  }

  void Refuse(std::string_view key, std::string_view rule, std::string message, std::string remedy) {
    const Node* value = root_.Find(key);
    const Position at = value == nullptr ? root_.at : value->at;
    violations_.push_back({std::string(rule), path_, value == nullptr ? "" : "/" + std::string(key), at.line, at.column,
                           std::move(message), std::move(remedy), true});
  }

  const Node& root_;
  const std::string path_;
  std::vector<Violation> violations_;
};

}  // namespace

bool Conformance::conforms() const {
  return std::none_of(violations.begin(), violations.end(), [](const Violation& violation) { return violation.error; });
}

Conformance CheckConformance(const v1::Document& document) {
  Conformance result;
  if (document.content().size() > limits::kBundleBytesMax) {
    const Status status = errors::DocumentTooLarge(document.path(), document.content().size(), limits::kBundleBytesMax);
    result.violations.push_back(
        {"too-large", document.path(), "", 0, 0, status.message(), status.detail().remedy, true});
    return result;
  }
  Reading reading;
  reading.path = document.path();
  const std::optional<Syntax> syntax = SyntaxOf(document);
  const Tree tree = ReadTree(document.content(), syntax.value_or(Syntax::kYaml), reading);
  result.violations = std::move(reading.violations);
  if (tree.root == nullptr) return result;
  if (tree.root->kind != Node::Kind::kMap || tree.root->nodes > limits::kDocumentNodesMax) {
    result.violations.push_back(
        {"wrong-type", document.path(), "", tree.root->at.line, tree.root->at.column,
         "the document must be an object of at most " + std::to_string(limits::kDocumentNodesMax) + " nodes",
         "Write a descriptor: kind, apiVersion, id and so on.", true});
    return result;
  }
  Naming naming(*tree.root, document.path());
  const std::optional<Named> named = naming.Find();
  for (Violation& violation :
       named ? Checking(*named->shapes, named->version, document.path()).Run(*tree.root) : naming.Take()) {
    result.violations.push_back(std::move(violation));
  }
  if (named) result.standard = named->spoken;
  return result;
}

}  // namespace souk::descriptor
