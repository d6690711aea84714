// SPDX-License-Identifier: Apache-2.0
// What the runner does about faults of the projection and of the store.
#include "index/runner.h"

#include <future>
#include <string>
#include <thread>
#include <vector>

#include "tests/index/runner_fixture.h"

namespace souk::index {
namespace {

using souk::testing::Now;
using souk::testing::RegisterLine;
using souk::testing::SimpleModel;
using souk::testing::Soon;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(RunnerTest, AFailedApplyIsHealedByBuildingAnew) {
  projection_.apply_faults_ = {[] { return errors::Internal("a test's apply"); }};
  ProjectionRunner runner(projection_, *store_, clock_, Quick());
  runner.Start();
  EXPECT_TRUE(runner.WaitApplied(Register("orders"), Soon()).ok());
  EXPECT_EQ(projection_.Get(&FakeProjection::rebuilds_), 1);
  EXPECT_TRUE(runner.WaitApplied(Register("returns"), Soon()).ok());
  EXPECT_EQ(projection_.Get(&FakeProjection::gaps_), 0);
}

TEST_F(RunnerTest, AnExceptionIsAFaultLikeAnyOther) {
  projection_.apply_faults_ = {[]() -> Status { throw std::runtime_error("a test's exception"); }};
  ProjectionRunner runner(projection_, *store_, clock_, Quick());
  runner.Start();
  EXPECT_TRUE(runner.WaitApplied(Register("orders"), Soon()).ok());
  EXPECT_EQ(projection_.Get(&FakeProjection::rebuilds_), 1);
}

TEST_F(RunnerTest, ARebuildThatFailsIsToldAndTriedAgain) {
  projection_.apply_faults_ = {[] { return errors::Internal("a test's apply"); }};
  projection_.rebuild_faults_ = 1;
  RunnerOptions slow_retry = Quick();
  slow_retry.retry = std::chrono::hours(1);
  ProjectionRunner runner(projection_, *store_, clock_, slow_retry);
  runner.Start();
  const storage::Revision revision = Register("orders");
  Await([&] { return runner.condition().find("rebuild failed") != std::string::npos; });
  EXPECT_THAT(runner.condition(), HasSubstr("a test's rebuild"));
  EXPECT_FALSE(runner.WaitApplied(revision, Now()).ok());
  EXPECT_TRUE(runner.Rebuild(Soon()).ok());  // a wish does not wait for the next try
  EXPECT_TRUE(runner.WaitApplied(revision, Soon()).ok());
  Await([&] { return runner.condition() == "serving"; });
}

TEST_F(RunnerTest, AFaultIsReportedOnceAndSoIsItsEnd) {
  projection_.apply_faults_ = {[] { return errors::Internal("a test's apply"); }};
  projection_.rebuild_faults_ = 50;
  ProjectionRunner runner(projection_, *store_, clock_, Reporting());
  runner.Start();
  EXPECT_TRUE(runner.follows());
  EXPECT_TRUE(runner.WaitApplied(Register("orders"), Soon()).ok());
  Await([&] { return runner.follows() && runner.condition() == "serving"; });
  EXPECT_THAT(Reports(), ElementsAre(HasSubstr("fault: apply failed: "), HasSubstr("fault: rebuild failed: "),
                                     HasSubstr("well: built anew"), HasSubstr("well: follows")));
  EXPECT_EQ(runner.faults(), 2U);
  EXPECT_EQ(runner.rebuilds(), 1U);
}

TEST_F(RunnerTest, ADamagedStoreEndsEveryWaitAtOnce) {
  projection_.apply_faults_ = {[] { return errors::Internal("a test's apply"); }};
  projection_.rebuild_faults_ = 1000;
  projection_.rebuild_fault_ = errors::DataLoss("a test's damage");
  ProjectionRunner runner(projection_, *store_, clock_, Quick());
  runner.Start();
  EXPECT_EQ(runner.WaitApplied(Register("orders"), Soon()).code(), Code::kDataLoss);
  EXPECT_FALSE(runner.follows());
  EXPECT_THAT(runner.condition(), HasSubstr("a test's damage"));
}

TEST_F(RunnerTest, WhatWasThrownAwayAtTheOpeningIsReportedAndSoIsItsReplacement) {
  projection_.discarded_ = "a test's damage";
  ProjectionRunner runner(projection_, *store_, clock_, Reporting());
  runner.Start();
  Await([&] { return Reports().size() == 2; });
  EXPECT_THAT(Reports(), ElementsAre(HasSubstr("a test's damage"), HasSubstr("well: built anew")));
}

TEST_F(RunnerTest, APersistThatFailsShowsUntilOneSucceedsAndReadersGoOn) {
  projection_.persist_faults_ = 1000000;
  ProjectionRunner runner(projection_, *store_, clock_, Reporting());
  runner.Start();
  EXPECT_TRUE(runner.WaitApplied(Register("orders"), Soon()).ok());
  Await([&] { return runner.condition().find("persist failed") != std::string::npos; });
  EXPECT_TRUE(runner.follows());
  projection_.Set(&FakeProjection::persist_faults_, 0);
  Register("returns");
  Await([&] { return runner.condition() == "serving" && Reports().size() == 2; });
  EXPECT_THAT(Reports(), ElementsAre(HasSubstr("fault: persist failed"), HasSubstr("well: persisted again")));
}

}  // namespace
}  // namespace souk::index
