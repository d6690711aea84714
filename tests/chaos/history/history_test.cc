// SPDX-License-Identifier: Apache-2.0
// The checker has teeth: a sound history passes, and each way in which a cluster may break its word is seen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <utility>

#include "tests/chaos/history/checker.h"

namespace souk::chaos {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kActive = "PRODUCT_STATE_ACTIVE";
constexpr const char* kDeprecated = "PRODUCT_STATE_DEPRECATED";
constexpr const char* kRetired = "PRODUCT_STATE_RETIRED";

Change ChangeOf(Revision revision, const std::string& line, uint64_t number, const std::string& version,
                const std::string& state = kActive, const std::string& action = "register",
                const std::string& reason = "") {
  return {revision,
          line,
          number,
          action,
          version,
          state,
          reason,
          "digest" + std::to_string(number),
          number == 1 ? "" : "digest" + std::to_string(number - 1)};
}

Operation Write(Kind kind, const std::string& line, const std::string& mark, Moment from, Moment until,
                Revision revision, uint64_t number) {
  Operation write{.kind = kind, .line = line, .where = "a writer", .invoked = from, .returned = until};
  write.outcome = Outcome::kOk;
  write.revision = revision;
  write.mark = mark;
  write.number = number;
  write.changed = true;
  write.owner = "owner of " + mark;
  write.reads = "contract of " + mark;
  return write;
}

Operation Read(Kind kind, Level level, const std::string& line, Moment from, Moment until, Revision revision,
               Seen seen) {
  Operation read{.kind = kind, .line = line, .where = "a reader", .invoked = from, .returned = until};
  read.outcome = Outcome::kOk;
  read.level = level;
  read.revision = revision;
  read.seen = std::move(seen);
  return read;
}

Told TellOf(const Change& change) {
  Told told{.revision = change.revision, .changes = {change}};
  told.changes.front().digest = told.changes.front().previous = "";
  return told;
}

// Two lines; "a" goes through all its states, one answer was lost, reads of all kinds, one reader of the feed.
class Histories : public ::testing::Test {
 protected:
  Histories() {
    const std::vector<Change> changes = {
        ChangeOf(10, "a", 1, "1.1.0"), ChangeOf(12, "b", 1, "1.2.0"),
        ChangeOf(14, "a", 2, "1.3.0"), ChangeOf(15, "a", 3, "1.3.0", kDeprecated, "set-state", "sunset"),
        ChangeOf(18, "b", 2, "1.4.0"), ChangeOf(20, "a", 4, "1.3.0", kRetired, "retire", "end"),
    };
    for (const char* node : {"node 0", "node 1", "node 2"}) history_.accounts.push_back({node, changes});
    auto& operations = history_.operations;
    operations.push_back(Write(Kind::kRegister, "a", "1.1.0", 100, 200, 10, 1));
    operations.push_back(Write(Kind::kRegister, "b", "1.2.0", 150, 300, 12, 1));
    operations.push_back(Write(Kind::kRegister, "a", "1.3.0", 310, 400, 14, 2));
    operations.back().stands_on = 1;
    operations.push_back(Write(Kind::kSetState, "a", "sunset", 410, 500, 15, 3));
    operations.push_back(Write(Kind::kRegister, "b", "1.4.0", 510, 700, 0, 0));
    operations.back().outcome = Outcome::kUnknown;
    operations.push_back(Write(Kind::kRetire, "a", "end", 710, 800, 20, 4));
    operations.push_back(Write(Kind::kRegister, "b", "1.0.9", 710, 760, 0, 0));
    operations.back().outcome = Outcome::kFailed;
    operations.push_back(Read(Kind::kGet, Level::kLatest, "a", 420, 460, 14, {"1.3.0", kActive, 2, 14}));
    operations.push_back(Read(Kind::kOwner, Level::kToken, "b", 420, 460, 14, {.owner = "owner of 1.2.0"}));
    operations.back().token = 12;
    operations.push_back(Read(Kind::kLineage, Level::kToken, "a", 510, 560, 15, {.reads = "contract of 1.3.0"}));
    operations.back().token = 15;
    operations.push_back(Read(Kind::kSearch, Level::kAny, "b", 900, 920, 12, {"1.2.0", kActive}));  // may be old
    for (const Change& change : changes) feed_.told.push_back(TellOf(change));
    feed_.told.insert(feed_.told.begin() + 2, Told{.revision = 13, .mark = true});
    feed_.told.push_back({.revision = 21});  // something else than a line
    feed_.reader = "reader 0";
    history_.streams.push_back(feed_);
  }

