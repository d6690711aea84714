// SPDX-License-Identifier: Apache-2.0
// The door: which findings a registration has, and whether it may be active. Pure functions of the model and the
// requested state: no clock, no index, no store, so the command line gives the node's verdict. Thread-safe.
// judge.h is the whole gate, in a context: settings of layers, policies, compatibility and waivers too.
#pragma once

#include <vector>

#include "descriptor/bundle.h"
#include "governance/breaking.h"
#include "souk/v1/finding.pb.h"
#include "souk/v1/governance.pb.h"
#include "souk/v1/product.pb.h"

namespace souk::governance {

using Locations = descriptor::Locations;

struct Verdict {
  std::vector<v1::Finding> findings;  // every one, errors first, then document order; at most limits::kFindingsMax
  bool fit_for_active = false;        // no finding of severity error
};

// Judges a model as if it should be active (findings of severity error are what an active line must not have). For
// `deprecated` the same rules hold, and a missing sunset date is a warning. A finding stands at the nearest existing
// node of its document; `locations` (ParsedBundle::locations) gives those of the product document their lines, without
// it they have pointers only.
Verdict Judge(const v1::DataProduct& model, v1::ProductState requested, const Locations& locations = {});

// What the built-in rules find, as the layers in the context (null: none) set them; in the order of the rules.
// `breakage` is what FindBreakage says of the two; null: nothing is said of the change.
std::vector<v1::Finding> TryRules(const v1::DataProduct& model, v1::ProductState requested,
                                  const v1::GovernanceContext* context, const Locations& locations,
                                  const Breakage* breakage = nullptr);

// The same of those rules alone that look at the upstreams in the context.
std::vector<v1::Finding> TryUpstreamRules(const v1::DataProduct& model, const v1::GovernanceContext& context,
                                          const Locations& locations);

// Errors first; then the product's document, then the contracts' in their order; then by line.
void SortFindings(const v1::DataProduct& model, std::vector<v1::Finding>& findings);

// Takes back the warning that a deprecated line has no sunset date: somebody has set one for it.
void SunsetIsKnown(google::protobuf::RepeatedPtrField<v1::Finding>& findings);

}  // namespace souk::governance
