// SPDX-License-Identifier: Apache-2.0
// The use case of ChangeService: whole revisions in order, resumable, with progress marks. One stream belongs to one
// thread; streams are independent.
#pragma once

#include <deque>

#include "base/status.h"
#include "server/catalog/backends.h"
#include "souk/v1/change_service.pb.h"

namespace souk::catalog {

class ChangeStream {
 public:
  // OUT_OF_RANGE (metadata oldest_revision) if the start is no longer kept or lies in the future.
  static StatusOr<ChangeStream> Open(const Backends& parts, const v1::WatchChangesRequest& request,
                                     const CallContext& call);

  // The next revision or a progress mark; waits at most for the progress interval. CANCELLED when the caller is gone,
  // UNAVAILABLE when the node goes down.
  StatusOr<v1::WatchChangesResponse> Next(const CallContext& call);

 private:
  ChangeStream(const Backends& parts, uint64_t generation, storage::Revision after, uint32_t interval_ms)
      : parts_(&parts), generation_(generation), after_(after), interval_ms_(interval_ms) {}
  v1::WatchChangesResponse Message(const storage::Change& change, const CallContext& call) const;

  const Backends* parts_;
  uint64_t generation_;  // of the store's rows
  storage::Revision after_;
  uint32_t interval_ms_;
  std::deque<storage::Change> ready_;
};

}  // namespace souk::catalog
