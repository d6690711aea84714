// SPDX-License-Identifier: Apache-2.0
#include "server/auth/certificate.h"

#include "server/auth/name.h"

namespace souk::auth {

StatusOr<catalog::Principal> CertificateAuthenticator::Identify(const catalog::Credentials& credentials) const {
  const std::string& name = credentials.spiffe_id.empty() ? credentials.subject : credentials.spiffe_id;
  if (name.empty()) {
    return errors::Unauthenticated("the client certificate names nobody",
                                   "Use one with a SPIFFE id (URI:spiffe://…) or a subject.");
  }
  if (!IsRecordableName(name)) {
    return errors::Unauthenticated("the client certificate's name is too long or not printable",
                                   "Use one with a shorter, printable subject or SPIFFE id.");
  }
  return catalog::Principal{name, true};
}

}  // namespace souk::auth
