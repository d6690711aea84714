// SPDX-License-Identifier: Apache-2.0
// What gRPC itself has to say goes into the node's log, in the node's words where we know better ones. Thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace souk::rpc {

// From now on, for the whole process. Of what comes in floods (a client that can't get in tries again and again), one
// line a second is kept.
void LogWhatGrpcSays();

// Of a failed handshake, and of certificate files that went bad; empty for anything else.
std::string InOurWords(std::string_view grpc_message);

}  // namespace souk::rpc
