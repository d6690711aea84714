// SPDX-License-Identifier: Apache-2.0
#include "client/cli/exit_code.h"

#include <algorithm>

#include "client/cli/usage.h"
#include "client/lib/spool.h"

namespace souk::cli {

int ExitCodeOf(const Status& status) {
  if (status.ok()) return kExitOk;
  if (status.reason() == kUsageReason) return kExitUsage;
  const auto& violations = status.detail().violations;
  if (std::any_of(violations.begin(), violations.end(), [](const Violation& v) { return v.error; })) {
    return kExitFindings;
  }
  if (client::MayWorkLater(status)) return kExitUnavailable;
  switch (status.code()) {
    case Code::kUnauthenticated:
    case Code::kPermissionDenied:
      return kExitNoPermission;
    case Code::kAborted:
      return kExitConflict;
    default:
      return kExitFailure;
  }
}

}  // namespace souk::cli
