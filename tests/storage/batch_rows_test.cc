// SPDX-License-Identifier: Apache-2.0
// Rows of a batch: the newest counts, a roll-back leaves no trace, and they come out in order.
#include "storage/batch_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace souk::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "key=value", or "key" alone where it is deleted.
std::vector<std::string> Written(const BatchRows& rows) {
  std::vector<std::string> out;
  for (const BatchRows::Row& row : rows.Sorted()) {
    out.emplace_back(row.key);
    if (row.value) out.back().append("=").append(*row.value);
  }
  return out;
}

TEST(BatchRowsTest, TheNewestOfEachKeyComesOutInByteOrder) {
  BatchRows rows;
  rows.Put("b", "1");
  rows.Put("\xff", "2");
  rows.Put("a", "3");
  rows.Put("b", "4");
  rows.Put("ab", "");
  rows.Delete("c");
  EXPECT_THAT(Written(rows), ElementsAre("a=3", "ab=", "b=4", "c", "\xff=2"));
}

TEST(BatchRowsTest, AKeyIsFoundAsItWasLeft) {
  BatchRows rows;
  EXPECT_EQ(rows.Find("a"), nullptr);
  rows.Put("a", "1");
  EXPECT_EQ(**rows.Find("a"), "1");
  rows.Put("a", "");
  EXPECT_EQ(**rows.Find("a"), "");
  rows.Delete("a");
  ASSERT_NE(rows.Find("a"), nullptr);
  EXPECT_FALSE(rows.Find("a")->has_value());
}

TEST(BatchRowsTest, ItKeepsItsOwnBytes) {
  BatchRows rows;
  std::string key = "key";
  std::string value(10000, 'v');
  for (int i = 0; i < 100; ++i) {
    key = "key" + std::to_string(i);
    rows.Put(key, value);
  }
  key.assign("gone");
  value.assign(value.size(), '-');
  EXPECT_EQ(**rows.Find("key7"), std::string(10000, 'v'));
  EXPECT_GE(rows.bytes(), 100 * value.size());
}

TEST(BatchRowsTest, ARollBackLeavesWhatWasThereAtTheMark) {
  BatchRows rows;
  rows.Put("kept", "1");
  rows.Put("changed", "1");
  rows.Delete("deleted");
  rows.Mark();
  rows.Put("changed", "2");
  rows.Put("changed", "3");
  rows.Delete("kept");
  rows.Put("deleted", "back");
  rows.Put("new", "1");
  rows.Put("new", "2");
  rows.RollBack();
  EXPECT_THAT(Written(rows), ElementsAre("changed=1", "deleted", "kept=1"));
  EXPECT_EQ(rows.Find("new"), nullptr);
  rows.Put("new", "3");
  rows.RollBack();
  EXPECT_THAT(Written(rows), ElementsAre("changed=1", "deleted", "kept=1")) << "the mark still stands";
}

TEST(BatchRowsTest, WithoutAMarkARollBackEmptiesIt) {
  BatchRows rows;
  rows.Put("a", "1");
  rows.Delete("b");
  rows.RollBack();
  EXPECT_THAT(Written(rows), IsEmpty());
}

}  // namespace
}  // namespace souk::storage
