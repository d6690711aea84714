// SPDX-License-Identifier: Apache-2.0
// The physical identity of data: an ODCS server and schema object to the (namespace, name) by which OpenLineage knows
// them, so that table lineage becomes product lineage. The rules are OpenLineage's naming conventions, one row of
// kPlatforms (dataset.cc) for each platform. Pure functions; thread-safe.
#pragma once

#include <optional>

#include "souk/v1/product.pb.h"

namespace souk::descriptor {

// Empty if the platform has no naming rule here, or the server lacks what its rule needs (a host, a database), or holds
// an unresolved ${VARIABLE}.
std::optional<v1::DatasetIdentity> IdentifyDataset(const v1::Server& server, const v1::SchemaObject& object);

// Fills the datasets of every schema object, one for each server that has a rule, without repeats.
void IdentifyDatasets(v1::DataProduct& model);

}  // namespace souk::descriptor
