// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <tuple>

#include "tests/chaos/history/checker.h"

namespace souk::chaos {
namespace {

using ByPlace = std::map<std::pair<std::string, uint64_t>, Change>;

ByPlace Sorted(const Account& account, Verdict& verdict) {
  ByPlace sorted;
  for (const Change& change : account.changes) {
    if (!sorted.emplace(std::pair(change.line, change.number), change).second) {
      verdict.violations.push_back(account.node + " tells twice: " + Describe(change));
    }
  }
  return sorted;
}

void CheckSame(const Account& first, const ByPlace& one, const Account& second, const ByPlace& other,
               Verdict& verdict) {
  for (const auto& [place, change] : one) {
    const auto found = other.find(place);
    if (found != other.end() && found->second == change) continue;
    verdict.violations.push_back(first.node + " has " + Describe(change) + ", but " + second.node + " has " +
                                 (found == other.end() ? "nothing there" : Describe(found->second)));
  }
  for (const auto& [place, change] : other) {
    if (one.contains(place)) continue;
    verdict.violations.push_back(second.node + " has " + Describe(change) + ", but " + first.node + " does not");
  }
}

// The map is in the order of lines and numbers.
void CheckChains(const ByPlace& changes, Verdict& verdict) {
  const Change* before = nullptr;
  for (const auto& [place, change] : changes) {
    const bool first = before == nullptr || before->line != change.line;
    const uint64_t number = first ? 1 : before->number + 1;
    if (change.number != number) {
      verdict.violations.push_back("a hole in front of " + Describe(change));
    } else if (change.previous != (first ? "" : before->digest)) {
      verdict.violations.push_back(Describe(change) + " is not chained to the change before it");
    } else if (!first && change.revision <= before->revision) {
      verdict.violations.push_back(Describe(change) + " is not newer than the change before it");
    }
    before = &change;
  }
}

}  // namespace

void CheckAccounts(const History& history, Verdict& verdict) {
  if (history.accounts.empty()) return verdict.violations.push_back("no node gives an account");
  const Account& first = history.accounts.front();
  const ByPlace changes = Sorted(first, verdict);
  CheckChains(changes, verdict);
  for (size_t i = 1; i < history.accounts.size(); ++i) {
    CheckSame(first, changes, history.accounts[i], Sorted(history.accounts[i], verdict), verdict);
  }
}

Verdict Check(const History& history) {
  Verdict verdict;
  verdict.operations = history.operations.size();
  CheckAccounts(history, verdict);
  const Timeline timeline(history);
  CheckWrites(history, timeline, verdict);
  CheckOrder(history, timeline, verdict);
  CheckReads(history, timeline, verdict);
  CheckStreams(history, timeline, verdict);
  return verdict;
}

}  // namespace souk::chaos
