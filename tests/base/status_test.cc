// SPDX-License-Identifier: Apache-2.0
#include "base/status.h"

#include <gtest/gtest.h>

#include <cctype>
#include <memory>
#include <set>

#include "base/errors.h"
#include "base/names.h"

namespace souk {
namespace {

TEST(StatusTest, OkAndErrors) {
  EXPECT_TRUE(Status::Ok().ok());
  EXPECT_EQ(Status().ToString(), "OK");
  const Status status(Code::kNotFound, "no such product");
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.ToString(), "NOT_FOUND: no such product");
  EXPECT_EQ(status.reason(), "");
  EXPECT_TRUE(status.detail().violations.empty());
}

TEST(StatusTest, CodesHaveTheNamesOfGrpc) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(Code::kUnauthenticated); ++code) {
    names.insert(CodeName(static_cast<Code>(code)));
  }
  EXPECT_EQ(names.size(), 17U);
  EXPECT_EQ(CodeName(Code::kDataLoss), "DATA_LOSS");
  EXPECT_EQ(CodeName(static_cast<Code>(99)), "UNKNOWN");
}

StatusOr<int> Half(int number) {
  if (number % 2 != 0) return Status(Code::kInvalidArgument, "odd");
  return number / 2;
}

StatusOr<int> Quarter(int number) {
  ASSIGN_OR_RETURN(const int half, Half(number));
  return Half(half);
}

Status Check(int number) {
  RETURN_IF_ERROR(Half(number).status());
  return Status::Ok();
}

TEST(StatusOrTest, MacrosPassErrorsOn) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).status().message(), "odd");
  EXPECT_TRUE(Check(2).ok());
  EXPECT_EQ(Check(3).code(), Code::kInvalidArgument);
}

TEST(StatusOrTest, HoldsWhatCanOnlyBeMoved) {
  StatusOr<std::unique_ptr<int>> held(std::make_unique<int>(5));
  ASSERT_TRUE(held.ok());
  EXPECT_EQ(**held, 5);
  const std::unique_ptr<int> taken = *std::move(held);
  EXPECT_EQ(*taken, 5);
}

TEST(StatusOrDeathTest, OurOwnMistakesAbort) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(static_cast<void>(*Half(3)), "");
  EXPECT_DEATH(static_cast<void>(StatusOr<int>(Status::Ok())), "");
}

// Each error that a user can see, made with hostile text.
std::vector<Status> EveryError() {
  const std::string text = "\x01" + std::string(300, 'x') + "\xE2\x82\xAC";
  const std::vector<Violation> violations(1, Violation{"rule", "p", "/a", 1, 2, "wrong", "mend", true});
  return {errors::BadResourceName("line", text),
          errors::BadVersion(text),
          errors::IdentifierTooLong("name", 2000, 1024),
          errors::AmbiguousIdentifier(text, {"a", "b"}),
          errors::NotFound("product", text),
          errors::MissingField("name"),
          errors::BadField("name", text, "Mend it."),
          errors::BadRevisionToken(text),
          errors::ForeignRevisionToken(text),
          errors::RevisionInFuture(text),
          errors::RevisionCompacted("7-x"),
          errors::RevisionNotApplied("text"),
          errors::AsOfUnsupported("Search"),
          errors::BadPageToken(),
          errors::BadPageSize(-1),
          errors::BadDocument(violations),
          errors::DocumentTooLarge(text, 9, 8),
          errors::RefusedByGate("line", violations),
          errors::StaleEtag("line", text, "\"2\""),
          errors::GuardMoved("line"),
          errors::VersionImmutable("line", text),
          errors::OlderVersion("line", text, "2.0.0"),
          errors::NameCollision("line", text, text),
          errors::ClaimedElsewhere("contract", text, "line"),
          errors::RequestIdReused(text),
          errors::UnknownDomain(text),
          errors::UnknownTeam(text),
          errors::BadTransition("line", "retired", "active"),
          errors::HasConsumers("line", std::vector<std::string>(50, "x")),
          errors::TooMany("ports", 51, 50),
          errors::BadFilter(3, text),
          errors::Overloaded("search", 100),
          errors::DeadlineExceeded("search"),
          errors::Cancelled(),
          errors::ShuttingDown(),
          errors::PermissionDenied(text, "write"),
          errors::NotWritable(text),
          errors::OutcomeUnknown("line"),
          errors::DataLoss(text),
          errors::Internal(text),
          errors::Unreachable("127.0.0.1:1", text)};
}

TEST(ErrorsTest, EachSaysWhatAndWhatNext) {
  std::set<std::string> reasons;
  for (const Status& status : EveryError()) {
    EXPECT_FALSE(status.ok());
    EXPECT_FALSE(status.message().empty());
    EXPECT_TRUE(IsCleanUtf8(status.message())) << status.ToString();
    EXPECT_LT(status.message().size(), 1000U) << status.ToString();
    for (const char c : status.message()) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << status.ToString();
    EXPECT_FALSE(status.detail().remedy.empty()) << status.ToString();
    EXPECT_TRUE(reasons.insert(status.reason()).second) << status.reason();
    EXPECT_LE(status.reason().size(), 63U);
    for (const char c : status.reason()) EXPECT_TRUE(std::isupper(c) != 0 || c == '_') << status.reason();
    for (const auto& [key, value] : status.detail().metadata) EXPECT_TRUE(IsCleanUtf8(value)) << key;
  }
}

TEST(ErrorsTest, DefectsTravelInTheDetail) {
  const std::vector<Violation> violations(3, Violation{"rule", "p", "/a", 1, 2, "wrong", "mend", true});
  const Status status = errors::BadDocument(violations);
  EXPECT_EQ(status.detail().violations, violations);
  EXPECT_EQ(status.message(), "the bundle can't be read: wrong (and 2 more)");
  EXPECT_EQ(errors::RefusedByGate("l", violations).message(), "l can't be active: 3 defects");
  EXPECT_EQ(errors::Overloaded("x", 250).detail().retry_after_ms, 250U);
}

}  // namespace
}  // namespace souk
