// SPDX-License-Identifier: Apache-2.0
#include "governance/date.h"

#include <gtest/gtest.h>

namespace souk::governance {
namespace {

constexpr int64_t kMay = 1809129600;  // 2027-05-01T00:00:00Z

constexpr struct {
  std::string_view text;
  int64_t seconds;
} kDates[] = {
    {"1970-01-01", 0},
    {"2027-05-01", kMay},
    {"2027-05-01T00:00:00Z", kMay},
    {"2027-05-01 00:00", kMay},
    {"2027-05-01T12:30:15", kMay + 45015},
    {"2027-05-01T12:30:15.123Z", kMay + 45015},
    {"2027-05-01T02:00:00+02:00", kMay},
    {"2027-04-30T19:00:00-05:00", kMay},
    {"2028-02-29", 1835395200},
};

TEST(Date, IsReadAsWritten) {
  for (const auto& date : kDates) EXPECT_EQ(ParseDate(date.text), date.seconds * 1'000'000) << date.text;
}

TEST(Date, IsNothingElse) {
  for (const char* text :
       {"", "soon", "2027", "2027-05", "2027-5-1", "2027-13-01", "2027-02-29", "2027-05-32", "1/5/2027", "2027-05-01x",
        "2027-05-01T", "2027-05-01T24:00", "2027-05-01T12", "2027-05-01T12:60", "2027-05-01T12:30+2",
        "2027-05-01T12:30:15.5x", "-027-05-01", "20270501", "n/a"}) {
    EXPECT_EQ(ParseDate(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace souk::governance
