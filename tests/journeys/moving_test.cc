// SPDX-License-Identifier: Apache-2.0
// Journeys of an operator whose catalog moves: from a node alone into a cluster and back, and out of a backup.
#include <fstream>
#include <thread>

#include "base/digest.h"
#include "tests/journeys/cluster.h"

namespace souk::journeys {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// What a node shows of its history; two that show the same hold the same.
struct Digests {
  std::string history;
  std::string state;
  bool operator==(const Digests&) const = default;
};

Digests DigestsOf(client::Client& client) {
  const v1::VerifyIndexResponse verdict = Must(client.VerifyIndex({}));
  EXPECT_THAT(verdict.faults(), IsEmpty());
  return {Hex(verdict.history_digest()), Hex(verdict.state_digest())};
}

std::string Revision(client::Client& client) { return Must(client.GetStatus({})).store_revision(); }

// Every product with its documents and every version that it had, but for the revisions.
std::string EverythingOf(client::Client& client) {
  std::string text;
  v1::ListProductsRequest list;
  list.set_page_size(1000);
  const v1::ListProductsResponse all = Must(client.ListProducts(list));
  for (const v1::Product& listed : all.products()) {
    v1::GetProductRequest get;
    get.set_name(listed.name());
    get.set_include_documents(true);
    v1::Product product = Must(client.GetProduct(get)).product();
    product.clear_change_revision();
    text += product.DebugString();
    v1::ListProductVersionsRequest versions;
    versions.set_name(listed.name());
    const v1::ListProductVersionsResponse history = Must(client.ListProductVersions(versions));
    for (v1::ProductVersion version : history.versions()) {
      version.clear_revision();
      text += version.DebugString();
    }
  }
  return text;
}

class Moving : public ::testing::Test {
 protected:
  struct Alone {
    std::unique_ptr<support::Node> node;
    std::unique_ptr<client::Client> client;
  };
  static Alone Open(const std::filesystem::path& data) {
    Alone alone;
    alone.node = Must(support::Node::Start({.data_directory = data}));
    alone.client = std::make_unique<client::Client>(ClientOf(alone.node->grpc_address()));
    return alone;
  }
  static void Close(Alone& alone) {
    alone.client.reset();
    Must(alone.node->Stop());
    alone.node.reset();
  }
  // The sample mesh, and changes behind it.
  static void Fill(Alone& alone) {
    const std::string mesh = (support::SourceDirectory() / "deploy/sample-mesh").string();
    EXPECT_THAT(Souk(alone, {"register", "-R", "--create-missing", "--on-findings=draft", mesh}), ExitsWith(0));
    EXPECT_THAT(Souk(alone, {"state", "ads/budget-pacing", "deprecated"}), ExitsWith(0));
    Register(alone, "1.0.0");
    Register(alone, "1.1.0");
  }
  static std::string Register(Alone& alone, const std::string& version) {
    const Sample sample{.domain = "moving", .name = "Moved", .version = version};
    return Must(alone.client->RegisterProduct(support::RegistrationOf(sample))).revision();
  }
  static support::CommandResult Souk(Alone& alone, const std::vector<std::string>& arguments) {
    return support::RunSouk(alone.node->grpc_address(), arguments);
  }
  static support::CommandResult Verify(const std::filesystem::path& backup) {
    return support::Run({support::Binary("soukd").string(), "--verify-backup=" + backup.string()});
  }
  std::string File(const std::string& name) const { return (folder_ / name).string(); }

