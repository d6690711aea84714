// SPDX-License-Identifier: Apache-2.0
#include "descriptor/bundle.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "base/digest.h"
#include "base/errors.h"
#include "base/limits.h"
#include "descriptor/columns.h"
#include "descriptor/dataset.h"
#include "descriptor/document.h"
#include "descriptor/model_check.h"
#include "descriptor/text.h"

namespace souk::descriptor {
namespace {

using Documents = google::protobuf::RepeatedPtrField<v1::Document>;

Status CheckSizes(const Documents& documents) {
  const auto count = static_cast<size_t>(documents.size());
  if (count > limits::kBundleDocumentsMax) return errors::TooMany("documents", count, limits::kBundleDocumentsMax);
  size_t total = 0;
  for (const v1::Document& document : documents) {
    const size_t bytes = document.content().size();
    if (bytes > limits::kDocumentBytesMax) {
      return errors::DocumentTooLarge(document.path(), bytes, limits::kDocumentBytesMax);
    }
    total += bytes;
  }
  if (total > limits::kBundleBytesMax) return errors::DocumentTooLarge("bundle", total, limits::kBundleBytesMax);
  return Status::Ok();
}

// A path that leaves the bundle would be a trap for whoever writes the documents out again.
bool StaysInside(std::string_view path) {
  if (path.starts_with('/') || path.ends_with('/') || path.find('\\') != std::string_view::npos) return false;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment.empty() || segment == "." || segment == "..") return false;
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return true;
}

Status CheckPaths(const Documents& documents) {
  std::set<std::string_view> seen;
  for (const v1::Document& document : documents) {
    const std::string& path = document.path();
    if (path.size() > limits::kIdentifierBytesMax) {
      return errors::IdentifierTooLong("document's path", path.size(), limits::kIdentifierBytesMax);
    }
    if (!IsCleanUtf8(path) || HasControl(path) || !StaysInside(path)) {
      return errors::BadField("documents.path", Quoted(IsCleanUtf8(path) ? path : "") + " is no path inside the bundle",
                              "Use a relative path of plain names, such as \"product.odps.yaml\".");
    }
    if (!path.empty() && !seen.insert(path).second) {
      return errors::BadField("documents.path", Quoted(path) + " occurs twice", "Give each document its own path.");
    }
  }
  return Status::Ok();
}

std::string DigestOf(const Documents& documents) {
  std::vector<const v1::Document*> sorted;
  for (const v1::Document& document : documents) sorted.push_back(&document);
  std::sort(sorted.begin(), sorted.end(), [](const v1::Document* a, const v1::Document* b) {
    return std::tie(a->path(), a->content()) < std::tie(b->path(), b->content());
  });
  DigestBuilder digest;
  for (const v1::Document* document : sorted) digest.Add(document->path()).Add(document->content());
  return digest.Finish();
}

std::string DigestOf(const v1::DataProduct& model) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    model.SerializeWithCachedSizes(&out);
  }
  return DigestBuilder().Add("model").Add(bytes).Finish();
}

// Errors first, then as the documents stand in the bundle, then as they stand in the document.
void SortViolations(const std::vector<v1::Document>& documents, std::vector<Violation>& violations) {
  const auto rank = [&](const Violation& violation) {
    const auto found = std::find_if(documents.begin(), documents.end(),
                                    [&](const v1::Document& document) { return document.path() == violation.path; });
    return std::tuple(violation.error ? 0 : 1, found - documents.begin(), violation.line, violation.column);
  };
  std::stable_sort(violations.begin(), violations.end(),
                   [&](const Violation& a, const Violation& b) { return rank(a) < rank(b); });
  if (violations.size() > limits::kFindingsMax) violations.resize(limits::kFindingsMax);
}

// Line and state of a model that was checked; the violations decide whether it is taken.
StatusOr<ParsedBundle> Finish(ParsedBundle parsed, std::vector<Violation> violations) {
  SortViolations(parsed.documents, violations);
  if (!violations.empty() && violations.front().error) return errors::BadDocument(std::move(violations));
  const v1::DataProduct& model = parsed.model;
  const std::string& name = Trimmed(model.name()).empty() ? model.id() : model.name();
  ASSIGN_OR_RETURN(const uint32_t major, MajorOf(model.version()));
  parsed.line = {Slug(model.domain()), Slug(name), major};
  parsed.state = ParseState(model.status());
  parsed.warnings = std::move(violations);
  IdentifyDatasets(parsed.model);
  return parsed;
}

// A document that came without a name gets one, so that whoever writes the documents out again has a file for each.
v1::Bundle WithPaths(v1::Bundle bundle) {
  std::set<std::string> taken;
  for (const v1::Document& document : bundle.documents()) taken.insert(document.path());
  int number = 0;
  for (v1::Document& document : *bundle.mutable_documents()) {
    const size_t first = document.content().find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    const bool braced = first != std::string::npos && document.content()[first] == '{';
    const bool json = braced || document.media_type().find("json") != std::string::npos;
    while (document.path().empty()) {
      const std::string path = "document-" + std::to_string(++number) + (json ? ".json" : ".yaml");
      if (taken.insert(path).second) document.set_path(path);
    }
  }
  return bundle;
}

