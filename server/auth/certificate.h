// SPDX-License-Identifier: Apache-2.0
// Mutual TLS: who calls is who the client certificate says, which the handshake has verified against the node's
// authorities. Immutable; thread-safe.
#pragma once

#include "server/catalog/call_context.h"

namespace souk::auth {

class CertificateAuthenticator final : public catalog::Authenticator {
 public:
  // The certificate's SPIFFE id if it has one, else its subject ("CN=ada,O=Example"). A name that the caller claims
  // counts for nothing. UNAUTHENTICATED for a certificate with neither, or with a name that can't be recorded.
  StatusOr<catalog::Principal> Identify(const catalog::Credentials& credentials) const override;
};

}  // namespace souk::auth
