// SPDX-License-Identifier: Apache-2.0
#include "descriptor/text.h"

#include <algorithm>

namespace souk::descriptor {
namespace {

constexpr size_t kQuotedBytesMax = 80;  // more says nothing more in a message

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::string Quoted(std::string_view text) {
  size_t end = std::min(text.size(), kQuotedBytesMax);
  while (end > 0 && end < text.size() && IsContinuation(text[end])) --end;
  std::string out = "\"";
  for (const char c : text.substr(0, end)) out += IsControl(c) ? ' ' : c;
  out += end < text.size() ? "…\"" : "\"";
  return out;
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

bool HasControl(std::string_view text) { return std::any_of(text.begin(), text.end(), IsControl); }

}  // namespace souk::descriptor
