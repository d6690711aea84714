// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/server.h"

#include <absl/synchronization/mutex.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <array>
#include <atomic>
#include <vector>

#include "base/limits.h"
#include "server/rpc/edge.h"
#include "server/rpc/grpc_log.h"
#include "server/rpc/services.h"
#include "server/rpc/tls.h"

namespace souk::rpc {
namespace {

constexpr std::array kServiceNames = {
    "souk.v1.RegistryService", "souk.v1.DiscoveryService",  "souk.v1.LineageService", "souk.v1.OwnershipService",
    "souk.v1.ChangeService",   "souk.v1.GovernanceService", "souk.v1.AdminService",
};

constexpr int kKeepaliveMs = 60'000;          // an idle client that vanished is noticed
constexpr int kPingIntervalLeastMs = 10'000;  // clients may ping this often

void Limit(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(limits::kRequestBytesMax));
  builder.SetMaxSendMessageSize(static_cast<int>(limits::kResponseBytesMax));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits::kConcurrentStreamsMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, limits::kMetadataBytesMax);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kPingIntervalLeastMs);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // two nodes on one port would share its calls silently
}

}  // namespace

struct RpcServer::Impl {
  Impl(Edge edge_made, const catalog::Backends& parts)
      : edge(std::move(edge_made)), services(MakeServices(edge, lanes, parts)) {}

  Lanes lanes;
  Edge edge;
  std::vector<std::unique_ptr<grpc::Service>> services;
  std::unique_ptr<grpc::Server> server;
  std::string address;
  std::atomic<bool> drained{false};
};

RpcServer::RpcServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

RpcServer::~RpcServer() { Drain(std::chrono::milliseconds(0)); }

StatusOr<std::unique_ptr<RpcServer>> RpcServer::Start(const RpcOptions& options, const catalog::Backends& parts,
                                                      const catalog::Authenticator& authenticator,
                                                      catalog::CallObserver& observer) {
  ASSIGN_OR_RETURN(Methods methods, Methods::Load());
  // Debian builds gRPC's mutexes so that they look for cycles among themselves at every lock: an aid for gRPC's authors
  // that takes a microsecond or two of each call. The setting is that of the process.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const EdgeParts edge_parts{
      authenticator, parts.authorizer,           observer,
      parts.clock,   options.certificates.any(), [&store = parts.store] { return store.silence(); }};
  auto impl = std::make_unique<Impl>(Edge(edge_parts, std::move(methods)), parts);
  LogWhatGrpcSays();
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  Limit(builder);
  int port = 0;
  builder.AddListeningPort(
      options.address, options.certificates.any() ? MutualTls(options.certificates) : grpc::InsecureServerCredentials(),
      &port);
  for (const auto& service : impl->services) builder.RegisterService(service.get());
  impl->server = builder.BuildAndStart();
  if (impl->server == nullptr || port == 0) {
    return errors::AddressTaken(options.address);
  }
  impl->address = options.address.substr(0, options.address.rfind(':') + 1) + std::to_string(port);
  std::unique_ptr<RpcServer> server(new RpcServer(std::move(impl)));
  server->SetServing(false);
  return server;
}

const std::string& RpcServer::address() const { return impl_->address; }

void RpcServer::SetServing(bool serving) {
  grpc::HealthCheckServiceInterface* health = impl_->server->GetHealthCheckService();
  health->SetServingStatus("", serving);
  for (const char* name : kServiceNames) health->SetServingStatus(name, serving);
}

void RpcServer::Drain(std::chrono::milliseconds grace) {
  if (impl_->drained.exchange(true)) return;
  SetServing(false);
  impl_->lanes.streams.Close();
  // gRPC takes a wall-clock deadline; the absolute form of its own type avoids the conversion.
  impl_->server->Shutdown(
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(grace.count(), GPR_TIMESPAN)));
  // Every call is finished, but a thread that finished one may still be on its way out of it.
  impl_->lanes.End();
}

}  // namespace souk::rpc
