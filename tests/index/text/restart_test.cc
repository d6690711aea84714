// SPDX-License-Identifier: Apache-2.0
// What is left after a restart, and what is made of damage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/index/text/shelf.h"

namespace souk::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string ReadBytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void WriteBytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// A copy of everything, to damage one file after another.
class Backup {
 public:
  explicit Backup(const Shelf& shelf) : from_(shelf.directory() / "text") {
    std::filesystem::copy(from_, copy_.path() / "text", std::filesystem::copy_options::recursive);
  }
  void Restore() const {
    std::filesystem::remove_all(from_);
    std::filesystem::copy(copy_.path() / "text", from_, std::filesystem::copy_options::recursive);
  }

 private:
  std::filesystem::path from_;
  TempDir copy_;
};

TEST(Restart, WithoutPersistStartsFromNothing) {
  Shelf shelf;
  shelf.Put(SimpleModel("sales", "orders"));
  shelf.Reopen();
  EXPECT_EQ(shelf.index().status().applied, 0U);
  EXPECT_THAT(shelf.Names(""), IsEmpty());
}

TEST(Restart, AfterPersistStartsFromThere) {
  Shelf shelf;
  shelf.Put(SimpleModel("sales", "orders"));
  shelf.Put(SimpleModel("sales", "refunds"), v1::PRODUCT_STATE_RETIRED);
  const storage::Revision durable = shelf.Put(SimpleModel("sales", "visits"));
  EXPECT_EQ(shelf.index().status().durable, 0U);
  ASSERT_TRUE(shelf.index().Persist().ok());
  EXPECT_EQ(shelf.index().status().durable, durable);
  shelf.Put(SimpleModel("sales", "later"));
  shelf.Put(SimpleModel("sales", "orders"), v1::PRODUCT_STATE_RETIRED);

  const v1::SearchResponse before = shelf.Search("visits");
  shelf.Reopen();
  EXPECT_EQ(shelf.index().status().applied, durable);
  EXPECT_EQ(shelf.index().status().durable, durable);
  EXPECT_THAT(shelf.Names(""), ElementsAre("sales/orders@1", "sales/visits@1"));
  EXPECT_THAT(shelf.Names("", "state = retired"), ElementsAre("sales/refunds@1"));
  EXPECT_EQ(shelf.Search("visits").hits(0).summary(), before.hits(0).summary());
  EXPECT_THAT(shelf.Suggest("vis", AllowAll()).suggestions(), SizeIs(1));

  // The gap is replayed, some of it a second time.
  ASSERT_TRUE(shelf.index()
                  .Apply({ChangeOf(durable, StateOf(SimpleModel("sales", "visits"))),
                          ChangeOf(durable + 1, StateOf(SimpleModel("sales", "later")))})
                  .ok());
  EXPECT_THAT(shelf.Names(""), ElementsAre("sales/later@1", "sales/orders@1", "sales/visits@1"));
}

TEST(Restart, ManyTimes) {
  Shelf shelf;
  for (int i = 0; i < 12; ++i) {
    shelf.Put(SimpleModel("d", "p" + std::to_string(i)));
    shelf.Put(SimpleModel("d", "same"));
    ASSERT_TRUE(shelf.index().Persist().ok());
    shelf.Reopen();
    ASSERT_EQ(shelf.index().status().applied, shelf.revision());
    ASSERT_EQ(shelf.index().status().entries, static_cast<uint64_t>(i) + 2);
    ASSERT_EQ(shelf.Names("amount").size(), static_cast<size_t>(i) + 2);
  }
}

TEST(Restart, PersistsRevisionsThatTouchedNoLine) {
  Shelf shelf;
  shelf.Put(SimpleModel("sales", "orders"));
  ASSERT_TRUE(shelf.index().Persist().ok());
  storage::Change mark;
  mark.revision = 9;
  ASSERT_TRUE(shelf.index().Apply({mark}).ok());
  ASSERT_TRUE(shelf.index().Persist().ok());
  EXPECT_EQ(shelf.index().status().durable, 9U);
  shelf.Reopen();
  EXPECT_EQ(shelf.index().status().applied, 9U);
  EXPECT_THAT(shelf.Names("orders"), ElementsAre("sales/orders@1"));
}

TEST(Restart, AnIndexOfAnotherStoreIsThrownAway) {
  Shelf shelf;
  shelf.Put(SimpleModel("sales", "orders"));
  ASSERT_TRUE(shelf.index().Persist().ok());
  shelf.Close();
  shelf.Open("another epoch");
  EXPECT_EQ(shelf.index().status().applied, 0U);
  EXPECT_THAT(shelf.Names(""), IsEmpty());
}

