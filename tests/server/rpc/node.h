// SPDX-License-Identifier: Apache-2.0
// A gRPC edge over a whole catalog, in the test's own process, on a free port. Thread-safe.
#pragma once

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "server/auth/development.h"
#include "server/catalog/observer.h"
#include "server/rpc/server.h"
#include "souk/v1/admin_service.grpc.pb.h"
#include "souk/v1/change_service.grpc.pb.h"
#include "souk/v1/discovery_service.grpc.pb.h"
#include "souk/v1/registry_service.grpc.pb.h"
#include "tests/server/support/mesh.h"

namespace souk::rpc {

// Long enough for any machine; what waits so long has failed.
inline constexpr std::chrono::seconds kPatience{30};

// Counts what begins (asks for an identity) and what ends.
class Witness final : public catalog::CallObserver, public catalog::Authenticator {
 public:
  void Ended(std::string_view method, Code code, std::chrono::nanoseconds took) override;
  StatusOr<catalog::Principal> Identify(const catalog::Credentials& credentials) const override;

  // False if it does not come to that.
  bool WaitBegun(int count) const;
  bool WaitEnded(std::string_view method, Code code, int count) const;
  // With whatever code.
  bool WaitEnded(std::string_view method, int count) const;
  int begun() const;

 private:
  const auth::DevelopmentAuthenticator authenticator_{"nobody"};
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable int begun_ = 0;
  std::map<std::pair<std::string, Code>, int> ended_;
};

class Node {
 public:
  // Serves.
  Node();

  // A connection of its own.
  std::shared_ptr<grpc::Channel> Connect() const;
  std::unique_ptr<v1::RegistryService::Stub> Registry() const { return v1::RegistryService::NewStub(channel); }

  support::Mesh mesh;
  Witness witness;
  std::unique_ptr<RpcServer> server;
  std::shared_ptr<grpc::Channel> channel;
};

// A client context with a deadline.
std::unique_ptr<grpc::ClientContext> Context(std::chrono::milliseconds deadline = kPatience);

// What grpc.health.v1 says of a service: "SERVING", "NOT_SERVING", "UNKNOWN", or the code of the error.
std::string HealthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& service);

// Reason, and one value of the metadata, from the details of an error.
std::string ReasonOf(const grpc::Status& status);
std::string MetadataOf(const grpc::Status& status, const std::string& key);
// Of its RetryInfo; 0 for none.
int64_t RetryMillis(const grpc::Status& status);

}  // namespace souk::rpc
