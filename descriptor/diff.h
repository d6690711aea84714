// SPDX-License-Identifier: Apache-2.0
// Semantic difference of two models: what changed, where, and what it means for who reads the data. Breaking means that
// a reader of the old schema may fail. Pure functions; thread-safe.
#pragma once

#include <vector>

#include "souk/v1/product.pb.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::descriptor {

// All differences in path order; empty if the models mean the same. Output-only fields (locations) don't count.
std::vector<v1::Difference> Diff(const v1::DataProduct& before, const v1::DataProduct& after);

// The same of two contracts; paths begin in the contract, "schema/orders/…".
std::vector<v1::Difference> Diff(const v1::DataContract& before, const v1::DataContract& after);

// The gravest class; UNSPECIFIED for none.
v1::ChangeClass Gravest(const std::vector<v1::Difference>& differences);

}  // namespace souk::descriptor
