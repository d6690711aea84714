// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/tls.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <string>

namespace souk::rpc {
namespace {

namespace tls = grpc::experimental;

// A renewed certificate is used for connections from then on.
constexpr unsigned kReadAgainSeconds = 60;

// Empty if the peer has none.
std::string Property(const grpc::AuthContext& peer, const char* name) {
  const std::vector<grpc::string_ref> values = peer.FindPropertyValues(name);
  return values.empty() ? std::string() : std::string(values.front().data(), values.front().size());
}

}  // namespace

std::shared_ptr<grpc::ServerCredentials> MutualTls(const CertificateFiles& files) {
  tls::TlsServerCredentialsOptions options(std::make_shared<tls::FileWatcherCertificateProvider>(
      files.key, files.certificate, files.authorities, kReadAgainSeconds));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return tls::TlsServerCredentials(options);
}

void ShowCertificate(const grpc::AuthContext& peer, catalog::Credentials& credentials) {
  credentials.spiffe_id = Property(peer, GRPC_PEER_SPIFFE_ID_PROPERTY_NAME);
  credentials.subject = Property(peer, GRPC_X509_SUBJECT_PROPERTY_NAME);
}

}  // namespace souk::rpc
