// SPDX-License-Identifier: Apache-2.0
// The gRPC edge: the services of souk.v1, health and reflection, on one address. Thread-safe.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/certificates.h"
#include "base/status.h"
#include "server/catalog/backends.h"
#include "server/catalog/observer.h"

namespace souk::rpc {

struct RpcOptions {
  std::string address;  // "127.0.0.1:7070"; port 0 picks a free one
  // All three, checked: mutual TLS. None: no TLS.
  CertificateFiles certificates = {};
};

class RpcServer {
 public:
  // Listens and serves at once, health saying NOT_SERVING until SetServing(true). UNAVAILABLE if the address is taken,
  // INTERNAL if the contract is broken. Everything passed in outlives it.
  static StatusOr<std::unique_ptr<RpcServer>> Start(const RpcOptions& options, const catalog::Backends& parts,
                                                    const catalog::Authenticator& authenticator,
                                                    catalog::CallObserver& observer);
  ~RpcServer();
  RpcServer(const RpcServer&) = delete;
  RpcServer& operator=(const RpcServer&) = delete;

  // "127.0.0.1:41234".
  const std::string& address() const;
  void SetServing(bool serving);
  // Health says NOT_SERVING, new calls are refused, running ones get the grace; idempotent.
  void Drain(std::chrono::milliseconds grace);

 private:
  struct Impl;
  explicit RpcServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace souk::rpc
