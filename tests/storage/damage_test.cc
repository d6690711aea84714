// SPDX-License-Identifier: Apache-2.0
// Damaged files: either the store says so, or its answers are right. It is never silently wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/visibility.h"
#include "storage/store.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace souk::storage {
namespace {

namespace fs = std::filesystem;
using souk::testing::OpenStore;
using souk::testing::RegisterLine;
using souk::testing::SimpleModel;
using souk::testing::Soon;

constexpr int kProducts = 60;

// Everything that can be asked of a store, as text; or the fault that the store admits.
struct Answers {
  Status fault;
  std::map<std::string, std::string> values;
};

Answers AskEverything(const Store& store, const Visibility& everything) {
  Answers answers;
  const View view = store.Current(everything);
  answers.values["applied"] = std::to_string(store.applied());
  answers.values["live"] = std::to_string(store.live_lines());
  const auto note = [&](const Status& status) {
    if (answers.fault.ok()) answers.fault = status;
  };
  note(view.ForEachLine("", "", [&](const store::v1::LineState& line) {
    answers.values["line " + line.name()] = line.SerializeAsString();
    return true;
  }));
  note(view.ForEachLedgerKey("", [&](const KeyState& key) {
    answers.values["key " + key.key] = std::to_string(key.modified) + key.value;
    return true;
  }));
  for (int i = 0; i < kProducts; ++i) {
    const auto lines = view.LinesByContractId(testing::ContractOf("sales", "p" + std::to_string(i)));
    note(lines.status());
    if (lines.ok()) answers.values["contract " + std::to_string(i)] = std::to_string(lines->size());
  }
  const auto owned = view.OwnedBy("ada@example.com");
  note(owned.status());
  if (owned.ok()) answers.values["owned"] = std::to_string(owned->size());
  const auto changes = store.Changes(0, 10'000, Soon());
  note(changes.status());
  if (changes.ok()) answers.values["changes"] = std::to_string(changes->size());
  return answers;
}

class DamageTest : public ::testing::Test {
 protected:
  // A store whose older half is in table files and whose newer half is in the log.
  void SetUp() override {
    const auto store = OpenStore(folder_ / "good", clock_);
    for (int i = 0; i < kProducts; ++i) {
      ASSERT_TRUE(RegisterLine(*store, SimpleModel("sales", "p" + std::to_string(i))).ok());
      if (i == kProducts / 2) {
        ASSERT_TRUE(store->Checkpoint(folder_ / "checkpoint").ok());
      }
    }
    for (int i = 0; i < kProducts; i += 5) {
      ASSERT_TRUE(RegisterLine(*store, SimpleModel("sales", "p" + std::to_string(i), "1.1.0")).ok());
    }
    expected_ = AskEverything(*store, everything_);
    ASSERT_TRUE(expected_.fault.ok());
  }

  // Files of the rows whose names end so, the largest first.
  std::vector<std::string> Files(std::string_view suffix) {
    std::vector<std::pair<uintmax_t, std::string>> files;
    for (const auto& entry : fs::directory_iterator(folder_ / "good" / "rocksdb")) {
      const std::string name = entry.path().filename();
      if (name.ends_with(suffix) || (suffix.ends_with('*') && name.starts_with(suffix.substr(0, suffix.size() - 1)))) {
        files.emplace_back(entry.file_size(), name);
      }
    }
    std::sort(files.rbegin(), files.rend());
    std::vector<std::string> names;
    for (auto& [size, name] : files) names.push_back(std::move(name));
    EXPECT_FALSE(names.empty()) << suffix;
    return names;
  }

  static std::string Read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  // Opens a copy in which one file has been given these bytes (none at all: removed), and judges what comes of it.
  void ExpectNeverSilentlyWrong(const std::string& name, const std::optional<std::string>& bytes,
                                const std::string& what) {
    const fs::path copy = folder_ / "damaged";
    fs::remove_all(copy);
    fs::copy(folder_ / "good", copy, fs::copy_options::recursive);
    fs::remove(copy / "rocksdb" / name);
    if (bytes) std::ofstream(copy / "rocksdb" / name, std::ios::binary) << *bytes;

    StoreOptions options;
    options.directory = copy;
    int told = 0;
    options.on_damage = [&](const Status& damage) { told += damage.code() == Code::kDataLoss ? 1 : 100; };
    const auto store = Store::Open(options, clock_);
    if (!store.ok()) {
      ++refused_;
      EXPECT_TRUE(store.status().code() == Code::kDataLoss || store.status().code() == Code::kUnavailable)
          << what << ": " << store.status().ToString();
      return;
    }
    const Answers answers = AskEverything(**store, everything_);
    if (!answers.fault.ok()) {
      ++admitted_;
      EXPECT_EQ(answers.fault.code(), Code::kDataLoss) << what << ": " << answers.fault.ToString();
      EXPECT_EQ((*store)->damage().code(), Code::kDataLoss) << what;
      EXPECT_EQ(told, 1) << what;
      // What was answered all the same must be right.
      for (const auto& [question, answer] : answers.values) {
        const auto it = expected_.values.find(question);
        EXPECT_TRUE(it != expected_.values.end() && it->second == answer) << what << ": wrong " << question;
      }
      return;
    }
    ++harmless_;
    EXPECT_TRUE((*store)->damage().ok() && told == 0) << what;
    EXPECT_TRUE(answers.values == expected_.values) << what << ": silently wrong";
  }

  void FlipBytes(const std::string& name, int flips) {
    const std::string good = Read(folder_ / "good" / "rocksdb" / name);
    for (int i = 0; i < flips && !good.empty(); ++i) {
      const size_t at = random_() % good.size();
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ static_cast<char>(1U << (random_() % 8)));
      ExpectNeverSilentlyWrong(name, bad, name + " with a bit flipped at " + std::to_string(at));
    }
  }

  void TruncateAndRemove(const std::string& name) {
    const std::string good = Read(folder_ / "good" / "rocksdb" / name);
    for (const size_t size : {size_t{0}, good.size() / 2, good.size() - std::min<size_t>(good.size(), 1)}) {
      ExpectNeverSilentlyWrong(name, good.substr(0, size), name + " cut to " + std::to_string(size));
    }
    ExpectNeverSilentlyWrong(name, std::nullopt, name + " removed");
  }

  souk::testing::TempDir folder_;
  SystemClock clock_;
  AllowAll everything_;
  Answers expected_;
  std::mt19937 random_{7};
  int refused_ = 0;
  int admitted_ = 0;
  int harmless_ = 0;
};

TEST_F(DamageTest, TableFiles) {
  FlipBytes(Files(".sst").front(), 40);
  TruncateAndRemove(Files(".sst").front());
  EXPECT_GT(refused_ + admitted_, 20) << "a damaged table file is noticed";
}

TEST_F(DamageTest, TheLog) {
  FlipBytes(Files(".log").front(), 40);
  TruncateAndRemove(Files(".log").front());
  EXPECT_GT(refused_ + admitted_, 20) << "a damaged log is noticed";
}

TEST_F(DamageTest, TheFilesThatNameTheOthers) {
  for (const char* pattern : {"CURRENT", "MANIFEST-*", "OPTIONS-*", "IDENTITY"}) {
    const std::string name = Files(pattern).front();
    FlipBytes(name, 8);
    TruncateAndRemove(name);
  }
}

// After a kill nobody knows how far the log went: it may end early, but only ever at a whole revision.
TEST_F(DamageTest, AfterAKillACutLogIsAnEarlierStateAndNoOther) {
  const std::string name = Files(".log").front();
  const std::string good = Read(folder_ / "good" / "rocksdb" / name);
  fs::remove(folder_ / "good" / "REACHED");
  for (int i = 0; i < 15; ++i) {
    const fs::path copy = folder_ / "cut";
    fs::remove_all(copy);
    fs::copy(folder_ / "good", copy, fs::copy_options::recursive);
    fs::resize_file(copy / "rocksdb" / name, random_() % good.size());
    const auto store = OpenStore(copy, clock_);
    const View view = store->Current(everything_);
    uint64_t checked = 0;
    EXPECT_THAT(*view.VerifyChains(&checked), ::testing::IsEmpty());
    EXPECT_EQ(checked, store->applied());
    EXPECT_EQ(store->Changes(0, 10'000, Soon())->size(), store->applied());
  }
}

}  // namespace
}  // namespace souk::storage
