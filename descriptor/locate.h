// SPDX-License-Identifier: Apache-2.0
// From a JSON pointer to the place that a person should look at. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "descriptor/bundle.h"

namespace souk::descriptor {

// The location of pointer, or of its nearest existing ancestor. Without any location (a bundle given as proto) the
// pointer itself, line unknown.
v1::SourceLocation Locate(const Locations& locations, const std::string& pointer);

// A location in the same document: below outer.pointer, at outer's line.
v1::SourceLocation Inside(const v1::SourceLocation& outer, std::string_view pointer);

// Leaves of the locations of objects and columns what does not follow from their place in the model: line and column;
// of service levels nothing.
// For a model whose findings are written: paths and pointers are most of the bytes of a wide table.
void KeepLinesOnly(v1::DataProduct& model);

}  // namespace souk::descriptor
