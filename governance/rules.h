// SPDX-License-Identifier: Apache-2.0
// The built-in rules by name: the five mandatory attributes, good habits, and what only the catalog around a product
// tells. Each is a pure function; thread-safe.
#pragma once

#include <span>
#include <string_view>

#include "governance/case.h"

namespace souk::governance {

inline constexpr std::string_view kSunsetRule = "sunset-date";
inline constexpr std::string_view kReadersRule = "no-readers-left";
// How the ids begin of the rules that look at upstreams.
inline constexpr std::string_view kUpstreamRules = "upstream-";

// All of them, in the order in which they are tried. Errors are what an active line must not have.
std::span<const Case::Rule> BuiltInRules();
// Null if there is none of that id.
const Case::Rule* FindRule(std::string_view id);

// rules_mandatory.cc: owner, docs, schema contract, quality, discoverability.
void JudgeDiscoverability(Case& door);
void JudgeOwner(Case& door);
void JudgeDocs(Case& door);
void JudgeOutputPorts(Case& door);
void JudgeContracts(Case& door);
void JudgeQuality(Case& door);

// rules_habits.cc: what makes a product pleasant to use.
void JudgeSunset(Case& door);
void JudgeNames(Case& door);
void JudgeMeasures(Case& door);
void JudgeColumnDocs(Case& door);

// rules_personal.cc: data about people.
void JudgePersonalColumns(Case& door);
void JudgeRetention(Case& door);

// rules_change.cc: what a change does to those who read the line.
void JudgeBreakingChanges(Case& door);
void JudgeVersionBump(Case& door);

// rules_context.cc: silent without a context.
void JudgeMissingUpstreams(Case& door);
void JudgeRetiredUpstreams(Case& door);
void JudgeDeprecatedUpstreams(Case& door);
void JudgeDuplicates(Case& door);
void JudgeRetirement(Case& door);

}  // namespace souk::governance
