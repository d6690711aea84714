// SPDX-License-Identifier: Apache-2.0
// Journeys of an operator whose node can't start, or is told to end: a clear word, and never a hang.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "tests/journeys/journey.h"
#include "tests/support/small_disk.h"

namespace souk::journeys {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr uint64_t kMegabyte = 1024 * 1024;
constexpr int kProducts = 50;

class Starting : public Journey {
 protected:
  static void SetUpTestSuite() {
    Journey::SetUpTestSuite();
    for (int i = 0; i < kProducts; ++i) Register({.domain = "start", .name = "Item " + std::to_string(i)});
    StopNode();
    StartAgain();  // the rows go from the log into a table file
    StopNode();
  }
  static void TearDownTestSuite() {
    StartAgain();
    Journey::TearDownTestSuite();
  }

  // A copy of the data, to be spoilt.
  static std::filesystem::path CopyOfData(const std::filesystem::path& copy) {
    std::filesystem::remove_all(copy);
    std::filesystem::create_directories(copy.parent_path());
    std::filesystem::copy(data_directory(), copy, std::filesystem::copy_options::recursive);
    return copy;
  }

  static std::filesystem::path LargestTable(const std::filesystem::path& data) {
    std::filesystem::path largest;
    for (const auto& entry : std::filesystem::directory_iterator(data / "store" / "rocksdb")) {
      const bool table = entry.path().extension() == ".sst";
      if (table && (largest.empty() || entry.file_size() > file_size(largest))) largest = entry.path();
    }
    return largest;
  }

  static void Spoil(const std::filesystem::path& path) {
    const auto size = std::filesystem::file_size(path);
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(size / 8));
    file << std::string(size / 4, '\xa5');  // blocks of data; the index at the end stays
  }
};

TEST_F(Starting, ADamagedStoreEndsTheStartWithAClearWord) {
  const auto data = CopyOfData(Folder("damaged") / "data");
  Spoil(LargestTable(data));
  // So that the start has to read the store for every line.
  std::filesystem::remove_all(data / "lineage");
  const auto node = support::Node::Start({.data_directory = data});
  ASSERT_FALSE(node.ok());
  EXPECT_THAT(node.status().message(), HasSubstr("it exited with 1"));
  EXPECT_THAT(node.status().message(), HasSubstr("DATA_LOSS"));
  EXPECT_THAT(node.status().message(), HasSubstr("restore it from a backup"));
}

TEST_F(Starting, AFullDiskEndsTheStartWithAClearWordAndRoomMendsIt) {
  const auto disk = support::SmallDisk::Make(32 * kMegabyte);
  if (!disk.ok()) GTEST_SKIP() << "needs a small disk of its own: " << disk.status().message();
  const auto data = CopyOfData((*disk)->path() / "data");
  Must((*disk)->Fill(0));
  const auto full = support::Node::Start({.data_directory = data});
  ASSERT_FALSE(full.ok());
  EXPECT_THAT(full.status().message(), HasSubstr("it exited with 1"));
  EXPECT_THAT(full.status().message(), HasSubstr("is full"));
  (*disk)->Empty();
  const auto roomy = Must(support::Node::Start({.data_directory = data}));
  Must(roomy->Stop());
}

TEST_F(Starting, AFileInThePlaceOfTheTextIndexIsReplacedAndSaid) {
  const auto data = CopyOfData(Folder("file") / "data");
  std::filesystem::remove_all(data / "text");
  std::ofstream(data / "text") << "in the way";
  const auto node = Must(support::Node::Start({.data_directory = data}));
  EXPECT_THAT(node->Log(), HasSubstr("index text: what was on disk is thrown away"));
  EXPECT_THAT(node->Log(), HasSubstr("is a file, not a folder"));
  Must(node->Stop());
  EXPECT_THAT(node->Log(), HasSubstr("index text: built anew"));
}

TEST_F(Starting, ADamagedTextIndexIsSaidAndSoIsItsHealing) {
  const auto data = CopyOfData(Folder("text") / "data");
  std::ofstream(data / "text" / "CURRENT") << "gen-1x";
  const auto node = Must(support::Node::Start({.data_directory = data}));
  Must(node->Stop());
  EXPECT_THAT(node->Log(), HasSubstr("index text: what was on disk is thrown away"));
  EXPECT_THAT(node->Log(), HasSubstr("index text: built anew"));
}

TEST_F(Starting, SigtermEndsAStartThatHangs) {
  const auto data = CopyOfData(Folder("hang") / "data");
  const auto current = data / "text" / "CURRENT";
  std::filesystem::remove(current);
  ASSERT_EQ(mkfifo(current.c_str(), S_IRUSR | S_IWUSR), 0);
  const auto node = Must(support::Node::Launch({.data_directory = data}));
  const int held = open(current.c_str(), O_WRONLY | O_CLOEXEC);  // returns once the node reads, and gives it nothing
  ASSERT_GE(held, 0);
  Must(node->Stop());
  EXPECT_THAT(node->Log(), HasSubstr("told to end while starting"));
  close(held);
}

TEST_F(Starting, AClosedTerminalDrainsTheNode) {
  const auto node = Must(support::Node::Start({.data_directory = CopyOfData(Folder("hangup") / "data")}));
  ASSERT_EQ(kill(node->pid(), SIGHUP), 0);
  Must(node->Stop());
  EXPECT_THAT(node->Log(), HasSubstr("stopped"));
}

}  // namespace
}  // namespace souk::journeys
