// SPDX-License-Identifier: Apache-2.0
// What `soukd --verify-backup` does instead of serving. Free functions.
#pragma once

#include <iosfwd>
#include <string>

namespace souk::server {

// Proves a copy (a folder that CreateBackup made) or an export (a file), and says what it found on `out`. The exit
// code: 0 sound, 1 damaged or not to be read. Works in a folder of its own under the system's one for temporary files,
// which needs as much room as the backup.
int VerifyBackup(const std::string& path, std::ostream& out);

}  // namespace souk::server
