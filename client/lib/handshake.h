// SPDX-License-Identifier: Apache-2.0
// Why TLS does not come about. gRPC says "Socket closed" of a node that refuses our certificate, and "verify failed" of
// whatever is wrong with the node's: this looks closer, once it has failed. Internal to client/lib. Thread-safe.
#pragma once

#include <chrono>
#include <string>

#include "base/certificates.h"
#include "base/status.h"

namespace souk::client {

// Makes a connection of its own to "host:port", which carries nothing, and says what is wrong with it: UNAVAILABLE for
// a node that we can't trust or that does not speak as we do, UNAUTHENTICATED for a certificate of ours that the node
// does not take. OK where TLS is not what is wrong, or the node can't be reached in that time.
Status ExplainHandshake(const std::string& address, const CertificateFiles& files,
                        std::chrono::milliseconds duration_max);

}  // namespace souk::client
