// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/measure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/bench/report.h"

namespace souk::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Measure, MedianOfOddEvenAndNone) {
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({4, 1, 2, 3}), 2.5);
  EXPECT_EQ(Median({}), 0);
}

TEST(Measure, PercentileIsAValueThatWasMeasured) {
  std::vector<double> values;
  for (int i = 100; i >= 1; --i) values.push_back(i);
  EXPECT_EQ(Percentile(values, 50), 50);
  EXPECT_EQ(Percentile(values, 99), 99);
  EXPECT_EQ(Percentile(values, 100), 100);
  EXPECT_EQ(Percentile({7}, 1), 7);
}

TEST(Measure, MoreIsBetterInEveryRatio) {
  Line rate;
  rate.ours = {80, 90};
  rate.peer = {100, 100};
  EXPECT_THAT(Ratios(rate), ElementsAre(0.8, 0.9));
  Line time = rate;
  time.better = Better::kLower;
  EXPECT_THAT(Ratios(time), ElementsAre(1.25, 100.0 / 90));
}

TEST(Measure, ARatioIsJudgedUpwards) {
  Line line;
  line.floor = 0.75;
  line.goal = 0.88;
  line.peer = {100};
  for (const auto& [ours, verdict] :
       {std::pair{88.0, Verdict::kGoal}, {87.0, Verdict::kFloor}, {75.0, Verdict::kFloor}, {74.0, Verdict::kBelow}}) {
    line.ours = {ours};
    EXPECT_EQ(Judge(line), verdict) << ours;
  }
}

TEST(Measure, ATimeWithoutPeerIsJudgedDownwards) {
  Line line;
  line.better = Better::kLower;
  line.floor = 5000;
  line.goal = 2000;
  for (const auto& [ours, verdict] :
       {std::pair{2000.0, Verdict::kGoal}, {2001.0, Verdict::kFloor}, {5001.0, Verdict::kBelow}}) {
    line.ours = {ours};
    EXPECT_EQ(Judge(line), verdict) << ours;
  }
}

TEST(Measure, WithoutBoundsThereIsNoVerdict) {
  Line line;
  line.ours = {1};
  EXPECT_EQ(Judge(line), Verdict::kNone);
}

TEST(Measure, TurnsAreTakenAndTheFirstErrorEndsThem) {
  std::string order;
  Line line;
  const auto ours = [&]() -> StatusOr<double> { return order += "o", 1.0; };
  const auto peer = [&]() -> StatusOr<double> { return order += "p", 2.0; };
  ASSERT_TRUE(Alternate(3, ours, peer, line).ok());
  EXPECT_EQ(order, "opopop");
  EXPECT_THAT(line.ours, ElementsAre(1, 1, 1));
  EXPECT_THAT(line.peer, ElementsAre(2, 2, 2));
  const auto broken = []() -> StatusOr<double> { return Status(Code::kInternal, "no"); };
  EXPECT_EQ(Alternate(3, ours, broken, line).code(), Code::kInternal);
}

TEST(Report, ARowShowsMediansRangeBoundsAndVerdict) {
  Line line;
  line.name = "get";
  line.unit = "1/s";
  line.ours = {8000, 9000, 12345};
  line.peer = {10000, 10000, 10000};
  line.floor = 0.75;
  line.goal = 0.88;
  line.corpus = "mesh";
  line.note = "why";
  EXPECT_THAT(Table({line}),
              HasSubstr("| get | 9,000/s | 10,000/s | 0.90  | 0.80..1.23 | 0.75  | 0.88 | goal    | mesh   | why  |"));
}

TEST(Report, ACountMustBeZero) {
  Line line;
  line.name = "misses";
  line.better = Better::kLower;
  line.ours = {0};
  line.floor = line.goal = 0.5;
  EXPECT_THAT(Table({line}), HasSubstr("| misses | 0    | -    | -     | -        | 0     | 0    | goal "));
}

}  // namespace
}  // namespace souk::bench
