// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <tuple>

#include "tests/chaos/history/checker.h"

namespace souk::chaos {
namespace {

// As the feed tells them: without digests, in one order.
std::vector<Change> Plain(std::vector<Change> changes) {
  for (Change& change : changes) change.digest = change.previous = "";
  std::sort(changes.begin(), changes.end(), [](const Change& one, const Change& other) {
    return std::tie(one.line, one.number) < std::tie(other.line, other.number);
  });
  return changes;
}

// The first revision after `position`, and no later than `until`, that changed a line; zero if there is none.
Revision LeftOut(const Timeline& timeline, Revision position, Revision until) {
  const auto next = timeline.revisions().upper_bound(position);
  return next != timeline.revisions().end() && next->first <= until ? next->first : 0;
}

void CheckStream(const Stream& stream, const Timeline& timeline, Verdict& verdict) {
  Revision position = stream.after;
  for (const Told& told : stream.told) {
    const auto wrong = [&](const std::string& how) {
      verdict.violations.push_back("the feed of " + stream.reader + " at revision " + std::to_string(told.revision) +
                                   ", after " + std::to_string(position) + ": " + how);
    };
    if (told.mark) {
      if (told.revision < position) wrong("a mark goes back");
      const Revision left_out = LeftOut(timeline, position, told.revision);
      if (left_out != 0) wrong("it says to be there, and left out " + std::to_string(left_out));
      position = std::max(position, told.revision);
      continue;
    }
    ++verdict.told;
    if (told.revision <= position) {
      wrong(told.revision == position ? "told twice" : "out of order");
      continue;
    }
    const Revision left_out = LeftOut(timeline, position, told.revision - 1);
    if (left_out != 0) wrong("left out " + std::to_string(left_out));
    const auto there = timeline.revisions().find(told.revision);
    const std::vector<Change> want = there == timeline.revisions().end() ? std::vector<Change>() : Plain(there->second);
    if (Plain(told.changes) != want) {
      wrong("it tells " + std::to_string(told.changes.size()) + " changes that are not the " +
            std::to_string(want.size()) + " of that revision");
    }
    position = told.revision;
  }
}

}  // namespace

void CheckStreams(const History& history, const Timeline& timeline, Verdict& verdict) {
  for (const Stream& stream : history.streams) CheckStream(stream, timeline, verdict);
}

}  // namespace souk::chaos
