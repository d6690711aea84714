// SPDX-License-Identifier: Apache-2.0
#include "storage/ledger_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/limits.h"

namespace souk::storage {
namespace {

using namespace std::string_literals;

TEST(LedgerKeysTest, KeysAreTheseBytes) {
  EXPECT_EQ(HeadKey("domains/d/products/p/lines/1"), "head/domains/d/products/p/lines/1");
  EXPECT_EQ(RecordKey("teams/t", 1), "record/teams/t/0000000000000001");
  EXPECT_EQ(RecordKey("teams/t", 0xABCDEF0123456789U), "record/teams/t/abcdef0123456789");
  EXPECT_EQ(ContractClaimKey("urn:c/1"), "claim/contract/urn:c%2F1");
  EXPECT_EQ(DescriptorClaimKey("a b%"), "claim/id/a%20b%25");
  EXPECT_EQ(RequestKey("ada@example.com", "r/1"), "request/ada@example.com/r%2F1");
  EXPECT_EQ(RetiringKey("domains/d/products/p/lines/1"), "retiring/domains/d/products/p/lines/1");
  EXPECT_EQ(kImportKey, "import");
  EXPECT_EQ(OriginKey("0123456789abcdef", 258), "origin/0123456789abcdef/0000000000000102");
}

TEST(LedgerKeysTest, MarksOfImportsAreKnownFromAllOtherKeys) {
  EXPECT_TRUE(IsImportMark(kImportKey));
  EXPECT_TRUE(IsImportMark(OriginKey("ab", 1)));
  EXPECT_TRUE(OriginKey("ab", 1).starts_with(OriginPrefix("ab")));
  EXPECT_FALSE(OriginKey("abc", 1).starts_with(OriginPrefix("ab")));
  for (const std::string& key : {HeadKey("teams/t"), RecordKey("teams/t", 1), ContractClaimKey("origin/x"),
                                 DescriptorClaimKey("import"), RequestKey("import", "origin/"), RetiringKey("x")}) {
    EXPECT_FALSE(IsImportMark(key)) << key;
  }
}

TEST(LedgerKeysTest, IdsOfAnyBytesStayApart) {
  EXPECT_EQ(ContractClaimKey("a\0b\n\x1f"s), "claim/contract/a%00b%0A%1F");
  EXPECT_EQ(ContractClaimKey("\xc3\xa9"), "claim/contract/\xc3\xa9");
  EXPECT_NE(RequestKey("a/b", "c"), RequestKey("a", "b/c"));
  EXPECT_NE(ContractClaimKey("a%2Fb"), ContractClaimKey("a/b"));
}

TEST(LedgerKeysTest, TheLongestIdsFit) {
  const std::string longest(limits::kIdentifierBytesMax / 2, '/');
  EXPECT_LE(ContractClaimKey(longest).size(), limits::kLedgerKeyBytesMax);
}

TEST(LedgerKeysTest, RecordKeysComeBack) {
  const std::string key = RecordKey("domains/d/products/p/lines/1", 258);
  const auto parts = ParseRecordKey(key);
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(parts->entity, "domains/d/products/p/lines/1");
  EXPECT_EQ(parts->number, 258U);
}

TEST(LedgerKeysTest, OtherKeysAreNoRecords) {
  for (const std::string& key :
       {""s, "record/"s, "record/teams/t"s, "record/0000000000000001"s, "record//0000000000000001"s,
        "head/teams/t/0000000000000001"s, "record/teams/t/000000000000000g"s, "record/teams/t/000000000000000A"s,
        "record/teams/t0000000000000001"s}) {
    EXPECT_FALSE(ParseRecordKey(key).has_value()) << key;
  }
}

TEST(LedgerKeysTest, TheRetiringRangeHoldsItsKeysAndNoOthers) {
  const std::string key = RetiringKey("domains/zzz/products/p/lines/1");
  EXPECT_TRUE(key >= kRetiringBegin && key < kRetiringEnd);
  EXPECT_FALSE(HeadKey("x") >= kRetiringBegin);
  EXPECT_TRUE(std::string(kRetiringEnd) > std::string(kRetiringBegin) + "\xff");
}

TEST(LedgerKeysTest, RecordsOfAnEntityStandTogetherInOrder) {
  std::vector<std::string> keys;
  for (const char* entity :
       {"domains/a", "domains/a/products/p/lines/1", "domains/a/products/p/lines/10", "domains/a-b"}) {
    for (uint64_t number = 1; number < 40; ++number) keys.push_back(RecordKey(entity, number));
  }
  std::sort(keys.begin(), keys.end());
  for (size_t i = 1; i < keys.size(); ++i) {
    const auto before = ParseRecordKey(keys[i - 1]);
    const auto here = ParseRecordKey(keys[i]);
    EXPECT_EQ(here->number, here->entity == before->entity ? before->number + 1 : 1U) << keys[i];
  }
}

}  // namespace
}  // namespace souk::storage
