// SPDX-License-Identifier: Apache-2.0
// A backup that is proven: a sound one passes, and whatever is wrong with another one is found.
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "storage/engine.h"
#include "storage/folder.h"
#include "storage/history/backup_check.h"
#include "storage/ledger_keys.h"
#include "storage/rows.h"
#include "tests/storage/history/history_fixture.h"

namespace souk::storage::history {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class BackupCheckTest : public HistoryTest {
 protected:
  BackupCheckTest() {
    CommitEverything(*truth_);
    EXPECT_TRUE(truth_->Checkpoint(copy_).ok());
  }

  // Checks the copy after something was done to its rows.
  StatusOr<BackupReport> CheckAfter(const std::function<void(EngineBatch&)>& change) {
    {
      EngineOptions options;
      options.directory = Folder::RowsDirectory(copy_);
      const auto engine = Engine::Open(options);
      EXPECT_TRUE(engine.ok());
      const auto batch = (*engine)->NewBatch();
      change(*batch);
      EXPECT_TRUE((*engine)->Write(*batch).ok());
    }
    return CheckCopy(copy_, scratch_);
  }
  void ExpectFault(const std::function<void(EngineBatch&)>& change, const std::string& text) {
    const auto report = CheckAfter(change);
    ASSERT_TRUE(report.ok()) << report.status().ToString();
    EXPECT_THAT(report->faults, ::testing::Contains(HasSubstr(text)));
  }

  const std::filesystem::path copy_ = folder_ / "copy";
  const std::filesystem::path scratch_ = folder_ / "scratch";
};

TEST_F(BackupCheckTest, ASoundCopyIsSoundAndLeftAsItIs) {
  EXPECT_TRUE(testing::PutTeam(*truth_, "later").ok());
  for (int i = 0; i < 2; ++i) {
    const auto report = CheckCopy(copy_, scratch_);
    ASSERT_TRUE(report.ok()) << report.status().ToString();
    EXPECT_THAT(report->faults, IsEmpty());
    EXPECT_EQ(report->revision, truth_->applied() - 1);
    EXPECT_EQ(report->epoch, truth_->epoch());
    EXPECT_EQ(report->records, 7U);
    EXPECT_EQ(report->entities, 4U);
    EXPECT_EQ(report->live_lines, truth_->live_lines());
    EXPECT_GT(report->rows, 10U);
    EXPECT_FALSE(std::filesystem::exists(scratch_));
  }
  // It opens as a store, and gives what was proven.
  const auto report = CheckCopy(copy_, scratch_);
  const auto opened = testing::OpenStore(copy_, clock_);
  EXPECT_EQ(report->history_digest, HistoryOf(*opened));
  EXPECT_EQ(report->state_digest, StateOf(*opened));
}

TEST_F(BackupCheckTest, ASoundExportIsSound) {
  ExportReader reader(testing::SourceOf(testing::Export(*truth_)));
  const auto report = CheckExport(reader, scratch_);
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_THAT(report->faults, IsEmpty());
  EXPECT_EQ(report->history_digest, HistoryOf(*truth_));
  EXPECT_EQ(report->state_digest, StateOf(*truth_));
  EXPECT_EQ(report->records, 7U);
  EXPECT_FALSE(std::filesystem::exists(scratch_));
}

TEST_F(BackupCheckTest, ALineThatIsNotWhatItsHistoryGivesIsFound) {
  ExpectFault([](EngineBatch& rows) { rows.Delete(rows::Line(kOrders)); }, "line");
}

TEST_F(BackupCheckTest, AnIndexRowThatIsMissingIsFound) {
  const std::string prefix = rows::IdPrefix(rows::kDescriptorIds, "id.ads.clicks.v1");
  ExpectFault(
      [&](EngineBatch& rows) {
        rows.Delete(rows::IdRow(rows::kDescriptorIds, "id.ads.clicks.v1", {"ads", "clicks", 1}));
      },
      "the row of id id.ads.clicks.v1");
}

TEST_F(BackupCheckTest, AnIndexRowTooManyIsFound) {
  ExpectFault([](EngineBatch& rows) { rows.Put(rows::OwnerRow("eve@example.com", rows::kByPerson, kOrders), ""); },
              "the row of owner eve@example.com");
}

TEST_F(BackupCheckTest, AChangedRecordIsFound) {
  const std::string key = rows::LedgerValue(RecordKey("teams/one", 1));
  ExpectFault([&](EngineBatch& rows) { rows.Put(key, rows::Stamp(1, "\1not a record")); }, "record/teams/one/");
}

TEST_F(BackupCheckTest, ALostRecordIsFound) {
  const std::string key = rows::LedgerValue(RecordKey(kOrders.ToString(), 2));
  ExpectFault([&](EngineBatch& rows) { rows.Delete(key); }, "lacks the records between 1 and 3");
}

TEST_F(BackupCheckTest, AWrongCountIsFound) {
  ExpectFault(
      [&](EngineBatch& rows) {
        store::v1::AppliedState applied;
        ASSERT_TRUE(applied.ParseFromString(**rows.Get(rows::kApplied)));
        applied.set_live_lines(12);
        rows.Put(rows::kApplied, applied.SerializeAsString());
      },
      "holds 12 lines");
}

TEST_F(BackupCheckTest, AFileThatIsDamagedAnywhereIsFoundOrHoldsNothing) {
  int found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(Folder::RowsDirectory(copy_))) {
    if (entry.file_size() < 100 || entry.path().filename().string().starts_with("OPTIONS")) continue;
    if (entry.path().filename() == "LOG") continue;  // RocksDB's own notes
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(in), {}};
    std::string damaged = whole;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
    std::filesystem::remove(entry.path());  // it is the same file in the store
    std::ofstream(entry.path(), std::ios::binary) << damaged;
    const auto report = CheckCopy(copy_, scratch_);
    ASSERT_TRUE(report.ok()) << entry.path() << report.status().ToString();
    EXPECT_THAT(report->faults, Not(IsEmpty())) << entry.path();
    ++found;
    std::ofstream(entry.path(), std::ios::binary | std::ios::trunc) << whole;
  }
  EXPECT_GE(found, 2);
  EXPECT_THAT(CheckCopy(copy_, scratch_)->faults, IsEmpty());
}

TEST_F(BackupCheckTest, AFolderWithoutABackupIsNone) {
  EXPECT_EQ(CheckCopy(folder_ / "nothing", scratch_).status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace souk::storage::history
