// SPDX-License-Identifier: Apache-2.0
#include "tests/chaos/history/checker.h"

namespace souk::chaos {
namespace {

constexpr const char* kRetired = "PRODUCT_STATE_RETIRED";

// How what was seen differs from a change; empty if it does not.
std::string Difference(const Seen& seen, const Change& change, const Registered* came) {
  if (seen.version != change.version && !seen.version.empty()) return "version " + seen.version;
  if (seen.state != change.state && !seen.state.empty()) return "state " + seen.state;
  if (seen.number && *seen.number != change.number) return "change " + std::to_string(*seen.number);
  if (seen.changed && *seen.changed != change.revision) return "changed at " + std::to_string(*seen.changed);
  if (came == nullptr || change.state == kRetired) return {};  // who owns it then, and what it read, is not asked
  if (seen.owner && *seen.owner != came->owner) return "owner " + *seen.owner + " instead of " + came->owner;
  if (seen.reads && *seen.reads != came->reads)
    return "reads \"" + *seen.reads + "\" instead of \"" + came->reads + "\"";
  return {};
}

void CheckRead(const Operation& read, const Timeline& timeline, Verdict& verdict) {
  const auto wrong = [&](const std::string& how) { verdict.violations.push_back(how + ": " + Describe(read)); };
  // An error has no revision: "not there" holds at the token at least.
  const Revision at = read.revision != 0 ? read.revision : read.token;
  if (read.level == Level::kToken && at < read.token) return wrong("older than its token");
  const Change* change = timeline.At(read.line, at);
  // A search leaves out what has ended.
  const bool hidden = read.kind == Kind::kSearch && change != nullptr && change->state == kRetired;
  if (!read.seen) {
    if (change != nullptr && !hidden) wrong("not there, but should show " + Describe(*change));
    return;
  }
  if (change == nullptr) return wrong("seen before it was there");
  const std::string difference = Difference(*read.seen, *change, timeline.WhatCame(read.line, change->version));
  if (!difference.empty()) wrong("has " + difference + ", should show " + Describe(*change));
}

}  // namespace

void CheckReads(const History& history, const Timeline& timeline, Verdict& verdict) {
  for (const Operation& operation : history.operations) {
    if (IsWrite(operation.kind) || operation.outcome != Outcome::kOk) continue;
    ++verdict.reads;
    if (operation.level == Level::kLatest) ++verdict.latest_reads;
    if (operation.level == Level::kToken) ++verdict.token_reads;
    CheckRead(operation, timeline, verdict);
  }
}

}  // namespace souk::chaos
