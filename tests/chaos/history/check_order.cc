// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/chaos/history/checker.h"

namespace souk::chaos {
namespace {

// A revision that somebody knew from a moment on.
struct Known {
  Moment since;
  Revision revision;
  const Operation* from;
};

std::vector<Known> WhatWasKnown(const History& history) {
  std::vector<Known> known;
  for (const Operation& operation : history.operations) {
    if (operation.outcome == Outcome::kOk) known.push_back({operation.returned, operation.revision, &operation});
  }
  std::sort(known.begin(), known.end(), [](const Known& one, const Known& other) { return one.since < other.since; });
  return known;
}

// The revision of a write that was applied, acknowledged or not; zero if it was not.
Revision AppliedAt(const Operation& operation, const Timeline& timeline) {
  const auto& found = timeline.WithMark(operation.mark);
  return found.empty() ? 0 : found.front()->revision;
}

}  // namespace

void CheckOrder(const History& history, const Timeline& timeline, Verdict& verdict) {
  const std::vector<Known> known = WhatWasKnown(history);
  std::vector<const Operation*> begun;
  for (const Operation& operation : history.operations) begun.push_back(&operation);
  std::sort(begun.begin(), begun.end(),
            [](const Operation* one, const Operation* other) { return one->invoked < other->invoked; });
  auto next = known.begin();
  Known newest{0, 0, nullptr};  // of what was known when the operation at hand began
  for (const Operation* operation : begun) {
    for (; next != known.end() && next->since < operation->invoked; ++next) {
      if (next->revision > newest.revision) newest = *next;
    }
    if (newest.from == nullptr) continue;
    const auto wrong = [&](const std::string& how) {
      verdict.violations.push_back(how + ": " + Describe(*operation) + "; revision " + std::to_string(newest.revision) +
                                   " was known before, by " + Describe(*newest.from));
    };
    if (IsWrite(operation->kind)) {
      const Revision applied = AppliedAt(*operation, timeline);
      if (applied != 0 && applied <= newest.revision) wrong("applied before what ended before it began");
    } else if (operation->level == Level::kLatest && operation->outcome == Outcome::kOk) {
      if (operation->seen && operation->revision < newest.revision) wrong("a stale read");
      if (!operation->seen && timeline.At(operation->line, newest.revision) != nullptr) wrong("a stale \"not there\"");
    }
  }
}

}  // namespace souk::chaos
