// SPDX-License-Identifier: Apache-2.0
// A plain TCP connection for asking an HTTP server by hand, slowly or badly if need be. Not thread-safe.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/status.h"

namespace souk::support {

class Socket {
 public:
  // "127.0.0.1:8080". UNAVAILABLE if nobody listens.
  static StatusOr<Socket> Connect(const std::string& address);
  ~Socket();
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&&) = delete;

  // UNAVAILABLE if the other side has closed.
  Status Send(std::string_view bytes);
  // Everything until the other side closes. DEADLINE_EXCEEDED, with what came in the message, if it does not in time.
  StatusOr<std::string> ReadToEnd(std::chrono::milliseconds duration_max);

 private:
  explicit Socket(int fd) : fd_(fd) {}
  int fd_;
};

struct HttpAnswer {
  int code = 0;
  std::string head;
  std::string body;
};

// GET with "Connection: close".
StatusOr<HttpAnswer> HttpGet(const std::string& address, std::string_view target,
                             std::chrono::milliseconds duration_max = std::chrono::seconds(10));

}  // namespace souk::support
