// SPDX-License-Identifier: Apache-2.0
// Journeys of an operator whose etcd wants a user's name and password: what a node says when they are wrong, and how it
// gets on when they are right.
#include <chrono>
#include <sstream>
#include <thread>

#include "tests/journeys/journey.h"
#include "tests/support/etcd.h"

namespace souk::journeys {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::chrono::seconds kAwaitMax{60};
constexpr const char* kFirst = "secret-1";
constexpr const char* kSecond = "secret-2";

class EtcdUser : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!support::Etcd::IsInstalled() || !support::Etcd::HasTools()) {
      GTEST_SKIP() << "there is no etcd, or no etcdctl; ./dev test unpacks both";
    }
    etcd_ = Must(support::Etcd::Start({folder_ / "etcd"}));
    Must(etcd_->AddUser("souk", kFirst));
    Must(etcd_->EnableUsers());
    WriteFile(kFirst);
  }
  void WriteFile(const std::string& password) const { support::WritePrivateFile(file_, "souk:" + password + "\n"); }
  StatusOr<std::unique_ptr<support::Node>> Start(const std::string& data) const {
    return support::Node::Start({.data_directory = folder_ / data,
                                 .flags = {"--ledger=etcd://" + etcd_->endpoint(), "--ledger-user-file=" + file_}});
  }
  static v1::LedgerLink LinkOf(client::Client& client) { return Must(client.GetStatus({})).ledger_link(); }
  static void AwaitConnected(client::Client& client, bool connected) {
    const auto until = std::chrono::steady_clock::now() + kAwaitMax;
    while (LinkOf(client).connected() != connected) {
      ASSERT_LT(std::chrono::steady_clock::now(), until);
      std::this_thread::yield();
    }
  }
  static Status Register(client::Client& client, const std::string& name) {
    return client.RegisterProduct(support::RegistrationOf({.domain = "retail", .name = name})).status();
  }
  static Status Read(client::Client& client, const std::string& name) {
    v1::GetProductRequest request;
    request.set_name(Sample{.domain = "retail", .name = name}.line());
    return client.GetProduct(request).status();
  }
  static client::ClientOptions OnceTo(const support::Node& node) {
    client::ClientOptions options = ClientOf(node.grpc_address());
    options.attempts_max = 1;  // what a node refuses is what is looked at
    return options;
  }

  support::TempDirectory folder_;
  const std::string file_ = folder_ / "etcd.user";
  std::unique_ptr<support::Etcd> etcd_;
};

TEST_F(EtcdUser, ANodeThatIsRefusedAtItsStartSaysWhy) {
  WriteFile(kSecond);
  const auto refusal = [&](const std::string& data) {
    const auto node = Start(data);
    EXPECT_FALSE(node.ok()) << "it started";
    EXPECT_THAT(node.status().message(), AllOf(HasSubstr("it exited with 1"), Not(HasSubstr("secret"))));
    return node.status().message();
  };
  EXPECT_THAT(refusal("new"), AllOf(HasSubstr("etcd at " + etcd_->endpoint() + " refuses the login of user \"souk\""),
                                    HasSubstr(file_), HasSubstr("etcdctl user passwd")));
  std::filesystem::permissions(file_, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
  EXPECT_THAT(refusal("new"), HasSubstr(file_ + ": holds a password, and others than its owner may read"));
  const auto nobody =
      support::Node::Start({.data_directory = folder_ / "new", .flags = {"--ledger=etcd://" + etcd_->endpoint()}});
  EXPECT_THAT(nobody.status().message(), HasSubstr("wants a login, and this node has none"));
  const auto alone =
      support::Node::Start({.data_directory = folder_ / "new", .flags = {"--ledger-user-file=" + file_}});
  EXPECT_THAT(alone.status().message(), HasSubstr("an embedded ledger has no users"));
}

TEST_F(EtcdUser, APasswordThatChangesIsFoundInTheFileAndReadsGoOnMeanwhile) {
  const auto node = Must(Start("node"));
  client::Client client(OnceTo(*node));
  Must(Register(client, "Before"));
  Must(etcd_->SetPassword("souk", kSecond));
  AwaitConnected(client, false);
  EXPECT_THAT(LinkOf(client).reason(), AllOf(HasSubstr("refuses the login of user \"souk\""), HasSubstr(file_)));
  EXPECT_TRUE(Read(client, "Before").ok());
  const Status refused = Register(client, "Late");
  EXPECT_EQ(refused.code(), Code::kUnavailable);
  EXPECT_THAT(refused.message(), HasSubstr("refuses the login of user \"souk\""));
  const auto told = support::RunSouk(node->grpc_address(), {"admin", "status"});
  EXPECT_THAT(told.out, HasSubstr("refuses the login"));
  WriteFile(kSecond);
  AwaitConnected(client, true);
  Must(Register(client, "Late"));
  const std::string command = support::ReadFile("/proc/" + std::to_string(node->pid()) + "/cmdline");
  EXPECT_THAT(node->Log() + told.out + told.err + refused.ToString() + command, Not(HasSubstr("secret")));
  EXPECT_THAT(node->Log(), HasSubstr("refuses the login of user \"souk\""));
}

TEST_F(EtcdUser, ANodeThatIsRefusedServesWhatItHasUntilItIsNot) {
  auto node = Must(Start("node"));
  Must(Register(*std::make_unique<client::Client>(OnceTo(*node)), "Before"));
  Must(node->Stop());
  WriteFile(kSecond);
  node = Must(Start("node"));
  EXPECT_THAT(node->Log(), AllOf(HasSubstr("serving what this node has, marked"), HasSubstr(file_)));
  client::Client client(OnceTo(*node));
  EXPECT_TRUE(Read(client, "Before").ok());
  AwaitConnected(client, false);
  Must(etcd_->SetPassword("souk", kSecond));
  AwaitConnected(client, true);
  Must(Register(client, "Late"));
}

}  // namespace
}  // namespace souk::journeys
