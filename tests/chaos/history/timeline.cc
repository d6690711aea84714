// SPDX-License-Identifier: Apache-2.0
#include "tests/chaos/history/timeline.h"

#include <algorithm>
#include <tuple>

namespace souk::chaos {
namespace {

constexpr const char* kKinds[] = {"register", "set-state", "retire", "get", "search", "owner", "lineage"};
constexpr const char* kLevels[] = {"", "at a token ", "of the latest "};
constexpr Moment kMicrosPerMilli = 1000;

bool Before(const Change& one, const Change& other) {
  return std::tie(one.revision, one.line, one.number) < std::tie(other.revision, other.line, other.number);
}

std::string Millis(Moment moment) {
  return moment == kNever ? "never" : std::to_string(moment / kMicrosPerMilli) + " ms";
}

}  // namespace

Timeline::Timeline(const History& history) {
  std::vector<Change> changes = history.accounts.empty() ? std::vector<Change>() : history.accounts.front().changes;
  std::sort(changes.begin(), changes.end(), Before);
  for (Change& change : changes) {
    lines_[change.line].push_back(change);
    revisions_[change.revision].push_back(std::move(change));
  }
  for (const auto& [revision, all] : revisions_) {
    for (const Change& change : all) marks_[MarkOf(change)].push_back(&change);
  }
  for (const Operation& operation : history.operations) {
    if (operation.kind != Kind::kRegister) continue;
    registered_[{operation.line, operation.mark}] = {operation.owner, operation.reads};
  }
}

const Change* Timeline::At(const std::string& line, Revision revision) const {
  const auto found = lines_.find(line);
  if (found == lines_.end()) return nullptr;
  const auto& changes = found->second;
  const auto after = std::upper_bound(changes.begin(), changes.end(), revision,
                                      [](Revision at, const Change& change) { return at < change.revision; });
  return after == changes.begin() ? nullptr : &*std::prev(after);
}

const std::vector<const Change*>& Timeline::WithMark(const std::string& mark) const {
  static const std::vector<const Change*> kNone;
  const auto found = marks_.find(mark);
  return found == marks_.end() ? kNone : found->second;
}

const Registered* Timeline::WhatCame(const std::string& line, const std::string& version) const {
  const auto found = registered_.find({line, version});
  return found == registered_.end() ? nullptr : &found->second;
}

const std::string& MarkOf(const Change& change) { return change.action == "register" ? change.version : change.reason; }

std::string Describe(const Change& change) {
  return change.line + " " + change.version + " " + change.state + ", change " + std::to_string(change.number) +
         " of revision " + std::to_string(change.revision);
}

std::string Describe(const Operation& operation) {
  std::string text = kKinds[static_cast<int>(operation.kind)];
  text += " " + std::string(kLevels[static_cast<int>(operation.level)]) + operation.line;
  if (!operation.mark.empty()) text += " \"" + operation.mark + "\"";
  text += " by " + operation.where + ", " + Millis(operation.invoked) + " to " + Millis(operation.returned);
  if (operation.level == Level::kToken) text += ", token " + std::to_string(operation.token);
  if (operation.outcome == Outcome::kOk) return text + ", answered at revision " + std::to_string(operation.revision);
  return text + (operation.outcome == Outcome::kFailed ? ", refused: " : ", unknown: ") + operation.error;
}

}  // namespace souk::chaos
