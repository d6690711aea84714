// SPDX-License-Identifier: Apache-2.0
// What client.cc and watch_stream.cc share of gRPC. Internal to this folder.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "storage/etcd/watch_stream.h"

namespace souk::storage::etcd {

// A connection of its own.
std::shared_ptr<grpc::Channel> Connect(const std::string& endpoint);
void SetDeadline(grpc::ClientContext& context, const Clock& clock, Deadline deadline);
// In the words of client.h; what may have been done although it failed is UNKNOWN if `writes`.
Status FromGrpc(const grpc::Status& status, bool writes);

std::unique_ptr<WatchStream> OpenWatch(const std::shared_ptr<grpc::Channel>& channel,
                                       const etcdserverpb::WatchCreateRequest& request);

}  // namespace souk::storage::etcd
