// SPDX-License-Identifier: Apache-2.0
#include "client/lib/error_decoding.h"

#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace souk::client {
namespace {

template <typename... Details>
std::string Packed(const Details&... details) {
  google::rpc::Status rpc;
  (rpc.add_details()->PackFrom(details), ...);
  return rpc.SerializeAsString();
}

google::rpc::ErrorInfo Info() {
  google::rpc::ErrorInfo info;
  info.set_reason("UNKNOWN_TEAM");
  (*info.mutable_metadata())["team"] = "checkout";
  (*info.mutable_metadata())["also"] = "this";
  (*info.mutable_metadata())["remedy"] = "Create it.";
  return info;
}

TEST(ErrorDecodingTest, InfoGivesReasonRemedyAndSortedMetadata) {
  const Status status = DecodeError(Code::kNotFound, "no team", Packed(Info()));
  EXPECT_EQ(status.code(), Code::kNotFound);
  EXPECT_EQ(status.message(), "no team");
  EXPECT_EQ(status.reason(), "UNKNOWN_TEAM");
  EXPECT_EQ(status.detail().remedy, "Create it.");
  const std::vector<std::pair<std::string, std::string>> metadata = {{"also", "this"}, {"team", "checkout"}};
  EXPECT_EQ(status.detail().metadata, metadata);
}

TEST(ErrorDecodingTest, FindingsComeBackAsViolations) {
  v1::FindingList list;
  v1::Finding& finding = *list.add_findings();
  finding.set_rule("owner-required");
  finding.set_severity(v1::SEVERITY_ERROR);
  finding.mutable_location()->set_path("product.odps.yaml");
  finding.mutable_location()->set_pointer("/team");
  finding.mutable_location()->set_line(12);
  finding.mutable_location()->set_column(3);
  finding.set_message("nobody is named as owner");
  finding.set_remedy("Name one.");
  list.add_findings()->set_severity(v1::SEVERITY_WARNING);
  google::rpc::BadRequest same;
  same.add_field_violations()->set_description("less");

  const Status status = DecodeError(Code::kFailedPrecondition, "refused", Packed(Info(), same, list));
  ASSERT_EQ(status.detail().violations.size(), 2U);
  const Violation& violation = status.detail().violations[0];
  EXPECT_EQ(violation.rule, "owner-required");
  EXPECT_EQ(violation.path, "product.odps.yaml");
  EXPECT_EQ(violation.pointer, "/team");
  EXPECT_EQ(violation.line, 12U);
  EXPECT_EQ(violation.column, 3U);
  EXPECT_EQ(violation.remedy, "Name one.");
  EXPECT_TRUE(violation.error);
  EXPECT_FALSE(status.detail().violations[1].error);
  EXPECT_EQ(ToFinding(violation).SerializeAsString(), finding.SerializeAsString());
}

TEST(ErrorDecodingTest, FieldViolationsStandInWhereThereAreNoFindings) {
  google::rpc::BadRequest bad;
  bad.add_field_violations()->set_field("/a/b");
  const Status status = DecodeError(Code::kInvalidArgument, "bad", Packed(bad));
  ASSERT_EQ(status.detail().violations.size(), 1U);
  EXPECT_EQ(status.detail().violations[0].pointer, "/a/b");
}

TEST(ErrorDecodingTest, RetryHintIsBounded) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(1);
  retry.mutable_retry_delay()->set_nanos(500'000'000);
  EXPECT_EQ(DecodeError(Code::kResourceExhausted, "", Packed(retry)).detail().retry_after_ms, 1500U);
  retry.mutable_retry_delay()->set_seconds(-7);
  EXPECT_EQ(DecodeError(Code::kResourceExhausted, "", Packed(retry)).detail().retry_after_ms, 0U);
  retry.mutable_retry_delay()->set_seconds(1LL << 40);
  EXPECT_EQ(DecodeError(Code::kResourceExhausted, "", Packed(retry)).detail().retry_after_ms, 3'600'000U);
}

TEST(ErrorDecodingTest, UnreadableDetailsAreLeftOut) {
  for (const std::string& bytes : {std::string(), std::string("\xFF\xFF garbage"), std::string(3, '\0')}) {
    const Status status = DecodeError(Code::kInternal, "message", bytes);
    EXPECT_EQ(status.code(), Code::kInternal);
    EXPECT_EQ(status.message(), "message");
    EXPECT_TRUE(status.detail().violations.empty());
  }
}

}  // namespace
}  // namespace souk::client
