// SPDX-License-Identifier: Apache-2.0
// The checks of the ledger suite, by the file that holds them.
#pragma once

#include "tests/storage/ledger_suite.h"

namespace souk::storage::suite {

// ledger_suite_commit.cc
Violations CommitsAreListedAtTheirRevision(Ledger& ledger);
Violations ATransactionIsWhole(Ledger& ledger);
Violations AGuardOnAKeyHoldsUntilItIsWritten(Ledger& ledger);
Violations ARangeGuardSeesEveryWriteInside(Ledger& ledger);
Violations ARangeGuardIgnoresNeighbours(Ledger& ledger);
Violations AMovedGuardLeavesNothingBehind(Ledger& ledger);
Violations LimitsHoldAtTheirEdge(Ledger& ledger);
Violations MalformedTransactionsAreRefused(Ledger& ledger);

// ledger_suite_read.cc
Violations ListAnswersAsOfAnyRevision(Ledger& ledger);
Violations ListKeepsOrderAndStops(Ledger& ledger);
Violations ResolveKnowsWhatBecameOfATransaction(Ledger& ledger);
Violations APassedDeadlineIsHonest(Ledger& ledger);
Violations StatusDescribesTheLedger(Ledger& ledger);

// ledger_suite_feed.cc
Violations TheFeedTellsEveryRevisionInOrder(Ledger& ledger);
Violations TheFeedResumesAnywhere(Ledger& ledger);
Violations TheFeedWaits(Ledger& ledger);
Violations CompactionKeepsWhatIsCurrent(Ledger& ledger);
Violations CompactionEndsTheFeedBeforeIt(Ledger& ledger);

// ledger_suite_concurrency.cc
Violations HeadIsABarrier(Ledger& ledger);
Violations NoUpdateIsLost(Ledger& ledger);
Violations NobodySeesHalfATransaction(Ledger& ledger);

}  // namespace souk::storage::suite
