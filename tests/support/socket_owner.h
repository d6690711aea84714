// SPDX-License-Identifier: Apache-2.0
// Whose connection is it? Told by /proc, for TCP over IPv4 on this machine and processes of this user. Pure look-ups;
// thread-safe.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace souk::support {

// A socket that is connected, seen from its own side.
struct SocketPorts {
  uint16_t local = 0;
  uint16_t remote = 0;
};

// The first of the processes that holds the socket; nothing if none does, or the socket is gone.
std::optional<pid_t> OwnerOf(SocketPorts ports, const std::vector<pid_t>& processes);

}  // namespace souk::support
