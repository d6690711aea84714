// SPDX-License-Identifier: Apache-2.0
// A small HTTP/1.1 server: one thread, bounded connections, headers, bodies and idle time, graceful drain. Boost.Beast
// stays behind this header. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/status.h"

namespace souk::http {

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // without the query
  std::string body;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

struct HttpOptions {
  std::string address;                          // "127.0.0.1:8080"; port 0 picks a free one
  size_t connections_max = 1024;                // more are closed at once
  size_t header_bytes_max = size_t{8} * 1024;   // 431 above
  size_t body_bytes_max = size_t{1024} * 1024;  // 413 above
  std::chrono::milliseconds idle_max{15'000};   // for a whole request to arrive, and between requests
};

// Called on the server's thread: must be quick and must not throw.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

class HttpServer {
 public:
  // INVALID_ARGUMENT for an address that can't be read, UNAVAILABLE if it is taken.
  static StatusOr<std::unique_ptr<HttpServer>> Start(HttpOptions options, HttpHandler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  const std::string& address() const;
  // Accepts nothing more, lets running requests end within the grace, closes the rest; idempotent.
  void Drain(std::chrono::milliseconds grace);

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace souk::http
