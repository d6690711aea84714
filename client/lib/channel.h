// SPDX-License-Identifier: Apache-2.0
// The connection to one node, with the settings that every call of ours wants. Internal to client/lib.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "client/lib/options.h"

namespace grpc {
class Channel;
class ChannelCredentials;
}  // namespace grpc

namespace souk::client {

// Every finding of a refused registration fits; a node sends less to clients that don't say so.
inline constexpr int kErrorBytesMax = 512 * 1024;

// TLS where there are authorities to trust, mutual TLS where there is a certificate too; plain text without any. The
// files have been checked; they are read again every minute.
std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const CertificateFiles& files);

// Connects at the first call.
std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address,
                                         const std::shared_ptr<grpc::ChannelCredentials>& credentials,
                                         const ClientOptions& options);

// Connects now, without gRPC's own pauses, and waits for it as long as that is under way, at most for so long. Somebody
// has to: calls that fail at once look at no connection that is coming about.
void Reconnect(grpc::Channel& channel, std::chrono::milliseconds patience);

}  // namespace souk::client
