// SPDX-License-Identifier: Apache-2.0
// The node's metrics, in the Prometheus text format. Calls are counted as they end; the rest is read when asked for.
// Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "server/catalog/backends.h"
#include "server/catalog/observer.h"

namespace souk::http {

class Metrics final : public catalog::CallObserver {
 public:
  Metrics();
  ~Metrics() override;

  void Ended(std::string_view method, Code code, std::chrono::nanoseconds took) override;
  // Everything, as text/plain; version=0.0.4.
  std::string Text(const catalog::Backends& parts);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace souk::http
