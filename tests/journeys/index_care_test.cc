// SPDX-License-Identifier: Apache-2.0
// Journeys of an operator whose index is damaged or must be built anew: found, healed, never a wrong answer.
#include <atomic>
#include <fstream>
#include <thread>

#include "tests/journeys/journey.h"

namespace souk::journeys {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kProducts = 30;

class IndexCare : public Journey {
 protected:
  static void SetUpTestSuite() {
    Journey::SetUpTestSuite();
    for (int i = 0; i < kProducts; ++i) Register({.domain = "care", .name = "Item " + std::to_string(i)});
    StopNode();  // what is indexed is now in committed files
    StartAgain();
  }

  static std::vector<std::filesystem::path> IndexFiles() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data_directory() / "text")) {
      if (entry.is_regular_file() && entry.file_size() > 0) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  static std::filesystem::path LargestIndexFile() {
    const auto files = IndexFiles();
    const auto smaller = [](const auto& a, const auto& b) { return file_size(a) < file_size(b); };
    return *std::max_element(files.begin(), files.end(), smaller);
  }

  // Flips every bit of one byte in the middle.
  static void FlipByte(const std::filesystem::path& path) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(path) / 2);
    file.seekg(middle);
    const char byte = static_cast<char>(file.get());
    file.seekp(middle);
    file.put(static_cast<char>(~byte));
    ASSERT_TRUE(file.flush()) << path;
  }

  static void Damage(const std::filesystem::path& path, size_t way) {
    switch (way % 3) {
      case 0:
        FlipByte(path);
        break;
      case 1:
        std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
        break;
      default:
        std::filesystem::remove(path);
    }
  }

  static void ExpectRightAnswers() {
    v1::SearchRequest request;
    request.set_query("item");
    request.set_filter("domain = care");
    EXPECT_EQ(Must(client().Search(request)).total_size(), static_cast<uint64_t>(kProducts));
    request.set_query("item 7");
    EXPECT_EQ(Must(client().Search(request)).hits(0).id(), "care.item-7.v1");
  }

  static v1::VerifyIndexResponse Verify(bool heal) {
    v1::VerifyIndexRequest request;
    request.set_heal(heal);
    return Must(client().VerifyIndex(request));
  }
};

TEST_F(IndexCare, ASoundIndexProvesItself) {
  const v1::VerifyIndexResponse verdict = Verify(false);
  EXPECT_THAT(verdict.faults(), IsEmpty());
  EXPECT_EQ(verdict.documents_checked(), static_cast<uint64_t>(kProducts));
  EXPECT_GT(verdict.files_checked(), 0U);
  EXPECT_THAT(Souk({"admin", "verify"}), ExitsWith(0));
}

TEST_F(IndexCare, DamageWhileTheNodeIsDownIsFoundAtOpenAndRebuilt) {
  bool more = true;
  for (size_t way = 0; more; ++way) {
    StopNode();
    const auto files = IndexFiles();
    more = way + 1 < files.size();
    const auto& victim = files[way % files.size()];
    SCOPED_TRACE(victim.filename().string() + (way % 3 == 0 ? " flipped" : way % 3 == 1 ? " cut" : " removed"));
    Damage(victim, way);
    StartAgain();
    ExpectRightAnswers();
    EXPECT_THAT(Verify(false).faults(), IsEmpty());
  }
}

TEST_F(IndexCare, DamageWhileTheNodeRunsIsFoundByVerifyAndHealedOnRequest) {
  StopNode();  // what the test before had built anew is in files too
  StartAgain();
  FlipByte(LargestIndexFile());
  const v1::VerifyIndexResponse found = Verify(false);
  ASSERT_THAT(found.faults(), Not(IsEmpty()));
  EXPECT_EQ(found.faults(0).index(), "text");
  EXPECT_FALSE(found.faults(0).healed());
  EXPECT_THAT(Souk({"admin", "verify"}), Not(ExitsWith(0)));

  const auto healed = Souk({"admin", "verify", "--heal"});
  EXPECT_THAT(healed.out + healed.err, HasSubstr("heal"));
  EXPECT_THAT(Verify(false).faults(), IsEmpty());
  ExpectRightAnswers();
  EXPECT_THAT(Souk({"admin", "verify"}), ExitsWith(0));
}

TEST_F(IndexCare, ALostIndexFolderIsBuiltAnew) {
  StopNode();
  std::filesystem::remove_all(data_directory() / "text");
  StartAgain();
  ExpectRightAnswers();
  EXPECT_THAT(Verify(false).faults(), IsEmpty());
}

TEST_F(IndexCare, TheIndexIsRebuiltWhileItServes) {
  std::atomic<bool> done{false};
  std::atomic<int> asked{0};
  std::vector<std::string> wrong;
  std::thread analyst([&] {
    v1::SearchRequest request;
    request.set_query("item");
    request.set_filter("domain = care");
    while (!done) {
      const auto found = client().Search(request);
      if (!found.ok()) wrong.push_back(found.status().ToString());
      if (found.ok() && found->total_size() != kProducts) wrong.push_back(std::to_string(found->total_size()));
      ++asked;
    }
  });
  for (int i = 0; i < 3; ++i) {
    const v1::RebuildIndexResponse rebuilt = Must(client().RebuildIndex({}));
    EXPECT_GE(rebuilt.documents(), static_cast<uint64_t>(kProducts));
    EXPECT_TRUE(Register({.domain = "during", .name = "During " + std::to_string(i)}).visible());
  }
  EXPECT_THAT(Souk({"admin", "rebuild"}), ExitsWith(0));
  done = true;
  analyst.join();
  EXPECT_GT(asked, 0);
  EXPECT_THAT(wrong, IsEmpty());
  EXPECT_THAT(Search("during", "domain = during"), ::testing::SizeIs(3));
  EXPECT_THAT(Verify(false).faults(), IsEmpty());
}

}  // namespace
}  // namespace souk::journeys
