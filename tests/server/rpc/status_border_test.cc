// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/status_border.h"

#include <gtest/gtest.h>

#include <optional>

#include "base/errors.h"
#include "base/limits.h"
#include "base/names.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "souk/v1/finding.pb.h"

namespace souk::rpc {
namespace {

google::rpc::Status Parsed(const std::string& details) {
  google::rpc::Status status;
  EXPECT_TRUE(status.ParseFromString(details));
  return status;
}

template <typename Detail>
std::optional<Detail> Find(const google::rpc::Status& status) {
  for (const google::protobuf::Any& any : status.details()) {
    Detail detail;
    if (any.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

std::vector<Violation> Violations(size_t count) {
  std::vector<Violation> violations;
  for (size_t i = 0; i < count; ++i) {
    violations.push_back({"docs-required", "product.odps.yaml", "/description/purpose", 7, 3,
                          "the product does not say what it is for (" + std::to_string(i) + ")",
                          "Write description.purpose: one or two sentences.", i % 2 == 0});
  }
  return violations;
}

TEST(StatusBorder, CarriesReasonRemedyAndMetadata) {
  const Status error = errors::StaleEtag("domains/a/products/b/lines/1", "\"old\"", "\"new\"");
  const google::rpc::Status status = Parsed(DetailsOf(error, kDetailBytesDefault));
  EXPECT_EQ(status.code(), static_cast<int>(Code::kAborted));
  EXPECT_EQ(status.message(), error.message());
  const auto info = Find<google::rpc::ErrorInfo>(status);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->reason(), "STALE_ETAG");
  EXPECT_EQ(info->domain(), "souk");
  EXPECT_EQ(info->metadata().at("remedy"), error.detail().remedy);
  EXPECT_EQ(info->metadata().at("current"), "\"new\"");
  EXPECT_FALSE(Find<google::rpc::RetryInfo>(status));
}

TEST(StatusBorder, TellsWhenToRetry) {
  const google::rpc::Status status = Parsed(DetailsOf(errors::Overloaded("search", 1250), kDetailBytesDefault));
  const auto retry = Find<google::rpc::RetryInfo>(status);
  ASSERT_TRUE(retry);
  EXPECT_EQ(retry->retry_delay().seconds(), 1);
  EXPECT_EQ(retry->retry_delay().nanos(), 250'000'000);
}

TEST(StatusBorder, CarriesFindingsTwice) {
  const Status error = errors::RefusedByGate("domains/a/products/b/lines/1", Violations(3));
  const google::rpc::Status status = Parsed(DetailsOf(error, kDetailBytesDefault));
  const auto ours = Find<v1::FindingList>(status);
  const auto everybodys = Find<google::rpc::BadRequest>(status);
  ASSERT_TRUE(ours && everybodys);
  ASSERT_EQ(ours->findings_size(), 3);
  ASSERT_EQ(everybodys->field_violations_size(), 3);
  const v1::Finding& finding = ours->findings(0);
  EXPECT_EQ(finding.rule(), "docs-required");
  EXPECT_EQ(finding.severity(), v1::SEVERITY_ERROR);
  EXPECT_EQ(finding.location().path(), "product.odps.yaml");
  EXPECT_EQ(finding.location().line(), 7U);
  EXPECT_FALSE(finding.remedy().empty());
  EXPECT_EQ(everybodys->field_violations(0).field(), "product.odps.yaml#/description/purpose");
  EXPECT_EQ(Find<google::rpc::ErrorInfo>(status)->metadata().count("findings_omitted"), 0U);
}

TEST(StatusBorder, LeavesOutWhatDoesNotFitAndSaysHowMany) {
  for (const size_t count : {10UL, 50UL, limits::kFindingsMax}) {
    const Status error = errors::RefusedByGate("domains/a/products/b/lines/1", Violations(count));
    for (const size_t bytes_max :
         {kDetailBytesLeast, size_t{2000}, kDetailBytesDefault, size_t{20'000}, kDetailBytesMax}) {
      const std::string details = DetailsOf(error, bytes_max);
      EXPECT_LE(details.size(), bytes_max) << count;
      const google::rpc::Status status = Parsed(details);
      const auto list = Find<v1::FindingList>(status);
      const size_t told = list ? static_cast<size_t>(list->findings_size()) : 0;
      const auto metadata = Find<google::rpc::ErrorInfo>(status)->metadata();
      const size_t omitted = metadata.count("findings_omitted") != 0 ? std::stoul(metadata.at("findings_omitted")) : 0;
      EXPECT_EQ(told + omitted, count) << bytes_max;
      if (bytes_max == kDetailBytesMax) {
        EXPECT_EQ(omitted, 0U);
      }
      if (bytes_max >= kDetailBytesDefault) {
        EXPECT_GT(told, 3U);
      }
    }
  }
}

// Long names in errors must not make the answer larger than any client takes.
TEST(StatusBorder, KeepsItsBudgetWhateverTheError) {
  std::vector<std::string> consumers;
  for (int i = 0; i < 500; ++i)
    consumers.push_back("domains/" + std::string(128, 'a') + "/products/" + std::string(128, 'b'));
  Violation huge;
  huge.message = std::string(5000, 'x');
  ErrorDetail odd;
  odd.reason = "ODD";
  odd.remedy = std::string(5000, 'r');
  for (int i = 0; i < 300; ++i) odd.metadata.emplace_back("key" + std::to_string(i), std::string(500, 'v'));
  const Status kErrors[] = {
      errors::HasConsumers("domains/a/products/b/lines/1", consumers),
      errors::BadDocument({huge, huge}),
      Status(Code::kInternal, std::string(100'000, 'm')),
      Status(Code::kInternal, "odd", odd),
  };
  for (const Status& error : kErrors) {
    for (const size_t bytes_max : {kDetailBytesLeast, kDetailBytesDefault}) {
      const std::string details = DetailsOf(error, bytes_max);
      EXPECT_LE(details.size(), bytes_max) << error.message().substr(0, 80);
      EXPECT_EQ(Parsed(details).code(), static_cast<int>(error.code()));
      EXPECT_LE(MessageOf(error, bytes_max).size(), bytes_max / 16);
    }
  }
}

TEST(StatusBorder, CutsBetweenCharacters) {
  std::string text = "x";
  while (text.size() < 1000) text += "ü€";
  for (size_t shift = 0; shift < 6; ++shift) {
    const Status error(Code::kInternal, std::string(shift, 'y') + text);
    const std::string cut = MessageOf(error, kDetailBytesDefault);
    EXPECT_TRUE(IsCleanUtf8(cut)) << shift;
    EXPECT_LT(cut.size(), error.message().size());
    EXPECT_TRUE(cut.ends_with("…"));
  }
  EXPECT_EQ(MessageOf(Status(Code::kInternal, "short"), kDetailBytesDefault), "short");
}

}  // namespace
}  // namespace souk::rpc
