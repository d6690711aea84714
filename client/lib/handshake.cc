// SPDX-License-Identifier: Apache-2.0
#include "client/lib/handshake.h"

#include <netdb.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <csignal>
#include <utility>

#include "base/errors.h"
#include "base/owned.h"

namespace souk::client {
namespace {

using Context = Owned<SSL_CTX, SSL_CTX_free>;
using Session = Owned<SSL, SSL_free>;
using Bio = Owned<BIO, BIO_free_all>;

constexpr std::array<unsigned char, 3> kHttp2 = {2, 'h', '2'};

// What OpenSSL remembers of a failure would otherwise be found by the next who asks, on this thread.
struct CleanErrors {
  ~CleanErrors() { ERR_clear_error(); }
};

// OpenSSL writes to its socket as to a file: a node that hangs up first would end the whole program by SIGPIPE, unless
// that is kept from this thread for as long.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoPipeSignal() {
    const timespec at_once{};
    // One that came meanwhile is ours.
    if (!was_pending_) sigtimedwait(&pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

using Addresses = Owned<addrinfo, freeaddrinfo>;

// "host:port" and "[::1]:port" in two; the port is empty where there is none.
std::pair<std::string, std::string> HostAndPort(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return {address, ""};
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {host, address.substr(colon + 1)};
}

// Null if the node can't be reached in that time. Then on, each wait for the node is as long at most.
Bio Connect(const std::string& host, const std::string& port, std::chrono::milliseconds duration_max) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return nullptr;
  const Addresses addresses(found);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration_max);
  timeval patience{};
  patience.tv_sec = seconds.count();
  patience.tv_usec = std::chrono::microseconds(duration_max - seconds).count();
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    const int socket = ::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol);
    if (socket < 0) continue;
    Bio bio(BIO_new_socket(socket, BIO_CLOSE));
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));  // connect keeps to it too
    if (connect(socket, one->ai_addr, one->ai_addrlen) == 0) return bio;
  }
  return nullptr;
}

Context NewContext(const CertificateFiles& files) {
  Context context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_verify(context.get(), files.authorities.empty() ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (!files.authorities.empty()) SSL_CTX_load_verify_file(context.get(), files.authorities.c_str());
  if (files.certificate.empty()) return context;
  SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str());
  SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM);
  return context;
}

Session NewSession(SSL_CTX* context, const std::string& host, Bio bio) {
  Session session(SSL_new(context));
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session.get()), host.c_str()) != 1) {
    SSL_set1_host(session.get(), host.c_str());
    SSL_set_tlsext_host_name(session.get(), host.c_str());
  }
  SSL_set_alpn_protos(session.get(), kHttp2.data(), kHttp2.size());
  BIO* raw = bio.release();
  SSL_set_bio(session.get(), raw, raw);
  return session;
}

Status NodeNotTrusted(const std::string& address, long verdict) {
  const std::string why = X509_verify_cert_error_string(verdict);
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return errors::NodeNotTrusted(address, "its certificate does not hold now (" + why + ")",
                                    "Its operator must renew it; compare the clocks of both machines too.");
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return errors::NodeNotTrusted(address, "its certificate is for another address (" + why + ")",
                                    "Use a name that the certificate holds (subjectAltName), or have that one added.");
    default:
      return errors::NodeNotTrusted(address, "its certificate is not signed by our authorities (" + why + ")",
                                    "Name the file of the authority that signed it: --tls-ca, SOUK_TLS_CA.");
  }
}

Status NoneShown(const std::string& address) {
  return errors::CertificateRefused(address, "it wants a certificate, and we show none",
                                    "Give --tls-cert and --tls-key (SOUK_TLS_CERT, SOUK_TLS_KEY).");
}

// The node's last word before it hung up, if that was about our certificate.
Status OfAlert(const std::string& address, int alert, bool shown) {
  switch (alert) {
    case SSL_AD_CERTIFICATE_EXPIRED:
      return errors::CertificateRefused(address, "our certificate has expired, it says",
                                        "Have it renewed; compare the clocks of both machines too.");
    case SSL_AD_UNKNOWN_CA:
      return errors::CertificateRefused(address, "our certificate is not signed by an authority of the node",
                                        "Use one that is (--tls-cert, --tls-key); the node's --tls-ca names them.");
    case SSL_AD_HANDSHAKE_FAILURE:
      if (shown) return Status::Ok();
      [[fallthrough]];
    case SSL_AD_CERTIFICATE_REQUIRED:
      return NoneShown(address);
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_DECRYPT_ERROR:
      return errors::CertificateRefused(
          address, std::string("it refuses our certificate (") + SSL_alert_desc_string_long(alert) + ")",
          "Use one that is for clients (clientAuth) and signed by an authority of the node.");
    default:
      return Status::Ok();
  }
}

// Why the session ended.
Status OfEnd(const std::string& address, const SSL* session, bool made, bool shown) {
  if (const long verdict = SSL_get_verify_result(session); verdict != X509_V_OK)
    return NodeNotTrusted(address, verdict);
  const int reason = ERR_GET_REASON(ERR_peek_last_error());
  if (made && reason <= SSL_AD_REASON_OFFSET) {
    // gRPC keeps the reason to itself and hangs up.
    if (!shown) return NoneShown(address);
    return errors::CertificateRefused(
        address, "it hung up when it saw our certificate",
        "Use one that is signed by an authority of the node (its --tls-ca) and valid by its clock; its log says more.");
  }
  if (reason == SSL_R_WRONG_VERSION_NUMBER) {
    return errors::NodeNotTrusted(address, "it speaks no TLS",
                                  "Leave out --tls-ca (SOUK_TLS_CA) for a node without, as `./dev up` starts it.");
  }
  return reason > SSL_AD_REASON_OFFSET ? OfAlert(address, reason - SSL_AD_REASON_OFFSET, shown) : Status::Ok();
}

}  // namespace

Status ExplainHandshake(const std::string& address, const CertificateFiles& files,
                        std::chrono::milliseconds duration_max) {
  const CleanErrors clean_errors;
  const NoPipeSignal no_pipe_signal;
  const auto [host, port] = HostAndPort(address);
  Bio bio = Connect(host, port, duration_max);
  if (bio == nullptr) return Status::Ok();
  const Context context = NewContext(files);
  const Session session = NewSession(context.get(), host, std::move(bio));
  ERR_clear_error();
  const bool made = SSL_connect(session.get()) == 1;
  if (files.authorities.empty()) {
    // We speak plain text: a node that gets as far as a cipher wants TLS.
    if (SSL_get_current_cipher(session.get()) == nullptr) return Status::Ok();
    return errors::NodeNotTrusted(address, "it speaks TLS, and we don't",
                                  "Give --tls-ca, and --tls-cert with --tls-key (SOUK_TLS_CA, …).");
  }
  // With TLS 1.3 the node looks at our certificate when we are through, and a node that is content speaks first.
  char byte = 0;
  const int read = made ? SSL_read(session.get(), &byte, 1) : 0;
  if (read > 0 || SSL_get_error(session.get(), read) == SSL_ERROR_WANT_READ) return Status::Ok();
  return OfEnd(address, session.get(), made, !files.certificate.empty());
}

}  // namespace souk::client
