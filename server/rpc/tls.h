// SPDX-License-Identifier: Apache-2.0
// Mutual TLS of the gRPC edge: a peer without a certificate of our authorities does not get past the handshake, so that
// nothing of HTTP/2 is read from it. The files are read again every minute; one that went bad keeps new peers out and
// is said in the log. Thread-safe.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "base/certificates.h"
#include "server/catalog/call_context.h"

namespace souk::rpc {

// All three files are given and have been checked.
std::shared_ptr<grpc::ServerCredentials> MutualTls(const CertificateFiles& files);

// Fills in what the handshake has verified of the peer.
void ShowCertificate(const grpc::AuthContext& peer, catalog::Credentials& credentials);

}  // namespace souk::rpc
