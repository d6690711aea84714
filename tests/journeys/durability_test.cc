// SPDX-License-Identifier: Apache-2.0
// Journeys of an operator whose node is stopped, killed, copied, or runs out of disk: what was answered stays answered.
#include <thread>

#include "tests/journeys/journey.h"

namespace souk::journeys {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

class Durability : public Journey {
 protected:
  static Sample Numbered(const std::string& domain, int number) {
    return {.domain = domain, .name = "Product " + std::to_string(number)};
  }

  static void RegisterMany(const std::string& domain, int count) {
    for (int i = 0; i < count; ++i) Register(Numbered(domain, i));
  }
};

TEST_F(Durability, AStoppedNodeExitsWith0AndKeepsEverything) {
  RegisterMany("stopped", 20);
  const std::string head = Must(client().GetStatus({})).ledger_revision();
  StopNode();
  StartAgain();
  EXPECT_EQ(Must(client().GetStatus({})).ledger_revision(), head);
  for (int i = 0; i < 20; ++i) ExpectThere(Numbered("stopped", i));
  ExpectSound();
}

TEST_F(Durability, AKilledNodeKeepsEverythingThatItAcknowledged) {
  constexpr int kThreads = 4;
  constexpr int kEach = 15;
  std::vector<std::thread> teams;
  for (int team = 0; team < kThreads; ++team) {
    teams.emplace_back([team] { RegisterMany("killed-" + std::to_string(team), kEach); });
  }
  for (std::thread& team : teams) team.join();
  node().Kill();
  StartAgain();
  for (int team = 0; team < kThreads; ++team) {
    for (int i = 0; i < kEach; ++i) ExpectThere(Numbered("killed-" + std::to_string(team), i));
  }
  ExpectSound();
}

TEST_F(Durability, AStoppingNodeSaysSoAndItsDataIsHeldByOneNodeOnly) {
  const auto second = support::Node::Start({.data_directory = data_directory()});
  ASSERT_FALSE(second.ok()) << "two nodes must not share a folder";
  EXPECT_THAT(second.status().message(), Not(::testing::HasSubstr("exited with 139")));
  Register({.domain = "held", .name = "Held"});
}

TEST_F(Durability, ABackupOpensAsANodeOfItsOwn) {
  RegisterMany("backup", 5);
  const auto folder = Folder("backups") / "monday";
  const auto told = Souk({"admin", "backup", folder.string()});
  ASSERT_THAT(told, ExitsWith(0));
  Register({.domain = "backup", .name = "Too late"});
  v1::CreateBackupRequest again;
  again.set_directory(folder.string());
  EXPECT_EQ(client().CreateBackup(again).status().code(), Code::kAlreadyExists);

  const auto data = Folder("backups") / "restored";
  std::filesystem::create_directories(data);
  std::filesystem::copy(folder, data / "store", std::filesystem::copy_options::recursive);  // as the runbook says
  const auto restored = Must(support::Node::Start({.data_directory = data}));
  client::Client reader(ClientOf(restored->grpc_address()));
  v1::SearchRequest request;
  request.set_filter("domain = backup");
  const v1::SearchResponse found = Must(reader.Search(request));
  EXPECT_EQ(found.total_size(), 5U);
  EXPECT_THAT(Must(reader.VerifyIndex({})).faults(), IsEmpty());
  Must(reader.RegisterProduct(support::RegistrationOf({.domain = "backup", .name = "Its own"})));
  Must(restored->Stop());
}

TEST_F(Durability, FilesThatMayNotGrowRefuseWritesClearlyAndReadsGoOn) {
  RegisterMany("full", 3);
  Must(node().LimitFileBytes(0));  // no file may grow: what a full disk looks like to a process
  const Sample refused{.domain = "full", .name = "Refused"};
  const auto answer = client().RegisterProduct(support::RegistrationOf(refused));
  ASSERT_THAT(answer, FailsWith(Code::kResourceExhausted, "NOT_WRITABLE"));
  EXPECT_THAT(answer.status().detail().remedy, Not(IsEmpty()));
  EXPECT_THAT(Souk({"admin", "status"}), ExitsWith(0));
  const v1::GetStatusResponse status = Must(client().GetStatus({}));
  EXPECT_FALSE(status.writable());
  EXPECT_FALSE(status.not_writable_reason().empty());
  for (int i = 0; i < 3; ++i) ExpectThere(Numbered("full", i));
  EXPECT_THAT(Get(refused.line()), FailsWith(Code::kNotFound, "NOT_FOUND"));

  // A full disk (ENOSPC) mends itself once there is room; a file that may not grow, which is what a test can make
  // without a disk of its own, takes a new start.
  node().Kill();
  StartAgain();
  for (int i = 0; i < 3; ++i) ExpectThere(Numbered("full", i));
  EXPECT_THAT(Get(refused.line()), FailsWith(Code::kNotFound, "NOT_FOUND"));
  Must(client().RegisterProduct(support::RegistrationOf(refused)));
  ExpectThere(refused);
  ExpectSound();
}

}  // namespace
}  // namespace souk::journeys
