// SPDX-License-Identifier: Apache-2.0
// The behaviour suite on the embedded ledger, and on ledgers that are broken on purpose: a suite that finds nothing
// wrong with those proves nothing about the others.
#include "tests/storage/ledger_suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "storage/store.h"
#include "tests/storage/passing_ledger.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace souk::storage::suite {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

class EmbeddedSubject final : public Subject {
 public:
  Ledger& ledger() override { return store_->ledger(); }

 private:
  souk::testing::TempDir folder_;
  SystemClock clock_;
  std::unique_ptr<Store> store_ = souk::testing::OpenStore(folder_ / "store", clock_);
};

class EmbeddedLedgerSuite : public ::testing::TestWithParam<Check> {};

TEST_P(EmbeddedLedgerSuite, Holds) {
  EmbeddedSubject subject;
  EXPECT_THAT(GetParam().run(subject.ledger()), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Embedded, EmbeddedLedgerSuite, ::testing::ValuesIn(AllChecks()),
                         [](const ::testing::TestParamInfo<Check>& info) { return std::string(info.param.name); });

class IgnoresGuards final : public Passing {
 public:
  using Passing::Passing;
  StatusOr<Revision> CommitOne(Transaction transaction, Deadline deadline) override {
    transaction.guards.clear();
    return inner_.Commit(std::move(transaction), deadline);
  }
};

class IgnoresRanges final : public Passing {
 public:
  using Passing::Passing;
  StatusOr<Revision> CommitOne(Transaction transaction, Deadline deadline) override {
    std::erase_if(transaction.guards, [](const Guard& guard) { return !guard.range_end.empty(); });
    return inner_.Commit(std::move(transaction), deadline);
  }
};

class TearsTransactions final : public Passing {
 public:
  using Passing::Passing;
  StatusOr<Revision> CommitOne(Transaction transaction, Deadline deadline) override {
    if (transaction.writes.size() == 2) {
      Transaction half = transaction;
      half.writes.pop_back();
      half.write_id += "-half";
      transaction.writes.erase(transaction.writes.begin());
      transaction.guards.clear();
      auto first = inner_.Commit(std::move(half), deadline);
      if (!first.ok()) return first;
    }
    return inner_.Commit(std::move(transaction), deadline);
  }
};

class SkipsARevision final : public Passing {
 public:
  using Passing::Passing;
  StatusOr<std::vector<LedgerRevision>> Feed(Revision after, size_t revisions_max, Deadline deadline) override {
    auto feed = inner_.Feed(after, revisions_max, deadline);
    if (feed.ok() && feed->size() > 2) feed->erase(feed->begin() + 1);
    return feed;
  }
};

class ListsTheNewest final : public Passing {
 public:
  using Passing::Passing;
  StatusOr<Revision> ListUnlessStopping(const Listing& listing, const Visitor& visit,
                                        const Stopping& stopping) override {
    Listing newest = listing;
    newest.at = 0;
    return inner_.ListUnlessStopping(newest, visit, stopping);
  }
};

class HeadLagsBehind final : public Passing {
 public:
  using Passing::Passing;
  StatusOr<Revision> Head(Deadline deadline) override {
    auto head = inner_.Head(deadline);
    return head.ok() && *head > 0 ? StatusOr<Revision>(*head - 1) : head;
  }
};

template <typename Broken>
Violations RunBroken(std::string_view check) {
  EmbeddedSubject subject;
  Broken broken(subject.ledger());
  return FindCheck(check).run(broken);
}

TEST(NegativeControl, AWrapperThatBreaksNothingPasses) { EXPECT_THAT(RunBroken<Passing>("NoUpdateIsLost"), IsEmpty()); }

TEST(NegativeControl, IgnoredGuardsAreNoticed) {
  EXPECT_THAT(RunBroken<IgnoresGuards>("AGuardOnAKeyHoldsUntilItIsWritten"), Not(IsEmpty()));
  EXPECT_THAT(RunBroken<IgnoresGuards>("AMovedGuardLeavesNothingBehind"), Not(IsEmpty()));
  EXPECT_THAT(RunBroken<IgnoresGuards>("NoUpdateIsLost"), Not(IsEmpty()));
}

TEST(NegativeControl, IgnoredRangesAreNoticed) {
  EXPECT_THAT(RunBroken<IgnoresRanges>("ARangeGuardSeesEveryWriteInside"), Not(IsEmpty()));
}

TEST(NegativeControl, TornTransactionsAreNoticed) {
  EXPECT_THAT(RunBroken<TearsTransactions>("NobodySeesHalfATransaction"), Not(IsEmpty()));
}

TEST(NegativeControl, ALostRevisionIsNoticed) {
  EXPECT_THAT(RunBroken<SkipsARevision>("TheFeedTellsEveryRevisionInOrder"), Not(IsEmpty()));
}

TEST(NegativeControl, AListOfTheWrongTimeIsNoticed) {
  EXPECT_THAT(RunBroken<ListsTheNewest>("ListAnswersAsOfAnyRevision"), Not(IsEmpty()));
}

TEST(NegativeControl, AHeadThatLagsIsNoticed) {
  EXPECT_THAT(RunBroken<HeadLagsBehind>("HeadIsABarrier"), Not(IsEmpty()));
}

}  // namespace
}  // namespace souk::storage::suite