  Operation& operation(const std::string& mark) {
    for (Operation& one : history_.operations) {
      if (one.mark == mark) return one;
    }
    throw std::logic_error("no " + mark);
  }
  // The read of that kind.
  Operation& read(Kind kind) {
    for (Operation& one : history_.operations) {
      if (one.kind == kind) return one;
    }
    throw std::logic_error("no such read");
  }
  std::vector<Told>& told() { return history_.streams.front().told; }
  void ForEachNode(const std::function<void(std::vector<Change>&)>& edit) {
    for (Account& account : history_.accounts) edit(account.changes);
  }
  void Expect(const std::string& violation) { EXPECT_THAT(Check(history_).violations, Contains(HasSubstr(violation))); }

  History history_;
  Stream feed_;
};

TEST_F(Histories, ASoundOnePassesAndIsCounted) {
  const Verdict verdict = Check(history_);
  EXPECT_THAT(verdict.violations, IsEmpty());
  EXPECT_EQ(verdict.operations, 11U);
  EXPECT_EQ(verdict.acknowledged, 5U);
  EXPECT_EQ(verdict.refused, 1U);
  EXPECT_EQ(verdict.unknown_applied, 1U);
  EXPECT_EQ(verdict.unknown_not_applied, 0U);
  EXPECT_EQ(verdict.reads, 4U);
  EXPECT_EQ(verdict.latest_reads, 1U);
  EXPECT_EQ(verdict.token_reads, 2U);
  EXPECT_EQ(verdict.told, 7U);
}

TEST_F(Histories, ALostWriteIsSeen) {
  ForEachNode([](auto& changes) { changes.pop_back(); });
  Expect("acknowledged and lost: retire a");
}

TEST_F(Histories, AWriteThatWasAppliedTwiceIsSeen) {
  ForEachNode([](auto& changes) { changes.push_back(ChangeOf(22, "b", 3, "1.2.0")); });
  Expect("applied 2 times: register b \"1.2.0\"");
}

TEST_F(Histories, ARefusedWriteThatWasAppliedIsSeen) {
  ForEachNode([](auto& changes) { changes.push_back(ChangeOf(22, "b", 3, "1.0.9")); });
  Expect("refused, but applied");
}

TEST_F(Histories, AnUnknownOneMayBeThereOrNotButNotTwice) {
  operation("1.0.9").outcome = Outcome::kUnknown;
  EXPECT_THAT(Check(history_).violations, IsEmpty());
  EXPECT_EQ(Check(history_).unknown_not_applied, 1U);
  ForEachNode([](auto& changes) {
    for (uint64_t number : {3, 4}) changes.push_back(ChangeOf(20 + number, "b", number, "1.0.9"));
  });
  Expect("applied 2 times: register b \"1.0.9\"");
}

TEST_F(Histories, AWriteThatNobodySentIsSeen) {
  ForEachNode([](auto& changes) { changes.push_back(ChangeOf(22, "b", 3, "9.9.9")); });
  Expect("nobody sent b 9.9.9");
}

TEST_F(Histories, AnotherRevisionOrNumberThanAcknowledgedIsSeen) {
  operation("1.1.0").revision = 11;
  operation("1.3.0").number = 3;
  Expect("acknowledged at another revision than it has, 10");
  Expect("acknowledged as another change");
}

TEST_F(Histories, AnEtagThatWasPassedOverIsSeen) {
  operation("sunset").stands_on = 1;
  Expect("its etag was of change 1, it was applied as change 3");
}

TEST_F(Histories, WritesOutOfOrderAreSeen) {
  operation("1.4.0").invoked = 810;  // it began after the retirement of revision 20 had ended
  Expect("applied before what ended before it began: register b \"1.4.0\"");
}

TEST_F(Histories, AStaleReadOfTheLatestIsSeen) {
  read(Kind::kGet).invoked = 501;  // revision 15 was acknowledged at 500
  Expect("a stale read: get of the latest a");
}

// The control of the kind of run that is worth most: old reads pass as such, and not as reads of the latest.
TEST_F(Histories, AReadOfAnyAgeThatIsTakenForOneOfTheLatestIsSeen) {
  read(Kind::kSearch).level = Level::kLatest;
  Expect("a stale read: search of the latest b");
}

TEST_F(Histories, ALatestReadThatGoesBehindAnotherReadIsSeen) {
  Operation later = read(Kind::kGet);
  later.invoked = 490;
  later.returned = 495;
  read(Kind::kGet).revision = 15;  // known at 460, though its writer hears of it at 500 only
  read(Kind::kGet).seen = Seen{"1.3.0", kDeprecated, 3, 15};
  history_.operations.push_back(later);
  Expect("a stale read");
}

TEST_F(Histories, ALineThatIsMissedIsSeen) {
  Operation& get = read(Kind::kGet);
  get.seen.reset();
  get.revision = 0;
  Expect("a stale \"not there\"");
  get.level = Level::kToken;
  get.token = 10;
  Expect("not there, but should show a 1.1.0");
}

TEST_F(Histories, AReadOlderThanItsTokenIsSeen) {
  read(Kind::kOwner).token = 15;
  Expect("older than its token: owner at a token b");
}

TEST_F(Histories, AReadOfAnotherStateThanThatOfItsRevisionIsSeen) {
  read(Kind::kGet).seen = Seen{"1.1.0", kActive, 1, 10};
  read(Kind::kOwner).seen = Seen{.owner = "owner of 1.1.0"};
  read(Kind::kLineage).seen = Seen{.reads = "contract of 1.1.0"};
  read(Kind::kSearch).seen = Seen{"1.2.0", kDeprecated};
  Expect("has version 1.1.0, should show a 1.3.0");
  Expect("has owner owner of 1.1.0 instead of owner of 1.2.0");
  Expect("has reads \"contract of 1.1.0\" instead of \"contract of 1.3.0\"");
  Expect("has state PRODUCT_STATE_DEPRECATED, should show b 1.2.0");
}

TEST_F(Histories, AHoleInTheFeedIsSeen) {
  told().erase(told().begin() + 3);
  Expect("at revision 15, after 13: left out 14");
}

TEST_F(Histories, AMarkThatPassesOverAChangeIsSeen) {
  told()[1] = {.revision = 12, .mark = true};
  Expect("it says to be there, and left out 12");
}

TEST_F(Histories, AChangeThatIsToldTwiceIsSeen) {
  told().insert(told().begin() + 1, told()[0]);
  Expect("told twice");
}

TEST_F(Histories, DisorderInTheFeedIsSeen) {
  std::swap(told()[3], told()[4]);
  Expect("out of order");
}

TEST_F(Histories, ARevisionThatIsToldInPartsIsSeen) {
  ForEachNode([](auto& changes) { changes[1].revision = 10; });
  operation("1.2.0").revision = 10;
  told()[1].revision = 10;  // the one behind the other, as if they were two
  Expect("it tells 1 changes that are not the 2 of that revision");
  Expect("told twice");
}

TEST_F(Histories, AFeedThatBeginsLateIsSeen) {
  told().erase(told().begin());
  Expect("left out 10");
  history_.streams.front().after = 10;
  EXPECT_THAT(Check(history_).violations, IsEmpty());
}

TEST_F(Histories, NodesThatDifferAreSeen) {
  history_.accounts[1].changes[2].version = "1.3.1";
  history_.accounts[2].changes.pop_back();
  Expect("node 0 has a 1.3.0");
  Expect("but node 2 has nothing there");
}

TEST_F(Histories, AHoleInTheHistoryOfALineIsSeen) {
  ForEachNode([](auto& changes) { changes[2].number = 3; });
  Expect("a hole in front of a 1.3.0");
}

TEST_F(Histories, AChainThatIsBrokenIsSeen) {
  ForEachNode([](auto& changes) { changes[2].previous = "something else"; });
  Expect("is not chained");
}

}  // namespace
}  // namespace souk::chaos
