// SPDX-License-Identifier: Apache-2.0
// Dates as descriptors write them. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace souk::governance {

// Microseconds since 1970 of an ISO 8601 date, or date and time: "2027-05-01", "2027-05-01T12:30", "2027-05-01
// 12:30:15.5Z", "2027-05-01T12:30:00+02:00". A date alone means its beginning; without a zone, UTC. Nothing for
// anything else ("soon", "2027-13-01").
std::optional<int64_t> ParseDate(std::string_view text);

}  // namespace souk::governance
