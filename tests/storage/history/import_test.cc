// SPDX-License-Identifier: Apache-2.0
// A history that is brought into another ledger is the same there: on a node that has the ledger itself, on one that
// followed the import, and on one that came late.
#include <memory>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "storage/history/export_writer.h"
#include "storage/history/import.h"
#include "storage/ledger_keys.h"
#include "tests/storage/history/history_fixture.h"
#include "tests/storage/passing_ledger.h"
#include "tests/support/remote_ledger.h"

namespace souk::storage::history {
namespace {

using souk::testing::Export;
using souk::testing::Import;
using souk::testing::ImportAs;
using souk::testing::OpenStore;
using souk::testing::RemoteLedger;
using souk::testing::Soon;
using souk::testing::SourceOf;

// Ends with an UNKNOWN now and then, after it was done or instead of it.
class ForgetfulLedger final : public suite::Passing {
 public:
  using Passing::Passing;
  std::vector<StatusOr<Revision>> CommitEach(std::vector<Transaction> transactions, Deadline deadline) override {
    ++commits;
    if (commits % 3 == 0) return {souk::Status(Code::kUnknown, "lost on the way there")};
    auto results = inner_.CommitEach(std::move(transactions), deadline);
    if (commits % 3 == 1) return {souk::Status(Code::kUnknown, "lost on the way back")};
    return results;
  }

