// SPDX-License-Identifier: Apache-2.0
#include "server/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace souk::server {

void TellServiceManager(std::string_view state) {
  const char* const name = getenv("NOTIFY_SOCKET");
  if (name == nullptr || (*name != '/' && *name != '@')) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const size_t size = strlen(name);
  if (size >= sizeof(address.sun_path)) return;
  memcpy(address.sun_path, name, size);
  if (*name == '@') address.sun_path[0] = '\0';  // a name that is in no file system
  const int end = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (end < 0) return;
  sendto(end, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
         static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size));
  close(end);
}

}  // namespace souk::server
