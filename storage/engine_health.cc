// SPDX-License-Identifier: Apache-2.0
#include "storage/engine_health.h"

#include <utility>

namespace souk::storage {

EngineHealth::EngineHealth(std::function<void(const Status&)> on_damage) : on_damage_(std::move(on_damage)) {}

void EngineHealth::SetWritable(const Status& writable) {
  const std::lock_guard lock(mutex_);
  writable_ = writable;
}

Status EngineHealth::writable() const {
  const std::lock_guard lock(mutex_);
  return writable_;
}

Status EngineHealth::AfterRead(Status read) {
  if (read.code() != Code::kDataLoss) return read;
  {
    const std::lock_guard lock(mutex_);
    if (!damage_.ok()) return read;
    damage_ = read;
  }
  if (on_damage_) on_damage_(read);
  return read;
}

Status EngineHealth::damage() const {
  const std::lock_guard lock(mutex_);
  return damage_;
}

}  // namespace souk::storage
