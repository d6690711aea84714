// SPDX-License-Identifier: Apache-2.0
// One watch: the answers of etcd in order, read by a thread of its own into a short queue. Dropping it ends the watch.
// Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "etcd/rpc_service.pb.h"

namespace souk::storage::etcd {

// UNAVAILABLE (UNREACHABLE): no answer from "etcd", or from those whose names are given, and why.
Status Unreachable(std::string_view who, std::string_view why);

class WatchStream {
 public:
  virtual ~WatchStream() = default;
  // The next answer; nothing at the deadline. UNAVAILABLE once the stream has ended.
  virtual StatusOr<std::optional<etcdserverpb::WatchResponse>> Next(Deadline deadline) = 0;
};

}  // namespace souk::storage::etcd
