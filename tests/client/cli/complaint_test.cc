// SPDX-License-Identifier: Apache-2.0
#include "client/cli/complaint.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/errors.h"
#include "client/cli/exit_code.h"
#include "client/cli/usage.h"

namespace souk::cli {
namespace {

Violation Defect() {
  Violation violation;
  violation.rule = "owner-required";
  violation.path = "product.odps.yaml";
  violation.pointer = "/team";
  violation.line = 12;
  violation.column = 3;
  violation.message = "nobody is named as owner";
  violation.remedy = "Name one.";
  return violation;
}

std::string Told(const Status& status, const std::string& origin) {
  std::ostringstream out;
  WriteComplaint(status, origin, Style(false), out);
  return out.str();
}

TEST(ComplaintTest, SaysWhatAndWhatToDo) {
  EXPECT_EQ(Told(errors::UnknownTeam("checkout"), ""),
            "souk: there is no team \"checkout\" (UNKNOWN_TEAM)\n"
            "  Create it with `souk admin team`, or register with --create-missing.\n");
  EXPECT_EQ(Told(Status(Code::kInternal, "odd"), ""), "souk: odd (INTERNAL)\n");
}

TEST(ComplaintTest, FindingsNameTheirPlaceAsEditorsReadIt) {
  const std::string told = Told(errors::RefusedByGate("sales/orders@1", {Defect()}), "shop/orders");
  EXPECT_NE(told.find("shop/orders/product.odps.yaml:12:3: error: nobody is named as owner [owner-required] at /team\n"
                      "    Name one.\n"),
            std::string::npos)
      << told;
}

TEST(ComplaintTest, EachSeverityHasItsWord) {
  Violation violation = Defect();
  const auto told = [&] {
    std::ostringstream out;
    WriteViolation(violation, "", Style(false), out);
    return out.str();
  };
  EXPECT_NE(told().find(": error: nobody"), std::string::npos) << told();
  violation.error = false;
  EXPECT_NE(told().find(": warning: nobody"), std::string::npos) << told();
  violation.advice = true;
  EXPECT_NE(told().find(": info: nobody"), std::string::npos) << told();
}

TEST(ComplaintTest, HostileTextIsCleaned) {
  EXPECT_EQ(Told(Status(Code::kInternal, "a\033[2Jb\nc"), ""), "souk: a?[2Jb c (INTERNAL)\n");
}

TEST(ExitCodeTest, Table) {
  Violation warning = Defect();
  warning.error = false;
  const struct {
    Status status;
    int want;
  } kCases[] = {
      {Status::Ok(), 0},
      {errors::NotFound("product", "x"), 1},
      {errors::NotWritable("disk full"), 1},
      {errors::Internal("x"), 1},
      {errors::NameCollision("a", "b", "c"), 1},
      {UsageError("x", "y"), 2},
      {errors::PermissionDenied("a", "b"), 4},
      {Status(Code::kUnauthenticated, "x"), 4},
      {errors::StaleEtag("a", "b", "c"), 5},
      {errors::Unreachable("a", "b"), 6},
      {errors::DeadlineExceeded("a"), 6},
      {errors::Overloaded("a", 10), 6},
      {errors::RefusedByGate("a", {Defect()}), 100},
      {errors::BadDocument({Defect()}), 100},
      {errors::RefusedByGate("a", {warning}), 1},
  };
  for (const auto& test : kCases) EXPECT_EQ(ExitCodeOf(test.status), test.want) << test.status.ToString();
}

}  // namespace
}  // namespace souk::cli
