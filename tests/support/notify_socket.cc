// SPDX-License-Identifier: Apache-2.0
#include "tests/support/notify_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

namespace souk::support {
namespace {

// Nothing that a service says of itself is longer.
constexpr size_t kTextMax = 4096;

}  // namespace

NotifySocket::NotifySocket(const std::filesystem::path& path)
    : path_(path), fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  unlink(path_.c_str());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
  if (bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
  close(fd_);
  throw std::runtime_error("can't listen on " + path_.string());
}

NotifySocket::~NotifySocket() { close(fd_); }

std::string NotifySocket::variable() const { return "NOTIFY_SOCKET=" + path_.string(); }

std::string NotifySocket::Hear(int pidfd, std::chrono::milliseconds duration_max) const {
  std::array<pollfd, 2> waiting = {{{fd_, POLLIN, 0}, {pidfd, POLLIN, 0}}};
  const bool came = poll(waiting.data(), waiting.size(), static_cast<int>(duration_max.count())) > 0;
  if (!came || (waiting[0].revents & POLLIN) == 0) return {};
  std::array<char, kTextMax> text{};
  return {text.data(), static_cast<size_t>(std::max<ssize_t>(0, recv(fd_, text.data(), text.size(), 0)))};
}

}  // namespace souk::support
