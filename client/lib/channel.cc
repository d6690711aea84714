// SPDX-License-Identifier: Apache-2.0
#include "client/lib/channel.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include "base/limits.h"

namespace souk::client {
namespace {

namespace tls = grpc::experimental;

constexpr int kConnectMsMax = 10'000;
// Around the error: gRPC counts headers and trailers together, encoded as base64 at worst.
constexpr int kMetadataBytesMax = 2 * kErrorBytesMax;
// While a call waits: a node that hangs, or that a network swallowed, is noticed after the sum of the two. The node
// allows a ping every ten seconds.
constexpr int kKeepaliveMs = 20'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
// A certificate that is renewed is used for connections from then on.
constexpr unsigned kReadAgainSeconds = 60;

bool IsLoopback(const std::string& address) {
  return address.rfind("127.", 0) == 0 || address.rfind("localhost", 0) == 0 || address.rfind("[::1]", 0) == 0 ||
         address.rfind("unix:", 0) == 0;
}

}  // namespace

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const CertificateFiles& files) {
  if (files.authorities.empty()) return grpc::InsecureChannelCredentials();
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<tls::FileWatcherCertificateProvider>(
      files.key, files.certificate, files.authorities, kReadAgainSeconds));
  options.watch_root_certs();
  if (!files.certificate.empty()) options.watch_identity_key_cert_pairs();
  return tls::TlsCredentials(options);
}

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address,
                                         const std::shared_ptr<grpc::ChannelCredentials>& credentials,
                                         const ClientOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetUserAgentPrefix(options.user_agent);
  arguments.SetMaxReceiveMessageSize(static_cast<int>(limits::kResponseBytesMax));
  // The loop in Nodes::Call is the only one that retries.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // A node that comes back must be seen within our own pauses, not within gRPC's two minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, static_cast<int>(options.backoff_first.count()));
  // Despite its name this is how long a connection may take to come about: a busy node is slow, not absent.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMsMax);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, static_cast<int>(options.backoff_max.count()));
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // a watcher may send nothing for days
  if (IsLoopback(address)) arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

void Reconnect(grpc::Channel& channel, std::chrono::milliseconds patience) {
  grpc::experimental::ChannelResetConnectionBackoff(&channel);
  const gpr_timespec until =
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(patience.count(), GPR_TIMESPAN));
  grpc_connectivity_state state = channel.GetState(/*try_to_connect=*/true);
  // A channel that has failed says so until it is connected, also while it tries again.
  while (state != GRPC_CHANNEL_READY && channel.WaitForStateChange(state, until)) {
    state = channel.GetState(true);
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE) return;  // just now
  }
}

}  // namespace souk::client