  support::TempDirectory folder_;
};

// With etcd, where there is one.
class MovingBetween : public Moving {
 protected:
  void SetUp() override {
    if (!support::Etcd::IsInstalled()) GTEST_SKIP() << "no etcd to start: ./dev deps unpacks one";
  }
};

TEST_F(MovingBetween, ANodeThatWasAloneGoesIntoAClusterAndBackAndNothingIsLost) {
  Alone first = Open(folder_ / "first");
  Fill(first);
  const Digests before = DigestsOf(*first.client);
  const std::string everything = EverythingOf(*first.client);
  const std::string old_token = Revision(*first.client);
  ASSERT_THAT(Souk(first, {"admin", "export", File("first.souk")}), ExitsWith(0));
  Register(first, "1.2.0");
  const std::string too_late = Revision(*first.client);
  Close(first);
  EXPECT_THAT(Verify(File("first.souk")), ExitsWith(0));

  Cluster cluster(3);
  const support::CommandResult told =
      support::RunSouk(cluster.node(1).grpc_address(), {"admin", "import", File("first.souk")});
  ASSERT_THAT(told, ExitsWith(0));
  EXPECT_THAT(told.out, HasSubstr(before.history));
  // Each node has folded it for itself; one of them comes late, when etcd has forgotten how it came.
  cluster.Kill(2);
  std::filesystem::remove_all(cluster.data_of(2));
  cluster.Start(2);
  v1::GetProductRequest latest;
  latest.set_name("moving/moved");
  latest.mutable_consistency()->set_latest(true);
  for (const size_t node : {0, 1, 2}) {
    Must(cluster.client(node).GetProduct(latest));
    EXPECT_EQ(DigestsOf(cluster.client(node)), before) << node;
    EXPECT_EQ(EverythingOf(cluster.client(node)), everything) << node;
    // Its own copy is proven, too, by whichever way it came to its rows.
    const std::string copy = File("copy-" + std::to_string(node));
    ASSERT_THAT(support::RunSouk(cluster.node(node).grpc_address(), {"admin", "backup", copy}), ExitsWith(0));
    const support::CommandResult verdict = Verify(copy);
    EXPECT_THAT(verdict, ExitsWith(0));
    EXPECT_THAT(verdict.out, HasSubstr("history " + before.history));
    // Whoever kept a revision of old is understood; what came behind the export is not there.
    v1::GetProductRequest as_of;
    as_of.set_name("moving/moved");
    as_of.mutable_consistency()->set_as_of_revision(old_token);
    EXPECT_EQ(Must(cluster.client(node).GetProduct(as_of)).product().version(), "1.1.0");
    as_of.mutable_consistency()->set_as_of_revision(too_late);
    EXPECT_EQ(cluster.client(node).GetProduct(as_of).status().code(), Code::kFailedPrecondition);
  }

  const Sample next{.domain = "moving", .name = "Moved", .version = "1.3.0"};
  cluster.ExpectThere(2, next, cluster.Register(0, next).revision());
  // Whoever had watched the node that was alone misses nothing, and sees nothing twice.
  v1::WatchChangesRequest watch;
  watch.set_after_revision(old_token);
  const auto changes = cluster.client(0).WatchChanges(watch);
  v1::WatchChangesResponse change;
  do change = Must(changes->Next());
  while (change.changes().empty());
  EXPECT_EQ(change.changes(0).version(), next.version);
  changes->Cancel();
  ASSERT_THAT(support::RunSouk(cluster.node(2).grpc_address(), {"admin", "export", File("cluster.souk")}),
              ExitsWith(0));
  const Digests in_cluster = DigestsOf(cluster.client(0));
  const std::string all_in_cluster = EverythingOf(cluster.client(0));
  EXPECT_NE(in_cluster, before);
  cluster.Stop();

  Alone back = Open(folder_ / "back");
  ASSERT_THAT(Souk(back, {"admin", "import", File("cluster.souk")}), ExitsWith(0));
  EXPECT_EQ(DigestsOf(*back.client), in_cluster);
  EXPECT_EQ(EverythingOf(*back.client), all_in_cluster);
  EXPECT_THAT(Souk(back, {"get", "moving/moved", "--consistency", "as-of:" + old_token}), ExitsWith(0));
  Register(back, "1.4.0");
  Close(back);
}

TEST_F(Moving, AnImportChangesNothingUnlessAllOfItIsGood) {
  Alone first = Open(folder_ / "first");
  Fill(first);
  ASSERT_THAT(Souk(first, {"admin", "export", File("whole")}), ExitsWith(0));
  const support::CommandResult again = Souk(first, {"admin", "export", File("whole")});
  EXPECT_THAT(again, Not(ExitsWith(0)));
  EXPECT_THAT(again.err, HasSubstr("exists already"));
  const std::string whole = support::ReadFile(File("whole"));
  const auto write = [&](const std::string& name, const std::string& bytes) {
    std::ofstream(File(name), std::ios::binary) << bytes;
    return File(name);
  };
  Alone empty = Open(folder_ / "empty");
  const auto refused = [&](const std::string& file, const std::string& why) {
    const support::CommandResult told = Souk(empty, {"admin", "import", file});
    EXPECT_THAT(told, Not(ExitsWith(0)));
    EXPECT_THAT(told.err, HasSubstr(why));
    const support::CommandResult verdict = Verify(file);
    EXPECT_THAT(verdict, ExitsWith(1));
    EXPECT_THAT(verdict.out, HasSubstr(why));
    EXPECT_TRUE(Revision(*empty.client).starts_with("0-"));
  };
  refused(write("cut-off", whole.substr(0, whole.size() - 1)), "before it is complete");
  std::string damaged = whole;
  damaged[whole.size() / 2] = static_cast<char>(damaged[whole.size() / 2] ^ 1);
  refused(write("damaged", damaged), "is damaged at byte");
  refused(write("other", "kind: DataProduct\n"), "not an export of Souk");
  refused(write("newer", "souk export 2\n" + whole.substr(whole.find('\n') + 1)), "version 2");
  EXPECT_THAT(Souk(empty, {"admin", "import", File("none")}), Not(ExitsWith(0)));
  EXPECT_THAT(Souk(empty, {"admin", "import", "--validate-only", File("whole")}), ExitsWith(0));
  EXPECT_TRUE(Revision(*empty.client).starts_with("0-"));

  // A node that holds something is left alone, and told to be.
  const support::CommandResult full = Souk(first, {"admin", "import", File("whole")});
  EXPECT_THAT(full, Not(ExitsWith(0)));
  EXPECT_THAT(full.err, HasSubstr("not empty"));

  ASSERT_THAT(Souk(empty, {"admin", "import", File("whole")}), ExitsWith(0));
  EXPECT_EQ(DigestsOf(*empty.client), DigestsOf(*first.client));
  Close(empty);
  // What it holds came from there; so does a file that it exports, to the last byte of each document.
  Alone reopened = Open(folder_ / "empty");
  EXPECT_EQ(EverythingOf(*reopened.client), EverythingOf(*first.client));
  Close(reopened);
  Close(first);
}

TEST_F(Moving, ANodeThatIsKilledWhileItImportsGoesOn) {
  Alone first = Open(folder_ / "first");
  Fill(first);
  ASSERT_THAT(Souk(first, {"admin", "export", File("whole")}), ExitsWith(0));
  const Digests before = DigestsOf(*first.client);
  Alone second = Open(folder_ / "second");
  std::thread importing([&] { Souk(second, {"admin", "import", File("whole"), "--timeout", "20s"}); });
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!Must(second.client->GetStatus({})).products() && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
  second.node->Kill();
  importing.join();
  second = Open(folder_ / "second");
  ASSERT_THAT(Souk(second, {"admin", "import", File("whole")}), ExitsWith(0));
  EXPECT_EQ(DigestsOf(*second.client), before);
  Close(second);
  Close(first);
}

TEST_F(Moving, TheRestoreDrillOfANodeAlone) {
  Alone first = Open(folder_ / "first");
  Fill(first);
  ASSERT_THAT(Souk(first, {"admin", "backup", File("copy")}), ExitsWith(0));
  const Digests before = DigestsOf(*first.client);
  Register(first, "1.2.0");
  Close(first);
  const support::CommandResult verdict = Verify(File("copy"));
  ASSERT_THAT(verdict, ExitsWith(0));
  EXPECT_THAT(verdict.out, HasSubstr("history " + before.history));
  EXPECT_THAT(verdict.out, HasSubstr("state   " + before.state));

  std::filesystem::create_directories(folder_ / "restored");
  std::filesystem::copy(File("copy"), folder_ / "restored/store", std::filesystem::copy_options::recursive);
  Alone restored = Open(folder_ / "restored");
  EXPECT_EQ(DigestsOf(*restored.client), before);
  Register(restored, "1.2.0");
  Close(restored);

  // A copy that is damaged says so.
  for (const auto& entry : std::filesystem::directory_iterator(File("copy") + "/rocksdb")) {
    if (entry.path().extension() == ".log") std::filesystem::resize_file(entry.path(), entry.file_size() / 2);
    if (entry.path().extension() == ".sst") std::filesystem::resize_file(entry.path(), entry.file_size() / 2);
  }
  const support::CommandResult damaged = Verify(File("copy"));
  EXPECT_THAT(damaged, ExitsWith(1));
  EXPECT_THAT(damaged.out, HasSubstr("damaged"));
}

// With etcd's own tools, too: a cluster of which a snapshot was taken, and which then lost what came behind it.
class RestoreDrill : public Moving {
 protected:
  void SetUp() override {
    if (!support::Etcd::IsInstalled() || !support::Etcd::HasTools()) GTEST_SKIP() << "no etcdctl: try ./dev deps";
    cluster_ = std::make_unique<Cluster>(2);
    known_ = cluster_->Register(0, kept_).revision();
    cluster_->ExpectThere(1, kept_, known_);
    before_ = DigestsOf(cluster_->client(1));
    Must(cluster_->etcd().SaveSnapshot(File("snapshot")));
    future_ = cluster_->Register(0, lost_).revision();
    cluster_->ExpectThere(1, lost_, future_);
    cluster_->Stop();
    cluster_->etcd().Kill();
    Must(cluster_->etcd().RestoreSnapshot(File("snapshot")));
    Must(cluster_->etcd().Restart());
  }
  StatusOr<v1::GetProductResponse> AsOf(client::Client& client, const std::string& revision) const {
    v1::GetProductRequest get;
    get.set_name(kept_.line());
    get.mutable_consistency()->set_as_of_revision(revision);
    return client.GetProduct(get);
  }
  // Both nodes hold what was in the snapshot, and go on.
  void ExpectRestored(Cluster& cluster) {
    v1::GetProductRequest get;
    get.set_name(kept_.line());
    get.mutable_consistency()->set_latest(true);
    for (const size_t node : {0, 1}) {
      Must(cluster.client(node).GetProduct(get));
      EXPECT_EQ(DigestsOf(cluster.client(node)), before_) << node;
      EXPECT_EQ(AsOf(cluster.client(node), future_).status().code(), Code::kFailedPrecondition) << node;
    }
    cluster.ExpectThere(1, lost_, cluster.Register(0, lost_).revision());
  }

