// SPDX-License-Identifier: Apache-2.0
// What is settled with etcd before anything else is said. Free functions.
#pragma once

#include <string>
#include <string_view>

#include "storage/etcd/client.h"
#include "storage/etcd/keys.h"

namespace souk::storage::etcd {

// FAILED_PRECONDITION if the member is of a version that is known to lose data. Waits for a member until the deadline.
Status CheckVersion(Client& client, const Clock& clock, Deadline deadline);
// The same for a version as etcd tells it, such as "3.5.14".
bool IsSoundVersion(std::string_view version);

// Identity of the history: found, or made if this is the first node of all.
StatusOr<std::string> FindOrMakeEpoch(Client& client, const KeySpace& keys, Deadline deadline);

}  // namespace souk::storage::etcd
