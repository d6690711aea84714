// SPDX-License-Identifier: Apache-2.0
// How the engine is: whether it takes writes, and whether something read was damaged. Thread-safe.
#pragma once

#include <functional>
#include <mutex>

#include "base/status.h"

namespace souk::storage {

class EngineHealth {
 public:
  // `on_damage`, if not null, is called once.
  explicit EngineHealth(std::function<void(const Status&)> on_damage);

  void SetWritable(const Status& writable);
  // OK, or why writes are refused.
  Status writable() const;

  // Remembers the first damage (DATA_LOSS); gives back what was given.
  Status AfterRead(Status read);
  // OK, or that.
  Status damage() const;

 private:
  const std::function<void(const Status&)> on_damage_;
  mutable std::mutex mutex_;
  Status writable_;
  Status damage_;
};

}  // namespace souk::storage
