// SPDX-License-Identifier: Apache-2.0
#include "index/text/wide.h"

#include <algorithm>

#include "index/text/unicode.h"

namespace souk::text {

void AppendWide(std::wstring& out, std::string_view utf8) {
  constexpr char32_t kTerminator = 0xFFFF;  // ends a term in the writer's memory
  for (size_t at = 0; at < utf8.size();) {
    const Decoded decoded = DecodeAt(utf8, at);
    at += decoded.bytes;
    const bool reserved = decoded.point == 0 || decoded.point == kTerminator;
    out += reserved ? L'?' : static_cast<wchar_t>(decoded.point);
  }
}

std::wstring Wide(std::string_view utf8) {
  std::wstring out;
  out.reserve(utf8.size());
  AppendWide(out, utf8);
  return out;
}

std::string Narrow(std::wstring_view wide) {
  std::string out;
  out.reserve(wide.size());
  for (const wchar_t c : wide) AppendUtf8(out, static_cast<char32_t>(c));
  return out;
}

std::string IndexedForm(std::string_view utf8) {
  const bool plain = std::all_of(utf8.begin(), utf8.end(), [](char c) { return c > 0; });
  return plain ? std::string(utf8) : Narrow(Wide(utf8));
}

}  // namespace souk::text
