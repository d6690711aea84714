// SPDX-License-Identifier: Apache-2.0
// One document of a bundle: bytes to a piece of the model, whatever standard and syntax it is written in. Pure
// functions; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "descriptor/bundle.h"
#include "descriptor/document_tree.h"
#include "descriptor/fields.h"
#include "descriptor/media_type.h"
#include "souk/v1/product.pb.h"

namespace souk::descriptor {

// Any bytes to a tree. Every defect goes to reading; a tree without a root could not be read.
Tree ReadTree(std::string_view bytes, Syntax syntax, Reading& reading);

enum class DocumentKind { kUnreadable, kProduct, kContract };

struct ReadDocumentResult {
  DocumentKind kind = DocumentKind::kUnreadable;
  v1::DataProduct product;    // of kProduct
  v1::DataContract contract;  // of kContract
  Locations locations;        // of kProduct
  std::string media_type;     // as given, or what was found out; empty if unreadable
  Reading reading;            // every defect
};

// nodes_left is what remains of the bundle's limits::kDocumentNodesMax; the document's nodes are taken off.
ReadDocumentResult ReadDocument(const v1::Document& document, uint64_t& nodes_left);

}  // namespace souk::descriptor
