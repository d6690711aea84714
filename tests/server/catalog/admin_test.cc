// SPDX-License-Identifier: Apache-2.0
// AdminService: how the node is, verify, rebuild, backup, all while serving.
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

void Fill(const Mesh& mesh) {
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.Register(Sample{.name = "Invoices", .reads = {Sample{}.contract()}}).ok());
  ASSERT_TRUE(mesh.Register(Sample{.name = "Refunds"}).ok());
  ASSERT_TRUE(mesh.Retire("sales/refunds").ok());
}

std::string FaultsOf(const v1::VerifyIndexResponse& response) {
  std::string text;
  for (const v1::IndexFault& fault : response.faults()) {
    text += fault.index() + " " + fault.subject() + ": " + fault.message() + "\n";
  }
  return text;
}

TEST(Admin, TellsHowTheNodeIs) {
  const Mesh mesh;
  Fill(mesh);
  const auto status = mesh.admin->GetStatus({}, mesh.Call());
  ASSERT_TRUE(status.ok()) << status.status().ToString();
  EXPECT_FALSE(status->version().empty());
  EXPECT_EQ(status->ledger_kind(), "embedded");
  EXPECT_EQ(status->ledger_revision(), mesh.Token(mesh.revision()));
  EXPECT_EQ(status->store_revision(), mesh.Token(mesh.revision()));
  EXPECT_EQ(status->products(), 2U);
  EXPECT_GT(status->resident_bytes(), 0U);
  EXPECT_TRUE(status->writable());
  ASSERT_EQ(status->indexes_size(), 3);
  EXPECT_EQ(status->indexes(0).name(), "text");
  EXPECT_EQ(status->indexes(1).name(), "lineage");
  EXPECT_EQ(status->indexes(2).name(), "ownership");
  for (const v1::IndexStatus& index : status->indexes()) {
    EXPECT_EQ(index.applied_revision(), mesh.Token(mesh.revision())) << index.name();
    EXPECT_GT(index.entries(), 0U) << index.name();
  }
}

TEST(Admin, AnEmptyNodeIsSound) {
  const Mesh mesh;
  EXPECT_TRUE(mesh.admin->GetStatus({}, mesh.Call()).ok());
  const auto verified = mesh.admin->VerifyIndex({}, mesh.Call());
  ASSERT_TRUE(verified.ok()) << verified.status().ToString();
  EXPECT_EQ(verified->faults_size(), 0) << FaultsOf(*verified);
  EXPECT_TRUE(mesh.admin->RebuildIndex({}, mesh.Call()).ok());
}

TEST(Admin, VerifiesEverything) {
  const Mesh mesh;
  Fill(mesh);
  const auto verified = mesh.admin->VerifyIndex({}, mesh.Call());
  ASSERT_TRUE(verified.ok()) << verified.status().ToString();
  EXPECT_EQ(verified->faults_size(), 0) << FaultsOf(*verified);
  EXPECT_GE(verified->documents_checked(), 2U);
  EXPECT_EQ(verified->records_checked(), 6U);  // domain, team, three lines, one end
  EXPECT_EQ(verified->revision(), mesh.Token(mesh.revision()));
}

// An index that goes on while it is looked at is no damaged index.
TEST(Admin, VerifyFindsNoFaultInWhatChangesMeanwhile) {
  const Mesh mesh;
  Fill(mesh);
  std::atomic<bool> stop{false};
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < 3; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; !stop; ++i) {
        EXPECT_TRUE(mesh.Register(Sample{.name = "Line " + std::to_string(writer) + " " + std::to_string(i % 5),
                                         .version = "1." + std::to_string(i) + ".0",
                                         .reads = {Sample{}.contract()}})
                        .ok());
      }
    });
  }
  for (int i = 0; i < 12; ++i) {  // each takes longer than the one before: the history grows meanwhile
    const auto verified = mesh.admin->VerifyIndex({}, mesh.Call());
    EXPECT_TRUE(verified.ok()) << verified.status().ToString();
    if (verified.ok()) {
      EXPECT_EQ(verified->faults_size(), 0) << FaultsOf(*verified);
    }
  }
  stop = true;
}

