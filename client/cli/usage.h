// SPDX-License-Identifier: Apache-2.0
// The command line itself is wrong. Pure functions.
#pragma once

#include <string>

#include "base/status.h"

namespace souk::cli {

inline constexpr std::string_view kUsageReason = "USAGE";

// INVALID_ARGUMENT that exits with kExitUsage.
inline Status UsageError(std::string message, std::string remedy) {
  ErrorDetail detail;
  detail.reason = kUsageReason;
  detail.remedy = std::move(remedy);
  return {Code::kInvalidArgument, std::move(message), std::move(detail)};
}

}  // namespace souk::cli
