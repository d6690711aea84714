// SPDX-License-Identifier: Apache-2.0
#include "descriptor/document.h"

#include <algorithm>

#include "base/limits.h"
#include "base/names.h"
#include "descriptor/common_fields.h"
#include "descriptor/json_reader.h"
#include "descriptor/odcs.h"
#include "descriptor/odps.h"
#include "descriptor/text.h"
#include "descriptor/yaml_reader.h"

namespace souk::descriptor {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// One standard's versions: those known, and the major number that later ones must have to be tried.
struct Standard {
  std::string_view kind;
  std::string_view word;  // in media types
  uint32_t major;
  uint32_t minor_max;
  bool before;  // major - 1 with minor 9 is known too (ODPS 0.9)
  std::string_view remedy;
};

constexpr Standard kOdps = {"DataProduct", "odps", 1, 1, true, "Write apiVersion: v1.0.0."};
constexpr Standard kOdcs = {"DataContract", "odcs", 3, 2, false, "Write apiVersion: v3.1.0."};

// The first place at which bytes stop being clean UTF-8.
Position FirstUncleanByte(std::string_view bytes) {
  Position at{1, 1};
  for (size_t i = 0; i < bytes.size();) {
    size_t length = 1;
    while (length <= 4 && !IsCleanUtf8(bytes.substr(i, length))) ++length;
    if (length > 4) return at;
    at.column += static_cast<uint32_t>(length);
    if (bytes[i] == '\n') at = {at.line + 1, 1};
    i += length;
  }
  return at;
}

void AddViolation(Reading& reading, std::string_view rule, Position at, std::string message, std::string remedy) {
  reading.violations.push_back(
      {std::string(rule), reading.path, "", at.line, at.column, std::move(message), std::move(remedy), true});
}

// Whether the document may be read as this standard.
bool CheckApiVersion(const Fields& root, const Standard& standard) {
  const std::string_view version = root.RequiredText("apiVersion", standard.remedy);
  if (version.empty()) return true;  // noted; the rest may be looked at
  uint32_t major = 0;
  uint32_t minor = 0;
  constexpr uint32_t kMinorBefore = 9;
  const bool readable = ParseApiVersion(version, major, minor);
  const bool before = standard.before && major + 1 == standard.major && minor == kMinorBefore;
  if (!readable || (major != standard.major && !before)) {
    root.Note("apiVersion", "api-version",
              Quoted(version) + " is not a version of " + std::string(standard.kind) + " that can be read",
              std::string(standard.remedy));
    return false;
  }
  if (!before && minor > standard.minor_max) {
    root.Note("apiVersion", "api-version",
              "version " + Quoted(version) + " is newer than what is known; read as far as known",
              std::string(standard.remedy), false);
  }
  return true;
}

void ReadRoot(const Fields& root, Syntax syntax, ReadDocumentResult& result) {
  const std::string_view kind = root.Text("kind");
  const Standard& standard = kind == kOdcs.kind ? kOdcs : kOdps;
  if (kind != standard.kind) {
    const bool dpds = root.Has("dataProductDescriptor");
    root.Note("kind", "kind",
              dpds           ? "this is a DPDS descriptor, which is not read yet"
              : kind.empty() ? "kind is missing"
                             : "the kind " + Quoted(kind) + " is unknown",
              "Write kind: DataProduct (ODPS) or kind: DataContract (ODCS).");
    return;
  }
  if (!CheckApiVersion(root, standard)) return;
  if (result.media_type.empty()) {
    result.media_type = MediaType(standard.word, root.Text("apiVersion"), syntax);
  }
  if (&standard == &kOdps) {
    result.kind = DocumentKind::kProduct;
    ReadProduct(root, result.product);
    result.locations = LocateProduct(root);
  } else {
    result.kind = DocumentKind::kContract;
    ReadContract(root, result.contract);
  }
}

}  // namespace

Tree ReadTree(std::string_view bytes, Syntax syntax, Reading& reading) {
  if (!IsCleanUtf8(bytes)) {
    AddViolation(reading, "utf8", FirstUncleanByte(bytes), "the document is not UTF-8, or holds a NUL byte",
                 "Save it as UTF-8.");
    return {};
  }
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  Tree tree = syntax == Syntax::kJson ? ReadJson(bytes) : ReadYaml(bytes);
  for (const TreeProblem& problem : tree.problems) {
    AddViolation(reading, problem.rule, problem.at, problem.message, problem.remedy);
    reading.violations.back().pointer = problem.pointer;
  }
  return tree;
}

ReadDocumentResult ReadDocument(const v1::Document& document, uint64_t& nodes_left) {
  ReadDocumentResult result;
  result.reading.path = document.path();
  result.media_type = document.media_type();
  const std::optional<Syntax> syntax = SyntaxOf(document);
  if (!syntax) {
    AddViolation(result.reading, "media-type", {}, "the media type " + Quoted(document.media_type()) + " can't be read",
                 "Use application/yaml or application/json, or leave it out.");
    return result;
  }
  const Tree tree = ReadTree(document.content(), *syntax, result.reading);
  if (tree.root == nullptr) return result;
  if (tree.root->kind != Node::Kind::kMap) {
    AddViolation(result.reading, "wrong-type", tree.root->at,
                 "the document must be an object, but is " + std::string(KindWord(*tree.root)),
                 "Write a descriptor: kind, apiVersion, id and so on.");
    return result;
  }
  if (tree.root->nodes > nodes_left) {
    AddViolation(result.reading, "nodes", tree.root->at,
                 "the documents have more than " + std::to_string(limits::kDocumentNodesMax) + " nodes together",
                 "Use fewer aliases, or split the product.");
    return result;
  }
  nodes_left -= tree.root->nodes;
  ReadRoot(Fields(result.reading, *tree.root), *syntax, result);
  return result;
}

}  // namespace souk::descriptor
