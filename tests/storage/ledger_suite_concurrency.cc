// SPDX-License-Identifier: Apache-2.0
// Many at once. Threads and numbers are fixed; nothing here depends on who is quicker.
#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "tests/storage/ledger_suite_checks.h"
#include "tests/storage/ledger_suite_script.h"

namespace souk::storage::suite {
namespace {

constexpr int kWriters = 8;

template <typename Body>
void InParallel(const Body& body) {
  std::vector<std::thread> threads;
  threads.reserve(kWriters);
  for (int i = 0; i < kWriters; ++i) threads.emplace_back([&body, i] { body(i); });
  for (std::thread& thread : threads) thread.join();
}

std::optional<KeyState> Find(Ledger& ledger, const std::string& key) {
  std::optional<KeyState> found;
  const auto listed = ledger.List(key, 0, [&](const KeyState& state) {
    if (state.key == key) found = state;
    return !found;
  });
  return listed.ok() ? found : std::nullopt;
}

// Reads, adds one, commits under a guard; again until it commits. Every revision at which it did.
void Increment(Ledger& ledger, const std::string& key, std::vector<std::pair<std::string, Revision>>& committed,
               std::atomic<bool>& failed) {
  while (!failed) {
    const auto now = Find(ledger, key);
    const int value = now ? std::stoi(now->value) : 0;
    const auto revision = ledger.Commit(
        Script::Make({{key, "", now ? now->modified : 0}}, {{key, std::to_string(value + 1)}}), testing::Soon());
    if (revision.ok()) {
      committed.emplace_back(key, *revision);
      return;
    }
    if (revision.status().code() != Code::kAborted) failed = true;
  }
}

}  // namespace

Violations HeadIsABarrier(Ledger& ledger) {
  Script script(ledger);
  std::atomic<Revision> acknowledged = 0;
  std::atomic<int> behind = 0;
  InParallel([&](int writer) {
    for (int i = 0; i < 20; ++i) {
      const auto revision =
          ledger.Commit(Script::Make({}, {{"key/" + std::to_string(writer), std::to_string(i)}}), testing::Soon());
      if (revision.ok()) {
        Revision seen = acknowledged;
        while (seen < *revision && !acknowledged.compare_exchange_weak(seen, *revision)) {
        }
      }
      const Revision before = acknowledged;
      const auto head = ledger.Head(testing::Soon());
      if (!head.ok() || *head < before) ++behind;
    }
  });
  script.Expect(behind == 0, "the head was behind an acknowledged revision " + std::to_string(behind) + " times");
  return script.Finish();
}

Violations NoUpdateIsLost(Ledger& ledger) {
  Script script(ledger);
  constexpr int kRounds = 25;
  constexpr int kCounters = 3;
  std::mutex mutex;
  std::set<std::pair<std::string, Revision>> revisions;
  size_t commits = 0;
  std::atomic<bool> failed = false;
  InParallel([&](int writer) {
    std::vector<std::pair<std::string, Revision>> committed;
    for (int round = 0; round < kRounds; ++round) {
      Increment(ledger, "counter/" + std::to_string((writer + round) % kCounters), committed, failed);
    }
    const std::lock_guard lock(mutex);
    revisions.insert(committed.begin(), committed.end());
    commits += committed.size();
  });
  script.Expect(!failed, "a commit failed for another reason than a moved guard");
  int sum = 0;
  for (const auto& [key, value] : script.ValuesOf("counter/")) sum += std::stoi(value);
  script.Expect(sum == kWriters * kRounds, "of " + std::to_string(kWriters * kRounds) +
                                               " acknowledged increments the counters hold " + std::to_string(sum));
  script.Expect(revisions.size() == commits, "two transactions that wrote the same key share a revision");
  return script.Finish();
}

Violations NobodySeesHalfATransaction(Ledger& ledger) {
  Script script(ledger);
  // Every transaction writes the same text to two keys: they must be equal in every list and every revision.
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  std::atomic<int> failed = 0;
  std::thread reader([&] {
    while (!done) {
      std::set<std::string> values;
      const auto listed = ledger.List("pair/", 0, [&](const KeyState& key) {
        values.insert(key.value);
        return true;
      });
      failed += listed.ok() ? 0 : 1;
      torn += listed.ok() && values.size() > 1 ? 1 : 0;  // one that was cut short may have seen anything
    }
  });
  InParallel([&](int writer) {
    for (int i = 0; i < 25; ++i) {
      const std::string text = std::to_string(writer) + "-" + std::to_string(i);
      const auto revision = ledger.Commit(Script::Make({}, {{"pair/a", text}, {"pair/b", text}}), testing::Soon());
      failed += revision.ok() ? 0 : 1;
    }
  });
  done = true;
  reader.join();
  script.Expect(torn == 0, "half a transaction was seen " + std::to_string(torn) + " times");
  script.Expect(failed == 0, std::to_string(failed) + " lists or commits failed");
  Revision after = 0;
  const auto status = ledger.Status(testing::Soon());
  for (auto feed = script.Feed(after, 1000); !feed.empty() && status.ok(); feed = script.Feed(after, 1000)) {
    for (const LedgerRevision& revision : feed) {
      const bool pair = revision.writes.size() == 2 && revision.writes[0].value == revision.writes[1].value;
      script.Expect(pair, "the feed tells half a transaction");
    }
    after = feed.back().revision;
    if (after >= status->head) break;
  }
  return script.Finish();
}

}  // namespace souk::storage::suite
