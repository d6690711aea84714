// SPDX-License-Identifier: Apache-2.0
#include "client/cli/command_list.h"

namespace souk::cli {

// SOUK_VERSION comes from the project's CMakeLists.txt.
StatusOr<int> RunVersion(Session& session) {
  session.env().out << "souk " << SOUK_VERSION << "\n";
  return kExitOk;
}

}  // namespace souk::cli
