// SPDX-License-Identifier: Apache-2.0
// The index proves itself against the store, and is built anew beside what serves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>

#include "tests/index/text/shelf.h"

namespace souk::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RebuildTest : public ::testing::Test {
 protected:
  RebuildTest() : store_(OpenStore(directory_ / "store", clock_)) {}

  void Register(std::string_view product, std::string_view purpose = "words") {
    v1::DataProduct model = SimpleModel("sales", product);
    model.mutable_description()->set_purpose(std::string(purpose));
    const auto revision = RegisterLine(*store_, model);
    ASSERT_TRUE(revision.ok()) << revision.status().ToString();
  }

  // What the store has committed since.
  void Follow() {
    const auto changes = store_->Changes(shelf_.index().status().applied, 10'000, Soon());
    ASSERT_TRUE(changes.ok()) << changes.status().ToString();
    ASSERT_TRUE(shelf_.index().Apply(*changes).ok());
  }

  storage::View View() const { return store_->Current(everybody_); }

  std::vector<std::string> Faults() {
    const auto verdict = shelf_.index().Verify(View());
    EXPECT_TRUE(verdict.ok()) << verdict.status().ToString();
    std::vector<std::string> subjects;
    for (const text::TextFault& fault : verdict->faults) subjects.push_back(fault.subject);
    return subjects;
  }

  TempDir directory_;
  SystemClock clock_;
  AllowAll everybody_;
  std::unique_ptr<storage::Store> store_;
  Shelf shelf_;
};

TEST_F(RebuildTest, TheFoldAndTheRebuildAgree) {
  Register("orders");
  Register("refunds");
  Register("orders", "changed words");
  ASSERT_TRUE(SetLineState(*store_, {"sales", "refunds", 1}, v1::PRODUCT_STATE_DEPRECATED).ok());
  Follow();
  EXPECT_THAT(Faults(), IsEmpty());
  const v1::SearchResponse folded = shelf_.Search("words");
  EXPECT_EQ(folded.total_size(), 2U);

  ASSERT_TRUE(shelf_.index().Rebuild(View()).ok());
  EXPECT_THAT(Faults(), IsEmpty());
  EXPECT_EQ(shelf_.index().status().applied, View().revision());
  EXPECT_EQ(shelf_.index().status().durable, View().revision());
  EXPECT_EQ(shelf_.Search("words").DebugString(), folded.DebugString());
  EXPECT_EQ(shelf_.index().Verify(View())->documents_checked, 2U);
  EXPECT_GT(shelf_.index().Verify(View())->files_checked, 0U);

  Register("later");
  Follow();
  EXPECT_THAT(shelf_.Names("later"), ElementsAre("sales/later@1"));
  shelf_.Reopen();
  EXPECT_EQ(shelf_.Names("").size(), 2U);  // from the rebuild's commit
  Follow();
  EXPECT_THAT(Faults(), IsEmpty());
  EXPECT_EQ(shelf_.Names("").size(), 3U);
}

TEST_F(RebuildTest, VerifyFindsMissingStaleAndForeignLines) {
  Register("orders");
  Register("refunds");
  Follow();
  Register("orders", "changed");
  Register("missing");
  shelf_.Put(StateOf(SimpleModel("other", "foreign")));  // revision 1, so it is ignored
  ASSERT_TRUE(shelf_.index().Apply({ChangeOf(View().revision(), StateOf(SimpleModel("other", "foreign")))}).ok());
  EXPECT_THAT(Faults(), ::testing::UnorderedElementsAre("domains/sales/products/orders/lines/1",
                                                        "domains/sales/products/missing/lines/1",
                                                        "domains/other/products/foreign/lines/1"));
  ASSERT_TRUE(shelf_.index().Rebuild(View()).ok());
  EXPECT_THAT(Faults(), IsEmpty());
}

TEST_F(RebuildTest, VerifyFindsDamagedFilesWhileServingAndRebuildHeals) {
  Register("orders");
  Follow();
  ASSERT_TRUE(shelf_.index().Persist().ok());
  EXPECT_THAT(Faults(), IsEmpty());
  for (const std::filesystem::path& file : shelf_.Files()) {
    const std::string name = file.filename().string();
    if (name == "segments.gen") continue;
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    const char was = static_cast<char>(bytes.peek());
    bytes.put(static_cast<char>(was ^ 1));
    bytes.flush();
    EXPECT_THAT(Faults(), ::testing::Contains(name));
    bytes.seekp(0);
    bytes.put(was);
    bytes.flush();
    EXPECT_THAT(Faults(), IsEmpty());
  }
  std::filesystem::resize_file(shelf_.Files().front(), 1);
  EXPECT_EQ(Faults().size(), 1U);
  ASSERT_TRUE(shelf_.index().Rebuild(View()).ok());
  EXPECT_THAT(Faults(), IsEmpty());
  EXPECT_THAT(shelf_.Names("orders"), ElementsAre("sales/orders@1"));
}

TEST_F(RebuildTest, OneGenerationIsLeftOnDisk) {
  Register("orders");
  Follow();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(shelf_.index().Rebuild(View()).ok());
  size_t generations = 0;
  for (const auto& entry : std::filesystem::directory_iterator(shelf_.directory() / "text")) {
    generations += entry.is_directory() ? 1 : 0;
  }
  EXPECT_EQ(generations, 1U);
}

TEST_F(RebuildTest, SearchesGoOnMeanwhile) {
  constexpr size_t kLines = 40;
  for (size_t i = 0; i < kLines; ++i) Register("p" + std::to_string(i));
  Follow();
  std::atomic<bool> done{false};
  std::atomic<uint64_t> searches{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        EXPECT_EQ(shelf_.Search("words").total_size(), kLines);
        EXPECT_EQ(shelf_.Search("").total_size(), kLines);
        EXPECT_GT(shelf_.Suggest("p", everybody_).suggestions_size(), 0);
        searches.fetch_add(1);
      }
    });
  }
  for (int i = 0; i < 5 || searches < 20; ++i) ASSERT_TRUE(shelf_.index().Rebuild(View()).ok());
  done = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace souk::testing
