// SPDX-License-Identifier: Apache-2.0
// An HTTP/1.1 client that can be as rude as a test needs. Every wait is a poll on the socket. Not thread-safe.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace souk::http {

// Long enough for any machine.
inline constexpr std::chrono::seconds kPatience{30};

struct Answer {
  int status = 0;    // 0: the connection ended before a whole answer came
  std::string head;  // with the status line
  std::string body;
  // Value of a header, empty if it is not there. The name in the case in which it was sent.
  std::string Header(const std::string& name) const;
};

class Connection {
 public:
  // Throws std::runtime_error if nobody listens.
  explicit Connection(const std::string& address);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // False if the other side has closed.
  bool Send(std::string_view bytes) const;
  // One answer, by its Content-Length; `headless` for one to HEAD.
  Answer Read(bool headless = false);
  // A request and its answer.
  Answer Ask(std::string_view method, std::string_view target, std::string_view headers = "");
  // True once the other side has closed (whatever it sent before is thrown away); false if it does not in time.
  bool WaitClosed(std::chrono::milliseconds duration_max = kPatience);

 private:
  // More bytes into the buffer. False at the end.
  bool Fill(std::chrono::milliseconds duration_max);

  int fd_;
  std::string buffer_;
};

}  // namespace souk::http
