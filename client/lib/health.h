// SPDX-License-Identifier: Apache-2.0
// Asks a node how it is, by the health protocol of gRPC (grpc.health.v1). Internal to client/lib. Thread-safe.
#pragma once

#include <memory>

namespace grpc {
class Channel;
class ClientContext;
class Status;
}  // namespace grpc

namespace souk::client {

enum class Health { kServing, kNotServing };

// Of the whole node. The status is that of the call; a node that knows no such protocol counts as serving.
grpc::Status CheckHealth(const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context, Health& health);

}  // namespace souk::client
