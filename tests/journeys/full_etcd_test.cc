// SPDX-License-Identifier: Apache-2.0
// Journeys through a cluster whose etcd runs out of space: by its own quota, or on the disk of one member.
#include "storage/etcd/client.h"
#include "tests/journeys/cluster.h"
#include "tests/support/small_disk.h"

namespace souk::journeys {
namespace {

using ::testing::HasSubstr;

constexpr size_t kPieceBytes = size_t{256} * 1024;
constexpr int kPiecesMax = 400;
const std::string kFiller = "/filler/";
constexpr std::chrono::seconds kAnswersWithin{20};
constexpr std::chrono::seconds kEndsWithin{30};
// etcd takes 64 MiB for each piece of its log.
constexpr uint64_t kDiskBytes = uint64_t{256} * 1024 * 1024;

class FullEtcd : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!support::Etcd::IsInstalled()) GTEST_SKIP() << "there is no etcd; ./dev test unpacks it";
  }
  // Somebody beside Souk writes so much. False once etcd takes no more.
  static bool Put(const support::Etcd& member, int number) {
    SystemClock clock;
    storage::etcd::Client client({.endpoints = {member.endpoint()}}, clock);
    etcdserverpb::PutRequest put;
    put.set_key(kFiller + std::to_string(number));
    put.set_value(std::string(kPieceBytes, 'x'));
    return client.Put(put, clock.Monotonic() + kAnswersWithin).ok();
  }
};

v1::GetProductRequest Latest(const Sample& sample) {
  v1::GetProductRequest request;
  request.set_name(sample.line());
  request.mutable_consistency()->set_latest(true);
  return request;
}

TEST_F(FullEtcd, AQuotaThatIsReachedRefusesWritesByNameAndNothingElseAndItsEndIsNoticed) {
  if (!support::Etcd::HasTools()) GTEST_SKIP() << "there is no etcdctl";
  Cluster cluster(2, 1, {"--quota-backend-bytes=8388608"});
  const Sample before{.domain = "retail", .name = "Before"};
  cluster.Register(0, before);
  int pieces = 0;
  while (pieces < kPiecesMax && Put(cluster.etcd(), pieces)) ++pieces;
  ASSERT_LT(pieces, kPiecesMax) << "etcd takes everything";
  const Sample after{.domain = "retail", .name = "After"};
  for (size_t node = 0; node < 2; ++node) {
    EXPECT_THAT(cluster.client(node).RegisterProduct(support::RegistrationOf(after)),
                FailsWith(Code::kResourceExhausted, "NOT_WRITABLE"));
    EXPECT_TRUE(cluster.client(node).GetProduct(Latest(before)).ok()) << "reads of the latest go on";
    const auto status = Must(cluster.client(node).GetStatus({}));
    EXPECT_FALSE(status.writable());
    EXPECT_THAT(status.not_writable_reason(), HasSubstr("the member at " + cluster.etcd().endpoint() + ": NOSPACE"));
    EXPECT_TRUE(status.ledger_link().connected());
  }
  Must(cluster.etcd().MakeRoom(kFiller));
  for (size_t node = 0; node < 2; ++node) {
    cluster.Await(node, [](const v1::GetStatusResponse& status) { return status.writable(); });
    const Sample next{.domain = "retail", .name = "Next", .version = node == 0 ? "1.0.0" : "1.1.0"};
    cluster.ExpectThere(1 - node, next, cluster.Register(node, next).revision());
    EXPECT_EQ(Must(cluster.client(node).GetStatus({})).ledger_link().relists(), 0U);
  }
  cluster.Stop();
}

TEST_F(FullEtcd, AMemberWhoseDiskIsFullIsMissedByNobodyAndIsBackWithRoom) {
  const auto disk = support::SmallDisk::Make(kDiskBytes);
  if (!disk.ok()) GTEST_SKIP() << disk.status().ToString();
  Cluster cluster(2, 3, {}, (*disk)->path());
  const Sample before{.domain = "retail", .name = "Before"};
  cluster.Register(0, before);
  support::Etcd& full = cluster.etcd(2);
  Must((*disk)->Fill(0));
  // It ends at the first page that it can't write.
  bool ended = false;
  for (int pieces = 0; pieces < kPiecesMax && !ended; ++pieces) {
    ASSERT_TRUE(Put(cluster.etcd(0), pieces));
    ended = full.process().Wait(std::chrono::seconds(0)).has_value();
  }
  ended = ended || full.process().Wait(kEndsWithin).has_value();
  ASSERT_TRUE(ended) << "it has room after all";
  const Sample during{.domain = "retail", .name = "During"};
  for (size_t node = 0; node < 2; ++node) {
    cluster.ListAllOnceItCan(node);  // the full one may have been the leader
    const Sample next{.domain = "retail", .name = "During", .version = node == 0 ? "1.0.0" : "1.1.0"};
    cluster.ExpectThere(1 - node, next, cluster.Register(node, next).revision());
  }
  (*disk)->Empty();
  Must(cluster.processes().LaunchMember(2));
  Must(cluster.processes().AwaitMember(2));
  // It is needed now, and holds what it missed.
  cluster.etcd(0).Kill();
  const auto whole = cluster.ListAllOnceItCan(0);
  EXPECT_EQ(whole, cluster.ListAllOnceItCan(1));
  EXPECT_THAT(whole, ::testing::SizeIs(2));
  cluster.Stop();
}

}  // namespace
}  // namespace souk::journeys