  int commits = 0;
};

class ImportTest : public HistoryTest {
 protected:
  ImportTest() {
    CommitEverything(*truth_);
    // Whoever imports does so later; the history keeps its times.
    clock_.AdvanceUs(3'600'000'000);
  }

  std::unique_ptr<Store> Open(const std::string& name) { return OpenStore(folder_ / name, clock_); }
  std::unique_ptr<Store> Follow(Store& store, const std::string& name) {
    StoreOptions options;
    options.directory = folder_ / name;
    auto follower = Store::Follow(options, std::make_unique<RemoteLedger>(store.ledger(), wire_), system_, Soon());
    EXPECT_TRUE(follower.ok()) << follower.status().ToString();
    return std::move(*follower);
  }

  // What a store answers as of a token of the exported history.
  std::string AsOf(const Store& store, const std::string& epoch, Revision revision) const {
    const View now = store.Current(everything_);
    const auto here = store.epoch() == epoch ? std::optional(revision) : *now.ImportedAs(epoch, revision);
    return here ? LinesAt(store, *here) : "unknown";
  }
  std::string LinesAt(const Store& store, Revision revision) const {
    std::string text;
    const auto add = [&text](auto state) {
      state.clear_revision();
      text += state.ShortDebugString() + "\n";
      return true;
    };
    const auto view = store.At(revision, everything_);
    EXPECT_TRUE(view.ok()) << view.status().ToString();
    EXPECT_TRUE(view->ForEachLine("", "", add).ok());
    return text;
  }

  testing::Wire wire_;
  SystemClock system_;
};

TEST_F(ImportTest, TheHistoryIsTheSameInEveryLedgerAndOnEveryNode) {
  const auto copy = Open("copy");
  const auto early = Follow(*copy, "early");
  const auto report = Import(Export(*truth_), *copy, clock_);
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_EQ(report->revision, copy->applied());
  ASSERT_TRUE(early->WaitApplied(copy->applied(), Soon()).ok());
  const auto late = Follow(*copy, "late");
  for (const Store* store : {copy.get(), early.get(), late.get()}) {
    EXPECT_EQ(HistoryOf(*store), HistoryOf(*truth_));
    EXPECT_EQ(StateOf(*store), StateOf(*truth_));
    EXPECT_EQ(store->live_lines(), truth_->live_lines());
    uint64_t checked = 0;
    EXPECT_THAT(*store->Current(everything_).VerifyChains(&checked), ::testing::IsEmpty());
    EXPECT_EQ(checked, report->trailer.records());
    for (Revision revision = 0; revision <= truth_->applied(); ++revision) {
      EXPECT_EQ(AsOf(*store, truth_->epoch(), revision), AsOf(*truth_, truth_->epoch(), revision)) << revision;
    }
    // What came later in the other history is not ours.
    EXPECT_EQ(AsOf(*store, truth_->epoch(), truth_->applied() + 1), "unknown");
    EXPECT_EQ(AsOf(*store, "abcd", 1), "unknown");
    // "As of a time" means the times of old.
    for (Revision revision = 1; revision <= truth_->applied(); ++revision) {
      const auto changes = truth_->Changes(revision - 1, 1, Soon());
      const Revision there = *truth_->RevisionAt(changes->front().time_us);
      const auto here = store->RevisionAt(changes->front().time_us);
      ASSERT_TRUE(here.ok()) << revision;
      EXPECT_EQ(LinesAt(*store, *here), LinesAt(*truth_, there)) << revision;
    }
  }
  EXPECT_EQ(Export(*early), Export(*copy));
  EXPECT_EQ(Export(*late), Export(*copy));
}

TEST_F(ImportTest, AHistoryThatWentThereAndBackIsStillTheSame) {
  const auto there = Open("there");
  ASSERT_TRUE(Import(Export(*truth_), *there, clock_).ok());
  EXPECT_TRUE(testing::PutTeam(*there, "two").ok());
  const auto back = Open("back");
  ASSERT_TRUE(Import(Export(*there), *back, clock_).ok());
  EXPECT_EQ(HistoryOf(*back), HistoryOf(*there));
  EXPECT_EQ(StateOf(*back), StateOf(*there));
  EXPECT_NE(HistoryOf(*back), HistoryOf(*truth_));
  // Tokens of both are understood.
  EXPECT_EQ(AsOf(*back, truth_->epoch(), 4), AsOf(*truth_, truth_->epoch(), 4));
  EXPECT_EQ(AsOf(*back, there->epoch(), there->applied()), AsOf(*there, there->epoch(), there->applied()));
}

TEST_F(ImportTest, ACompactedStoreExportsTheSameBytes) {
  const std::string before = Export(*truth_);
  ASSERT_TRUE(truth_->ledger().Compact(truth_->applied() - 2).ok());
  EXPECT_EQ(Export(*truth_), before);
}

TEST_F(ImportTest, AnImportThatWasCutShortGoesOn) {
  const std::string bytes = Export(*truth_);
  const auto copy = Open("copy");
  size_t begun = 0;
  for (size_t cut = bytes.size() / 4; cut < bytes.size(); cut += bytes.size() / 4) {
    ASSERT_THAT(Import(bytes.substr(0, cut), *copy, clock_, "cut" + std::to_string(cut)),
                FailsWith(Code::kDataLoss, "EXPORT_CUT_OFF"));
    begun = copy->applied();
  }
  EXPECT_GT(begun, 2U);
  // Another one has no business there, nor is it exported.
  const auto other = OpenStore(folder_ / "other", clock_);
  CommitEverything(*other);
  EXPECT_THAT(Import(Export(*other), *copy, clock_), FailsWith(Code::kFailedPrecondition, "IMPORT_UNFINISHED"));
  const auto nothing = [](std::string_view) { return Status::Ok(); };
  EXPECT_THAT(ExportHistory(copy->Current(everything_), copy->epoch(), nothing),
              FailsWith(Code::kFailedPrecondition, "IMPORT_UNFINISHED"));
  EXPECT_EQ(copy->applied(), begun);
  const auto report = Import(bytes, *copy, clock_);
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_EQ(report->revisions_skipped, begun);
  EXPECT_EQ(HistoryOf(*copy), HistoryOf(*truth_));
  // Once more is no harm.
  const Revision complete = copy->applied();
  const auto again = Import(bytes, *copy, clock_, "again");
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_TRUE(again->was_complete);
  EXPECT_EQ(copy->applied(), complete);
}

TEST_F(ImportTest, ALedgerThatHoldsSomethingIsLeftAlone) {
  const auto copy = Open("copy");
  EXPECT_TRUE(testing::PutTeam(*copy, "own").ok());
  EXPECT_THAT(Import(Export(*truth_), *copy, clock_), FailsWith(Code::kFailedPrecondition, "LEDGER_NOT_EMPTY"));
  EXPECT_EQ(copy->applied(), 1U);
}

TEST_F(ImportTest, ADamagedHistoryIsFoundOutBeforeAnythingIsWritten) {
  std::string bytes = Export(*truth_);
  const auto copy = Open("copy");
  ImportOptions options = ImportAs("validate");
  options.validate_only = true;
  ExportReader whole(SourceOf(bytes));
  ASSERT_TRUE(ImportHistory(whole, copy->ledger(), clock_, options).ok());
  bytes[bytes.size() - 100] = static_cast<char>(bytes[bytes.size() - 100] ^ 1);
  ExportReader damaged(SourceOf(bytes));
  EXPECT_THAT(ImportHistory(damaged, copy->ledger(), clock_, options), FailsWith(Code::kDataLoss, "EXPORT_DAMAGED"));
  EXPECT_EQ(copy->applied(), 0U);
}

TEST_F(ImportTest, WhoWritesMeanwhileEndsTheImport) {
  const std::string bytes = Export(*truth_);
  const auto copy = Open("copy");
  bool wrote = false;
  // Something that the export writes too.
  ExportReader reader(SourceOf(bytes, 64, [&](size_t) {
    if (wrote || copy->applied() != 3) return;
    wrote = true;
    EXPECT_TRUE(testing::PutDomain(*copy, "sales", "intruder").ok());
    EXPECT_TRUE(testing::SetLineState(*copy, kOrders, v1::PRODUCT_STATE_DEPRECATED).ok());
  }));
  EXPECT_THAT(ImportHistory(reader, copy->ledger(), clock_, ImportAs("disturbed")),
              FailsWith(Code::kAborted, "CONCURRENT_CHANGE"));
  EXPECT_TRUE(wrote);
}

TEST_F(ImportTest, AnswersThatAreLostAreFoundOutAbout) {
  const auto copy = Open("copy");
  ForgetfulLedger forgetful(copy->ledger());
  ExportReader reader(SourceOf(Export(*truth_)));
  const auto report = ImportHistory(reader, forgetful, clock_, ImportAs("forgetful"));
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_GT(forgetful.commits, 6);
  EXPECT_EQ(HistoryOf(*copy), HistoryOf(*truth_));
}

TEST_F(ImportTest, AnEmptyHistoryIsOneToo) {
  const auto empty = Open("empty");
  const auto copy = Open("copy");
  const auto report = Import(Export(*empty), *copy, clock_);
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_EQ(report->trailer.records(), 0U);
  EXPECT_EQ(HistoryOf(*copy), HistoryOf(*empty));
}

// A transaction that is as large as one may be goes into the other ledger as one.
TEST_F(ImportTest, TheLargestTransactionFits) {
  const auto large = Open("large");
  Transaction most;
  most.write_id = "most";
  for (size_t i = 0; i < limits::kTransactionOperationsMax; ++i) {
    most.writes.push_back({"claim/id/" + std::to_string(1000 + i), std::string(10'000, 'x')});
  }
  ASSERT_TRUE(large->ledger().Commit(most, Soon()).ok());
  const auto copy = Open("copy");
  const auto report = Import(Export(*large), *copy, clock_);
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_EQ(HistoryOf(*copy), HistoryOf(*large));
  most.writes.push_back({"claim/id/x", ""});
  EXPECT_FALSE(large->ledger().Commit(most, Soon()).ok());
}

}  // namespace
}  // namespace souk::storage::history
