// SPDX-License-Identifier: Apache-2.0
#include "client/lib/health.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <string>
#include <vector>

namespace souk::client {
namespace {

// Two messages of one field each need no generated code: HealthCheckRequest{} and HealthCheckResponse{status: SERVING}.
constexpr char kMethod[] = "/grpc.health.v1.Health/Check";
constexpr std::string_view kServing = "\x08\x01";

std::string Text(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (!buffer.Dump(&slices).ok()) return text;
  for (const grpc::Slice& slice : slices) text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return text;
}

}  // namespace

grpc::Status CheckHealth(const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context, Health& health) {
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  const grpc::Slice nothing("");
  const auto call = stub.PrepareUnaryCall(&context, kMethod, grpc::ByteBuffer(&nothing, 1), &queue);
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->StartCall();
  call->Finish(&answer, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  const bool unknown = status.error_code() == grpc::StatusCode::UNIMPLEMENTED;
  health = unknown || (status.ok() && Text(answer) == kServing) ? Health::kServing : Health::kNotServing;
  return unknown ? grpc::Status::OK : status;
}

}  // namespace souk::client
