// SPDX-License-Identifier: Apache-2.0
// The feed: whole revisions, in order, without gaps, from anywhere that is kept.
#include <algorithm>
#include <thread>

#include "tests/storage/ledger_suite_checks.h"
#include "tests/storage/ledger_suite_script.h"

namespace souk::storage::suite {
namespace {

struct Told {
  Revision revision;
  Values writes;
};

// Overwrites some keys, so that old values must come from where superseded ones are kept.
std::vector<Told> CommitSome(Script& script, int count) {
  std::vector<Told> told;
  for (int i = 0; i < count; ++i) {
    Values writes = {{"key/" + std::to_string(i % 4), std::to_string(i)}};
    if (i % 3 == 0) writes["key/new" + std::to_string(i)] = "x";
    told.push_back({script.MustCommit(writes), writes});
  }
  return told;
}

Values WritesOf(const LedgerRevision& revision) {
  Values values;
  for (const LedgerWrite& write : revision.writes) values[write.key] = write.value;
  return values;
}

// Compares feed[...] with told[from...].
void ExpectTold(Script& script, const std::vector<LedgerRevision>& feed, const std::vector<Told>& told, size_t from) {
  for (size_t i = 0; i < feed.size() && from + i < told.size(); ++i) {
    const Told& expected = told[from + i];
    script.Expect(feed[i].revision == expected.revision, "the feed tells revision " + std::to_string(feed[i].revision) +
                                                             " where " + std::to_string(expected.revision) +
                                                             " is next");
    script.Expect(WritesOf(feed[i]) == expected.writes,
                  "the feed tells other writes of revision " + std::to_string(expected.revision));
  }
}

}  // namespace

Violations TheFeedTellsEveryRevisionInOrder(Ledger& ledger) {
  Script script(ledger);
  const auto status = ledger.Status(testing::Soon());
  const auto told = CommitSome(script, 20);
  const auto feed = script.Feed(status.ok() ? status->head : 0, 1000);
  script.Expect(feed.size() == told.size(),
                "the feed tells " + std::to_string(feed.size()) + " revisions of " + std::to_string(told.size()));
  ExpectTold(script, feed, told, 0);
  for (size_t i = 1; i < feed.size(); ++i) {
    script.Expect(feed[i - 1].time_us <= feed[i].time_us, "time runs backwards in the feed");
    script.Expect(!feed[i].write_id.empty() && feed[i].write_id != feed[i - 1].write_id, "write ids are not told");
  }
  return script.Finish();
}

Violations TheFeedResumesAnywhere(Ledger& ledger) {
  Script script(ledger);
  const auto told = CommitSome(script, 12);
  for (size_t i = 0; i + 1 < told.size(); ++i) {
    for (const size_t most : {size_t{1}, size_t{5}}) {
      const auto feed = script.Feed(told[i].revision, most);
      const size_t expected = std::min(most, told.size() - i - 1);
      // Fewer is allowed, as long as there is progress; more is not.
      script.Expect(!feed.empty() && feed.size() <= expected, "the feed gives another number of revisions");
      ExpectTold(script, feed, told, i + 1);
    }
  }
  return script.Finish();
}

Violations TheFeedWaits(Ledger& ledger) {
  Script script(ledger);
  const Revision first = script.MustCommit({{"key", "1"}});
  const auto nothing = ledger.Feed(first, 10, testing::Now());
  script.Expect(nothing.ok() && nothing->empty(), "the feed tells something that did not happen");
  Revision second = 0;
  std::thread writer([&] { second = script.MustCommit({{"key", "2"}}); });
  const auto feed = ledger.Feed(first, 10, testing::Soon());
  writer.join();
  script.Expect(feed.ok() && feed->size() == 1 && feed->front().revision == second,
                "the feed does not wake up for a commit");
  return script.Finish();
}

Violations CompactionKeepsWhatIsCurrent(Ledger& ledger) {
  Script script(ledger);
  const auto told = CommitSome(script, 20);
  const Values now = script.ValuesOf("key/");
  const size_t middle = told.size() / 2;
  const Values then = script.ValuesOf("key/", told[middle].revision);
  const Values later = script.ValuesOf("key/", told[middle + 3].revision);
  script.ExpectCode(ledger.Compact(told[middle].revision), Code::kOk, "a compaction");
  script.ExpectCode(ledger.Compact(told[middle].revision), Code::kOk, "the same compaction again");
  script.ExpectCode(ledger.Compact(told[middle - 1].revision), Code::kOk, "an older compaction");
  script.Expect(script.ValuesOf("key/") == now, "compaction changed what is current");
  script.Expect(script.ValuesOf("key/", told[middle].revision) == then, "compaction changed its own revision");
  script.Expect(script.ValuesOf("key/", told[middle + 3].revision) == later, "compaction changed a later revision");
  const auto older = ledger.List("key/", told[middle - 1].revision, [](const KeyState&) { return true; });
  script.ExpectCode(older.status(), Code::kOutOfRange, "a list from before the compaction");
  // Guards don't forget.
  script.ExpectCode(script.Commit({{told[0].writes.begin()->first, "", 0}}, {{"key/0", "x"}}).status(), Code::kAborted,
                    "a guard on a key that was written before the compaction");
  script.ExpectCode(script.Commit({{"key/", "key0", 0}}, {{"key/0", "x"}}).status(), Code::kAborted,
                    "a range guard over keys that were written before the compaction");
  return script.Finish();
}

Violations CompactionEndsTheFeedBeforeIt(Ledger& ledger) {
  Script script(ledger);
  const auto told = CommitSome(script, 10);
  const Revision until = told[4].revision;
  script.ExpectCode(ledger.Compact(until), Code::kOk, "a compaction");
  const auto gone = ledger.Feed(told[3].revision, 10, testing::Soon());
  script.ExpectCode(gone.status(), Code::kOutOfRange, "a feed from before the compaction");
  script.Expect(Script::MetadataOf(gone.status(), "oldest") == std::to_string(until),
                "the oldest revision is not told");
  const auto feed = script.Feed(until, 100);
  script.Expect(feed.size() == 5, "the feed after a compaction lacks revisions");
  ExpectTold(script, feed, told, 5);
  const auto status = ledger.Status(testing::Soon());
  script.Expect(status.ok() && status->oldest == until, "the status tells another oldest revision");
  // All of it: the feed then starts at the head.
  script.ExpectCode(ledger.Compact(told.back().revision), Code::kOk, "a compaction of everything");
  const Revision next = script.MustCommit({{"key/0", "next"}});
  const auto rest = script.Feed(told.back().revision, 10);
  script.Expect(rest.size() == 1 && rest[0].revision == next, "the feed after a compaction of everything is not empty");
  return script.Finish();
}

}  // namespace souk::storage::suite
