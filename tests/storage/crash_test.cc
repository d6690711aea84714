// SPDX-License-Identifier: Apache-2.0
// kill -9 at any moment: what was acknowledged is there, whole, at its revision, and nothing is there by half.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <map>
#include <random>
#include <sstream>
#include <string>

#include "base/visibility.h"
#include "storage/ledger_keys.h"
#include "storage/store.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

extern char** environ;

namespace souk::storage {
namespace {

constexpr int kCycles = 12;
constexpr size_t kAcksMax = 120;
constexpr const char* kThreads = "6";

using Acknowledged = std::map<Revision, std::string>;

// Runs the writer until it has acknowledged so many commits, then kills it. Everything it said until the very end.
Acknowledged WriteAndKill(const std::string& directory, size_t acks_before_kill) {
  std::array<int, 2> pipe_ends{};
  EXPECT_EQ(pipe2(pipe_ends.data(), O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  const std::array<const char*, 4> arguments = {SOUK_CRASH_WRITER, directory.c_str(), kThreads, nullptr};
  pid_t child = 0;
  EXPECT_EQ(posix_spawn(&child, SOUK_CRASH_WRITER, &actions, nullptr, const_cast<char**>(arguments.data()), environ),
            0);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);

  std::string told;
  std::array<char, 4096> buffer{};
  bool killed = false;
  while (true) {
    if (!killed && static_cast<size_t>(std::count(told.begin(), told.end(), '\n')) >= acks_before_kill) {
      kill(child, SIGKILL);
      killed = true;
    }
    const ssize_t size = read(pipe_ends[0], buffer.data(), buffer.size());
    if (size <= 0) break;
    told.append(buffer.data(), static_cast<size_t>(size));
  }
  close(pipe_ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself, with " << status;

  Acknowledged acknowledged;
  std::istringstream lines(told);
  Revision revision = 0;
  for (std::string entity; lines >> revision >> entity;) {
    EXPECT_TRUE(acknowledged.emplace(revision, entity).second) << "two commits share revision " << revision;
  }
  return acknowledged;
}

// Every revision so far, and what it changed.
std::map<Revision, std::string> Everything(const Store& store) {
  std::map<Revision, std::string> changes;
  for (Revision after = 0; after < store.applied();) {
    const auto next = store.Changes(after, 1000, testing::Soon());
    EXPECT_TRUE(next.ok() && !next->empty()) << next.status().ToString();
    if (!next.ok() || next->empty()) break;
    for (const Change& change : *next) {
      EXPECT_EQ(change.revision, after + 1);
      EXPECT_EQ(change.deltas.size(), 1U);
      changes[change.revision] = change.deltas.empty() ? "" : change.deltas[0].entity;
      after = change.revision;
    }
  }
  return changes;
}

uint64_t CountLive(const View& view) {
  uint64_t live = 0;
  EXPECT_TRUE(view.ForEachLine("", "",
                               [&](const store::v1::LineState& line) {
                                 live += line.state() != v1::PRODUCT_STATE_RETIRED ? 1 : 0;
                                 return true;
                               })
                  .ok());
  return live;
}

TEST(CrashTest, NoAcknowledgedCommitIsLost) {
  const testing::TempDir folder;
  const SystemClock clock;
  const AllowAll everything;
  std::mt19937 random(20261);  // a failure repeats as far as threads allow
  Acknowledged acknowledged;
  for (int cycle = 0; cycle < kCycles; ++cycle) {
    acknowledged.merge(WriteAndKill((folder / "store").string(), 1 + random() % kAcksMax));
    const auto store = testing::OpenStore(folder / "store", clock);
    const auto changes = Everything(*store);
    for (const auto& [revision, entity] : acknowledged) {
      const auto it = changes.find(revision);
      ASSERT_TRUE(it != changes.end()) << "cycle " << cycle << ": revision " << revision << " is lost";
      ASSERT_EQ(it->second, entity) << "cycle " << cycle << ": revision " << revision << " is another";
    }
    const View view = store->Current(everything);
    uint64_t checked = 0;
    EXPECT_THAT(*view.VerifyChains(&checked), ::testing::IsEmpty());
    EXPECT_EQ(checked, store->applied());
    EXPECT_EQ(CountLive(view), store->live_lines());
    EXPECT_EQ(store->quarantined(), 0U);
    ASSERT_FALSE(HasFailure()) << "cycle " << cycle;
  }
  EXPECT_GE(acknowledged.size(), static_cast<size_t>(kCycles));
}

}  // namespace
}  // namespace souk::storage
