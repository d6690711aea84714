// SPDX-License-Identifier: Apache-2.0
// Compares two graphs by what they would answer, not by how they were made. Reads only; the caller guards both.
#pragma once

#include <string>
#include <vector>

#include "index/lineage/mesh_graph.h"

namespace souk::lineage {

// Empty if every node and every edge, from either of its ends, is the same; else the first few differences.
std::vector<std::string> Differences(const MeshGraph& left, const MeshGraph& right);

}  // namespace souk::lineage
