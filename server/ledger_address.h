// SPDX-License-Identifier: Apache-2.0
// Where a node's ledger is, as the command line says it. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace souk::server {

// "embedded" or "etcd://HOST:PORT,HOST:PORT,…". The members of etcd; none for an embedded ledger. INVALID_ARGUMENT with
// what is wrong.
StatusOr<std::vector<std::string>> ParseLedger(std::string_view text);

}  // namespace souk::server