TEST(Restart, NothingIsCommittedUnlessTheStoreIsSafe) {
  const TempDir directory;
  SystemClock clock;
  bool safe = false;
  text::TextIndexOptions options;
  options.directory = directory.path();
  options.before_commit = [&] { return safe ? Status::Ok() : Status(Code::kUnavailable, "the log can't be synced"); };
  auto index = text::TextIndex::Open(options, clock);
  ASSERT_TRUE(index.ok());
  ASSERT_TRUE((*index)->Apply({ChangeOf(1, StateOf(SimpleModel("sales", "orders")))}).ok());
  EXPECT_EQ((*index)->Persist().code(), Code::kUnavailable);
  EXPECT_EQ((*index)->status().durable, 0U);
  safe = true;
  ASSERT_TRUE((*index)->Persist().ok());
  EXPECT_EQ((*index)->status().durable, 1U);
}

TEST(Restart, LeftoversOfACrashAreRemoved) {
  Shelf shelf;
  shelf.Put(SimpleModel("sales", "orders"));
  ASSERT_TRUE(shelf.index().Persist().ok());
  shelf.Close();
  const std::filesystem::path text = shelf.directory() / "text";
  std::filesystem::create_directory(text / "gen-77");
  WriteBytes(text / "gen-77" / "junk", "junk");
  const std::filesystem::path serving = text / ReadBytes(text / "CURRENT");
  WriteBytes(serving / "segments_zz", "a commit that no manifest speaks of");
  WriteBytes(serving / "_9.fdt", "an unreferenced file");
  shelf.Open();
  EXPECT_THAT(shelf.Names(""), ElementsAre("sales/orders@1"));
  EXPECT_FALSE(std::filesystem::exists(text / "gen-77"));
  EXPECT_FALSE(std::filesystem::exists(serving / "segments_zz"));
}

TEST(Restart, DamageToAnyCommittedFileIsSeenAtOpen) {
  Shelf shelf;
  for (int i = 0; i < 8; ++i) {
    shelf.Put(SimpleModel("d", "p" + std::to_string(i)));
    if (i == 5) shelf.Put(SimpleModel("d", "p1"));  // a deletion
  }
  const storage::Revision durable = shelf.revision();
  ASSERT_TRUE(shelf.index().Persist().ok());
  shelf.Close();
  const Backup backup(shelf);
  const std::vector<std::filesystem::path> files = shelf.Files();
  ASSERT_GT(files.size(), 5U);
  int damaged = 0;
  for (const std::filesystem::path& file : files) {
    const std::string name = file.filename().string();
    if (name == "segments.gen") continue;  // a hint that is not read
    const std::string bytes = ReadBytes(file);
    std::vector<std::string> damages = {bytes + "x"};
    if (!bytes.empty()) {
      damages.push_back(bytes.substr(0, bytes.size() - 1));
      for (const size_t at : {size_t{0}, bytes.size() / 2, bytes.size() - 2}) {
        damages.push_back(bytes);
        damages.back()[at] = static_cast<char>(damages.back()[at] ^ 0x20);
      }
    }
    for (const std::string& damage : damages) {
      WriteBytes(file, damage);
      shelf.Open();
      EXPECT_EQ(shelf.index().status().applied, 0U) << name;
      EXPECT_THAT(shelf.Names(""), IsEmpty()) << name;
      shelf.Close();
      backup.Restore();
      ++damaged;
    }
    std::filesystem::remove(file);
    shelf.Open();
    EXPECT_EQ(shelf.index().status().applied, 0U) << name;
    shelf.Close();
    backup.Restore();
  }
  EXPECT_GT(damaged, 20);
  WriteBytes(shelf.directory() / "text" / "CURRENT", "gen-");
  shelf.Open();
  EXPECT_EQ(shelf.index().status().applied, 0U);
  shelf.Close();
  backup.Restore();
  shelf.Open();
  EXPECT_EQ(shelf.index().status().applied, durable);
}

TEST(Restart, AfterDamageTheIndexGoesOn) {
  Shelf shelf;
  shelf.Put(SimpleModel("sales", "orders"));
  ASSERT_TRUE(shelf.index().Persist().ok());
  shelf.Close();
  for (const std::filesystem::path& file : shelf.Files()) WriteBytes(file, "");
  shelf.Open();
  shelf.Put(SimpleModel("sales", "refunds"));
  ASSERT_TRUE(shelf.index().Persist().ok());
  shelf.Reopen();
  EXPECT_THAT(shelf.Names(""), ElementsAre("sales/refunds@1"));
}

TEST(Restart, AFolderThatCanNotBeMadeIsAnError) {
  const TempDir directory;
  WriteBytes(directory / "file", "");
  SystemClock clock;
  text::TextIndexOptions options;
  options.directory = directory / "file" / "below";
  EXPECT_EQ(text::TextIndex::Open(options, clock).status().reason(), "FOLDER_UNUSABLE");
}

TEST(Restart, AFileInThePlaceOfTheFolderIsReplaced) {
  const TempDir directory;
  WriteBytes(directory / "file", "");
  SystemClock clock;
  text::TextIndexOptions options;
  options.directory = directory / "file";
  const auto index = text::TextIndex::Open(options, clock);
  ASSERT_TRUE(index.ok()) << index.status().ToString();
  EXPECT_FALSE((*index)->status().discarded.empty());
}

}  // namespace
}  // namespace souk::testing
