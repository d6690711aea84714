// SPDX-License-Identifier: Apache-2.0
// Reads a registration bundle: Bitol ODPS 1.0 + ODCS 3.1 in YAML or JSON, or the proto model, into one computed model.
// Original bytes are kept as they came. Pure functions; thread-safe; any bytes may be given: the answer is a model or
// INVALID_ARGUMENT with every defect (document path, JSON pointer, line, column, remedy), never a crash or a hang.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "base/status.h"
#include "souk/v1/product.pb.h"

namespace souk::descriptor {

// Where the nodes of the product document stand: JSON pointer to location, for the root (""), its members and theirs,
// list elements included (so "/description/purpose" and "/outputPorts/0"). Empty for a bundle that came as proto.
using Locations = std::map<std::string, v1::SourceLocation>;

struct ParsedBundle {
  v1::DataProduct model;                // contracts included; locations filled where documents were given
  std::vector<v1::Document> documents;  // as given, with media_type and digest (hexadecimal) filled
  std::string content_digest;           // 32 raw bytes: over paths and bytes in path order, or the canonical model
  LineName line;                        // by the slug rule
  v1::ProductState state = v1::PRODUCT_STATE_UNSPECIFIED;  // what the descriptor's status asks for
  std::vector<Violation> warnings;  // accepted all the same, for example an input port without contractId
  Locations locations;              // of the product document
};

// A document's path is relative and names a place inside the bundle: "product.odps.yaml", "contracts/orders.odcs.yaml".
// A product without a name takes its line from the slug of its id; model.name stays empty, for the gate to find.
// INVALID_ARGUMENT (BAD_DOCUMENT, DOCUMENT_TOO_LARGE, TOO_MANY, BAD_FIELD) if it can't be read: malformed YAML/JSON, no
// or several products, unknown kind or apiVersion, wrong types, ports not unique by (name, version), limits exceeded,
// and so on.
StatusOr<ParsedBundle> ParseBundle(const v1::Bundle& bundle);

// "active", "Deprecated" … to a state; UNSPECIFIED for words that are not of the life cycle.
v1::ProductState ParseState(std::string_view status);
// "active" for PRODUCT_STATE_ACTIVE and so on.
std::string_view StateWord(v1::ProductState state);

}  // namespace souk::descriptor
