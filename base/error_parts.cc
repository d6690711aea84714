// SPDX-License-Identifier: Apache-2.0
#include "base/error_parts.h"

namespace souk::errors {
namespace {

constexpr size_t kQuotedBytesMax = 200;  // longer text from a caller is cut in a message

}  // namespace

std::string Quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text.substr(0, kQuotedBytesMax)) {
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  // A cut in the middle of a character would make the message invalid UTF-8.
  while (out.size() > 1 && (static_cast<unsigned char>(out.back()) & 0xC0U) == 0x80U && text.size() > kQuotedBytesMax) {
    out.pop_back();
  }
  if (text.size() > kQuotedBytesMax && (static_cast<unsigned char>(out.back()) & 0x80U) != 0) out.pop_back();
  out += text.size() > kQuotedBytesMax ? "…\"" : "\"";
  return out;
}

std::string Plain(std::string_view text) {
  const std::string quoted = Quote(text);
  return quoted.substr(1, quoted.size() - 2);
}

Status Make(Code code, std::string reason, std::string message, std::string remedy, Metadata metadata) {
  ErrorDetail detail;
  detail.reason = std::move(reason);
  detail.remedy = std::move(remedy);
  detail.metadata = std::move(metadata);
  return {code, std::move(message), std::move(detail)};
}

std::string Join(const std::vector<std::string>& items) {
  constexpr size_t kItemsMax = 20;  // more are counted, not listed
  std::string out;
  for (size_t i = 0; i < items.size() && i < kItemsMax; ++i) out += (i == 0 ? "" : ", ") + items[i];
  if (items.size() > kItemsMax) out += " and " + std::to_string(items.size() - kItemsMax) + " more";
  return out;
}

}  // namespace souk::errors
