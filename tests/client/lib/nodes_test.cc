// SPDX-License-Identifier: Apache-2.0
// A client that knows several nodes: which it asks, what makes it move on, and what must not happen twice.
#include "client/lib/nodes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>

#include "base/errors.h"
#include "client/lib/client.h"
#include "tests/client/support/fake_node.h"

namespace souk::client {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr char kGet[] = "RegistryService/GetProduct";
constexpr char kRegister[] = "RegistryService/RegisterProduct";
constexpr char kBatch[] = "RegistryService/BatchRegister";

class NodesTest : public ::testing::Test {
 protected:
  NodesTest() {
    for (FakeNode* node : {one_.get(), two_.get()}) {
      node->SetServing(true);
      node->Answer<v1::GetProductRequest, v1::GetProductResponse>(kGet, v1::GetProductResponse());
    }
  }
  ClientOptions Options() {
    ClientOptions options;
    options.addresses = {one_->address(), two_->address()};
    options.random = [] { return 0.0; };
    options.pause = [this](milliseconds pause) { pauses_.push_back(pause); };
    return options;
  }
  template <typename Request, typename Response>
  static void Refuse(FakeNode& node, const char* method, const Status& status) {
    node.Answer<Request, Response>(method, [status](const Request&) -> StatusOr<Response> { return status; });
  }
  static void RefuseReads(FakeNode& node, const Status& status) {
    Refuse<v1::GetProductRequest, v1::GetProductResponse>(node, kGet, status);
  }
  static void AnswerWrites(FakeNode& node, const std::string& revision) {
    v1::RegisterProductResponse response;
    response.set_revision(revision);
    node.Answer<v1::RegisterProductRequest, v1::RegisterProductResponse>(kRegister, response);
  }

