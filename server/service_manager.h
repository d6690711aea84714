// SPDX-License-Identifier: Apache-2.0
// Tells systemd (Type=notify), or whoever else asks for it by NOTIFY_SOCKET, what the node is about: the protocol of
// sd_notify(3), a datagram of NAME=value lines.
#pragma once

#include <string_view>

namespace souk::server {

// Does nothing where nobody asks, or nobody listens.
void TellServiceManager(std::string_view state);

}  // namespace souk::server
