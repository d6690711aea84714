// SPDX-License-Identifier: Apache-2.0
#include "base/status.h"

#include <array>

namespace souk {

std::string_view CodeName(Code code) {
  constexpr std::array<std::string_view, 17> kNames = {
      "OK",        "CANCELLED",       "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS",  "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",    "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED",
  };
  const auto index = static_cast<size_t>(code);
  return index < kNames.size() ? kNames.at(index) : "UNKNOWN";
}

const ErrorDetail& Status::detail() const {
  static const ErrorDetail kEmpty;
  return detail_ ? *detail_ : kEmpty;
}

std::string Status::ToString() const {
  if (ok()) return "OK";
  std::string text(CodeName(code_));
  text += ": ";
  text += message_;
  return text;
}

}  // namespace souk