  std::unique_ptr<FakeNode> one_ = std::make_unique<FakeNode>();
  std::unique_ptr<FakeNode> two_ = std::make_unique<FakeNode>();
  std::vector<milliseconds> pauses_;
};

TEST_F(NodesTest, TheFirstThatIsWellIsUsedAndAskedForItsHealthOnce) {
  Client client(Options());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(client.GetProduct({}).ok());
  EXPECT_EQ(one_->calls(kGet), 3);
  EXPECT_EQ(one_->calls(kHealthMethod), 1);
  EXPECT_EQ(two_->calls(kHealthMethod), 0);
}

TEST_F(NodesTest, OneThatIsNotServingIsLeftForAnother) {
  one_->SetServing(false);
  Client client(Options());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(client.GetProduct({}).ok());
  EXPECT_EQ(one_->calls(kGet), 0);
  EXPECT_EQ(one_->calls(kHealthMethod), 1) << "the client stays with the node that answered";
  EXPECT_TRUE(pauses_.empty());
}

TEST_F(NodesTest, ASingleNodeIsNotAskedForItsHealth) {
  one_->SetServing(false);
  ClientOptions options = Options();
  options.addresses = {one_->address()};
  EXPECT_TRUE(Client(options).GetProduct({}).ok());
  EXPECT_EQ(one_->calls(kHealthMethod), 0);
}

TEST_F(NodesTest, ChancePicksTheFirstWhereWanted) {
  ClientOptions options = Options();
  options.spread = true;
  options.random = [] { return 0.99; };
  EXPECT_TRUE(Client(options).GetProduct({}).ok());
  EXPECT_EQ(two_->calls(kGet), 1);
}

TEST_F(NodesTest, OneThatRefusesIsLeftWithoutAPause) {
  // The last is what gRPC makes of calls that a node can't answer any more.
  for (const Status& refusal :
       {errors::ShuttingDown(), errors::RevisionNotApplied("the text index"), Status(Code::kCancelled, "CANCELLED")}) {
    Client client(Options());
    EXPECT_TRUE(client.GetProduct({}).ok());
    RefuseReads(*one_, refusal);
    const int before = two_->calls(kGet);
    EXPECT_TRUE(client.GetProduct({}).ok()) << refusal.ToString();
    EXPECT_EQ(two_->calls(kGet), before + 1);
    one_->Answer<v1::GetProductRequest, v1::GetProductResponse>(kGet, v1::GetProductResponse());
  }
  EXPECT_TRUE(pauses_.empty());
}

TEST_F(NodesTest, OneThatDiesIsLeftAndIsThereAgainWhenItComesBack) {
  Client client(Options());
  EXPECT_TRUE(client.GetProduct({}).ok());
  const std::string address = one_->address();
  one_.reset();
  EXPECT_TRUE(client.GetProduct({}).ok());
  EXPECT_EQ(two_->calls(kGet), 1);
  one_ = std::make_unique<FakeNode>(std::stoi(address.substr(address.rfind(':') + 1)));
  one_->Answer<v1::GetProductRequest, v1::GetProductResponse>(kGet, v1::GetProductResponse());
  RefuseReads(*two_, errors::ShuttingDown());
  // gRPC itself waits a little before it connects again; our pauses, which this test leaves out, are as long.
  ClientOptions options = Options();
  EXPECT_TRUE(Client(options).GetProduct({}).ok());
}

TEST_F(NodesTest, EveryNodeIsNamedWhenNoneTakesTheCall) {
  RefuseReads(*one_, errors::ShuttingDown());
  two_->SetServing(false);
  ClientOptions options = Options();
  options.attempts_max = 2;
  const Status status = Client(options).GetProduct({}).status();
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_EQ(status.reason(), "NO_NODE");
  EXPECT_THAT(status.message(), HasSubstr(one_->address() + ": the node is going down"));
  EXPECT_THAT(status.message(), HasSubstr(two_->address() + " says that it is not serving"));
  EXPECT_EQ(one_->calls(kGet), 2) << "once in each try";
  EXPECT_EQ(pauses_.size(), 1U) << "between the tries, not between the nodes";
}

TEST_F(NodesTest, TheDeadlineIsThatOfAllTriesTogether) {
  RefuseReads(*one_, errors::ShuttingDown());
  RefuseReads(*two_, errors::ShuttingDown());
  ManualClock clock(0);
  ClientOptions options = Options();
  options.clock = &clock;
  options.pause = [&](milliseconds pause) { clock.AdvanceUs(pause.count() * 1000); };
  options.attempts_max = 100;
  options.deadline = milliseconds(1'000);
  EXPECT_EQ(Client(options).GetProduct({}).status().reason(), "NO_NODE");
  EXPECT_LE(clock.NowUs(), 1'000'000);
  EXPECT_GT(clock.NowUs(), 0);
}

TEST_F(NodesTest, OneThatHangsCostsOneCall) {
  const auto hang = [](const auto&) { return FakeNode::Reply{{}, Status::Ok(), true}; };
  Client client(Options());
  EXPECT_TRUE(client.GetProduct({}).ok());
  one_->On(kGet, hang);
  one_->On(kHealthMethod, hang);
  CallOptions call;
  call.deadline = milliseconds(20);
  EXPECT_EQ(client.GetProduct({}, call).status().code(), Code::kDeadlineExceeded);
  EXPECT_EQ(two_->calls(kGet), 0) << "no time was left";
  EXPECT_TRUE(client.GetProduct({}).ok());
  EXPECT_EQ(one_->calls(kGet), 2) << "its health was asked, and it did not say";
}

TEST_F(NodesTest, AChangeHasOneRequestIdOnAllNodes) {
  Refuse<v1::RegisterProductRequest, v1::RegisterProductResponse>(*one_, kRegister, errors::OutcomeUnknown("it"));
  AnswerWrites(*two_, "7-e1");
  Client client(Options());
  EXPECT_TRUE(client.RegisterProduct({}).ok());
  const auto first = one_->requests<v1::RegisterProductRequest>(kRegister);
  const auto second = two_->requests<v1::RegisterProductRequest>(kRegister);
  ASSERT_EQ(first.size(), 1U);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_FALSE(first[0].request_id().empty());
  EXPECT_EQ(first[0].request_id(), second[0].request_id());
}

TEST_F(NodesTest, SoHasEachItemOfABatch) {
  one_->On(kBatch, [](const auto&) { return FakeNode::Reply{{}, errors::ShuttingDown(), false}; });
  two_->On(kBatch, [](const std::vector<std::string>& requests) {
    v1::BatchRegisterResponse response;
    for (size_t i = 0; i < requests.size(); ++i) response.add_results();
    return FakeNode::Reply{{response.SerializeAsString()}, Status::Ok(), false};
  });
  std::vector<v1::RegisterProductRequest> items(3);
  items[1].set_request_id("mine");
  items[2].set_validate_only(true);
  ASSERT_TRUE(Client(Options()).BatchRegister(items).ok());
  const auto first = one_->requests<v1::BatchRegisterRequest>(kBatch);
  const auto second = two_->requests<v1::BatchRegisterRequest>(kBatch);
  ASSERT_EQ(second.size(), 3U);
  EXPECT_FALSE(second[0].item().request_id().empty());
  EXPECT_EQ(second[1].item().request_id(), "mine");
  EXPECT_EQ(second[2].item().request_id(), "");
  ASSERT_FALSE(first.empty());
  EXPECT_EQ(first[0].item().request_id(), second[0].item().request_id());
}

TEST_F(NodesTest, AnUnknownOutcomeIsNotHiddenBehindAnUnreachableNode) {
  Refuse<v1::RegisterProductRequest, v1::RegisterProductResponse>(*one_, kRegister, errors::OutcomeUnknown("it"));
  two_.reset();
  ClientOptions options;
  options.addresses = {one_->address(), "127.0.0.1:1"};  // nobody listens on port 1
  options.pause = [](milliseconds) {};
  Client client(options);
  EXPECT_EQ(client.RegisterProduct({}).status().reason(), "OUTCOME_UNKNOWN");
  one_.reset();
}

TEST_F(NodesTest, TheNewestWriteIsShownByWhicheverNodeAnswers) {
  AnswerWrites(*one_, "42-e1");
  Client client(Options());
  ASSERT_TRUE(client.RegisterProduct({}).ok());
  one_.reset();
  ASSERT_TRUE(client.GetProduct({}).ok());
  const auto requests = two_->requests<v1::GetProductRequest>(kGet);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].consistency().min_revision(), "42-e1");
}

