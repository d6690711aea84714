// SPDX-License-Identifier: Apache-2.0
// Text on a terminal: its width, its cutting, and what must not reach a terminal. Also the words for enums and times.
// Pure functions; any bytes may be given.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "souk/v1/product.pb.h"

namespace google::protobuf {
class Timestamp;
}

namespace souk::cli {

// Columns that a terminal needs for UTF-8 text; malformed bytes count as one each.
int DisplayWidth(std::string_view text);
// At most `width` columns, with "…" at the end where something was cut.
std::string Fit(std::string_view text, int width);
// Control characters (escape sequences of a hostile descriptor, line breaks) and malformed bytes become '?', line
// breaks and tabs a space.
std::string Clean(std::string_view text);

// "active" for PRODUCT_STATE_ACTIVE; empty for unspecified.
std::string StateWord(v1::ProductState state);
// The state that the word names; UNSPECIFIED for another word.
v1::ProductState StateOf(std::string_view word);
// "2026-03-01T12:00:00Z"; empty for an absent time.
std::string TimeWord(const google::protobuf::Timestamp& time);
// "sales/orders@2" for a line's resource name; any other name as it is.
std::string ShortName(const std::string& resource_name);
// "sales" for "domains/sales" or "teams/sales".
std::string LastSegment(const std::string& resource_name);

std::string Join(const std::vector<std::string>& items, std::string_view separator);
template <typename Range>
std::vector<std::string> Strings(const Range& range) {
  return {range.begin(), range.end()};
}
// "1 product", "2 products".
std::string Count(uint64_t count, std::string_view noun);

}  // namespace souk::cli
