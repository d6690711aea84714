// SPDX-License-Identifier: Apache-2.0
// The findings of policies. Pure function of its arguments; thread-safe.
#pragma once

#include <vector>

#include "descriptor/bundle.h"
#include "souk/v1/governance.pb.h"

namespace souk::governance {

// Of the policies in the context that apply to the state and are not only observed on the context's day; in their
// order, each policy's sorted by place and message. What a policy does not come to an end with is a finding too, of its
// severity at the least: governance fails closed.
std::vector<v1::Finding> EvaluatePolicies(const v1::DataProduct& model, v1::ProductState state,
                                          const v1::GovernanceContext& context, const descriptor::Locations& locations);

// Those of one policy, whatever its stage and the states that it applies to; with its own severity.
std::vector<v1::Finding> EvaluatePolicy(const v1::Policy& policy, const v1::DataProduct& model, v1::ProductState state,
                                        const v1::GovernanceContext& context, const descriptor::Locations& locations);

}  // namespace souk::governance