TEST_F(NodesTest, AnOlderAnswerDoesNotTakeTheNewestRevisionBack) {
  Client client(Options());
  for (const char* revision : {"41-e1", "42-e1", "9-e1"}) {
    AnswerWrites(*one_, revision);
    ASSERT_TRUE(client.RegisterProduct({}).ok());
  }
  EXPECT_EQ(client.newest_revision(), "42-e1");
  AnswerWrites(*one_, "3-e2");  // another store: its numbers are its own
  ASSERT_TRUE(client.RegisterProduct({}).ok());
  EXPECT_EQ(client.newest_revision(), "3-e2");
}

TEST_F(NodesTest, ARevisionOfAStoreThatIsGoneIsToldOnce) {
  AnswerWrites(*one_, "42-e1");
  one_->Answer<v1::GetProductRequest, v1::GetProductResponse>(
      kGet, [](const v1::GetProductRequest& request) -> StatusOr<v1::GetProductResponse> {
        if (request.has_consistency()) return errors::ForeignRevisionToken(request.consistency().min_revision());
        return v1::GetProductResponse();
      });
  Client client(Options());
  ASSERT_TRUE(client.RegisterProduct({}).ok());
  EXPECT_EQ(client.GetProduct({}).status().reason(), "FOREIGN_REVISION");
  EXPECT_TRUE(client.GetProduct({}).ok());
}

TEST_F(NodesTest, AWatchBeginsOnANodeThatIsWell) {
  one_->SetServing(false);
  v1::WatchChangesResponse change;
  change.set_revision("7-e1");
  two_->On("ChangeService/WatchChanges", [&](const auto&) {
    return FakeNode::Reply{{change.SerializeAsString()}, Status::Ok(), true};
  });
  Client client(Options());
  EXPECT_EQ(client.WatchChanges({})->Next()->revision(), "7-e1");
  EXPECT_EQ(one_->calls("ChangeService/WatchChanges"), 0);
}

TEST_F(NodesTest, CertificateFilesThatCannotBeUsedAreSaidByEveryCall) {
  ClientOptions options = Options();
  options.certificates.authorities = "missing.pem";
  Client client(options);
  EXPECT_EQ(client.GetProduct({}).status().reason(), "CERTIFICATE_UNUSABLE");
  EXPECT_EQ(client.WatchChanges({})->Next().status().reason(), "CERTIFICATE_UNUSABLE");
  options.certificates = {"me.pem", "me.key", ""};
  EXPECT_THAT(Client(options).GetProduct({}).status().message(), HasSubstr("no authorities are named"));
  EXPECT_EQ(one_->calls(kGet), 0);
}

}  // namespace
}  // namespace souk::client
