// SPDX-License-Identifier: Apache-2.0
#include "governance/policy/sandbox.h"

#include <algorithm>
#include <array>

#include "base/names.h"

namespace souk::governance {
namespace {

// Functions whose answer follows from their arguments alone.
constexpr std::array<std::string_view, 44> kFunctions = {
    "abs",        "avg",    "ceil",         "ceiling",      "char",  "coalesce", "count",   "dense_rank", "first_value",
    "floor",      "format", "glob",         "group_concat", "hex",   "ifnull",   "iif",     "instr",      "lag",
    "last_value", "lead",   "length",       "like",         "lower", "ltrim",    "max",     "min",        "nth_value",
    "ntile",      "nullif", "percent_rank", "printf",       "quote", "rank",     "replace", "round",      "row_number",
    "rtrim",      "sign",   "substr",       "substring",    "sum",   "total",    "trim",    "typeof"};
constexpr std::array<std::string_view, 2> kMoreFunctions = {"unicode", "upper"};

}  // namespace

bool IsAllowedFunction(std::string_view function) {
  const auto among = [&](const auto& names) { return std::find(names.begin(), names.end(), function) != names.end(); };
  return among(kFunctions) || among(kMoreFunctions);
}

std::pair<uint32_t, uint32_t> PositionIn(std::string_view text, size_t offset) {
  uint32_t line = 1;
  size_t begin = 0;
  for (size_t i = 0; i < std::min(offset, text.size()); ++i) {
    if (text[i] != '\n') continue;
    ++line;
    begin = i + 1;
  }
  return {line, static_cast<uint32_t>(std::min(offset, text.size()) - begin) + 1};
}

bool IsEmptySql(std::string_view rest) {
  while (!rest.empty()) {
    if (rest.front() == ' ' || rest.front() == '\t' || rest.front() == '\n' || rest.front() == '\r' ||
        rest.front() == ';') {
      rest.remove_prefix(1);
    } else if (rest.starts_with("--")) {
      rest.remove_prefix(std::min(rest.find('\n'), rest.size()));
    } else if (rest.starts_with("/*")) {
      const size_t end = rest.find("*/");
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    } else {
      return false;
    }
  }
  return true;
}

std::string Told(std::string text) {
  constexpr size_t kBytesMax = 1000;
  constexpr unsigned char kFirstPrintable = 0x20;
  constexpr unsigned char kDelete = 0x7F;
  constexpr unsigned kFollowingMask = 0xC0;
  constexpr unsigned kFollowing = 0x80;
  const bool clean = IsCleanUtf8(text);
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < kFirstPrintable || byte == kDelete) c = ' ';
    if (!clean && byte >= kFollowing) c = '?';
  }
  if (text.size() <= kBytesMax) return text;
  size_t end = kBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & kFollowingMask) == kFollowing) --end;
  return text.substr(0, end) + "…";
}

}  // namespace souk::governance
