// SPDX-License-Identifier: Apache-2.0
#include "governance/waivers.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "governance/date.h"

namespace souk::governance {
namespace {

// True for the pointer itself and all below it.
bool Covers(std::string_view pointer, std::string_view finding) {
  return pointer.empty() ||
         (finding.starts_with(pointer) && (finding.size() == pointer.size() || finding[pointer.size()] == '/'));
}

bool Excuses(const v1::Waiver& waiver, const v1::GovernanceContext& context, const v1::Finding& finding) {
  return finding.waivable() && waiver.rule() == finding.rule() && waiver.line() == context.line() &&
         HoldsOn(waiver, context.day()) && Covers(waiver.pointer(), finding.location().pointer());
}

}  // namespace

bool HoldsOn(const v1::Waiver& waiver, std::string_view day) {
  const auto end = ParseDate(waiver.expires_on());
  const auto today = ParseDate(day);
  return end && today && *today <= *end;
}

void ApplyWaivers(const v1::GovernanceContext& context, std::vector<v1::Finding>& findings) {
  for (v1::Finding& finding : findings) {
    if (finding.severity() == v1::SEVERITY_INFO) continue;
    const auto& waivers = context.waivers();
    const auto waiver = std::find_if(waivers.begin(), waivers.end(),
                                     [&](const v1::Waiver& known) { return Excuses(known, context, finding); });
    if (waiver == waivers.end()) continue;
    finding.set_severity(v1::SEVERITY_INFO);
    finding.set_waiver(waiver->name());
    finding.set_remedy("Waived until " + waiver->expires_on() + " by " + waiver->signer() + ": " + waiver->reason() +
                       ". Then: " + finding.remedy());
  }
}

}  // namespace souk::governance
