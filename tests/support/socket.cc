// SPDX-License-Identifier: Apache-2.0
#include "tests/support/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace souk::support {
namespace {
constexpr size_t kReadBytes = 16 * 1024;
constexpr int kDecimal = 10;
}  // namespace

StatusOr<Socket> Socket::Connect(const std::string& address) {
  const size_t colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(strtoul(address.c_str() + colon + 1, nullptr, kDecimal)));
  if (colon == std::string::npos || inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr) != 1) {
    return Status(Code::kInvalidArgument, address + " is not an IPv4 address with a port");
  }
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(socket.fd_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0) {
    return Status(Code::kUnavailable, "nobody listens on " + address);
  }
  return socket;
}

Socket::Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Socket::~Socket() {
  if (fd_ >= 0) close(fd_);
}

Status Socket::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return {Code::kUnavailable, "the other side has closed"};
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return Status::Ok();
}

StatusOr<std::string> Socket::ReadToEnd(std::chrono::milliseconds duration_max) {
  const auto until = std::chrono::steady_clock::now() + duration_max;
  std::string all;
  std::array<char, kReadBytes> buffer;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd waiting{fd_, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(std::max<int64_t>(left.count(), 0))) == 0) {
      return Status(Code::kDeadlineExceeded, "still open after: " + all);
    }
    const ssize_t got = recv(fd_, buffer.data(), buffer.size(), 0);
    if (got <= 0) return all;  // closed, or reset: an end either way
    all.append(buffer.data(), static_cast<size_t>(got));
  }
}

StatusOr<HttpAnswer> HttpGet(const std::string& address, std::string_view target,
                             std::chrono::milliseconds duration_max) {
  ASSIGN_OR_RETURN(Socket socket, Socket::Connect(address));
  RETURN_IF_ERROR(
      socket.Send("GET " + std::string(target) + " HTTP/1.1\r\nHost: " + address + "\r\nConnection: close\r\n\r\n"));
  ASSIGN_OR_RETURN(const std::string bytes, socket.ReadToEnd(duration_max));
  const size_t space = bytes.find(' ');
  const size_t end = bytes.find("\r\n\r\n");
  if (!bytes.starts_with("HTTP/1.") || space == std::string::npos || end == std::string::npos) {
    return Status(Code::kInternal, "not an HTTP answer: " + bytes);
  }
  return HttpAnswer{atoi(bytes.c_str() + space), bytes.substr(0, end), bytes.substr(end + 4)};
}

}  // namespace souk::support
