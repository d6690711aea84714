// SPDX-License-Identifier: Apache-2.0
// How layers set the built-in rules: first "global", then the domains from the root down, each may only tighten what it
// inherits. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "souk/v1/governance_service.pb.h"

namespace souk::governance {

inline constexpr std::string_view kGlobalLayer = "global";

// What holds where these layers meet, first the outermost: only rules that differ from their own weight, by id. A layer
// that says less than it inherits is not heard: the one above may have become stricter since.
v1::RuleSettings MergedSettings(const std::vector<v1::RuleSettings>& layers);

// INVALID_ARGUMENT for a rule that is not known, said twice, or a value that is none; FAILED_PRECONDITION
// (LOOSENS_RULE) for one that switches off or lowers what is inherited (`above`: merged), or what no layer may.
Status CheckSettings(const v1::RuleSettings& settings, const v1::RuleSettings& above);

// Every built-in rule with the weight that it has under merged settings, by id.
v1::RuleSettings Spelled(const v1::RuleSettings& merged);

}  // namespace souk::governance
