// SPDX-License-Identifier: Apache-2.0
#include "client/cli/format.h"

#include <gtest/gtest.h>

#include <sstream>

#include "souk/v1/ownership_service.pb.h"

namespace souk::cli {
namespace {

TEST(FormatTest, EachFormat) {
  v1::FindOwnerResponse owner;
  owner.set_team("teams/checkout");
  owner.add_owners("ann@example.com");
  owner.set_derivation(v1::OWNER_DERIVATION_DECLARED);
  Answer answer;
  answer.message = &owner;
  answer.table = {{"TEAM", "OWNERS"}, {{"checkout", "ann@example.com"}}};
  answer.names = {"teams/checkout"};
  answer.ids = {"check\nout"};
  const struct {
    const char* format;
    const char* want;
  } kCases[] = {
      {"table", "TEAM      OWNERS\ncheckout  ann@example.com\n"},
      {"csv", "TEAM,OWNERS\r\ncheckout,ann@example.com\r\n"},
      {"name", "teams/checkout\n"},
      {"id", "check out\n"},
      {"yaml", "team: teams/checkout\nowners:\n- \"ann@example.com\"\nderivation: OWNER_DERIVATION_DECLARED\n"},
      {"json",
       "{\n \"team\": \"teams/checkout\",\n \"owners\": [\n  \"ann@example.com\"\n ],\n \"derivation\": "
       "\"OWNER_DERIVATION_DECLARED\"\n}\n"},
  };
  for (const auto& test : kCases) {
    std::ostringstream out;
    ASSERT_TRUE(Write(answer, test.format, {Style(false), 0}, out).ok());
    if (std::string_view(test.format) == "yaml") {
      // Plain or quoted, it is the same scalar.
      EXPECT_NE(out.str().find("ann@example.com"), std::string::npos);
      EXPECT_EQ(out.str().find("team: teams/checkout\nowners:\n- "), 0U) << out.str();
    } else {
      EXPECT_EQ(out.str(), test.want) << test.format;
    }
  }
}

TEST(FormatTest, TextStandsInForTheTableOnly) {
  const v1::FindOwnerResponse owner;
  Answer answer;
  answer.message = &owner;
  answer.table = {{"A"}, {{"b"}}};
  answer.text = [](std::ostream& out, const Style&) { out << "words\n"; };
  std::ostringstream table;
  std::ostringstream csv;
  ASSERT_TRUE(Write(answer, "table", {Style(false), 0}, table).ok());
  ASSERT_TRUE(Write(answer, "csv", {Style(false), 0}, csv).ok());
  EXPECT_EQ(table.str(), "words\n");
  EXPECT_EQ(csv.str(), "A\r\nb\r\n");
}

TEST(StyleTest, ColourOnlyWhereWanted) {
  EXPECT_EQ(Style(false).Bold("a"), "a");
  EXPECT_EQ(Style(true).Bold("a"), "\033[1ma\033[0m");
  EXPECT_EQ(Style(true).Bold(""), "");
}

}  // namespace
}  // namespace souk::cli
