// SPDX-License-Identifier: Apache-2.0
// What `souk` says by its exit code. Scripts rely on the numbers.
#pragma once

#include "base/status.h"

namespace souk::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;       // also: `souk diff` found differences
inline constexpr int kExitUsage = 2;         // the command line is wrong
inline constexpr int kExitNoPermission = 4;  // authentication or permission is missing
inline constexpr int kExitConflict = 5;      // somebody else changed it (etag)
inline constexpr int kExitUnavailable = 6;   // no node, or not in time: a retry may help
inline constexpr int kExitFindings = 100;    // the documents have defects

inline constexpr int kExitSignal = 128;  // plus the number of the signal that ended it, as shells say it

// Errors with findings are kExitFindings, whatever their code.
int ExitCodeOf(const Status& status);

}  // namespace souk::cli
