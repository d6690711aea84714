// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/ledger_suite.h"

#include <cstdlib>

#include "tests/storage/ledger_suite_checks.h"

namespace souk::storage::suite {

const std::vector<Check>& AllChecks() {
  static const std::vector<Check> kChecks = {
      {"CommitsAreListedAtTheirRevision", CommitsAreListedAtTheirRevision},
      {"ATransactionIsWhole", ATransactionIsWhole},
      {"AGuardOnAKeyHoldsUntilItIsWritten", AGuardOnAKeyHoldsUntilItIsWritten},
      {"ARangeGuardSeesEveryWriteInside", ARangeGuardSeesEveryWriteInside},
      {"ARangeGuardIgnoresNeighbours", ARangeGuardIgnoresNeighbours},
      {"AMovedGuardLeavesNothingBehind", AMovedGuardLeavesNothingBehind},
      {"LimitsHoldAtTheirEdge", LimitsHoldAtTheirEdge},
      {"MalformedTransactionsAreRefused", MalformedTransactionsAreRefused},
      {"ListAnswersAsOfAnyRevision", ListAnswersAsOfAnyRevision},
      {"ListKeepsOrderAndStops", ListKeepsOrderAndStops},
      {"ResolveKnowsWhatBecameOfATransaction", ResolveKnowsWhatBecameOfATransaction},
      {"APassedDeadlineIsHonest", APassedDeadlineIsHonest},
      {"StatusDescribesTheLedger", StatusDescribesTheLedger},
      {"TheFeedTellsEveryRevisionInOrder", TheFeedTellsEveryRevisionInOrder},
      {"TheFeedResumesAnywhere", TheFeedResumesAnywhere},
      {"TheFeedWaits", TheFeedWaits},
      {"CompactionKeepsWhatIsCurrent", CompactionKeepsWhatIsCurrent},
      {"CompactionEndsTheFeedBeforeIt", CompactionEndsTheFeedBeforeIt},
      {"HeadIsABarrier", HeadIsABarrier},
      {"NoUpdateIsLost", NoUpdateIsLost},
      {"NobodySeesHalfATransaction", NobodySeesHalfATransaction},
  };
  return kChecks;
}

const Check& FindCheck(std::string_view name) {
  for (const Check& check : AllChecks()) {
    if (check.name == name) return check;
  }
  std::abort();
}

}  // namespace souk::storage::suite
