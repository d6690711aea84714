// SPDX-License-Identifier: Apache-2.0
#include "client/lib/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <set>

#include "base/errors.h"
#include "base/limits.h"
#include "tests/client/support/fake_node.h"

namespace souk::client {
namespace {

using std::chrono::milliseconds;

constexpr char kGet[] = "RegistryService/GetProduct";
constexpr char kRegister[] = "RegistryService/RegisterProduct";

class ClientTest : public ::testing::Test {
 protected:
  ClientOptions Options() {
    ClientOptions options;
    options.addresses = {node_.address()};
    options.random = [this] { return static_cast<double>(++chance_ % 16) / 16; };
    options.pause = [this](milliseconds pause) { pauses_.push_back(pause.count()); };
    return options;
  }
  // The first `failures` calls fail, then it works.
  void FailFirst(int failures, const Status& status) {
    node_.Answer<v1::GetProductRequest, v1::GetProductResponse>(
        kGet, [this, failures, status](const v1::GetProductRequest& request) -> StatusOr<v1::GetProductResponse> {
          if (++calls_ <= failures) return status;
          v1::GetProductResponse response;
          response.mutable_product()->set_name(request.name());
          return response;
        });
  }

  FakeNode node_;
  std::atomic<int> calls_{0};
  int chance_ = 0;
  std::vector<int64_t> pauses_;
};

TEST_F(ClientTest, AnswersComeThrough) {
  FailFirst(0, Status::Ok());
  Client client(Options());
  v1::GetProductRequest request;
  request.set_name("sales/orders");
  const auto response = client.GetProduct(request);
  ASSERT_TRUE(response.ok()) << response.status().ToString();
  EXPECT_EQ(response->product().name(), "sales/orders");
}

TEST_F(ClientTest, UnavailableIsTriedAgainWithGrowingPauses) {
  FailFirst(3, errors::ShuttingDown());
  Client client(Options());
  EXPECT_TRUE(client.GetProduct({}).ok());
  EXPECT_EQ(calls_, 4);
  ASSERT_EQ(pauses_.size(), 3U);
  EXPECT_THAT(pauses_[0], ::testing::AllOf(::testing::Ge(50), ::testing::Le(100)));
  EXPECT_THAT(pauses_[2], ::testing::AllOf(::testing::Ge(200), ::testing::Le(400)));
}

TEST_F(ClientTest, TriesAreBounded) {
  FailFirst(100, errors::ShuttingDown());
  Client client(Options());
  const auto response = client.GetProduct({});
  EXPECT_EQ(response.status().code(), Code::kUnavailable);
  EXPECT_EQ(response.status().reason(), "SHUTTING_DOWN");
  EXPECT_EQ(calls_, kAttemptsMax);
}

TEST_F(ClientTest, NothingElseIsTriedAgain) {
  for (const Code code : {Code::kInvalidArgument, Code::kDeadlineExceeded, Code::kNotFound, Code::kAborted,
                          Code::kResourceExhausted, Code::kUnknown, Code::kInternal}) {
    calls_ = 0;
    FailFirst(1, Status(code, "no"));
    Client client(Options());
    EXPECT_EQ(client.GetProduct({}).status().code(), code);
    EXPECT_EQ(calls_, 1) << CodeName(code);
  }
  EXPECT_TRUE(pauses_.empty());
}

TEST_F(ClientTest, ErrorsKeepTheirDetail) {
  FailFirst(1, errors::UnknownTeam("checkout"));
  Client client(Options());
  const Status status = client.GetProduct({}).status();
  EXPECT_EQ(status.message(), errors::UnknownTeam("checkout").message());
  EXPECT_EQ(status.reason(), "UNKNOWN_TEAM");
  EXPECT_EQ(status.detail().remedy, errors::UnknownTeam("checkout").detail().remedy);
}

TEST_F(ClientTest, AnErrorWithoutWordsGetsSome) {
  FailFirst(1, Status(Code::kUnimplemented, ""));
  const Status status = Client(Options()).GetProduct({}).status();
  EXPECT_EQ(status.code(), Code::kUnimplemented);
  EXPECT_EQ(status.message(), node_.address() + " answered UNIMPLEMENTED and did not say why");
  EXPECT_FALSE(status.detail().remedy.empty());
}

TEST_F(ClientTest, TheNextNodeIsAskedAtOnce) {
  FailFirst(0, Status::Ok());
  ClientOptions options = Options();
  options.addresses = {"127.0.0.1:1", node_.address()};  // nobody listens on port 1
  Client client(options);
  EXPECT_TRUE(client.GetProduct({}).ok());
  EXPECT_TRUE(pauses_.empty());
  EXPECT_TRUE(client.GetProduct({}).ok());  // and asked first from now on
  EXPECT_EQ(calls_, 2);
}

TEST_F(ClientTest, NobodyThereIsUnreachable) {
  ClientOptions options = Options();
  options.addresses = {"127.0.0.1:1"};
  const Status status = Client(options).GetProduct({}).status();
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_EQ(status.reason(), "UNREACHABLE");
  EXPECT_FALSE(status.detail().remedy.empty());
}

// A busy node, or one far away: the connection stands, and nobody has taken it yet.
TEST_F(ClientTest, AConnectionThatIsSlowIsWaitedForUntilTheDeadline) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(listener, any, length), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ASSERT_EQ(::getsockname(listener, any, &length), 0);
  ClientOptions options = Options();
  options.addresses = {"127.0.0.1:" + std::to_string(ntohs(address.sin_port))};
  CallOptions call;
  call.deadline = 10 * kBackoffFirst;
  const Status status = Client(options).GetProduct({}, call).status();
  EXPECT_EQ(status.code(), Code::kDeadlineExceeded) << status.ToString();
  ::close(listener);
}

TEST_F(ClientTest, ADeadlineThatPassesSaysSo) {
  node_.On(kGet, [](const auto&) { return FakeNode::Reply{{}, Status::Ok(), true}; });
  Client client(Options());
  CallOptions call;
  call.deadline = milliseconds(20);
  EXPECT_EQ(client.GetProduct({}, call).status().code(), Code::kDeadlineExceeded);
}

TEST_F(ClientTest, APauseBeyondTheDeadlineIsNotTaken) {
  FailFirst(100, errors::ShuttingDown());
  ManualClock clock(0);
  ClientOptions options = Options();
  options.clock = &clock;
  options.pause = [&](milliseconds pause) { clock.AdvanceUs(pause.count() * 1000); };
  options.deadline = milliseconds(120);
  Client client(options);
  EXPECT_EQ(client.GetProduct({}).status().code(), Code::kUnavailable);
  EXPECT_LE(clock.NowUs(), 120'000);
  EXPECT_LT(calls_, kAttemptsMax);
}

TEST_F(ClientTest, CancellationEndsACall) {
  std::promise<void> called;
  node_.On(kGet, [&](const auto&) {
    called.set_value();
    return FakeNode::Reply{{}, Status::Ok(), true};
  });
  Client client(Options());
  Cancellation cancellation;
  CallOptions call;
  call.cancellation = &cancellation;
  auto answer = std::async(std::launch::async, [&] { return client.GetProduct({}, call).status(); });
  called.get_future().wait();
  cancellation.Cancel();
  EXPECT_EQ(answer.get().code(), Code::kCancelled);
  EXPECT_EQ(client.GetProduct({}, call).status().code(), Code::kCancelled);  // for good
}

TEST_F(ClientTest, AllTriesOfAChangeShareOneRequestId) {
  node_.Answer<v1::RegisterProductRequest, v1::RegisterProductResponse>(
      kRegister, [this](const v1::RegisterProductRequest&) -> StatusOr<v1::RegisterProductResponse> {
        if (++calls_ <= 2) return errors::ShuttingDown();
        return v1::RegisterProductResponse();
      });
  Client client(Options());
  ASSERT_TRUE(client.RegisterProduct({}).ok());
  std::set<std::string> ids;
  for (const auto& request : node_.requests<v1::RegisterProductRequest>(kRegister)) ids.insert(request.request_id());
  ASSERT_EQ(ids.size(), 1U);
  EXPECT_FALSE(ids.begin()->empty());

  v1::RegisterProductRequest own;
  own.set_request_id("mine");
  ASSERT_TRUE(client.RegisterProduct(own).ok());
  v1::RegisterProductRequest judged;
  judged.set_validate_only(true);
  ASSERT_TRUE(client.RegisterProduct(judged).ok());
  const auto requests = node_.requests<v1::RegisterProductRequest>(kRegister);
  EXPECT_EQ(requests[3].request_id(), "mine");
  EXPECT_EQ(requests[4].request_id(), "");
}

TEST_F(ClientTest, ReadsFollowOwnWritesWhereWanted) {
  FailFirst(0, Status::Ok());
  v1::RegisterProductResponse written;
  written.set_revision("e1-42");
  node_.Answer<v1::RegisterProductRequest, v1::RegisterProductResponse>(kRegister, written);
  ClientOptions options = Options();
  options.read_your_writes = true;
  Client client(options);
  ASSERT_TRUE(client.GetProduct({}).ok());
  ASSERT_TRUE(client.RegisterProduct({}).ok());
  EXPECT_EQ(client.newest_revision(), "e1-42");
  ASSERT_TRUE(client.GetProduct({}).ok());
  v1::GetProductRequest explicit_request;
  explicit_request.mutable_consistency()->set_latest(true);
  ASSERT_TRUE(client.GetProduct(explicit_request).ok());
  const auto requests = node_.requests<v1::GetProductRequest>(kGet);
  EXPECT_FALSE(requests[0].has_consistency());
  EXPECT_EQ(requests[1].consistency().min_revision(), "e1-42");
  EXPECT_TRUE(requests[2].consistency().latest());
}

TEST_F(ClientTest, ABatchIsOneStreamAndIsBounded) {
  node_.On("RegistryService/BatchRegister", [](const std::vector<std::string>& requests) {
    v1::BatchRegisterResponse response;
    for (size_t i = 0; i < requests.size(); ++i) response.add_results()->set_index(static_cast<uint32_t>(i));
    response.set_revision("e1-7");
    return FakeNode::Reply{{response.SerializeAsString()}, Status::Ok(), false};
  });
  Client client(Options());
  const auto response = client.BatchRegister(std::vector<v1::RegisterProductRequest>(3));
  ASSERT_TRUE(response.ok()) << response.status().ToString();
  EXPECT_EQ(response->results_size(), 3);
  EXPECT_EQ(client.newest_revision(), "e1-7");
  EXPECT_EQ(node_.calls("RegistryService/BatchRegister"), 1);

  const std::vector<v1::RegisterProductRequest> too_many(limits::kBatchRegisterMax + 1);
  EXPECT_EQ(client.BatchRegister(too_many).status().reason(), "TOO_MANY");
}

}  // namespace
}  // namespace souk::client
