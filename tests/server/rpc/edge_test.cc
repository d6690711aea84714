// SPDX-License-Identifier: Apache-2.0
// The gRPC edge as a client meets it: health, reflection, errors, permissions, streams, drain.
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/limits.h"
#include "tests/server/rpc/node.h"

namespace souk::rpc {
namespace {

using support::RegistrationOf;
using support::Sample;

constexpr char kGet[] = "souk.v1.RegistryService.GetProduct";
constexpr char kBatch[] = "souk.v1.RegistryService.BatchRegister";
constexpr char kWatch[] = "souk.v1.ChangeService.WatchChanges";

grpc::Status Get(const Node& node, const std::string& name, v1::GetProductResponse* response,
                 grpc::ClientContext* context) {
  v1::GetProductRequest request;
  request.set_name(name);
  return node.Registry()->GetProduct(context, request, response);
}

TEST(Edge, AnswersTheContract) {
  const Node node;
  v1::RegisterProductResponse registered;
  const auto context = Context();
  context->AddMetadata("souk-actor", "ada@example.com");
  ASSERT_TRUE(node.Registry()->RegisterProduct(context.get(), RegistrationOf(Sample{}), &registered).ok());
  EXPECT_TRUE(registered.visible());
  EXPECT_EQ(registered.product().actor(), "ada@example.com");
  EXPECT_FALSE(registered.product().actor_verified());
  v1::GetProductResponse got;
  const grpc::Status status = Get(node, "sales/orders", &got, Context().get());
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(got.product().name(), Sample{}.line());
  EXPECT_TRUE(node.witness.WaitEnded(kGet, Code::kOk, 1));
}

TEST(Edge, ErrorsHaveReasonAndRemedy) {
  const Node node;
  v1::GetProductResponse got;
  grpc::Status status = Get(node, "sales/nothing", &got, Context().get());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ReasonOf(status), "NOT_FOUND");
  EXPECT_FALSE(MetadataOf(status, "remedy").empty());
  const auto context = Context();
  context->AddMetadata("souk-actor", std::string(300, 'x'));
  status = Get(node, "sales/nothing", &got, context.get());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

// A descriptor with hundreds of defects: a client with the usual limits still gets an answer that it can read, and one
// that asks for more gets all.
TEST(Edge, LongErrorsReachEveryClient) {
  const Node node;
  v1::RegisterProductRequest request = RegistrationOf(Sample{.owner = ""});
  std::string& product = *request.mutable_bundle()->mutable_documents(0)->mutable_content();
  for (int i = 0; i < 150; ++i) {
    product += (i == 0 ? "inputPorts:\n" : "") + std::string("- name: [") + std::to_string(i) + "]\n";
  }
  v1::RegisterProductResponse response;
  const grpc::Status few = node.Registry()->RegisterProduct(Context().get(), request, &response);
  EXPECT_EQ(ReasonOf(few), "BAD_DOCUMENT") << few.error_message();
  EXPECT_LT(few.error_details().size(), 8192U);
  EXPECT_GT(std::stoi("0" + MetadataOf(few, "findings_omitted")), 0);
  grpc::ChannelArguments arguments;
  constexpr int kHeaderBytes = 1024 * 1024;
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kHeaderBytes);
  const auto stub = v1::RegistryService::NewStub(
      grpc::CreateCustomChannel(node.server->address(), grpc::InsecureChannelCredentials(), arguments));
  const auto context = Context();
  context->AddMetadata("souk-error-bytes-max", "500000");
  const grpc::Status all = stub->RegisterProduct(context.get(), request, &response);
  EXPECT_EQ(ReasonOf(all), "BAD_DOCUMENT") << all.error_message();
  EXPECT_EQ(MetadataOf(all, "findings_omitted"), "");
  EXPECT_GT(all.error_details().size(), few.error_details().size());
}

TEST(Edge, HealthFollowsServing) {
  const Node node;
  for (const char* service : {"", "souk.v1.RegistryService", "souk.v1.AdminService"}) {
    EXPECT_EQ(HealthOf(node.channel, service), "SERVING") << service;
  }
  EXPECT_EQ(HealthOf(node.channel, "souk.v1.Nothing"), "NOT_FOUND");
  node.server->SetServing(false);
  EXPECT_EQ(HealthOf(node.channel, ""), "NOT_SERVING");
  EXPECT_EQ(HealthOf(node.channel, "souk.v1.RegistryService"), "NOT_SERVING");
  node.server->SetServing(true);
  EXPECT_EQ(HealthOf(node.channel, ""), "SERVING");
}

TEST(Edge, ReflectionListsTheServices) {
  const Node node;
  grpc::GenericStub stub(node.channel);
  grpc::CompletionQueue queue;
  const auto context = Context();
  auto call = stub.PrepareCall(context.get(), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  void* tag = nullptr;
  bool ok = false;
  call->StartCall(&call);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  // ServerReflectionRequest { string list_services = 7; }
  const grpc::Slice slice(std::string("\x3a\x01*"));
  const grpc::ByteBuffer request(&slice, 1);
  call->Write(request, &call);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  grpc::ByteBuffer response;
  call->Read(&response, &call);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  std::vector<grpc::Slice> slices;
  ASSERT_TRUE(response.Dump(&slices).ok());
  std::string bytes;
  for (const grpc::Slice& part : slices) bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
  for (const char* service :
       {"souk.v1.RegistryService", "souk.v1.DiscoveryService", "souk.v1.LineageService", "souk.v1.OwnershipService",
        "souk.v1.ChangeService", "souk.v1.GovernanceService", "souk.v1.AdminService"}) {
    EXPECT_NE(bytes.find(service), std::string::npos) << service;
  }
  context->TryCancel();
  grpc::Status status;
  call->Finish(&status, &call);
  EXPECT_TRUE(queue.Next(&tag, &ok));
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
}

TEST(Edge, DeadlinesAreKept) {
  const Node node;
  ASSERT_TRUE(node.mesh.Register(Sample{}).ok());
  v1::GetProductRequest request;
  request.set_name("sales/orders");
  request.mutable_consistency()->set_min_revision(node.mesh.Token(node.mesh.revision() + 1));
  v1::GetProductResponse response;
  const auto before = node.mesh.clock.Monotonic();
  const grpc::Status status =
      node.Registry()->GetProduct(Context(std::chrono::milliseconds(100)).get(), request, &response);
  EXPECT_TRUE(status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED ||
              status.error_code() == grpc::StatusCode::UNAVAILABLE)
      << status.error_message();
  // The node gave up as well, long before its own limit.
  EXPECT_TRUE(node.witness.WaitEnded(kGet, Code::kUnavailable, 1));
  EXPECT_LT(node.mesh.clock.Monotonic() - before, std::chrono::milliseconds(limits::kConsistencyWaitMsMax));
}

TEST(Edge, AsksForPermissions) {
  Node node;
  node.mesh.authorizer.Forbid(v1::PERMISSION_ADMIN);
  v1::GetStatusResponse response;
  const grpc::Status status = v1::AdminService::NewStub(node.channel)->GetStatus(Context().get(), {}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(ReasonOf(status), "PERMISSION_DENIED");
  v1::GetProductResponse got;
  EXPECT_EQ(Get(node, "sales/nothing", &got, Context().get()).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST(Edge, TooLargeAMessageIsRefused) {
  const Node node;
  v1::RegisterProductRequest request = RegistrationOf(Sample{});
  request.mutable_bundle()->mutable_documents(0)->set_content(std::string(limits::kRequestBytesMax, '#'));
  v1::RegisterProductResponse response;
  const grpc::Status status = node.Registry()->RegisterProduct(Context().get(), request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  request.mutable_bundle()->mutable_documents(0)->set_content(std::string(limits::kDocumentBytesMax + 1, '#'));
  EXPECT_EQ(ReasonOf(node.Registry()->RegisterProduct(Context().get(), request, &response)), "DOCUMENT_TOO_LARGE");
}

TEST(Edge, AnAddressIsTakenOnce) {
  const Node node;
  Witness witness;
  const auto second = RpcServer::Start({node.server->address()}, *node.mesh.parts, witness, witness);
  EXPECT_EQ(second.status().code(), Code::kUnavailable);
  EXPECT_EQ(support::ReasonOf(second), "ADDRESS_TAKEN");
}

TEST(Batch, RegistersAStream) {
  const Node node;
  v1::BatchRegisterResponse response;
  const auto context = Context();
  const auto stub = node.Registry();
  const auto writer = stub->BatchRegister(context.get(), &response);
  constexpr int kItems = 40;
  for (int i = 0; i < kItems; ++i) {
    v1::BatchRegisterRequest item;
    *item.mutable_item() = RegistrationOf(Sample{.name = "Line " + std::to_string(i)});
    ASSERT_TRUE(writer->Write(item));
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.results_size(), kItems);
  for (const auto& result : response.results()) EXPECT_EQ(result.code(), 0) << result.message();
  EXPECT_TRUE(response.visible());
  EXPECT_EQ(node.mesh.store->live_lines(), static_cast<uint64_t>(kItems));
}

TEST(Batch, HasALimit) {
  const Node node;
  v1::BatchRegisterResponse response;
  const auto context = Context();
  const auto stub = node.Registry();
  const auto writer = stub->BatchRegister(context.get(), &response);
  for (size_t i = 0; i <= limits::kBatchRegisterMax; ++i) {
    if (!writer->Write({})) break;
  }
  writer->WritesDone();
  EXPECT_EQ(ReasonOf(writer->Finish()), "TOO_MANY");
}

// Who may not publish is told so before anything is gathered for them.
TEST(Batch, IsRefusedAtItsBeginning) {
  Node node;
  node.mesh.authorizer.Forbid(v1::PERMISSION_PUBLISH);
  v1::BatchRegisterResponse response;
  const auto context = Context();
  const auto stub = node.Registry();
  const auto writer = stub->BatchRegister(context.get(), &response);
  EXPECT_TRUE(node.witness.WaitEnded(kBatch, Code::kPermissionDenied, 1));  // nothing was written, nor is it done
  EXPECT_EQ(ReasonOf(writer->Finish()), "PERMISSION_DENIED");
}

// A client that leaves in the middle: the call ends, and there is either nothing of it or whole items.
TEST(Batch, GivenUpEnds) {
  const Node node;
  for (int i = 0; i < 5; ++i) {
    const int begun = node.witness.begun();
    v1::BatchRegisterResponse response;
    const auto context = Context();
    const auto stub = node.Registry();
    const auto writer = stub->BatchRegister(context.get(), &response);
    v1::BatchRegisterRequest item;
    *item.mutable_item() = RegistrationOf(Sample{});
    ASSERT_TRUE(writer->Write(item));
    ASSERT_TRUE(node.witness.WaitBegun(begun + 1));
    context->TryCancel();
    EXPECT_EQ(writer->Finish().error_code(), grpc::StatusCode::CANCELLED);
    ASSERT_TRUE(node.witness.WaitEnded(kBatch, i + 1));
  }
  EXPECT_LE(node.mesh.revision(), 1U);
}

TEST(Drain, LetsRunningCallsEnd) {
  Node node;
  ASSERT_TRUE(node.mesh.Register(Sample{}).ok());
  v1::GetProductRequest request;
  request.set_name("sales/orders");
  request.mutable_consistency()->set_min_revision(node.mesh.Token(node.mesh.revision() + 1));
  grpc::Status waited(grpc::StatusCode::UNKNOWN, "");
  std::jthread caller([&] {
    v1::GetProductResponse response;
    waited = node.Registry()->GetProduct(Context().get(), request, &response);
  });
  ASSERT_TRUE(node.witness.WaitBegun(1));
  std::jthread drainer([&] { node.server->Drain(kPatience); });
  // Once the drain has begun, new calls are refused.
  const auto until = node.mesh.clock.Monotonic() + kPatience;
  grpc::Status refused;
  while (refused.error_code() != grpc::StatusCode::UNAVAILABLE && node.mesh.clock.Monotonic() < until) {
    v1::GetProductResponse response;
    refused = v1::RegistryService::NewStub(node.Connect())->GetProduct(Context().get(), {}, &response);
  }
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAVAILABLE);
  ASSERT_TRUE(node.mesh.Register(Sample{.version = "1.1.0"}).ok());
  caller.join();
  EXPECT_TRUE(waited.ok()) << waited.error_message();
  drainer.join();
}

TEST(Drain, EndsWatchersAtOnce) {
  Node node;
  ASSERT_TRUE(node.mesh.Register(Sample{}).ok());
  const auto stub = v1::ChangeService::NewStub(node.channel);
  const auto context = Context();
  v1::WatchChangesRequest request;
  request.set_after_revision("0");
  const auto reader = stub->WatchChanges(context.get(), request);
  v1::WatchChangesResponse message;
  ASSERT_TRUE(reader->Read(&message));
  const auto before = node.mesh.clock.Monotonic();
  node.server->Drain(kPatience);
  EXPECT_LT(node.mesh.clock.Monotonic() - before, kPatience / 2);
  while (reader->Read(&message)) {
  }
  EXPECT_EQ(ReasonOf(reader->Finish()), "SHUTTING_DOWN");
  EXPECT_TRUE(node.witness.WaitEnded(kWatch, Code::kUnavailable, 1));
  node.server->Drain(kPatience);  // idempotent
}

TEST(Drain, CutsOffWhatOutlastsItsGrace) {
  Node node;
  ASSERT_TRUE(node.mesh.Register(Sample{}).ok());
  v1::GetProductRequest request;
  request.set_name("sales/orders");
  request.mutable_consistency()->set_min_revision(node.mesh.Token(node.mesh.revision() + 1));
  std::jthread caller([&] {
    v1::GetProductResponse response;
    EXPECT_FALSE(node.Registry()->GetProduct(Context().get(), request, &response).ok());
  });
  ASSERT_TRUE(node.witness.WaitBegun(1));
  const auto before = node.mesh.clock.Monotonic();
  node.server->Drain(std::chrono::milliseconds(0));
  EXPECT_LT(node.mesh.clock.Monotonic() - before, kPatience / 2);
}

}  // namespace
}  // namespace souk::rpc
