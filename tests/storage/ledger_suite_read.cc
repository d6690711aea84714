// SPDX-License-Identifier: Apache-2.0
// Looking: lists as of any revision, outcomes, status.
#include "tests/storage/ledger_suite_checks.h"
#include "tests/storage/ledger_suite_script.h"

namespace souk::storage::suite {

Violations ListAnswersAsOfAnyRevision(Ledger& ledger) {
  Script script(ledger);
  // The model: what every revision should answer.
  std::map<Revision, Values> expected;
  Values now;
  constexpr int kSteps = 30;
  for (int step = 0; step < kSteps; ++step) {
    // Keys of different ages and numbers of versions, tombstones among them.
    Values writes = {{"key/" + std::to_string(step % 7), std::to_string(step)}};
    if (step % 5 == 0) writes["key/" + std::to_string(step)] = "";
    for (const auto& [key, value] : writes) now[key] = value;
    expected[script.MustCommit(writes)] = now;
  }
  for (const auto& [revision, values] : expected) {
    script.Expect(script.ValuesOf("key/", revision) == values,
                  "the list at revision " + std::to_string(revision) + " is another");
    for (const KeyState& key : script.List("key/", revision)) {
      script.Expect(key.modified <= revision, key.key + " is newer than the list it is in");
    }
  }
  const auto listed = ledger.List("key/", expected.rbegin()->first + 1000, [](const KeyState&) { return true; });
  script.ExpectCode(listed.status(), Code::kOutOfRange, "a list as of the future");
  return script.Finish();
}

Violations ListKeepsOrderAndStops(Ledger& ledger) {
  Script script(ledger);
  const Revision revision =
      script.MustCommit({{"a/2", ""}, {"a/10", ""}, {"a/1", ""}, {"a", ""}, {"a0", ""}, {"b/", ""}});
  std::string seen;
  const auto listed = ledger.List("a/", 0, [&](const KeyState& key) {
    seen += key.key + " ";
    return true;
  });
  script.Expect(seen == "a/1 a/10 a/2 ", "the keys with a prefix, in key order, are \"" + seen + "\"");
  script.Expect(listed.ok() && *listed == revision, "the revision listed is another");
  int visits = 0;
  const auto stopped = ledger.List("a", 0, [&](const KeyState&) { return ++visits < 2; });
  script.Expect(stopped.ok() && visits == 2, "a visitor that wants no more is asked again");
  script.Expect(script.List("").size() >= 6, "the empty prefix does not list everything");
  script.Expect(script.List("nothing/").empty(), "a prefix without keys lists some");
  return script.Finish();
}

Violations ResolveKnowsWhatBecameOfATransaction(Ledger& ledger) {
  Script script(ledger);
  const Transaction written = Script::Make({}, {{"key/a", "1"}});
  const auto revision = ledger.Commit(written, testing::Soon());
  script.ExpectCode(revision.status(), Code::kOk, "a commit");
  script.MustCommit({{"key/b", "1"}});
  const auto resolved = ledger.Resolve(written.write_id, testing::Soon());
  script.Expect(resolved.ok() && *resolved && revision.ok() && **resolved == *revision,
                "a committed transaction is not resolved to its revision");

  const Transaction refused = Script::Make({{"key/a", "", 0}}, {{"key/a", "2"}});
  script.ExpectCode(ledger.Commit(refused, testing::Soon()).status(), Code::kAborted, "a moved guard");
  for (const std::string& write_id : {refused.write_id, std::string("nobody's"), written.write_id + "0"}) {
    const auto nothing = ledger.Resolve(write_id, testing::Soon());
    script.Expect(nothing.ok() ? !nothing->has_value() : nothing.status().code() == Code::kUnknown,
                  "a transaction that was not written is resolved to a revision");
  }
  return script.Finish();
}

Violations APassedDeadlineIsHonest(Ledger& ledger) {
  Script script(ledger);
  constexpr int kTries = 20;
  for (int i = 0; i < kTries; ++i) {
    const Transaction transaction = Script::Make({}, {{"key/" + std::to_string(i), "1"}});
    const auto committed = ledger.Commit(transaction, testing::Now());
    const auto resolved = ledger.Resolve(transaction.write_id, testing::Soon());
    const Code code = committed.status().code();
    if (code == Code::kUnknown) continue;
    script.Expect(committed.ok() || code == Code::kDeadlineExceeded || code == Code::kUnavailable,
                  "a commit whose deadline has passed answers " + committed.status().ToString());
    const bool certain = resolved.ok() || resolved.status().code() != Code::kUnknown;
    script.Expect(!certain || (resolved.ok() && resolved->has_value() == committed.ok()),
                  "a commit whose deadline has passed was not what it said");
  }
  return script.Finish();
}

Violations StatusDescribesTheLedger(Ledger& ledger) {
  Script script(ledger);
  const auto before = ledger.Status(testing::Soon());
  const Revision revision = script.MustCommit({{"key", "1"}});
  const auto after = ledger.Status(testing::Soon());
  script.Expect(before.ok() && after.ok(), "the status can't be had");
  if (!before.ok() || !after.ok()) return script.Finish();
  script.Expect(!after->kind.empty(), "the kind is empty");
  script.Expect(!after->epoch.empty() && after->epoch.find_first_not_of("0123456789abcdef") == std::string::npos,
                "the epoch is not hexadecimal");
  script.Expect(before->epoch == after->epoch, "the epoch changes");
  script.Expect(before->head < revision && after->head >= revision, "the head does not follow");
  script.Expect(after->oldest <= before->head, "the feed starts too late");
  script.Expect(after->writable && after->not_writable_reason.empty(), "a healthy ledger is not writable");
  return script.Finish();
}

}  // namespace souk::storage::suite
