// SPDX-License-Identifier: Apache-2.0
#include "client/lib/registrar.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <set>
#include <stdexcept>

#include "base/errors.h"
#include "client/lib/spool.h"
#include "tests/client/support/fake_node.h"
#include "tests/support/temp_directory.h"

namespace souk::client {
namespace {

using Kind = RegistrarState::Kind;

constexpr char kRegister[] = "RegistryService/RegisterProduct";
constexpr std::chrono::seconds kPatience{30};  // a test that hangs fails; none waits so long

class RegistrarTest : public ::testing::Test {
 protected:
  void AnswerWith(int failures, const Status& failure) {
    node_.Answer<v1::RegisterProductRequest, v1::RegisterProductResponse>(
        kRegister,
        [this, failures, failure](const v1::RegisterProductRequest&) -> StatusOr<v1::RegisterProductResponse> {
          if (++calls_ <= failures) return failure;
          v1::RegisterProductResponse response;
          response.set_revision("r1");
          return response;
        });
  }
  ClientOptions Options() {
    ClientOptions options;
    options.addresses = {node_.address()};
    options.pause = [](std::chrono::milliseconds) {};
    return options;
  }
  static RegistrarOptions For(const std::string& name) {
    RegistrarOptions options;
    options.request.mutable_bundle()->mutable_model()->set_name(name);
    options.pause = [](std::chrono::milliseconds) {};
    return options;
  }

  FakeNode node_;
  std::atomic<int> calls_{0};
  support::TempDirectory folder_;
};

TEST_F(RegistrarTest, RegistersInTheBackground) {
  AnswerWith(0, Status::Ok());
  Client client(Options());
  const Registrar registrar(client, For("orders"));
  ASSERT_TRUE(registrar.WaitFor(kPatience));
  EXPECT_EQ(registrar.state().kind, Kind::kRegistered);
  EXPECT_EQ(registrar.state().attempts, 1);
  EXPECT_EQ(registrar.state().response.revision(), "r1");
}

TEST_F(RegistrarTest, KeepsTryingWithOneRequestId) {
  AnswerWith(5, errors::ShuttingDown());
  Client client(Options());
  std::vector<Kind> seen;
  RegistrarOptions options = For("orders");
  options.on_change = [&](const RegistrarState& state) { seen.push_back(state.kind); };
  {
    const Registrar registrar(client, options);
    ASSERT_TRUE(registrar.WaitFor(kPatience));
    EXPECT_EQ(registrar.state().attempts, 6);
  }
  EXPECT_EQ(seen, (std::vector<Kind>{Kind::kTrying, Kind::kTrying, Kind::kTrying, Kind::kTrying, Kind::kTrying,
                                     Kind::kRegistered}));
  std::set<std::string> ids;
  for (const auto& request : node_.requests<v1::RegisterProductRequest>(kRegister)) ids.insert(request.request_id());
  EXPECT_EQ(ids.size(), 1U);
}

TEST_F(RegistrarTest, ARefusalIsFinal) {
  AnswerWith(100, errors::RefusedByGate("sales/orders@1", {}));
  Client client(Options());
  const Registrar registrar(client, For("orders"));
  ASSERT_TRUE(registrar.WaitFor(kPatience));
  EXPECT_EQ(registrar.state().kind, Kind::kRefused);
  EXPECT_EQ(registrar.state().last_error.reason(), "REFUSED_BY_GATE");
  EXPECT_EQ(calls_, 1);
}

TEST_F(RegistrarTest, ANodeThatComesLaterIsFound) {
  auto absent = std::make_unique<FakeNode>();
  const std::string address = absent->address();
  const int port = std::stoi(address.substr(address.find(':') + 1));
  absent.reset();  // its port is free, and most likely stays so
  ClientOptions client_options = Options();
  client_options.addresses = {address};
  client_options.backoff_first = std::chrono::milliseconds(1);
  Client client(client_options);
  std::unique_ptr<FakeNode> late;
  RegistrarOptions options = For("orders");
  options.pause = [&](std::chrono::milliseconds) {
    if (late != nullptr) return;
    late = std::make_unique<FakeNode>(port);
    late->Answer<v1::RegisterProductRequest, v1::RegisterProductResponse>(kRegister, v1::RegisterProductResponse());
  };
  const Registrar registrar(client, options);
  ASSERT_TRUE(registrar.WaitFor(kPatience));
  EXPECT_EQ(registrar.state().kind, Kind::kRegistered);
  EXPECT_GT(registrar.state().attempts, 1);
}

TEST_F(RegistrarTest, EndsAtOnceWhileACallHangs) {
  std::promise<void> called;
  node_.On(kRegister, [&](const auto&) {
    called.set_value();
    return FakeNode::Reply{{}, Status::Ok(), true};
  });
  Client client(Options());
  RegistrarState last;
  RegistrarOptions options = For("orders");
  options.on_change = [&](const RegistrarState& state) { last = state; };
  const auto started = std::chrono::steady_clock::now();
  {
    const Registrar registrar(client, options);
    called.get_future().wait();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - started, kBulkDeadline / 2);  // long before the call's own deadline
  EXPECT_EQ(last.kind, Kind::kStopped);
}

TEST_F(RegistrarTest, EndsAtOnceWhileItWaits) {
  AnswerWith(100, errors::ShuttingDown());
  Client client(Options());
  std::promise<void> tried;
  RegistrarOptions options = For("orders");
  options.pause = nullptr;  // the real one
  options.backoff_first = options.backoff_max = std::chrono::hours(1);
  options.on_change = [&](const RegistrarState& state) {
    if (state.kind == Kind::kTrying) tried.set_value();
  };
  const Registrar registrar(client, options);
  tried.get_future().wait();
}

TEST_F(RegistrarTest, WhatTheApplicationThrowsIsItsOwnAffair) {
  AnswerWith(1, errors::ShuttingDown());
  Client client(Options());
  RegistrarOptions options = For("orders");
  options.on_change = [](const RegistrarState&) { throw std::runtime_error("not the registrar's problem"); };
  const Registrar registrar(client, options);
  ASSERT_TRUE(registrar.WaitFor(kPatience));
  EXPECT_EQ(registrar.state().kind, Kind::kRegistered);
}

TEST_F(RegistrarTest, WhatWasNotTakenIsSpooledAndSentAtTheNextStart) {
  const ManualClock clock(1);
  AnswerWith(1, errors::ShuttingDown());
  RegistrarOptions options = For("orders");
  options.spool_directory = folder_ / "spool";
  options.pause = nullptr;
  options.backoff_first = options.backoff_max = std::chrono::hours(1);
  std::promise<void> tried;
  options.on_change = [&](const RegistrarState& state) {
    if (state.kind == Kind::kTrying && state.spooled) tried.set_value();
  };
  Client client(Options());
  {
    const Registrar registrar(client, options);
    tried.get_future().wait();
  }
  Spool spool(folder_ / "spool", client.options().addresses, clock);
  EXPECT_EQ(spool.List()->size(), 1U);

  // The next start, of another product: the node is there again.
  RegistrarOptions other = For("refunds");
  other.spool_directory = options.spool_directory;
  const Registrar registrar(client, other);
  ASSERT_TRUE(registrar.WaitFor(kPatience));
  EXPECT_TRUE(spool.List()->empty());
  std::vector<std::string> names;
  for (const auto& request : node_.requests<v1::RegisterProductRequest>(kRegister)) {
    names.push_back(request.bundle().model().name());
  }
  EXPECT_EQ(names, (std::vector<std::string>{"orders", "orders", "refunds"}));
}

}  // namespace
}  // namespace souk::client
