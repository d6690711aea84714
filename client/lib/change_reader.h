// SPDX-License-Identifier: Apache-2.0
// Reads what changes, in order and without gaps. A broken stream is taken up again, on another node if need be, after
// the last revision that was handed out. Next belongs to one thread; Cancel may come from any.
#pragma once

#include <memory>

#include "base/status.h"
#include "client/lib/cancellation.h"
#include "souk/v1/change_service.pb.h"

namespace souk::client {

class Nodes;

class ChangeReader {
 public:
  // Made by Client::WatchChanges.
  ChangeReader(Nodes& nodes, v1::WatchChangesRequest request);
  ~ChangeReader();
  ChangeReader(const ChangeReader&) = delete;
  ChangeReader& operator=(const ChangeReader&) = delete;

  // Waits for the next whole revision or progress mark. OUT_OF_RANGE if the revision to start after is no longer
  // kept, UNAVAILABLE once the tries are used up, CANCELLED after Cancel. An error is final.
  StatusOr<v1::WatchChangesResponse> Next();

  // Ends a Next that waits, and every later one.
  void Cancel() { cancellation_.Cancel(); }

 private:
  struct Stream;

  // One try.
  Status Read(v1::WatchChangesResponse& response);

  Nodes& nodes_;
  v1::WatchChangesRequest request_;  // after_revision moves along
  Cancellation cancellation_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace souk::client
