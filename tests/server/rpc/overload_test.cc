// SPDX-License-Identifier: Apache-2.0
// More than a node can bear: who is turned away is told when to come back, and everybody else is served.
#include <gtest/gtest.h>

#include <list>
#include <thread>

#include "tests/server/rpc/node.h"

namespace souk::rpc {
namespace {

using support::Sample;

constexpr char kWatch[] = "souk.v1.ChangeService.WatchChanges";
constexpr int kWatchersMax = 64;

// A watcher that has been told something, so that it holds its thread.
struct Watcher {
  explicit Watcher(const std::shared_ptr<grpc::Channel>& channel) : stub(v1::ChangeService::NewStub(channel)) {
    v1::WatchChangesRequest request;
    request.set_after_revision("0");
    reader = stub->WatchChanges(context.get(), request);
    v1::WatchChangesResponse message;
    served = reader->Read(&message);
    if (!served) status = reader->Finish();
  }
  ~Watcher() {
    if (!served) return;
    context->TryCancel();
    static_cast<void>(reader->Finish());
  }

  std::unique_ptr<grpc::ClientContext> context = Context();
  std::unique_ptr<v1::ChangeService::Stub> stub;
  std::unique_ptr<grpc::ClientReader<v1::WatchChangesResponse>> reader;
  bool served = false;
  grpc::Status status;
};

grpc::Status Search(const std::shared_ptr<grpc::Channel>& channel, const std::string& min_revision,
                    std::chrono::milliseconds deadline = kPatience) {
  v1::SearchRequest request;
  request.set_query("orders");
  if (!min_revision.empty()) request.mutable_consistency()->set_min_revision(min_revision);
  v1::SearchResponse response;
  return v1::DiscoveryService::NewStub(channel)->Search(Context(deadline).get(), request, &response);
}

TEST(Overload, WatchersBeyondTheLimitAreToldWhenToComeBack) {
  const Node node;
  ASSERT_TRUE(node.mesh.Register(Sample{}).ok());
  std::list<Watcher> watchers;
  for (int i = 0; i < kWatchersMax; ++i) {
    watchers.emplace_back(node.channel);
    ASSERT_TRUE(watchers.back().served) << i << ": " << watchers.back().status.error_message();
  }
  for (int i = 0; i < 5; ++i) {
    const Watcher refused(node.channel);
    ASSERT_FALSE(refused.served);
    EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_EQ(ReasonOf(refused.status), "OVERLOADED");
    EXPECT_GT(RetryMillis(refused.status), 0);
  }
  // Everything else goes on.
  EXPECT_EQ(HealthOf(node.channel, ""), "SERVING");
  EXPECT_TRUE(Search(node.channel, "").ok());
  EXPECT_TRUE(node.mesh.Register(Sample{.version = "1.1.0"}).ok());
  // Who leaves makes room, without waiting for the next progress mark.
  watchers.pop_front();
  ASSERT_TRUE(node.witness.WaitEnded(kWatch, Code::kCancelled, 1));
  bool served = false;
  const auto until = node.mesh.clock.Monotonic() + kPatience;
  while (!served && node.mesh.clock.Monotonic() < until) served = Watcher(node.channel).served;
  EXPECT_TRUE(served);
}

// Those who wait for a revision hold none of the few threads that search.
TEST(Overload, WaitersDoNotKeepSearchersWaiting) {
  const Node node;
  ASSERT_TRUE(node.mesh.Register(Sample{}).ok());
  const std::string future = node.mesh.Token(node.mesh.revision() + 1000);
  constexpr int kWaiters = 24;
  std::vector<std::jthread> waiters;
  for (int i = 0; i < kWaiters; ++i) {
    waiters.emplace_back([&] { EXPECT_FALSE(Search(node.channel, future).ok()); });
  }
  ASSERT_TRUE(node.witness.WaitBegun(kWaiters));
  const auto before = node.mesh.clock.Monotonic();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(Search(node.channel, "").ok());
  v1::ListProductsResponse listed;
  EXPECT_TRUE(node.Registry()->ListProducts(Context().get(), {}, &listed).ok());
  EXPECT_EQ(HealthOf(node.channel, ""), "SERVING");
  EXPECT_LT(node.mesh.clock.Monotonic() - before, std::chrono::milliseconds(1500));  // they wait for three seconds
}

// A flood of searches from many connections: each is answered or refused with a hint; health stays quick.
TEST(Overload, AFloodIsServedOrRefusedNeverLost) {
  const Node node;
  ASSERT_TRUE(node.mesh.Register(Sample{}).ok());
  const std::string future = node.mesh.Token(node.mesh.revision() + 1000);
  constexpr int kChannels = 6;
  constexpr int kEach = 250;  // more together than those who wait have room for
  grpc::CompletionQueue queue;
  struct Call {
    std::unique_ptr<grpc::ClientContext> context = Context();
    v1::SearchResponse response;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<v1::SearchResponse>> reader;
  };
  std::list<Call> calls;
  v1::SearchRequest request;
  request.set_query("orders");
  request.mutable_consistency()->set_min_revision(future);
  std::vector<std::unique_ptr<v1::DiscoveryService::Stub>> stubs;
  for (int i = 0; i < kChannels; ++i) stubs.push_back(v1::DiscoveryService::NewStub(node.Connect()));
  for (int i = 0; i < kChannels * kEach; ++i) {
    Call& call = calls.emplace_back();
    call.reader = stubs[static_cast<size_t>(i % kChannels)]->AsyncSearch(call.context.get(), request, &queue);
    call.reader->Finish(&call.response, &call.status, &call);
  }
  int refused = 0;
  int answered = 0;
  void* tag = nullptr;
  bool ok = false;
  while (refused == 0 && queue.Next(&tag, &ok)) {
    ++answered;
    const auto& status = static_cast<Call*>(tag)->status;
    if (status.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED) continue;
    ++refused;
    EXPECT_EQ(ReasonOf(status), "OVERLOADED");
    EXPECT_GT(RetryMillis(status), 0);
  }
  EXPECT_EQ(refused, 1);
  // In the middle of it.
  EXPECT_EQ(HealthOf(node.channel, ""), "SERVING");
  EXPECT_TRUE(Search(node.channel, "").ok());
  for (Call& call : calls) call.context->TryCancel();
  for (; answered < kChannels * kEach && queue.Next(&tag, &ok); ++answered) {
    EXPECT_NE(static_cast<Call*>(tag)->status.error_code(), grpc::StatusCode::INTERNAL);
  }
  EXPECT_EQ(answered, kChannels * kEach);
  queue.Shutdown();
  EXPECT_FALSE(queue.Next(&tag, &ok));
}

}  // namespace
}  // namespace souk::rpc
