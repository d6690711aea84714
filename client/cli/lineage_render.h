// SPDX-License-Identifier: Apache-2.0
// Draws a lineage answer: as a tree for a terminal, as Graphviz DOT, as Mermaid. Pure functions; one thread.
#pragma once

#include <ostream>

#include "client/cli/style.h"
#include "souk/v1/lineage_service.pb.h"

namespace souk::cli {

// `direction` is which sides of the roots the tree shows. Each node is expanded once; where it comes again, "(above)"
// says so, and "(cycle)" where it is its own ancestor.
void WriteLineageTree(const v1::TraceLineageResponse& lineage, v1::LineageDirection direction, const Style& style,
                      std::ostream& out);
void WriteLineageDot(const v1::TraceLineageResponse& lineage, std::ostream& out);
void WriteLineageMermaid(const v1::TraceLineageResponse& lineage, std::ostream& out);

// True for what the walk began with. A product that is traced by its datasets or columns has many roots.
bool IsRoot(const v1::LineageNode& node);
// What a person calls a node: the short name of a line, else its own name.
std::string NodeLabel(const v1::LineageNode& node);

}  // namespace souk::cli
