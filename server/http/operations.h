// SPDX-License-Identifier: Apache-2.0
// What operators ask over HTTP: /healthz (the process lives), /readyz (it serves: everything that it answers from was
// applied once, and no index has a fault), /metrics. Thread-safe.
#pragma once

#include <atomic>

#include "server/catalog/backends.h"
#include "server/http/http_server.h"
#include "server/http/metrics.h"

namespace souk::http {

class Operations {
 public:
  Operations(const catalog::Backends& parts, Metrics& metrics) : parts_(parts), metrics_(metrics) {}

  HttpResponse Handle(const HttpRequest& request);
  // Ready only while true; a draining node says so first.
  void SetServing(bool serving) { serving_ = serving; }

 private:
  HttpResponse Ready() const;

  const catalog::Backends& parts_;
  Metrics& metrics_;
  std::atomic<bool> serving_{false};
};

}  // namespace souk::http
