// SPDX-License-Identifier: Apache-2.0
// The file that names the user of etcd that a node is: one line, NAME:PASSWORD. A password may have colons, a name not.
// Reads that file and nothing else; thread-safe.
#pragma once

#include <string>

#include "base/status.h"

namespace souk::storage::etcd {

struct User {
  std::string name;
  std::string password;
  bool operator==(const User&) const = default;
};

// FAILED_PRECONDITION (USER_FILE_UNUSABLE) if it can't be read, if others than its owner may read or write it, or if it
// is not that line. Names the file, what is wrong, and how to mend it; nothing of what is in it.
StatusOr<User> ReadUserFile(const std::string& path);

}  // namespace souk::storage::etcd
