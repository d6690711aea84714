// SPDX-License-Identifier: Apache-2.0
// Holds a history to what a cluster promises. As every answer carries its revision, the order of the writes is known,
// and checking takes linear time, but for the sorting. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/chaos/history/history.h"
#include "tests/chaos/history/timeline.h"

namespace souk::chaos {

struct Verdict {
  std::vector<std::string> violations = {};  // what must not be, in words
  uint64_t operations = 0;
  uint64_t acknowledged = 0;  // writes
  uint64_t refused = 0;       // writes that were certainly not done
  uint64_t unknown_applied = 0;
  uint64_t unknown_not_applied = 0;
  uint64_t reads = 0;  // answered
  uint64_t latest_reads = 0;
  uint64_t token_reads = 0;
  uint64_t told = 0;  // revisions that readers of the feed were told
};

Verdict Check(const History& history);

// Its parts; each adds what it finds to the verdict.

// All nodes tell the same; the changes of a line are numbered and chained without a hole.
void CheckAccounts(const History& history, Verdict& verdict);
// What was acknowledged is there, once, as it was told; what was refused is not; what is not known is there at most
// once. Counts the writes.
void CheckWrites(const History& history, const Timeline& timeline, Verdict& verdict);
// Whatever ended before something else began comes before it: strictly for writes, and for reads of the latest.
void CheckOrder(const History& history, const Timeline& timeline, Verdict& verdict);
// A read shows the state at the revision that it names, and that is no older than what was asked for. Counts the reads.
void CheckReads(const History& history, const Timeline& timeline, Verdict& verdict);
// The feed tells each revision once, whole, in order, none left out, through changes of the node.
void CheckStreams(const History& history, const Timeline& timeline, Verdict& verdict);

}  // namespace souk::chaos
