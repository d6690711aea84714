// SPDX-License-Identifier: Apache-2.0
#include "governance/date.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace souk::governance {
namespace {

constexpr int kHoursMax = 23;
constexpr int kMinutesMax = 59;
constexpr int kSecondsMax = 60;  // a leap second
constexpr size_t kYearDigits = 4;

bool Consume(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// Exactly so many digits.
std::optional<int> Number(std::string_view& text, size_t digits) {
  int number = 0;
  if (text.size() < digits || text.front() == '-') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
  if (error != std::errc() || end != text.data() + digits) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

// "12:30".
std::optional<std::chrono::minutes> HoursAndMinutes(std::string_view& text) {
  const auto hours = Number(text, 2);
  if (!hours || *hours > kHoursMax || !Consume(text, ':')) return std::nullopt;
  const auto minutes = Number(text, 2);
  if (!minutes || *minutes > kMinutesMax) return std::nullopt;
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
}

// "12:30:15.5+02:00", seconds and zone optional, fractions ignored; as the time since the day's beginning in UTC.
std::optional<std::chrono::seconds> TimeOfDay(std::string_view text) {
  const auto time = HoursAndMinutes(text);
  if (!time) return std::nullopt;
  std::chrono::seconds since = *time;
  if (Consume(text, ':')) {
    const auto seconds = Number(text, 2);
    if (!seconds || *seconds > kSecondsMax) return std::nullopt;
    since += std::chrono::seconds(*seconds);
    if (Consume(text, '.')) text.remove_prefix(std::min(text.find_first_not_of("0123456789"), text.size()));
  }
  if (text.empty() || text == "Z" || text == "z") return since;
  const bool east = Consume(text, '+');
  if (!east && !Consume(text, '-')) return std::nullopt;
  const auto offset = HoursAndMinutes(text);
  if (!offset || !text.empty()) return std::nullopt;
  return east ? since - *offset : since + *offset;
}

}  // namespace

std::optional<int64_t> ParseDate(std::string_view text) {
  const auto year = Number(text, kYearDigits);
  if (!year || !Consume(text, '-')) return std::nullopt;
  const auto month = Number(text, 2);
  if (!month || !Consume(text, '-')) return std::nullopt;
  const auto day = Number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  std::chrono::seconds since{0};
  if (!text.empty()) {
    if (!Consume(text, 'T') && !Consume(text, ' ')) return std::nullopt;
    const auto time = TimeOfDay(text);
    if (!time) return std::nullopt;
    since = *time;
  }
  const auto at = std::chrono::sys_days(date).time_since_epoch() + since;
  return std::chrono::duration_cast<std::chrono::microseconds>(at).count();
}

}  // namespace souk::governance
