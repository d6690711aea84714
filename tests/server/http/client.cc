// SPDX-License-Identifier: Apache-2.0
#include "tests/server/http/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace souk::http {

std::string Answer::Header(const std::string& name) const {
  const size_t at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const size_t begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

Connection::Connection(const std::string& address) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  const size_t colon = address.rfind(':');
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(colon + 1))));
  if (inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr) != 1 ||
      connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0) {
    close(fd_);
    throw std::runtime_error("nobody listens on " + address);
  }
}

Connection::~Connection() { close(fd_); }

bool Connection::Send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool Connection::Fill(std::chrono::milliseconds duration_max) {
  pollfd waiting{fd_, POLLIN, 0};
  if (poll(&waiting, 1, static_cast<int>(duration_max.count())) <= 0) return false;
  std::array<char, 16384> bytes;
  const ssize_t got = recv(fd_, bytes.data(), bytes.size(), 0);
  if (got <= 0) return false;
  buffer_.append(bytes.data(), static_cast<size_t>(got));
  return true;
}

Answer Connection::Read(bool headless) {
  Answer answer;
  size_t end = std::string::npos;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill(kPatience)) return answer;
  }
  answer.head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  const std::string length = answer.Header("Content-Length");
  const size_t bytes = headless || length.empty() ? 0 : std::stoul(length);
  while (buffer_.size() < bytes) {
    if (!Fill(kPatience)) return answer;
  }
  answer.body = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  answer.status = std::stoi(answer.head.substr(answer.head.find(' ') + 1));
  return answer;
}

Answer Connection::Ask(std::string_view method, std::string_view target, std::string_view headers) {
  std::string request(method);
  request.append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n").append(headers).append("\r\n");
  if (!Send(request)) return {};
  return Read(method == "HEAD");
}

bool Connection::WaitClosed(std::chrono::milliseconds duration_max) {
  while (true) {
    pollfd waiting{fd_, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(duration_max.count())) <= 0) return false;
    std::array<char, 16384> bytes;
    if (recv(fd_, bytes.data(), bytes.size(), 0) <= 0) return true;
  }
}

}  // namespace souk::http
