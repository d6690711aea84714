// SPDX-License-Identifier: Apache-2.0
// The facts of a line as bytes, and out of the graph again: what the graph's log (index/lineage/graph_log.h) is made
// of. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "index/bytes.h"
#include "index/lineage/line_facts.h"
#include "index/lineage/mesh_graph.h"

namespace souk::lineage {

// Of the bytes, and of what FactsOf() takes out of a line: a log of another version is thrown away. Raise it with
// either of them.
inline constexpr uint32_t kFactsVersion = 1;

// What makes the same entry of a line again: in another order than the descriptor's where that means nothing.
LineFacts FactsFrom(const MeshGraph& graph, uint32_t line);

void PutFacts(std::string& out, const LineFacts& facts);
// DATA_LOSS for bytes that are no facts.
StatusOr<LineFacts> TakeFacts(index::ByteSource& source);

}  // namespace souk::lineage
