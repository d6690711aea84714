// SPDX-License-Identifier: Apache-2.0
// A trace: the walk over the graph, its limits, and the answer in its order. Iterative, so that no chain is too long.
// Reads the graph only; the caller guards it.
#pragma once

#include <functional>

#include "base/status.h"
#include "base/visibility.h"
#include "index/lineage/lineage_graph.h"
#include "index/lineage/mesh_graph.h"

namespace souk::lineage {

// As LineageGraph::Trace, on a graph that does not change meanwhile.
StatusOr<v1::TraceLineageResponse> TraceGraph(const MeshGraph& graph, const TraceRequest& request,
                                              const Visibility& visibility, const std::function<Status()>& stop);

}  // namespace souk::lineage