TEST(Admin, FindsAndHealsWhatIsWrong) {
  const Mesh mesh;
  Fill(mesh);
  // A graph that has seen something that never happened.
  store::v1::LineState ghost;
  ghost.set_name("domains/sales/products/ghost/lines/1");
  ghost.set_state(v1::PRODUCT_STATE_ACTIVE);
  storage::Change change;
  change.revision = mesh.revision() + 1;
  storage::EntityDelta& delta = change.deltas.emplace_back();
  delta.entity = ghost.name();
  delta.line = std::make_shared<const store::v1::LineState>(ghost);
  ASSERT_TRUE(const_cast<Mesh&>(mesh).lineage.Apply({change}).ok());
  v1::VerifyIndexRequest request;
  const auto found = mesh.admin->VerifyIndex(request, mesh.Call());
  ASSERT_TRUE(found.ok()) << found.status().ToString();
  ASSERT_GT(found->faults_size(), 0);
  EXPECT_EQ(found->faults(0).index(), "lineage");
  EXPECT_FALSE(found->faults(0).healed());
  request.set_heal(true);
  const auto healed = mesh.admin->VerifyIndex(request, mesh.Call());
  ASSERT_TRUE(healed.ok()) << healed.status().ToString();
  ASSERT_GT(healed->faults_size(), 0);
  EXPECT_TRUE(healed->faults(0).healed());
  const auto sound = mesh.admin->VerifyIndex(request, mesh.Call());
  ASSERT_TRUE(sound.ok());
  EXPECT_EQ(sound->faults_size(), 0) << FaultsOf(*sound);
}

TEST(Admin, RebuildsWhileServing) {
  const Mesh mesh;
  Fill(mesh);
  std::atomic<bool> stop{false};
  std::jthread reader([&] {
    v1::SearchRequest search;
    search.set_query("invoices");
    while (!stop) {
      const auto found = mesh.discovery->Search(search, mesh.Call());
      EXPECT_TRUE(found.ok());
      if (found.ok()) {
        EXPECT_EQ(found->hits_size(), 1);
      }
    }
  });
  for (int i = 0; i < 3; ++i) {
    const auto rebuilt = mesh.admin->RebuildIndex({}, mesh.Call());
    EXPECT_TRUE(rebuilt.ok()) << rebuilt.status().ToString();
    if (rebuilt.ok()) {
      EXPECT_EQ(rebuilt->revision(), mesh.Token(mesh.revision()));
    }
  }
  stop = true;
  reader.join();
  EXPECT_TRUE(mesh.Register(Sample{.name = "Returns"})->visible());
}

TEST(Admin, BacksUpToANewFolder) {
  const Mesh mesh;
  Fill(mesh);
  v1::CreateBackupRequest request;
  EXPECT_EQ(ReasonOf(mesh.admin->CreateBackup(request, mesh.Call())), "MISSING_FIELD");
  request.set_directory("relative/folder");
  EXPECT_EQ(ReasonOf(mesh.admin->CreateBackup(request, mesh.Call())), "BAD_FIELD");
  const std::filesystem::path target = mesh.folder / "backup";
  request.set_directory(target);
  const auto backup = mesh.admin->CreateBackup(request, mesh.Call());
  ASSERT_TRUE(backup.ok()) << backup.status().ToString();
  EXPECT_EQ(backup->revision(), mesh.Token(mesh.revision()));
  EXPECT_GT(backup->size_bytes(), 0U);
  EXPECT_EQ(mesh.admin->CreateBackup(request, mesh.Call()).status().code(), Code::kAlreadyExists);
  // The copy is a store.
  const auto copy = storage::Store::Open({.directory = target}, mesh.clock);
  ASSERT_TRUE(copy.ok()) << copy.status().ToString();
  EXPECT_EQ((*copy)->applied(), mesh.revision());
  EXPECT_EQ((*copy)->live_lines(), 2U);
}

}  // namespace
}  // namespace souk::support
