// SPDX-License-Identifier: Apache-2.0
// Journeys of tools that were not made for Souk: probes, scrapers, gRPC tools, and clients that are slow or rude.
#include <grpc/support/time.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "tests/journeys/journey.h"
#include "tests/support/socket.h"

namespace souk::journeys {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Edges : public Journey {
 protected:
  static support::HttpAnswer Http(std::string_view target) {
    return Must(support::HttpGet(node().http_address(), target));
  }

  static std::string Raw(std::string_view bytes) {
    support::Socket socket = Must(support::Socket::Connect(node().http_address()));
    Must(socket.Send(bytes));
    return Must(socket.ReadToEnd(std::chrono::seconds(20)));
  }
};

grpc::ByteBuffer Buffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string Text(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return {};
  std::string text;
  for (const grpc::Slice& slice : slices) text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return text;
}

// Sends one message to a method of which we have no generated code, and reads the first answer.
StatusOr<std::string> AskRaw(const std::string& address, const std::string& method, const std::string& message) {
  grpc::GenericStub stub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_seconds(30, GPR_TIMESPAN)));
  grpc::CompletionQueue queue;
  const auto stream = stub.PrepareCall(&context, method, &queue);
  const auto done = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  grpc::ByteBuffer answer;
  stream->StartCall(nullptr);
  bool answered = done();
  if (answered) {
    stream->WriteLast(Buffer(message), grpc::WriteOptions(), nullptr);
    done();  // a call that is refused at once breaks the write; the read then says it
    stream->Read(&answer, nullptr);
    answered = done();
  }
  if (answered) context.TryCancel();
  grpc::Status status;
  stream->Finish(&status, nullptr);
  done();
  if (answered) return Text(answer);
  return Status(static_cast<Code>(status.error_code()), status.error_message());
}

constexpr char kServing[] = "\x08\x01";  // HealthCheckResponse{status: SERVING}

TEST_F(Edges, AProbeAsksHealthOverTheWire) {
  const std::string method = "/grpc.health.v1.Health/Check";
  EXPECT_EQ(Must(AskRaw(node().grpc_address(), method, "")), kServing);
  const std::string service = "souk.v1.RegistryService";
  const std::string request = std::string("\x0a") + static_cast<char>(service.size()) + service;
  EXPECT_EQ(Must(AskRaw(node().grpc_address(), method, request)), kServing);
  EXPECT_EQ(AskRaw(node().grpc_address(), method, "\x0a\x04nope").status().code(), Code::kNotFound);
}

TEST_F(Edges, AGrpcToolLearnsTheServicesByReflection) {
  const std::string list_services = "\x3a\x01*";  // ServerReflectionRequest{list_services: "*"}
  const std::string answer = Must(
      AskRaw(node().grpc_address(), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", list_services));
  for (const char* service : {"RegistryService", "DiscoveryService", "LineageService", "OwnershipService",
                              "ChangeService", "GovernanceService", "AdminService"}) {
    EXPECT_THAT(answer, HasSubstr(std::string("souk.v1.") + service));
  }
}

TEST_F(Edges, AMethodThatIsNotThereIsUnimplemented) {
  EXPECT_EQ(AskRaw(node().grpc_address(), "/souk.v1.RegistryService/Nonsense", "").status().code(),
            Code::kUnimplemented);
  const auto garbled = AskRaw(node().grpc_address(), "/souk.v1.RegistryService/GetProduct", "\xff\xff");
  EXPECT_FALSE(garbled.ok()) << "bytes that are not the message";
  EXPECT_TRUE(client().ListProducts({}).ok());
}

TEST_F(Edges, HealthReadinessAndMetricsAreThere) {
  EXPECT_EQ(Http("/healthz").code, 200);
  EXPECT_EQ(Http("/readyz").code, 200);
  EXPECT_EQ(Http("/nothing-here").code, 404);
  Register({.domain = "metrics", .name = "Counted"});
  const support::HttpAnswer metrics = Http("/metrics");
  EXPECT_EQ(metrics.code, 200);
  EXPECT_THAT(metrics.head, HasSubstr("text/plain; version=0.0.4"));
  EXPECT_THAT(metrics.body, HasSubstr("# TYPE souk_calls_total counter"));
  EXPECT_THAT(metrics.body, HasSubstr("RegisterProduct"));
  EXPECT_THAT(metrics.body, HasSubstr("souk_products 1"));
}

TEST_F(Edges, BadHttpIsAnsweredOrClosedAndServingGoesOn) {
  EXPECT_THAT(Raw("POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(Raw("GET /healthz HTTP/1.1\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"),
              ::testing::AnyOf(StartsWith("HTTP/1.1 431"), ::testing::IsEmpty()));
  EXPECT_THAT(Raw("\x16\x03\x01\x02 this is not HTTP\r\n\r\n"),
              ::testing::AnyOf(StartsWith("HTTP/1.1 400"), ::testing::IsEmpty()));
  EXPECT_THAT(Raw("POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"),
              ::testing::AnyOf(StartsWith("HTTP/1.1 4"), ::testing::IsEmpty()));
  EXPECT_EQ(Http("/healthz").code, 200);
}

TEST_F(Edges, SlowClientsDontHurtOthersAndAreShownTheDoor) {
  std::vector<support::Socket> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(Must(support::Socket::Connect(node().http_address())));
    Must(slow.back().Send("GET /metrics HTTP/1.1\r\nHost"));
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Must(support::HttpGet(node().http_address(), "/healthz", std::chrono::seconds(5))).code, 200);
  }
  EXPECT_TRUE(slow.front().ReadToEnd(std::chrono::seconds(60)).ok()) << "a half request is not waited for forever";
}

TEST_F(Edges, AnOpenConnectionDoesNotHoldUpAStop) {
  const support::Socket idle = Must(support::Socket::Connect(node().http_address()));
  const auto reader = client().WatchChanges({});
  Must(node().Stop());
  StartAgain();
  EXPECT_EQ(Http("/readyz").code, 200);
}

}  // namespace
}  // namespace souk::journeys