  const Sample kept_{.domain = "drill", .name = "Kept"};
  const Sample lost_{.domain = "drill", .name = "Lost"};
  std::unique_ptr<Cluster> cluster_;
  std::string known_;
  std::string future_;
  Digests before_;
};

TEST_F(RestoreDrill, ARestoredClusterIsAHistoryOfItsOwn) {
  Must(cluster_->etcd().Delete("/souk/v1/epoch"));
  std::filesystem::remove_all(cluster_->data_of(0));
  cluster_->Start(0);
  // The folder that somebody forgot to empty.
  const auto forgotten =
      support::Node::Start({.data_directory = cluster_->data_of(1), .flags = {"--ledger=" + cluster_->ledger()}});
  ASSERT_FALSE(forgotten.ok());
  EXPECT_THAT(forgotten.status().message(), HasSubstr("is not of this ledger"));
  std::filesystem::remove_all(cluster_->data_of(1));
  cluster_->Start(1);
  ExpectRestored(*cluster_);
  EXPECT_EQ(AsOf(cluster_->client(1), known_).status().code(), Code::kFailedPrecondition);
  cluster_->Stop();
}

TEST_F(RestoreDrill, ARestoredClusterMovesIntoANewOneThatUnderstandsOldRevisions) {
  // One node keeps its folder, which knows too much; the other is given a new one.
  std::filesystem::remove_all(cluster_->data_of(1));
  for (const size_t node : {0, 1}) cluster_->Start(node);
  cluster_->AwaitRelist(0);
  for (const size_t node : {0, 1}) EXPECT_EQ(DigestsOf(cluster_->client(node)), before_) << node;
  ASSERT_THAT(support::RunSouk(cluster_->node(0).grpc_address(), {"admin", "export", File("restored.souk")}),
              ExitsWith(0));
  cluster_->Stop();
  ASSERT_THAT(Verify(File("restored.souk")), ExitsWith(0));
  Cluster anew(2);
  ASSERT_THAT(support::RunSouk(anew.node(0).grpc_address(), {"admin", "import", File("restored.souk")}), ExitsWith(0));
  ExpectRestored(anew);
  EXPECT_EQ(Must(AsOf(anew.client(1), known_)).product().name(), kept_.line());
  anew.Stop();
}

// etcd is gone, snapshots and all: what a node has is a way back, too.
TEST_F(MovingBetween, ANodeWhoseEtcdIsGoneStillGivesEverythingAway) {
  Cluster cluster(1);
  const Sample kept{.domain = "rescue", .name = "Kept"};
  cluster.Register(0, kept);
  const Digests before = DigestsOf(cluster.client(0));
  cluster.etcd().Kill();
  cluster.AwaitConnected(0, false);
  const std::string address = cluster.node(0).grpc_address();
  EXPECT_THAT(support::RunSouk(address, {"admin", "export", File("latest"), "--timeout", "2s"}), Not(ExitsWith(0)));
  EXPECT_FALSE(std::filesystem::exists(File("latest")));
  ASSERT_THAT(support::RunSouk(address, {"admin", "export", File("rescued"), "--consistency", "revision:0"}),
              ExitsWith(0));
  cluster.Kill(0);
  Alone alone = Open(folder_ / "alone");
  ASSERT_THAT(Souk(alone, {"admin", "import", File("rescued")}), ExitsWith(0));
  EXPECT_EQ(DigestsOf(*alone.client), before);
  Close(alone);
}

}  // namespace
}  // namespace souk::journeys
