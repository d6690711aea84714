// SPDX-License-Identifier: Apache-2.0
// Exceptions from rules. Pure functions; thread-safe.
#pragma once

#include <string_view>
#include <vector>

#include "souk/v1/governance.pb.h"

namespace souk::governance {

// True on the waiver's days: up to the last one, which is included. `day` is "2026-11-25".
bool HoldsOn(const v1::Waiver& waiver, std::string_view day);

// Turns findings that a waiver of the context excuses into information that names it. A waiver whose day has passed, or
// for a rule that is not waivable, excuses nothing.
void ApplyWaivers(const v1::GovernanceContext& context, std::vector<v1::Finding>& findings);

}  // namespace souk::governance
