// SPDX-License-Identifier: Apache-2.0
#include "tests/server/rpc/node.h"

#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <stdexcept>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace souk::rpc {
namespace {

template <typename Detail>
bool FindDetail(const grpc::Status& status, Detail& detail) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return false;
  for (const google::protobuf::Any& any : details.details()) {
    if (any.UnpackTo(&detail)) return true;
  }
  return false;
}

}  // namespace

void Witness::Ended(std::string_view method, Code code, std::chrono::nanoseconds /*took*/) {
  {
    const std::lock_guard lock(mutex_);
    ++ended_[{std::string(method), code}];
  }
  changed_.notify_all();
}

StatusOr<catalog::Principal> Witness::Identify(const catalog::Credentials& credentials) const {
  {
    const std::lock_guard lock(mutex_);
    ++begun_;
  }
  changed_.notify_all();
  return authenticator_.Identify(credentials);
}

bool Witness::WaitBegun(int count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return begun_ >= count; });
}

bool Witness::WaitEnded(std::string_view method, Code code, int count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] {
    const auto found = ended_.find({std::string(method), code});
    return found != ended_.end() && found->second >= count;
  });
}

bool Witness::WaitEnded(std::string_view method, int count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] {
    int ended = 0;
    for (const auto& [key, times] : ended_) ended += key.first == method ? times : 0;
    return ended >= count;
  });
}

int Witness::begun() const {
  const std::lock_guard lock(mutex_);
  return begun_;
}

Node::Node() {
  auto started = RpcServer::Start({"127.0.0.1:0"}, *mesh.parts, witness, witness);
  if (!started.ok()) throw std::runtime_error(started.status().ToString());
  server = *std::move(started);
  server->SetServing(true);
  channel = Connect();
}

std::shared_ptr<grpc::Channel> Node::Connect() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // or channels to one address share a connection
  return grpc::CreateCustomChannel(server->address(), grpc::InsecureChannelCredentials(), arguments);
}

std::unique_ptr<grpc::ClientContext> Context(std::chrono::milliseconds deadline) {
  auto context = std::make_unique<grpc::ClientContext>();
  const SystemClock clock;
  context->set_deadline(std::chrono::system_clock::time_point(std::chrono::microseconds(clock.NowUs())) + deadline);
  return context;
}

std::string HealthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& service) {
  // HealthCheckRequest { string service = 1; }, HealthCheckResponse { ServingStatus status = 1; }
  std::string request;
  if (!service.empty()) request = std::string("\x0a") + static_cast<char>(service.size()) + service;
  const grpc::Slice slice(request);
  const grpc::ByteBuffer sent(&slice, 1);
  grpc::ByteBuffer received;
  grpc::GenericStub stub(channel);
  const auto context = Context();
  std::promise<grpc::Status> promise;
  stub.UnaryCall(context.get(), "/grpc.health.v1.Health/Check", grpc::StubOptions(), &sent, &received,
                 [&promise](const grpc::Status& status) { promise.set_value(status); });
  const grpc::Status status = promise.get_future().get();
  if (!status.ok()) return std::string(CodeName(static_cast<Code>(status.error_code())));
  std::string bytes;
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(received.Dump(&slices).ok());
  for (const grpc::Slice& part : slices) bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
  if (bytes == std::string("\x08\x01")) return "SERVING";
  if (bytes == std::string("\x08\x02")) return "NOT_SERVING";
  return "UNKNOWN";
}

std::string ReasonOf(const grpc::Status& status) {
  if (status.ok()) return "OK";
  google::rpc::ErrorInfo info;
  return FindDetail(status, info) ? info.reason() : std::string(CodeName(static_cast<Code>(status.error_code())));
}

std::string MetadataOf(const grpc::Status& status, const std::string& key) {
  google::rpc::ErrorInfo info;
  if (!FindDetail(status, info)) return {};
  const auto found = info.metadata().find(key);
  return found == info.metadata().end() ? std::string() : found->second;
}

int64_t RetryMillis(const grpc::Status& status) {
  google::rpc::RetryInfo retry;
  if (!FindDetail(status, retry)) return 0;
  return retry.retry_delay().seconds() * 1000 + retry.retry_delay().nanos() / 1'000'000;
}

}  // namespace souk::rpc
