// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "tests/chaos/history/checker.h"

namespace souk::chaos {
namespace {

// A registration always brings something new; a change of state may find that it is so already.
bool ChangesNothing(const Operation& operation, bool found) {
  return operation.kind != Kind::kRegister && !operation.changed.value_or(true) && !found;
}

void CheckAcknowledged(const Operation& operation, const std::vector<const Change*>& found, Verdict& verdict) {
  ++verdict.acknowledged;
  if (ChangesNothing(operation, !found.empty())) return;
  const auto wrong = [&](const std::string& how) { verdict.violations.push_back(how + ": " + Describe(operation)); };
  if (found.empty()) return wrong("acknowledged and lost");
  const Change& change = *found.front();
  if (change.line != operation.line) return wrong("acknowledged for another line than " + change.line);
  if (change.revision != operation.revision) {
    return wrong("acknowledged at another revision than it has, " + std::to_string(change.revision));
  }
  if (operation.number && *operation.number != change.number) wrong("acknowledged as another change");
  if (operation.stands_on && change.number != *operation.stands_on + 1) {
    wrong("its etag was of change " + std::to_string(*operation.stands_on) + ", it was applied as change " +
          std::to_string(change.number));
  }
}

}  // namespace

void CheckWrites(const History& history, const Timeline& timeline, Verdict& verdict) {
  std::set<std::string> sent;
  for (const Operation& operation : history.operations) {
    if (!IsWrite(operation.kind)) continue;
    sent.insert(operation.mark);
    const auto& found = timeline.WithMark(operation.mark);
    if (found.size() > 1) {
      verdict.violations.push_back("applied " + std::to_string(found.size()) + " times: " + Describe(operation));
    }
    switch (operation.outcome) {
      case Outcome::kOk:
        CheckAcknowledged(operation, found, verdict);
        break;
      case Outcome::kFailed:
        ++verdict.refused;
        if (!found.empty()) verdict.violations.push_back("refused, but applied: " + Describe(operation));
        break;
      case Outcome::kUnknown:
        ++(found.empty() ? verdict.unknown_not_applied : verdict.unknown_applied);
        break;
    }
  }
  for (const auto& [revision, changes] : timeline.revisions()) {
    for (const Change& change : changes) {
      if (!sent.contains(MarkOf(change))) verdict.violations.push_back("nobody sent " + Describe(change));
    }
  }
}

}  // namespace souk::chaos
