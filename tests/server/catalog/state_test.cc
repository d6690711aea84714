// SPDX-License-Identifier: Apache-2.0
// SetProductState: which state may follow which, and what must hold besides.
#include <gtest/gtest.h>

#include <limits>

#include "base/limits.h"
#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

constexpr char kOrders[] = "sales/orders";

v1::SetProductStateRequest Request(v1::ProductState state) {
  v1::SetProductStateRequest request;
  request.set_name(kOrders);
  request.set_state(state);
  return request;
}

constexpr struct {
  const char* from;  // as registered
  v1::ProductState to;
  const char* want;
} kTransitions[] = {
    {"proposed", v1::PRODUCT_STATE_DRAFT, "OK"},
    {"proposed", v1::PRODUCT_STATE_ACTIVE, "OK"},
    {"draft", v1::PRODUCT_STATE_PROPOSED, "OK"},
    {"draft", v1::PRODUCT_STATE_ACTIVE, "OK"},
    {"draft", v1::PRODUCT_STATE_DEPRECATED, "OK"},
    {"active", v1::PRODUCT_STATE_DEPRECATED, "OK"},
    {"active", v1::PRODUCT_STATE_DRAFT, "BAD_TRANSITION"},
    {"active", v1::PRODUCT_STATE_PROPOSED, "BAD_TRANSITION"},
    {"deprecated", v1::PRODUCT_STATE_ACTIVE, "OK"},
    {"deprecated", v1::PRODUCT_STATE_DRAFT, "BAD_TRANSITION"},
    {"active", v1::PRODUCT_STATE_RETIRED, "BAD_FIELD"},
    {"active", v1::PRODUCT_STATE_UNSPECIFIED, "MISSING_FIELD"},
    {"active", static_cast<v1::ProductState>(17), "BAD_FIELD"},
};

TEST(SetState, FollowsTheLifeOfALine) {
  const Mesh mesh;
  int number = 0;
  for (const auto& transition : kTransitions) {
    const std::string name = "product-" + std::to_string(++number);
    ASSERT_TRUE(mesh.Register(Sample{.name = name, .status = transition.from}).ok());
    const auto before = mesh.StateOf("sales/" + name);
    const auto answer = mesh.SetState("sales/" + name, transition.to);
    EXPECT_EQ(ReasonOf(answer), transition.want) << transition.from << " to " << transition.to;
    EXPECT_EQ(mesh.StateOf("sales/" + name), answer.ok() ? transition.to : before);
    if (answer.ok()) {
      EXPECT_TRUE(answer->changed());
      EXPECT_TRUE(answer->visible());
      EXPECT_EQ(answer->product().state(), transition.to);
    }
  }
}

TEST(SetState, IsSilentWhereItIsSoAlready) {
  const Mesh mesh;
  const auto registered = mesh.Register(Sample{});
  ASSERT_TRUE(registered.ok());
  const storage::Revision before = mesh.revision();
  const auto answer = mesh.SetState(kOrders, v1::PRODUCT_STATE_ACTIVE);
  ASSERT_TRUE(answer.ok());
  EXPECT_FALSE(answer->changed());
  EXPECT_EQ(answer->revision(), registered->revision());
  EXPECT_EQ(mesh.revision(), before);
}

TEST(SetState, TakesAnyIdentifier) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  v1::ProductState next = v1::PRODUCT_STATE_DEPRECATED;
  for (const std::string& identifier : {Sample{}.line(), Sample{}.id(), Sample{}.contract(), Sample{}.table()}) {
    EXPECT_TRUE(mesh.SetState(identifier, next).ok()) << identifier;
    next = next == v1::PRODUCT_STATE_ACTIVE ? v1::PRODUCT_STATE_DEPRECATED : v1::PRODUCT_STATE_ACTIVE;
  }
  EXPECT_EQ(ReasonOf(mesh.SetState("sales/nothing", next)), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(mesh.SetState("", next)), "MISSING_FIELD");
}

TEST(SetState, AsksTheGate) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{.status = "draft", .owner = ""}).ok());
  const auto refused = mesh.SetState(kOrders, v1::PRODUCT_STATE_ACTIVE);
  EXPECT_EQ(ReasonOf(refused), "REFUSED_BY_GATE");
  EXPECT_FALSE(refused.status().detail().violations.empty());
  EXPECT_EQ(ReasonOf(mesh.SetState(kOrders, v1::PRODUCT_STATE_DEPRECATED)), "REFUSED_BY_GATE");
}

TEST(SetState, ChecksTheEtag) {
  const Mesh mesh;
  const auto registered = mesh.Register(Sample{});
  ASSERT_TRUE(registered.ok());
  auto request = Request(v1::PRODUCT_STATE_DEPRECATED);
  request.set_etag("\"stale\"");
  EXPECT_EQ(ReasonOf(mesh.lifecycle->SetProductState(request, mesh.Call())), "STALE_ETAG");
  request.set_etag(registered->product().etag());
  const auto answer = mesh.lifecycle->SetProductState(request, mesh.Call());
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_NE(answer->product().etag(), registered->product().etag());
}

