// SPDX-License-Identifier: Apache-2.0
#include "client/lib/spool.h"

#include <google/protobuf/any.pb.h>
#include <gtest/gtest.h>

#include "base/errors.h"
#include "tests/client/support/fake_node.h"
#include "tests/support/temp_directory.h"

namespace souk::client {
namespace {

v1::RegisterProductRequest Request(const std::string& name) {
  v1::RegisterProductRequest request;
  request.mutable_bundle()->mutable_model()->set_name(name);
  return request;
}

class SpoolTest : public ::testing::Test {
 protected:
  std::vector<std::string> Names() {
    const auto names = spool_.List();
    EXPECT_TRUE(names.ok());
    return names.ok() ? *names : std::vector<std::string>();
  }
  std::string Add(const google::protobuf::Message& request) {
    clock_.AdvanceUs(1);
    const auto name = spool_.Add(request);
    EXPECT_TRUE(name.ok()) << name.status().ToString();
    return name.ok() ? *name : "";
  }

  support::TempDirectory folder_;
  ManualClock clock_{1'000'000};
  Spool spool_{folder_ / "state" / "spool", {"prod:1", "prod:2"}, clock_};
};

TEST_F(SpoolTest, KeepsInOrderAndOnce) {
  EXPECT_TRUE(Names().empty());
  const std::string first = Add(Request("b"));
  const std::string second = Add(Request("a"));
  EXPECT_EQ(Add(Request("b")), first);
  EXPECT_EQ(Names(), (std::vector<std::string>{first, second}));
  v1::RegisterProductRequest back;
  const auto read = spool_.Read(first);
  ASSERT_TRUE(read.ok() && read->UnpackTo(&back));
  EXPECT_EQ(back.bundle().model().name(), "b");
  ASSERT_TRUE(spool_.Remove(first).ok());
  ASSERT_TRUE(spool_.Remove(first).ok());
  EXPECT_EQ(Names(), std::vector<std::string>{second});
}

TEST_F(SpoolTest, AChangeBelongsToTheNodesItWasMeantFor) {
  const std::filesystem::path directory = folder_ / "state" / "spool";
  const std::string name = Add(Request("a"));
  for (const std::vector<std::string>& others : std::vector<std::vector<std::string>>{
           {"prod:1"}, {"test:1", "test:2"}, {"unix:/run/souk"}, {"unix:/run_souk"}, {"..", "prod:1"}, {}}) {
    const Spool other(directory, others, clock_);
    EXPECT_EQ(other.List()->size(), 0U) << other.directory();
    EXPECT_EQ(other.directory().parent_path(), directory);
  }
  EXPECT_EQ(*Spool(directory, {"prod:2", "prod:1"}, clock_).List(), std::vector<std::string>{name});
}

TEST_F(SpoolTest, DamageIsNoticed) {
  const std::string name = Add(Request("a"));
  support::WriteFile(spool_.directory() / name, "damaged");
  EXPECT_EQ(spool_.Read(name).status().code(), Code::kDataLoss);
}

TEST_F(SpoolTest, AFolderThatCantBeMadeIsAnError) {
  support::WriteFile(folder_ / "file", "");
  Spool spool(folder_ / "file", {"prod:1"}, clock_);
  EXPECT_FALSE(spool.Add(Request("a")).ok());
}

TEST_F(SpoolTest, ResendSendsSetsAsideAndStops) {
  FakeNode node;
  node.Answer<v1::UpdateTeamRequest, v1::UpdateTeamResponse>("RegistryService/UpdateTeam", v1::UpdateTeamResponse());
  node.Answer<v1::RegisterProductRequest, v1::RegisterProductResponse>(
      "RegistryService/RegisterProduct",
      [](const v1::RegisterProductRequest& request) -> StatusOr<v1::RegisterProductResponse> {
        const std::string& name = request.bundle().model().name();
        if (name == "refused") return errors::RefusedByGate("a/b@1", {});
        if (name == "down") return errors::ShuttingDown();
        return v1::RegisterProductResponse();
      });
  v1::UpdateTeamRequest team;
  team.mutable_team()->set_name("teams/a");
  Add(team);
  const std::string refused = Add(Request("refused"));
  Add(Request("good"));
  Add(Request("down"));
  const std::string last = Add(Request("behind"));

  ClientOptions options;
  options.addresses = {node.address()};
  options.pause = [](std::chrono::milliseconds) {};
  Client client(options);
  const auto report = Resend(client, spool_, nullptr);
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_EQ(report->sent, 2);
  EXPECT_EQ(report->waiting, 2);
  ASSERT_EQ(report->set_aside.size(), 1U);
  EXPECT_EQ(report->set_aside[0].first, refused);
  EXPECT_EQ(report->set_aside[0].second.reason(), "REFUSED_BY_GATE");
  EXPECT_TRUE(std::filesystem::exists(spool_.directory() / (refused + ".refused")));
  EXPECT_EQ(Names().size(), 2U);
  EXPECT_EQ(Names().back(), last);
}

TEST(MayWorkLaterTest, Table) {
  EXPECT_TRUE(MayWorkLater(errors::ShuttingDown()));
  EXPECT_TRUE(MayWorkLater(errors::DeadlineExceeded("it")));
  EXPECT_TRUE(MayWorkLater(errors::Overloaded("it", 5)));
  EXPECT_FALSE(MayWorkLater(errors::NotWritable("disk full")));
  EXPECT_FALSE(MayWorkLater(errors::StaleEtag("l", "a", "b")));
  EXPECT_FALSE(MayWorkLater(Status::Ok()));
}

}  // namespace
}  // namespace souk::client
