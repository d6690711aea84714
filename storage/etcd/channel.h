// SPDX-License-Identifier: Apache-2.0
// What client.cc, txns.cc and watch_stream.cc share of gRPC. Internal to this folder.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/certificates.h"
#include "base/clock.h"
#include "base/status.h"
#include "storage/etcd/watch_stream.h"

namespace souk::storage::etcd {

// TLS with those files, which are read again now and then, so that renewed ones are used from then on; or none without
// authorities.
std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const CertificateFiles& files, std::chrono::seconds read_again);
// The login of a call, if there is one.
void SetToken(grpc::ClientContext& context, const std::string& token);
// A connection of its own.
std::shared_ptr<grpc::Channel> Connect(const std::string& endpoint,
                                       const std::shared_ptr<grpc::ChannelCredentials>& credentials);
void SetDeadline(grpc::ClientContext& context, const Clock& clock, Deadline deadline);
// In the words of client.h; what may have been done although it failed is UNKNOWN if `writes`.
Status FromGrpc(const grpc::Status& status, bool writes);

std::unique_ptr<WatchStream> OpenWatch(const std::shared_ptr<grpc::Channel>& channel,
                                       const etcdserverpb::WatchCreateRequest& request, const std::string& token);

}  // namespace souk::storage::etcd
