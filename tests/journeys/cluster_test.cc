// SPDX-License-Identifier: Apache-2.0
// Journeys through several nodes on one etcd: any of them will do, and any may go.
#include "tests/journeys/cluster.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <iterator>
#include <sstream>

#include "base/clock.h"
#include "souk/store/v1/records.pb.h"
#include "souk/v1/registry_service.grpc.pb.h"
#include "storage/etcd/etcd_ledger.h"
#include "storage/ledger_keys.h"
#include "tests/support/certificates.h"
#include "tests/support/socket.h"

namespace souk::journeys {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// A refusal that an operator's pager, and a deploy that waits, can live with.
constexpr std::chrono::seconds kRefusalMax{4};

class Clustered : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!support::Etcd::IsInstalled()) GTEST_SKIP() << "there is no etcd; ./dev test unpacks it";
  }
};

// How a plain read answers, and since when it says that its node is cut off; nothing if it does not.
std::pair<grpc::StatusCode, std::string> ReadWithMark(const support::Node& node, const Sample& sample) {
  const auto stub =
      v1::RegistryService::NewStub(grpc::CreateChannel(node.grpc_address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  v1::GetProductRequest request;
  request.set_name(sample.line());
  v1::GetProductResponse response;
  const grpc::Status status = stub->GetProduct(&context, request, &response);
  const auto& metadata = context.GetServerTrailingMetadata();
  const auto mark = metadata.find("souk-silence-ms");
  return {status.error_code(), mark == metadata.end() ? "" : std::string(mark->second.data(), mark->second.size())};
}

// Refused for that reason, and quickly.
template <typename Ask>
void ExpectRefused(const Ask& ask) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(ask(), FailsWith(Code::kUnavailable, "LEDGER_UNREACHABLE"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kRefusalMax);
}

TEST_F(Clustered, WhatOneNodeTakesIsAtOnceThereOnAnother) {
  Cluster cluster(2);
  const Sample orders{.domain = "retail", .name = "Web Orders"};
  const Sample margins{.domain = "finance", .name = "Margins", .reads = {orders.contract()}};
  // In turns, so that each plans on what the other wrote.
  cluster.ExpectThere(1, orders, cluster.Register(0, orders).revision());
  cluster.ExpectThere(0, margins, cluster.Register(1, margins).revision());
  const Sample next{.domain = "retail", .name = "Web Orders", .version = "1.1.0"};
  cluster.ExpectThere(0, next, cluster.Register(1, next).revision());
  EXPECT_EQ(cluster.ListAll(0), cluster.ListAll(1));
  // The same content again changes nothing, wherever it is told.
  EXPECT_FALSE(cluster.Register(0, next).changed());
  cluster.Stop();
}

TEST_F(Clustered, ANodeThatIsKilledIsMissedByNobodyAndCatchesUp) {
  Cluster cluster(2);
  const Sample before{.domain = "retail", .name = "Before"};
  const Sample during{.domain = "retail", .name = "During"};
  const Sample after{.domain = "retail", .name = "After"};
  cluster.Register(0, before);
  cluster.Kill(0);
  cluster.Register(1, during);
  cluster.Start(0);
  const std::string revision = cluster.Register(0, after).revision();
  for (const size_t node : {0, 1}) {
    for (const Sample& sample : {before, during, after}) cluster.ExpectThere(node, sample, revision);
    const v1::VerifyIndexResponse verdict = Must(cluster.client(node).VerifyIndex({}));
    EXPECT_EQ(verdict.faults_size(), 0) << verdict.ShortDebugString();
  }
  EXPECT_EQ(cluster.ListAll(0), cluster.ListAll(1));
  const auto first = Must(cluster.client(0).GetStatus({}));
  const auto second = Must(cluster.client(1).GetStatus({}));
  EXPECT_EQ(first.ledger_kind(), "etcd");
  EXPECT_EQ(first.store_revision(), second.store_revision());
  EXPECT_EQ(first.products(), 3U);
  EXPECT_EQ(first.ledger_link().relists(), 0U) << "it went on from where it was";
  cluster.Stop();
}

TEST_F(Clustered, ANodeThatComesLateIsFilledWithEverything) {
  Cluster cluster(2);
  cluster.Kill(1);
  std::filesystem::remove_all(cluster.data_of(1));
  const Sample orders{.domain = "retail", .name = "Orders"};
  const Sample next{.domain = "retail", .name = "Orders", .version = "1.1.0"};
  cluster.Register(0, orders);
  const std::string revision = cluster.Register(0, next).revision();
  cluster.Start(1);
  cluster.ExpectThere(1, next, revision);
  v1::ListProductVersionsRequest versions;
  versions.set_name(next.line());
  EXPECT_EQ(Must(cluster.client(1).ListProductVersions(versions)).ShortDebugString(),
            Must(cluster.client(0).ListProductVersions(versions)).ShortDebugString());
  EXPECT_EQ(cluster.ListAll(0), cluster.ListAll(1));
  cluster.Stop();
}

TEST_F(Clustered, CutOffFromEtcdItServesMarkedReadsRefusesTheRestAndRecoversByItself) {
  Cluster cluster(1);
  const Sample orders{.domain = "retail", .name = "Orders"};
  const std::string revision = cluster.Register(0, orders).revision();
  EXPECT_EQ(ReadWithMark(cluster.node(0), orders), std::pair(grpc::StatusCode::OK, std::string()));
  cluster.etcd().Kill();
  cluster.AwaitConnected(0, false);
  const auto [code, mark] = ReadWithMark(cluster.node(0), orders);
  EXPECT_EQ(code, grpc::StatusCode::OK);
  EXPECT_NE(mark, "");
  cluster.ExpectThere(0, orders, revision);
  ExpectRefused([&] {
    v1::GetProductRequest latest;
    latest.set_name(orders.line());
    latest.mutable_consistency()->set_latest(true);
    return cluster.client(0).GetProduct(latest);
  });
  ExpectRefused(
      [&] { return cluster.client(0).RegisterProduct(support::RegistrationOf({.domain = "retail", .name = "Late"})); });
  const auto status = Must(cluster.client(0).GetStatus({}));
  EXPECT_FALSE(status.writable());
  EXPECT_THAT(status.not_writable_reason(), HasSubstr("cut off"));
  const support::CommandResult told = support::RunSouk(cluster.node(0).grpc_address(), {"admin", "status"});
  EXPECT_THAT(told, ExitsWith(0));
  EXPECT_THAT(told.out, HasSubstr("cut off for"));
  EXPECT_THAT(Must(support::HttpGet(cluster.node(0).http_address(), "/metrics")).body,
              HasSubstr("souk_ledger_connected 0"));

  Must(cluster.etcd().Restart());
  cluster.AwaitConnected(0, true);
  const Sample late{.domain = "retail", .name = "Late"};
  cluster.ExpectThere(0, late, cluster.Register(0, late).revision());
  EXPECT_EQ(ReadWithMark(cluster.node(0), orders), std::pair(grpc::StatusCode::OK, std::string()));
  EXPECT_THAT(Must(support::HttpGet(cluster.node(0).http_address(), "/metrics")).body,
              AllOf(HasSubstr("souk_ledger_connected 1"), HasSubstr("souk_ledger_events_total{event=\"resume\"} 1")));
  cluster.Stop();
}

// Whoever set the mark may be about to end the line.
TEST_F(Clustered, ANodeThatStartsLeavesTheMarksOfOthersAlone) {
  Cluster cluster(1);
  const Sample orders{.domain = "retail", .name = "Orders"};
  cluster.Register(0, orders);
  SystemClock clock;
  storage::etcd::EtcdOptions options;
  options.client.endpoints = {cluster.etcd().endpoint()};
  const Deadline deadline = clock.Monotonic() + std::chrono::seconds(30);
  const auto other = Must(storage::etcd::EtcdLedger::Open(options, clock, deadline));
  store::v1::Claim claim;
  claim.set_product(orders.line());
  storage::Transaction mark;
  mark.write_id = "mark";
  mark.writes.push_back({storage::RetiringKey(orders.line()), claim.SerializeAsString()});
  const storage::Revision marked = Must(other->Commit(std::move(mark), deadline));
  cluster.Kill(0);
  cluster.Start(0);
  EXPECT_EQ(Must(other->Head(deadline)), marked) << "the start has written something";
  cluster.Stop();
}

TEST_F(Clustered, AnEtcdThatHangsIsNoticedThoughEveryConnectionStands) {
  Cluster cluster(1);
  const Sample orders{.domain = "retail", .name = "Orders"};
  const std::string revision = cluster.Register(0, orders).revision();
  cluster.etcd().Hang();
  cluster.AwaitConnected(0, false);
  EXPECT_NE(ReadWithMark(cluster.node(0), orders).second, "");
  cluster.ExpectThere(0, orders, revision);
  cluster.etcd().GoOn();
  cluster.AwaitConnected(0, true);
  const Sample late{.domain = "retail", .name = "Late"};
  cluster.ExpectThere(0, late, cluster.Register(0, late).revision());
  cluster.Stop();
}

TEST_F(Clustered, AMemberThatHangsIsGotOverWithoutLoss) {
  Cluster cluster(2, 3);
  const Sample before{.domain = "retail", .name = "Before"};
  cluster.ExpectThere(1, before, cluster.Register(0, before).revision());
  // The first that the nodes were told of, and so the one to which both hold; it keeps its connections and says
  // nothing.
  cluster.etcd(0).Hang();
  v1::RegisterProductRequest request = support::RegistrationOf({.domain = "retail", .name = "During"});
  request.set_request_id("during");
  auto during = cluster.client(0).RegisterProduct(request);
  // Refused, or not known: the same request again is applied once.
  while (!during.ok()) during = cluster.client(0).RegisterProduct(request);
  cluster.AwaitConnected(1, true);
  EXPECT_THAT(cluster.ListAllOnceItCan(1), SizeIs(2));
  cluster.etcd(0).GoOn();
  const Sample after{.domain = "retail", .name = "After"};
  cluster.ExpectThere(1, after, cluster.Register(0, after).revision());
  EXPECT_EQ(cluster.ListAll(0), cluster.ListAll(1));
  EXPECT_THAT(cluster.ListAll(0), SizeIs(3));
  cluster.Stop();
}

TEST_F(Clustered, ANodeThatStartsWhileEtcdIsAwayServesWhatItHas) {
  Cluster cluster(1);
  const Sample orders{.domain = "retail", .name = "Orders"};
  const std::string revision = cluster.Register(0, orders).revision();
  cluster.Kill(0);
  cluster.etcd().Kill();
  cluster.Start(0);
  cluster.ExpectThere(0, orders, revision);
  cluster.AwaitConnected(0, false);
  EXPECT_NE(ReadWithMark(cluster.node(0), orders).second, "");
  Must(cluster.etcd().Restart());
  cluster.AwaitConnected(0, true);
  const Sample late{.domain = "retail", .name = "Late"};
  cluster.ExpectThere(0, late, cluster.Register(0, late).revision());
  cluster.Stop();
}

// Everything that etcd no longer needs for what is current.
void CompactAll(const support::Etcd& etcd) {
  SystemClock clock;
  storage::etcd::EtcdOptions options;
  options.client.endpoints = {etcd.endpoint()};
  const Deadline deadline = clock.Monotonic() + std::chrono::seconds(30);
  const auto ledger = Must(storage::etcd::EtcdLedger::Open(options, clock, deadline));
  Must(ledger->Compact(Must(ledger->Head(deadline))));
}

TEST_F(Clustered, ANodeThatCompactionHasOvertakenListsAnewAndIsComplete) {
  Cluster cluster(2);
  const Sample before{.domain = "retail", .name = "Before"};
  const Sample during{.domain = "retail", .name = "During", .reads = {before.contract()}};
  cluster.ExpectThere(1, before, cluster.Register(0, before).revision());
  cluster.Kill(1);
  const std::string revision = cluster.Register(0, during).revision();
  CompactAll(cluster.etcd());
  cluster.Start(1);
  cluster.ExpectThere(1, during, revision);
  cluster.ExpectThere(1, before, revision);
  EXPECT_EQ(cluster.ListAll(0), cluster.ListAll(1));
  EXPECT_EQ(Must(cluster.client(1).GetStatus({})).ledger_link().relists(), 1U);
  EXPECT_EQ(Must(cluster.client(1).VerifyIndex({})).faults_size(), 0);
  // On from there, and through a restart of its own.
  const Sample after{.domain = "retail", .name = "After"};
  cluster.ExpectThere(1, after, cluster.Register(0, after).revision());
  cluster.Kill(1);
  cluster.Start(1);
  EXPECT_EQ(cluster.ListAll(0), cluster.ListAll(1));
  EXPECT_EQ(Must(cluster.client(1).GetStatus({})).ledger_link().relists(), 0U);
  EXPECT_EQ(Must(cluster.client(1).VerifyIndex({})).faults_size(), 0);
  cluster.Stop();
}

TEST_F(Clustered, AnEtcdThatWasPutBackIsNoticedAndItsHistoryTaken) {
  Cluster cluster(2);
  const Sample kept{.domain = "retail", .name = "Kept"};
  const Sample lost{.domain = "retail", .name = "Lost"};
  cluster.Register(0, kept);
  const std::filesystem::path data = cluster.etcd().data();
  const std::filesystem::path copy = data.string() + ".copy";
  cluster.etcd().Kill();
  std::filesystem::copy(data, copy, std::filesystem::copy_options::recursive);
  Must(cluster.etcd().Restart());
  for (const size_t node : {0, 1}) cluster.AwaitConnected(node, true);
  for (const char* version : {"1.0.0", "1.1.0"}) {
    Sample next = lost;
    next.version = version;
    cluster.ExpectThere(1, next, cluster.Register(0, next).revision());
  }
  cluster.etcd().Kill();
  for (const size_t node : {0, 1}) cluster.AwaitConnected(node, false);
  std::filesystem::remove_all(data);
  std::filesystem::rename(copy, data);
  Must(cluster.etcd().Restart());
  for (const size_t node : {0, 1}) cluster.AwaitRelist(node);
  const Sample after{.domain = "retail", .name = "After"};
  cluster.ExpectThere(1, after, cluster.Register(0, after).revision());
  for (const size_t node : {0, 1}) {
    EXPECT_THAT(cluster.ListAll(node), SizeIs(2));
    EXPECT_EQ(Must(cluster.client(node).VerifyIndex({})).faults_size(), 0);
  }
  EXPECT_EQ(cluster.ListAll(0), cluster.ListAll(1));
  cluster.Stop();
}

// The commands that the greeting of `./dev up --cluster` prints, in order, with $node1 and the like as they are there.
std::vector<std::string> PrintedCommands() {
  std::vector<std::string> commands;
  const std::string dev = support::ReadFile(support::SourceDirectory() / "dev");
  for (const std::string& line : Lines(dev)) {
    const bool printed = line.starts_with("  build/bin/souk ") || line.starts_with("  kill -9 ");
    if (printed && line.find('$') != std::string::npos) commands.push_back(line.substr(2));
  }
  return commands;
}

void RunPrinted(Cluster& cluster, const std::string& command) {
  SCOPED_TRACE(command);
  std::istringstream words(command);
  const std::vector<std::string> all{std::istream_iterator<std::string>(words), std::istream_iterator<std::string>()};
  if (all.front() == "kill") {
    const size_t name = command.rfind('/') + 1;  // of "$state/node1.pid)"
    const size_t number = command[name + 4] - '1';
    command.substr(name).starts_with("node") ? cluster.Kill(number) : cluster.etcd(number).Kill();
    return;
  }
  ASSERT_THAT(all.back(), ::testing::StartsWith("$node"));
  const size_t number = all.back().back() - '1';
  const std::vector<std::string> arguments(all.begin() + 1, all.end() - 2);  // without "--addr $node1"
  const support::CommandResult answer = support::RunSouk(cluster.node(number).grpc_address(), arguments);
  EXPECT_THAT(answer, ExitsWith(0));
  EXPECT_NE(answer.out, "");
}

TEST_F(Clustered, WhatDevUpPrintsForAClusterWorksAsPrinted) {
  Cluster cluster(3, 3);
  const std::string mesh = (support::SourceDirectory() / "deploy/sample-mesh").string();
  const support::CommandResult loaded = support::RunSouk(
      cluster.node(0).grpc_address(), {"register", "-R", "--create-missing", "--on-findings=draft", mesh});
  ASSERT_THAT(loaded, ExitsWith(0));
  const std::vector<std::string> commands = PrintedCommands();
  ASSERT_THAT(commands, SizeIs(::testing::Ge(7U)));
  bool node_killed = false;
  for (const std::string& command : commands) {
    node_killed = node_killed || command.starts_with("kill");
    // In front of the first command that speaks to a node that was killed, the greeting says to start it again.
    if (node_killed && command.ends_with("$node1")) {
      Must(cluster.etcd(0).Restart());
      cluster.Start(0);
      node_killed = false;
    }
    RunPrinted(cluster, command);
  }
  EXPECT_EQ(cluster.ListAll(0), cluster.ListAll(1));
  EXPECT_EQ(cluster.ListAll(0), cluster.ListAll(2));
  cluster.Stop();
}

TEST_F(Clustered, ANodeShowsItsCertificateToEtcd) {
  const support::TempDirectory folder;
  support::CertificateAuthority authority(folder / "authority", "authority");
  support::EtcdOptions options{folder / "etcd"};
  options.certificates = authority.Issue("etcd", {.common_name = "etcd"});
  const auto etcd = Must(support::Etcd::Start(options));
  const CertificateFiles own = authority.Issue("node", {.common_name = "node"});
  const std::string ledger = "--ledger=etcd://" + etcd->endpoint();
  const auto node =
      Must(support::Node::Start({.data_directory = folder / "node",
                                 .flags = {ledger, "--ledger-ca=" + own.authorities, "--ledger-cert=" + own.certificate,
                                           "--ledger-key=" + own.key}}));
  client::Client client(ClientOf(node->grpc_address()));
  EXPECT_TRUE(Must(client.RegisterProduct(support::RegistrationOf({.domain = "retail", .name = "Orders"}))).visible());
  const auto stranger = support::Node::Start({.data_directory = folder / "stranger", .flags = {ledger}});
  EXPECT_THAT(stranger.status().message(), HasSubstr("no member accepts a connection"));
  EXPECT_TRUE(node->Stop().ok());
}

TEST_F(Clustered, AStartWithTheWrongLedgerSaysWhatIsWrong) {
  Cluster cluster(1);
  const auto refusal = [](const std::filesystem::path& data, const std::string& ledger) {
    const auto node = support::Node::Start({.data_directory = data, .flags = {"--ledger=" + ledger}});
    EXPECT_FALSE(node.ok()) << "it started";
    EXPECT_THAT(node.status().message(), HasSubstr("it exited with 1"));
    return node.status().message();
  };
  const support::TempDirectory folder;
  EXPECT_THAT(refusal(folder / "none", "etcd://127.0.0.1:1"), HasSubstr("no answer from etcd at 127.0.0.1:1"));
  EXPECT_THAT(refusal(folder / "none", "etcd://" + cluster.node(0).grpc_address()), HasSubstr("no etcd"));
  // The folder of one cluster, the etcd of another.
  Cluster other(0);
  cluster.Kill(0);
  EXPECT_THAT(refusal(cluster.data_of(0), other.ledger()), HasSubstr("is not of this ledger"));
  EXPECT_THAT(refusal(cluster.data_of(0), "embedded"), HasSubstr("it follows the ledger of a cluster"));
  // Nothing was spoilt by it.
  cluster.Start(0);
  cluster.Stop();
}

}  // namespace
}  // namespace souk::journeys