TEST(SetState, KeepsTheReasonAndTheSunset) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  auto request = Request(v1::PRODUCT_STATE_DEPRECATED);
  request.set_reason("replaced by version 2");
  request.mutable_sunset_time()->set_seconds(1'900'000'000);
  const auto answer = mesh.lifecycle->SetProductState(request, mesh.Call());
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->product().sunset_time().seconds(), 1'900'000'000);
  v1::ListProductVersionsRequest history;
  history.set_name(kOrders);
  const auto versions = mesh.registry->ListProductVersions(history, mesh.Call());
  ASSERT_TRUE(versions.ok());
  EXPECT_EQ(versions->versions(0).reason(), "replaced by version 2");
  EXPECT_EQ(versions->versions(0).action(), "set-state");
  // A new sunset of the same state is a change; none given leaves it as it is.
  request.clear_sunset_time();
  EXPECT_FALSE(mesh.lifecycle->SetProductState(request, mesh.Call())->changed());
  request.mutable_sunset_time()->set_seconds(1'950'000'000);
  EXPECT_TRUE(mesh.lifecycle->SetProductState(request, mesh.Call())->changed());
  // Registering again keeps it.
  const auto again = mesh.Register(Sample{.version = "1.1.0"});
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->product().sunset_time().seconds(), 1'950'000'000);
}

TEST(SetState, RefusesWhatIsNoTimeAndEndlessReasons) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  auto request = Request(v1::PRODUCT_STATE_DEPRECATED);
  for (const int64_t seconds :
       {std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min(), int64_t{253'402'300'800}}) {
    request.mutable_sunset_time()->set_seconds(seconds);
    EXPECT_EQ(ReasonOf(mesh.lifecycle->SetProductState(request, mesh.Call())), "BAD_FIELD") << seconds;
  }
  request.clear_sunset_time();
  request.mutable_sunset_time()->set_nanos(-1);
  EXPECT_EQ(ReasonOf(mesh.lifecycle->SetProductState(request, mesh.Call())), "BAD_FIELD");
  request.clear_sunset_time();
  request.set_reason(std::string(limits::kReasonBytesMax + 1, 'x'));
  EXPECT_EQ(ReasonOf(mesh.lifecycle->SetProductState(request, mesh.Call())), "IDENTIFIER_TOO_LONG");
  request.set_reason(std::string(limits::kReasonBytesMax, 'x'));
  EXPECT_TRUE(mesh.lifecycle->SetProductState(request, mesh.Call()).ok());
}

TEST(SetState, ARequestIdIsAppliedOnce) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  auto request = Request(v1::PRODUCT_STATE_DEPRECATED);
  request.set_request_id("r1");
  const auto first = mesh.lifecycle->SetProductState(request, mesh.Call());
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(mesh.SetState(kOrders, v1::PRODUCT_STATE_ACTIVE).ok());
  const auto again = mesh.lifecycle->SetProductState(request, mesh.Call());
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_FALSE(again->changed());
  EXPECT_EQ(again->revision(), first->revision());
  EXPECT_EQ(mesh.StateOf(kOrders), v1::PRODUCT_STATE_ACTIVE);
  request.mutable_sunset_time()->set_seconds(1'900'000'000);
  EXPECT_EQ(ReasonOf(mesh.lifecycle->SetProductState(request, mesh.Call())), "REQUEST_ID_REUSED");
  // An id of a registration is used too.
  auto registration = RegistrationOf(Sample{.name = "Invoices"});
  registration.set_request_id("r1");
  EXPECT_EQ(ReasonOf(mesh.Register(registration)), "REQUEST_ID_REUSED");
}

TEST(SetState, ValidateOnlyJudgesAndWritesNothing) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  const storage::Revision before = mesh.revision();
  auto request = Request(v1::PRODUCT_STATE_DEPRECATED);
  request.set_validate_only(true);
  const auto answer = mesh.lifecycle->SetProductState(request, mesh.Call());
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->product().state(), v1::PRODUCT_STATE_DEPRECATED);
  EXPECT_TRUE(answer->changed());
  request.set_state(v1::PRODUCT_STATE_DRAFT);
  EXPECT_EQ(ReasonOf(mesh.lifecycle->SetProductState(request, mesh.Call())), "BAD_TRANSITION");
  EXPECT_EQ(mesh.revision(), before);
}

TEST(SetState, NeedsThePermissionForTheDomainOfTheLine) {
  Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  mesh.authorizer.Forbid("sales");
  EXPECT_EQ(ReasonOf(mesh.SetState(kOrders, v1::PRODUCT_STATE_DEPRECATED)), "PERMISSION_DENIED");
  EXPECT_EQ(ReasonOf(mesh.Retire(kOrders)), "PERMISSION_DENIED");
  EXPECT_EQ(mesh.StateOf(kOrders), v1::PRODUCT_STATE_ACTIVE);
}

}  // namespace
}  // namespace souk::support
