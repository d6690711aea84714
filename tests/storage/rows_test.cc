// SPDX-License-Identifier: Apache-2.0
// The key space: bytes are on disk, so they are compared byte for byte.
#include "storage/rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace souk::storage::rows {
namespace {

using namespace std::string_literals;

const LineName kLine{"sales", "orders", 2};

TEST(RowsTest, KeysAreTheseBytes) {
  EXPECT_EQ(Line(kLine), "lsales\0orders\0\0\0\0\x02"s);
  EXPECT_EQ(LineHistory(kLine, 1), "hsales\0orders\0\0\0\0\x02\xff\xff\xff\xff\xff\xff\xff\xfe"s);
  EXPECT_EQ(Domain("sales"), "dsales");
  EXPECT_EQ(Team("checkout"), "tcheckout");
  EXPECT_EQ(LedgerValue("head/x"), "ghead/x");
  EXPECT_EQ(LedgerHistory("head/x", 258), "shead/x\0\xff\xff\xff\xff\xff\xff\xfe\xfd"s);
  EXPECT_EQ(LedgerLog(258), "r\0\0\0\0\0\0\x01\x02"s);
  EXPECT_EQ(Time(258, 1), "u\0\0\0\0\0\0\x01\x02\0\0\0\0\0\0\0\x01"s);
  EXPECT_EQ(Quarantine(1, "record/x"), "q\0\0\0\0\0\0\0\x01record/x"s);
  EXPECT_EQ(IdRow(kProducers, "c:1", kLine), "pc:1\0sales\0orders\0\0\0\0\x02"s);
  EXPECT_EQ(IdRow(kConsumers, "c:1", kLine), "cc:1\0sales\0orders\0\0\0\0\x02"s);
  EXPECT_EQ(IdRow(kDescriptorIds, "d", kLine), "id\0sales\0orders\0\0\0\0\x02"s);
  EXPECT_EQ(AssetRow("t", "ns", kLine), "at\0ns\0sales\0orders\0\0\0\0\x02"s);
  EXPECT_EQ(AssetRow("t", "", kLine), "at\0\0sales\0orders\0\0\0\0\x02"s);
  EXPECT_EQ(OwnerRow("ada", kByPerson, kLine), "oada\0usales\0orders\0\0\0\0\x02"s);
  EXPECT_EQ(OwnerRow("ada", kByTeam, kLine), "oada\0tsales\0orders\0\0\0\0\x02"s);
  EXPECT_EQ(Stamp(258, "v"), "\0\0\0\0\0\0\x01\x02v"s);
  EXPECT_EQ(std::string(kApplied), "mapplied");
  EXPECT_EQ(std::string(kEpoch), "mepoch");
  EXPECT_EQ(std::string(kFormat), "mformat");
  EXPECT_EQ(std::string(kOldest), "moldest");
}

TEST(RowsTest, IdsOfAnyBytesAreEscaped) {
  EXPECT_EQ(IdPrefix(kProducers, "a\0b\x01"s),
            "pa\x01\x01"
            "b\x01\x02\0"s);
  EXPECT_NE(AssetRow("a", "b\0c"s, kLine), AssetRow("a\0b"s, "c", kLine));
  // No id's prefix covers another's rows.
  EXPECT_FALSE(IdRow(kProducers, "ab", kLine).starts_with(IdPrefix(kProducers, "a")));
  EXPECT_FALSE(IdRow(kProducers, "a\0b"s, kLine).starts_with(IdPrefix(kProducers, "a")));
}

TEST(RowsTest, LinesComeBackFromTheirKeys) {
  for (const LineName& line : {kLine, LineName{"a", "b", 0}, LineName{"a-b", "c9", 4294967295U}}) {
    EXPECT_EQ(ParseLine(Line(line).substr(1)), line);
    EXPECT_EQ(ParseAssetLine(AssetRow("x\0y"s, "n", line)), line);
    EXPECT_EQ(ParseAssetLine(AssetRow("x", "", line)), line);
    const std::string prefix = IdPrefix(kProducers, "id");
    EXPECT_EQ(ParseLine(IdRow(kProducers, "id", line).substr(prefix.size())), line);
  }
}

TEST(RowsTest, OtherBytesAreNoLine) {
  for (const std::string& bytes : {""s, "sales"s, "sales\0orders"s, "sales\0orders\0\0\0\x02"s,
                                   "sales\0orders\0\0\0\0\x02x"s, "\0orders\0\0\0\0\x02"s, "Sales\0o\0\0\0\0\x01"s}) {
    EXPECT_EQ(ParseLine(bytes), std::nullopt) << bytes;
  }
  EXPECT_EQ(ParseAssetLine("aname"s), std::nullopt);
  EXPECT_EQ(ParseRevision("1234567"), std::nullopt);
  EXPECT_EQ(ParseInvertedRevision("1234"), std::nullopt);
  EXPECT_EQ(ParseTimeRevision("u1234"), std::nullopt);
  EXPECT_EQ(ParseStamped("1234567"), std::nullopt);
}

TEST(RowsTest, NumbersComeBack) {
  for (const Revision revision : {Revision{0}, Revision{1}, Revision{255}, Revision{1} << 40U, ~Revision{0}}) {
    EXPECT_EQ(ParseRevision(LedgerLog(revision).substr(1)), revision);
    EXPECT_EQ(ParseRevision(RevisionValue(revision)), revision);
    EXPECT_EQ(ParseInvertedRevision(LineHistory(kLine, revision)), revision);
    EXPECT_EQ(ParseInvertedRevision(LedgerHistory("k", revision)), revision);
    EXPECT_EQ(ParseTimeRevision(Time(5, revision)), revision);
    const std::string stamped = Stamp(revision, "value");
    ASSERT_TRUE(ParseStamped(stamped).has_value());
    EXPECT_EQ(ParseStamped(stamped)->modified, revision);
    EXPECT_EQ(ParseStamped(stamped)->value, "value");
  }
}

TEST(RowsTest, KeysSortAsWhatTheyName) {
  const std::vector<LineName> lines = {{"a", "b", 1},   {"a", "b", 2},  {"a", "b", 10},  {"a", "b", 300},
                                       {"a", "b-c", 1}, {"a", "bb", 1}, {"a-b", "a", 1}, {"aa", "a", 1}};
  ASSERT_TRUE(std::is_sorted(lines.begin(), lines.end()));
  std::vector<std::string> keys;
  for (const LineName& line : lines) keys.push_back(Line(line));
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_LT(LedgerLog(255), LedgerLog(256));
  EXPECT_LT(Time(255, 9), Time(256, 1));
  // Newest first.
  EXPECT_LT(LineHistory(kLine, 256), LineHistory(kLine, 255));
  EXPECT_LT(LedgerHistory("k", 256), LedgerHistory("k", 255));
}

TEST(RowsTest, PrefixesCoverTheirRowsAndNoOthers) {
  const auto covers = [](const std::string& prefix, const std::string& key) {
    return key >= prefix && key < PrefixEnd(prefix);
  };
  EXPECT_TRUE(covers(LinesPrefix("sales"), Line(kLine)));
  EXPECT_FALSE(covers(LinesPrefix("sale"), Line(kLine)));
  EXPECT_TRUE(covers(LinesPrefix(""), Line(kLine)));
  EXPECT_TRUE(covers(ProductPrefix("sales", "orders"), Line(kLine)));
  EXPECT_FALSE(covers(ProductPrefix("sales", "order"), Line(kLine)));
  EXPECT_FALSE(covers(ProductPrefix("sales", "orders"), Line({"sales", "orders-x", 1})));
  EXPECT_TRUE(covers(AssetPrefix("t", "n"), AssetRow("t", "n", kLine)));
  EXPECT_FALSE(covers(AssetPrefix("t", "n"), AssetRow("t", "nn", kLine)));
  EXPECT_EQ(PrefixEnd("a\xff"), "b");
  EXPECT_EQ(PrefixEnd("\xff\xff"), "");
}

}  // namespace
}  // namespace souk::storage::rows
