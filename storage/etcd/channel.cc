// SPDX-License-Identifier: Apache-2.0
#include "storage/etcd/channel.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <utility>

#include "base/errors.h"

namespace souk::storage::etcd {
namespace {

namespace tls = grpc::experimental;

// A transaction of full size, and a page of a list, with room.
constexpr int kMessageBytesMax = 64 * 1024 * 1024;
// etcd refuses clients that ping more often than every five seconds.
constexpr int kKeepaliveMs = 10'000;
constexpr int kKeepaliveAnswerMs = 5'000;
// A member that comes back is seen soon.
constexpr int kReconnectMs = 100;
constexpr int kConnectMsMax = 5'000;
constexpr int kReconnectMsMax = 1'000;

}  // namespace

Status Unreachable(std::string_view who, std::string_view why) {
  const Status status = errors::Unreachable(who, why);
  ErrorDetail detail = status.detail();
  detail.remedy = "Is etcd running there, and does it have a leader? --ledger names its members.";
  return {status.code(), status.message(), std::move(detail)};
}

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const CertificateFiles& files,
                                                        std::chrono::seconds read_again) {
  if (files.authorities.empty()) return grpc::InsecureChannelCredentials();
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<tls::FileWatcherCertificateProvider>(
      files.key, files.certificate, files.authorities, static_cast<unsigned>(read_again.count())));
  options.watch_root_certs();
  if (!files.certificate.empty()) options.watch_identity_key_cert_pairs();
  return tls::TlsCredentials(options);
}

std::shared_ptr<grpc::Channel> Connect(const std::string& endpoint,
                                       const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveAnswerMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMs);
  // Despite its name this is how long a connection may take to come about.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMsMax);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMsMax);
  // Whoever repeats a transaction must know what became of it: gRPC may not do it by itself.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(endpoint, credentials, arguments);
}

void SetDeadline(grpc::ClientContext& context, const Clock& clock, Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(deadline - clock.Monotonic());
  context.set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_micros(left.count(), GPR_TIMESPAN)));
}

void SetToken(grpc::ClientContext& context, const std::string& token) {
  if (!token.empty()) context.AddMetadata("token", token);
}

Status FromGrpc(const grpc::Status& status, bool writes) {
  const std::string text = "etcd: " + status.error_message();
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      return Status::Ok();
    case grpc::StatusCode::OUT_OF_RANGE:
      return {Code::kOutOfRange, text};
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return errors::NotWritable("etcd has no space left; compact, defragment and disarm its alarm (" + text + ")");
    case grpc::StatusCode::INVALID_ARGUMENT:
      return errors::Internal(text);
    case grpc::StatusCode::UNIMPLEMENTED: {
      ErrorDetail detail;
      detail.reason = "NOT_ETCD";
      detail.remedy = "Name the client addresses of etcd's members, such as --ledger=etcd://h1:2379,h2:2379,h3:2379.";
      return {Code::kFailedPrecondition, "what answers in the place of etcd is no etcd", std::move(detail)};
    }
    default:
      // Whatever else went wrong, the request may have been on its way already.
      if (writes) return errors::OutcomeUnknown("the change");
      return Unreachable("etcd", status.error_message());
  }
}

}  // namespace souk::storage::etcd
