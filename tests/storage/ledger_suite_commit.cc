// SPDX-License-Identifier: Apache-2.0
// Transactions: guards, wholeness, limits.
#include "base/limits.h"
#include "storage/ledger_keys.h"
#include "tests/storage/ledger_suite_checks.h"
#include "tests/storage/ledger_suite_script.h"

namespace souk::storage::suite {

Violations CommitsAreListedAtTheirRevision(Ledger& ledger) {
  Script script(ledger);
  const Revision first = script.MustCommit({{"key/a", "1"}});
  const Revision second = script.MustCommit({{"key/b", "2"}});
  const Revision third = script.MustCommit({{"key/a", "3"}});
  script.Expect(first > 0 && first < second && second < third, "revisions don't grow");
  const auto keys = script.List("key/");
  script.Expect(keys.size() == 2, "expected two keys, got " + std::to_string(keys.size()));
  if (keys.size() != 2) return script.Finish();
  script.Expect(keys[0].key == "key/a" && keys[0].value == "3" && keys[0].modified == third, "key/a is not as written");
  script.Expect(keys[1].key == "key/b" && keys[1].value == "2" && keys[1].modified == second,
                "key/b is not as written");
  return script.Finish();
}

Violations ATransactionIsWhole(Ledger& ledger) {
  Script script(ledger);
  const std::string binary("\x00\xff\n", 3);
  const Revision revision = script.MustCommit({{"key/a", ""}, {"key/b", binary}, {"key/c", "3"}});
  script.Expect(script.ValuesOf("key/") == Values{{"key/a", ""}, {"key/b", binary}, {"key/c", "3"}},
                "not everything that was written is there, byte for byte");
  for (const KeyState& key : script.List("key/")) {
    script.Expect(key.modified == revision, key.key + " has a revision of its own");
  }
  return script.Finish();
}

Violations AGuardOnAKeyHoldsUntilItIsWritten(Ledger& ledger) {
  Script script(ledger);
  const Guard never{"key/a", "", 0};
  const Revision first = script.MustCommit({{"key/a", "1"}}, {never});
  script.ExpectCode(script.Commit({never}, {{"key/a", "2"}}).status(), Code::kAborted, "a guard on a written key");
  script.Expect(script.ValuesOf("key/")["key/a"] == "1", "a moved guard did not stop the write");

  const Revision second = script.MustCommit({{"key/a", "3"}}, {{"key/a", "", first}});
  const auto stale = script.Commit({{"key/a", "", first}}, {{"key/a", "4"}});
  script.ExpectCode(stale.status(), Code::kAborted, "a guard on a key that was written again");
  script.Expect(stale.status().reason() == "CONCURRENT_CHANGE", "the reason of a moved guard is another");
  script.Expect(Script::MetadataOf(stale.status(), "guard") == "key/a", "the moved guard is not named");
  script.MustCommit({{"key/a", "5"}}, {{"key/a", "", second}});

  // Without changing the guarded key itself.
  const Revision other = script.MustCommit({{"key/b", "1"}}, {{"key/z", "", 0}});
  script.MustCommit({{"key/c", "1"}}, {{"key/b", "", other}, {"key/z", "", other}});
  // A later revision than the key's own is a guard too.
  script.MustCommit({{"key/c", "2"}}, {{"key/b", "", other + 1}});
  return script.Finish();
}

Violations ARangeGuardSeesEveryWriteInside(Ledger& ledger) {
  Script script(ledger);
  const Guard empty{"range/", "range0", 0};
  script.MustCommit({{"other", "1"}}, {empty});
  const Revision first = script.MustCommit({{"range/b", "1"}}, {empty});
  script.ExpectCode(script.Commit({empty}, {{"other", "2"}}).status(), Code::kAborted, "a range guard after an insert");

  script.MustCommit({{"other", "3"}}, {{"range/", "range0", first}});
  const Revision second = script.MustCommit({{"range/b", "2"}});
  script.ExpectCode(script.Commit({{"range/", "range0", first}}, {{"other", "4"}}).status(), Code::kAborted,
                    "a range guard after a change");
  script.MustCommit({{"range/a", ""}});  // a tombstone
  script.ExpectCode(script.Commit({{"range/", "range0", second}}, {{"other", "5"}}).status(), Code::kAborted,
                    "a range guard after a tombstone");
  script.Expect(script.ValuesOf("other")["other"] == "3", "a moved range guard did not stop the write");
  return script.Finish();
}

Violations ARangeGuardIgnoresNeighbours(Ledger& ledger) {
  Script script(ledger);
  script.MustCommit({{"range", "1"}, {"range.", "1"}, {"range0", "1"}, {"range1", "1"}, {"rang", "1"}});
  script.MustCommit({{"other", "1"}}, {{"range/", "range0", 0}});
  // The first key of a range belongs to it.
  script.MustCommit({{"range/", "1"}});
  script.ExpectCode(script.Commit({{"range/", "range0", 0}}, {{"other", "2"}}).status(), Code::kAborted,
                    "a range guard after a write of its first key");
  return script.Finish();
}

Violations AMovedGuardLeavesNothingBehind(Ledger& ledger) {
  Script script(ledger);
  const Revision first = script.MustCommit({{"key/a", "1"}});
  const auto aborted = script.Commit({{"key/new", "", 0}, {"key/a", "", first - 1}},
                                     {{"key/a", "2"}, {"key/new", "1"}, {"key/other", "1"}});
  script.ExpectCode(aborted.status(), Code::kAborted, "one moved guard among others");
  script.Expect(script.ValuesOf("key/") == Values{{"key/a", "1"}}, "a refused transaction wrote something");
  // Nor does it stand in anybody's way.
  const Revision next = script.MustCommit({{"key/new", "2"}}, {{"key/new", "", 0}, {"key/a", "", first}});
  const auto feed = script.Feed(first, 10);
  script.Expect(feed.size() == 1 && feed[0].revision == next, "the feed tells a refused transaction");
  return script.Finish();
}

Violations LimitsHoldAtTheirEdge(Ledger& ledger) {
  Script script(ledger);
  const auto many = [](size_t count) {
    Values writes;
    for (size_t i = 0; i < count; ++i) writes["many/" + std::to_string(i)] = "1";
    return writes;
  };
  const auto guards = [](size_t count) {
    std::vector<Guard> out;
    for (size_t i = 0; i < count; ++i) out.push_back({"guard/" + std::to_string(i), "", 0});
    return out;
  };
  constexpr size_t kMost = limits::kTransactionOperationsMax;
  script.MustCommit(many(kMost), guards(kMost));
  script.ExpectCode(script.Commit({}, many(kMost + 1)).status(), Code::kInvalidArgument, "a write too many");
  script.ExpectCode(script.Commit(guards(kMost + 1), {{"one", "1"}}).status(), Code::kInvalidArgument,
                    "a guard too many");

  // What an import adds to what was a transaction elsewhere.
  Values marked = many(kMost);
  marked[std::string(kImportKey)] = "1";
  marked[OriginKey("0123456789abcdef", 7)] = "";
  script.MustCommit(marked);

  const std::string longest(limits::kLedgerKeyBytesMax, 'k');
  script.MustCommit({{longest, "1"}});
  script.ExpectCode(script.Commit({}, {{longest + "k", "1"}}).status(), Code::kInvalidArgument, "a key too long");

  Transaction full = Script::Make({}, {{"big", ""}});
  const size_t room = limits::kTransactionBytesMax - full.write_id.size() - full.writes[0].key.size();
  full.writes[0].value = std::string(room, 'x');
  script.ExpectCode(ledger.Commit(full, testing::Soon()).status(), Code::kOk, "as many bytes as allowed");
  full = Script::Make({}, {{"big", ""}});
  full.writes[0].value = std::string(limits::kTransactionBytesMax, 'x');
  script.ExpectCode(ledger.Commit(full, testing::Soon()).status(), Code::kInvalidArgument, "more bytes than allowed");
  script.Expect(script.ValuesOf("big")["big"].size() == room, "a value of full size came back changed");
  return script.Finish();
}

Violations MalformedTransactionsAreRefused(Ledger& ledger) {
  Script script(ledger);
  Transaction twice = Script::Make({}, {{"key/a", "1"}});
  twice.writes.push_back({"key/a", "2"});
  script.ExpectCode(ledger.Commit(twice, testing::Soon()).status(), Code::kInvalidArgument, "a key written twice");
  script.ExpectCode(script.Commit({}, {{"", "1"}}).status(), Code::kInvalidArgument, "an empty key");
  script.ExpectCode(script.Commit({}, {{std::string("a\0b", 3), "1"}}).status(), Code::kInvalidArgument,
                    "a key with a zero byte");
  script.ExpectCode(script.Commit({{"", "", 0}}, {{"key/a", "1"}}).status(), Code::kInvalidArgument, "an empty guard");
  Transaction nameless = Script::Make({}, {{"key/a", "1"}});
  nameless.write_id.clear();
  script.ExpectCode(ledger.Commit(nameless, testing::Soon()).status(), Code::kInvalidArgument,
                    "a transaction without a write id");
  script.Expect(script.List("key/").empty(), "a refused transaction wrote something");
  return script.Finish();
}

}  // namespace souk::storage::suite
