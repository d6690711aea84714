// SPDX-License-Identifier: Apache-2.0
#include "index/text/merge_few.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace souk::text {
namespace {

using ::testing::ElementsAre;

std::vector<int> Merged(const std::vector<int>& many, const std::vector<int>& few) {
  return MergeFew(many, few, std::less<>());
}

TEST(MergeFew, KeepsTheOrder) {
  EXPECT_THAT(Merged({}, {}), ElementsAre());
  EXPECT_THAT(Merged({1, 3}, {}), ElementsAre(1, 3));
  EXPECT_THAT(Merged({}, {1, 3}), ElementsAre(1, 3));
  EXPECT_THAT(Merged({2, 4, 6, 8}, {1, 2, 7, 9}), ElementsAre(1, 2, 2, 4, 6, 7, 8, 9));
  EXPECT_THAT(Merged({5}, {1, 2, 3}), ElementsAre(1, 2, 3, 5));
}

}  // namespace
}  // namespace souk::text
