// SPDX-License-Identifier: Apache-2.0
// The node: the only place where its parts are put together.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/status.h"
#include "server/options.h"

namespace souk::server {

class Server {
 public:
  // Opens the store, brings the indexes up to it, listens on both edges, then writes the ready file. `on_serving` runs
  // just before the first call can arrive.
  // FAILED_PRECONDITION for certificate files that can't be used and for an address beyond loopback without TLS, and
  // whatever the parts say.
  static StatusOr<std::unique_ptr<Server>> Start(const Options& options, const std::function<void()>& on_serving);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::string& grpc_address() const;
  const std::string& http_address() const;
  // Drains both edges, then stops the indexes and closes the store.
  void Stop();

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace souk::server
