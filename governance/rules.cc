// SPDX-License-Identifier: Apache-2.0
#include "governance/rules.h"

#include <algorithm>
#include <array>

namespace souk::governance {
namespace {

// What identifies the product or names somebody to call is not waivable.
constexpr std::array<Case::Rule, 19> kRules = {{
    {"discoverability-required", v1::SEVERITY_ERROR, false, JudgeDiscoverability},
    {"owner-required", v1::SEVERITY_ERROR, false, JudgeOwner},
    {"docs-required", v1::SEVERITY_ERROR, true, JudgeDocs},
    {"output-port-required", v1::SEVERITY_ERROR, true, JudgeOutputPorts},
    {"contract-required", v1::SEVERITY_ERROR, true, JudgeContracts},
    {"quality-required", v1::SEVERITY_ERROR, true, JudgeQuality},
    {"breaking-change", v1::SEVERITY_ERROR, true, JudgeBreakingChanges},
    {"version-bump", v1::SEVERITY_ERROR, true, JudgeVersionBump},
    {kReadersRule, v1::SEVERITY_ERROR, true, JudgeRetirement},
    {kSunsetRule, v1::SEVERITY_WARNING, true, JudgeSunset},
    {"telling-names", v1::SEVERITY_WARNING, true, JudgeNames},
    {"promises-measurable", v1::SEVERITY_WARNING, true, JudgeMeasures},
    {"personal-data-classified", v1::SEVERITY_WARNING, true, JudgePersonalColumns},
    {"personal-data-retained", v1::SEVERITY_WARNING, true, JudgeRetention},
    {"upstream-missing", v1::SEVERITY_WARNING, true, JudgeMissingUpstreams},
    {"upstream-retired", v1::SEVERITY_WARNING, true, JudgeRetiredUpstreams},
    {"upstream-deprecated", v1::SEVERITY_WARNING, true, JudgeDeprecatedUpstreams},
    {"near-duplicate", v1::SEVERITY_INFO, true, JudgeDuplicates},
    {"columns-documented", v1::SEVERITY_INFO, true, JudgeColumnDocs},
}};

}  // namespace

std::span<const Case::Rule> BuiltInRules() { return kRules; }

const Case::Rule* FindRule(std::string_view id) {
  const auto found = std::find_if(kRules.begin(), kRules.end(), [&](const Case::Rule& rule) { return rule.id == id; });
  return found == kRules.end() ? nullptr : found;
}

}  // namespace souk::governance