StatusOr<ParsedBundle> FromDocuments(const v1::Bundle& given) {
  RETURN_IF_ERROR(CheckSizes(given.documents()));
  RETURN_IF_ERROR(CheckPaths(given.documents()));
  const auto& documents = given.documents();
  const bool nameless = std::any_of(documents.begin(), documents.end(),
                                    [](const v1::Document& document) { return document.path().empty(); });
  const v1::Bundle renamed = nameless ? WithPaths(given) : v1::Bundle();
  const v1::Bundle& bundle = nameless ? renamed : given;
  ParsedBundle parsed;
  std::vector<Violation> violations;
  std::vector<v1::DataContract> contracts;
  size_t products = 0;
  uint64_t nodes_left = limits::kDocumentNodesMax;
  bool unreadable = false;
  for (const v1::Document& document : bundle.documents()) {
    ReadDocumentResult read = ReadDocument(document, nodes_left);
    if (read.kind == DocumentKind::kProduct && ++products == 1) {
      parsed.model = std::move(read.product);
      parsed.locations = std::move(read.locations);
    } else if (read.kind == DocumentKind::kProduct) {
      read.reading.violations.push_back({"one-product", document.path(), "", 1, 1,
                                         "the bundle holds a second product descriptor",
                                         "Register each product in a bundle of its own.", true});
    } else if (read.kind == DocumentKind::kContract) {
      contracts.push_back(std::move(read.contract));
    }
    unreadable = unreadable || read.kind == DocumentKind::kUnreadable;
    std::move(read.reading.violations.begin(), read.reading.violations.end(), std::back_inserter(violations));
    parsed.documents.push_back(document);
    parsed.documents.back().set_media_type(read.media_type);
    parsed.documents.back().set_digest(Hex(Sha256(document.content())));
  }
  if (products == 0 && !unreadable) {
    violations.push_back({"one-product", "", "", 0, 0, "the bundle holds no product descriptor",
                          "Add the document with kind: DataProduct.", true});
  }
  for (v1::DataContract& contract : contracts) *parsed.model.add_contracts() = std::move(contract);
  if (products > 0) CheckModel(parsed.model, parsed.locations, true, violations);
  parsed.content_digest = DigestOf(given.documents());
  return Finish(std::move(parsed), std::move(violations));
}

// Calls with every property below properties, and its pointer.
template <typename Visit>
void PointAtProperties(google::protobuf::RepeatedPtrField<v1::SchemaProperty>& properties, const std::string& pointer,
                       const Visit& visit) {
  for (int i = 0; i < properties.size(); ++i) {
    v1::SchemaProperty& property = *properties.Mutable(i);
    const std::string own = pointer + "/" + std::to_string(i);
    visit(property.mutable_location(), own);
    PointAtProperties(*property.mutable_properties(), own + "/properties", visit);
    PointAtProperties(*property.mutable_items(), own + "/items", visit);
  }
}

// Sets every location by visit(location, pointer): a model has pointers into itself, but no lines.
template <typename Visit>
void PointAtModel(v1::DataProduct& model, const Visit& visit) {
  for (int i = 0; i < model.contracts_size(); ++i) {
    v1::DataContract& contract = *model.mutable_contracts(i);
    const std::string own = "/contracts/" + std::to_string(i);
    visit(contract.mutable_location(), own);
    for (int k = 0; k < contract.service_levels_size(); ++k) {
      visit(contract.mutable_service_levels(k)->mutable_location(), own + "/service_levels/" + std::to_string(k));
    }
    for (int k = 0; k < contract.schema_size(); ++k) {
      v1::SchemaObject& object = *contract.mutable_schema(k);
      const std::string inner = own + "/schema/" + std::to_string(k);
      visit(object.mutable_location(), inner);
      object.clear_datasets();
      PointAtProperties(*object.mutable_properties(), inner + "/properties", visit);
    }
  }
}

StatusOr<ParsedBundle> FromModel(const v1::DataProduct& model) {
  if (const size_t bytes = model.ByteSizeLong(); bytes > limits::kBundleBytesMax) {
    return errors::DocumentTooLarge("model", bytes, limits::kBundleBytesMax);
  }
  std::vector<Violation> violations;
  if (!CheckTexts(model, violations)) return errors::BadDocument(std::move(violations));
  size_t columns = 0;
  ForEachColumn(model, [&](const ColumnVisit& /*visit*/) { ++columns; });
  if (columns > limits::kColumnsMax) return errors::TooMany("columns", columns, limits::kColumnsMax);
  ParsedBundle parsed;
  parsed.model = model;
  PointAtModel(parsed.model, [](v1::SourceLocation* location, const std::string& /*pointer*/) { location->Clear(); });
  parsed.content_digest = DigestOf(parsed.model);
  PointAtModel(parsed.model,
               [](v1::SourceLocation* location, const std::string& pointer) { location->set_pointer(pointer); });
  CheckModel(parsed.model, parsed.locations, false, violations);
  return Finish(std::move(parsed), std::move(violations));
}

}  // namespace

StatusOr<ParsedBundle> ParseBundle(const v1::Bundle& bundle) {
  if (bundle.documents_size() > 0 && bundle.has_model()) {
    return errors::BadField("bundle", "it has both documents and a model", "Send one of the two.");
  }
  if (bundle.documents_size() > 0) return FromDocuments(bundle);
  if (bundle.has_model()) return FromModel(bundle.model());
  return errors::MissingField("bundle");
}

}  // namespace souk::descriptor
