// SPDX-License-Identifier: Apache-2.0
// Journeys of a client that knows several nodes, of which some go. Each node here has a store of its own: what is shown
// is the way to a node that serves, not that nodes agree.
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <future>

#include "tests/journeys/journey.h"

namespace souk::journeys {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SeveralNodes : public ::testing::Test {
 protected:
  SeveralNodes() {
    for (int i = 0; i < 3; ++i) {
      nodes_.push_back(Start(i, "127.0.0.1:0"));
    }
  }
  std::unique_ptr<support::Node> Start(int i, const std::string& address) const {
    support::NodeOptions options;
    options.data_directory = folder_ / std::to_string(i);
    options.grpc_address = address;
    // An idle client is slow to learn that its node goes, and the node would wait for it.
    options.flags = {"--drain-seconds=1"};
    return Must(support::Node::Start(options));
  }
  client::ClientOptions Options() const {
    client::ClientOptions options = ClientOf("");
    options.addresses.clear();
    for (const auto& node : nodes_) options.addresses.push_back(node->grpc_address());
    return options;
  }
  std::string Addresses() const {
    std::string all;
    for (const auto& node : nodes_) all += (all.empty() ? "" : ",") + node->grpc_address();
    return all;
  }
  // Versions that a node has of a line, or its error.
  static StatusOr<int> VersionsOn(const support::Node& node, const std::string& line) {
    client::Client client(ClientOf(node.grpc_address()));
    v1::ListProductVersionsRequest request;
    request.set_name(line);
    ASSIGN_OR_RETURN(const auto response, client.ListProductVersions(request));
    return response.versions_size();
  }

  support::TempDirectory folder_;
  std::vector<std::unique_ptr<support::Node>> nodes_;
};

TEST_F(SeveralNodes, WorkGoesOnWhenOneIsKilledAndAnotherDrains) {
  client::Client client(Options());
  const Sample first = {.domain = "sales", .name = "First"};
  Must(client.RegisterProduct(support::RegistrationOf(first)));
  EXPECT_EQ(Must(VersionsOn(*nodes_[0], first.line())), 1);
  nodes_[0]->Kill();
  const Sample second = {.domain = "sales", .name = "Second"};
  Must(client.RegisterProduct(support::RegistrationOf(second)));
  EXPECT_EQ(Must(VersionsOn(*nodes_[1], second.line())), 1);
  EXPECT_EQ(VersionsOn(*nodes_[2], second.line()).status().code(), Code::kNotFound) << "it was applied once";
  Must(nodes_[1]->Stop());
  const Sample third = {.domain = "sales", .name = "Third"};
  Must(client.RegisterProduct(support::RegistrationOf(third)));
  EXPECT_EQ(Must(VersionsOn(*nodes_[2], third.line())), 1);
  nodes_[2]->Kill();
  const Status none = client.ListDomains({}).status();
  EXPECT_THAT(none, FailsWith(Code::kUnavailable, "NO_NODE"));
  for (const auto& node : nodes_) EXPECT_THAT(none.message(), HasSubstr(node->grpc_address()));
}

TEST_F(SeveralNodes, NoCallFailsWhileTheNodesAreRestartedOneByOne) {
  std::atomic<bool> done{false};
  std::atomic<int> calls{0};
  const auto work = [&, options = Options()]() -> std::string {
    client::Client client(options);
    for (; !done; ++calls) {
      if (const Status status = client.ListDomains({}).status(); !status.ok()) return status.ToString();
    }
    return "";
  };
  std::vector<std::future<std::string>> workers;
  for (int i = 0; i < 4; ++i) workers.push_back(std::async(std::launch::async, work));
  for (int i = 0; i < 3; ++i) {
    const std::string address = nodes_[i]->grpc_address();
    Must(nodes_[i]->Stop());
    nodes_[i] = Start(i, address);
  }
  done = true;
  for (auto& worker : workers) EXPECT_EQ(worker.get(), "");
  EXPECT_GT(calls, 100);
}

TEST_F(SeveralNodes, ANodeThatHangsCostsOneCall) {
  client::Client client(Options());
  EXPECT_TRUE(client.ListDomains({}).ok());
  ASSERT_EQ(kill(nodes_[0]->pid(), SIGSTOP), 0);
  siginfo_t stopped{};  // a process with many threads does not stop at once
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(nodes_[0]->pid()), &stopped, WSTOPPED | WNOWAIT), 0);
  client::CallOptions call;
  call.deadline = std::chrono::milliseconds(300);
  EXPECT_THAT(client.ListDomains({}, call).status(), FailsWith(Code::kDeadlineExceeded, "DEADLINE_EXCEEDED"));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(client.ListDomains({}).ok());
  ASSERT_EQ(kill(nodes_[0]->pid(), SIGCONT), 0);
}

TEST_F(SeveralNodes, TheSameRequestIdIsAppliedOnce) {
  client::Client client(Options());
  const Sample sample = {.domain = "sales", .name = "Once"};
  v1::RegisterProductRequest request = support::RegistrationOf(sample);
  request.set_request_id("deploy-1");
  const auto first = Must(client.RegisterProduct(request));
  // As a client does whose answer was lost.
  const auto again = Must(client.RegisterProduct(request));
  EXPECT_EQ(again.revision(), first.revision());
  EXPECT_EQ(Must(VersionsOn(*nodes_[0], sample.line())), 1);
}

TEST_F(SeveralNodes, TheCommandLineGoesOnWithTheNextNode) {
  nodes_[0]->Kill();
  const auto listed = support::RunSouk(Addresses(), {"admin", "status"});
  EXPECT_THAT(listed, ExitsWith(0));
  nodes_[1]->Kill();
  nodes_[2]->Kill();
  const auto refused = support::RunSouk(Addresses(), {"admin", "status"});
  EXPECT_THAT(refused, ExitsWith(6));
  EXPECT_THAT(refused.err, AllOf(HasSubstr("none of 3 nodes took the call"), HasSubstr(nodes_[2]->grpc_address())));
}

}  // namespace
}  // namespace souk::journeys
