// SPDX-License-Identifier: Apache-2.0
// The way to an etcd whose authentication is on, or is switched on and off. A real one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "storage/etcd/etcd_ledger.h"
#include "tests/storage/ledger_suite_script.h"
#include "tests/support/etcd.h"
#include "tests/support/records.h"
#include "tests/support/temp_directory.h"

namespace souk::storage::etcd {
namespace {

using souk::testing::Soon;
using suite::Script;
using suite::Values;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kUser = "souk";
constexpr const char* kPassword = "secret:1";

class EtcdUsersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!support::Etcd::IsInstalled() || !support::Etcd::HasTools()) {
      GTEST_SKIP() << "there is no etcd, or no etcdctl; ./dev test installs both";
    }
    Start({});
  }
  void Start(std::vector<std::string> flags) {
    etcd_.reset();
    auto etcd = support::Etcd::Start({.directory = folder_ / "etcd", .flags = std::move(flags)});
    ASSERT_TRUE(etcd.ok()) << etcd.status().ToString();
    etcd_ = *std::move(etcd);
    Must(etcd_->AddUser(kUser, kPassword));
    WriteFile(kPassword);
  }
  // None of it is told to anybody.
  void TearDown() override {
    const std::lock_guard lock(mutex_);
    for (const Status& told : told_) EXPECT_THAT(told.ToString() + told.detail().remedy, Not(HasSubstr("secret")));
  }
  static void Must(const Status& status) { ASSERT_TRUE(status.ok()) << status.ToString(); }
  void EnableUsers() { Must(etcd_->EnableUsers()); }
  void WriteFile(const std::string& password) const {
    support::WritePrivateFile(file_, std::string(kUser) + ":" + password + "\n");
  }
  // etcd forgets every login of the user.
  void EndLogins() { Must(etcd_->SetPassword(kUser, kPassword)); }

  ClientOptions AsNobody() {
    ClientOptions options;
    options.endpoints = {etcd_->endpoint()};
    options.on_refusal = [this](const Status& refusal) {
      const std::lock_guard lock(mutex_);
      told_.push_back(refusal);
    };
    return options;
  }
  ClientOptions AsUser() {
    ClientOptions options = AsNobody();
    options.user_file = file_;
    return options;
  }
  StatusOr<std::unique_ptr<EtcdLedger>> Open(const ClientOptions& client) {
    EtcdOptions options;
    options.client = client;
    return EtcdLedger::Open(options, clock_, Soon());
  }
  static Status Ask(Client& client, const std::string& key = "/souk/v1/key") {
    etcdserverpb::RangeRequest request;
    request.set_key(key);
    return client.Range(request, Soon()).status();
  }
  // A second after a refusal etcd is asked again.
  Status AskUntilAnswered(Client& client) {
    const Deadline until = Soon();
    Status answer = Ask(client);
    while (!answer.ok() && clock_.Monotonic() < until) answer = Ask(client);
    return answer;
  }
  void ExpectRefused(const Status& refused, const std::string& why, const std::string& remedy) {
    EXPECT_EQ(refused.code(), Code::kUnavailable);
    EXPECT_EQ(refused.reason(), kRefused);
    EXPECT_THAT(refused.message(), AllOf(HasSubstr(etcd_->endpoint()), HasSubstr(why), Not(HasSubstr("secret"))));
    EXPECT_THAT(refused.detail().remedy, AllOf(HasSubstr(remedy), Not(HasSubstr("secret"))));
  }
  std::vector<std::string> Told() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> told;
    for (const Status& status : told_) told.push_back(status.message());
    return told;
  }

  SystemClock clock_;
  support::TempDirectory folder_;
  const std::string file_ = folder_ / "etcd.user";
  std::unique_ptr<support::Etcd> etcd_;
  std::mutex mutex_;
  std::vector<Status> told_;
};

// The permissions are those of the runbook.
TEST_F(EtcdUsersTest, ALedgerIsReadWrittenFollowedAndSettledByAUserWithItsPrefixAlone) {
  EnableUsers();
  const auto ledger = Open(AsUser());
  ASSERT_TRUE(ledger.ok()) << ledger.status().ToString();
  Script script(**ledger);
  const Revision first = script.MustCommit({{"key/a", "1"}}, {{"key/", "key0", 0}});
  script.MustCommit({{"key/a", "2"}}, {{"key/a", "", first}});
  EXPECT_EQ(script.Feed(first, 10).size(), 1U);
  EXPECT_EQ(script.ValuesOf("key/"), (Values{{"key/a", "2"}}));
  EXPECT_EQ((*ledger)->Resolve("suite-none", Soon()).status().code(), Code::kUnknown);
  const auto status = (*ledger)->Status(Soon());
  ASSERT_TRUE(status.ok()) << status.status().ToString();
  EXPECT_TRUE(status->writable);
  EXPECT_THAT(script.Finish(), IsEmpty());
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(EtcdUsersTest, ALoginThatEtcdForgetsIsMadeAgainByEachKindOfCall) {
  EnableUsers();
  const auto ledger = Open(AsUser());
  ASSERT_TRUE(ledger.ok()) << ledger.status().ToString();
  Script script(**ledger);
  const Revision first = script.MustCommit({{"key/a", "1"}});
  EndLogins();
  const auto second = script.Commit({}, {{"key/a", "2"}});
  ASSERT_TRUE(second.ok()) << "it is known not to have been written: " << second.status().ToString();
  EndLogins();
  EXPECT_EQ((*ledger)->Head(Soon()).value(), *second);
  EndLogins();
  EXPECT_EQ((*ledger)->Resolve("suite-none", Soon()).status().code(), Code::kUnknown) << "the fence is written";
  EndLogins();
  EXPECT_TRUE((*ledger)->Status(Soon()).ok());
  EndLogins();
  EXPECT_EQ(script.Feed(first, 10).size(), 1U);
  // A member that starts again has forgotten all of them.
  Must(etcd_->KillAndRestart());
  EXPECT_EQ((*ledger)->Head(Soon()).value(), *second);
  EXPECT_THAT(script.Finish(), IsEmpty());
  EXPECT_THAT(Told(), IsEmpty());
}

// Such a token says of which state of users and roles it is, and etcd takes those of the newest only.
TEST_F(EtcdUsersTest, ALoginOfAnEarlierStateOfUsersAndRolesIsMadeAgain) {
  const std::string key = folder_ / "token.key";
  support::WritePrivateFile(key, "of-tokens");
  std::filesystem::remove_all(folder_ / "etcd");
  Start({"--auth-token=jwt,sign-method=HS256,priv-key=" + key + ",ttl=10m"});
  EnableUsers();
  const auto ledger = Open(AsUser());
  ASSERT_TRUE(ledger.ok()) << ledger.status().ToString();
  Script script(**ledger);
  const Revision first = script.MustCommit({{"key/a", "1"}});
  Must(etcd_->Control({"role", "add", "other"}));
  const Revision second = script.MustCommit({{"key/a", "2"}});
  Must(etcd_->Control({"role", "add", "another"}));
  EXPECT_EQ((*ledger)->Head(Soon()).value(), second);
  Must(etcd_->Control({"role", "delete", "other"}));
  EXPECT_EQ(script.Feed(first, 10).size(), 1U);
  EXPECT_THAT(script.Finish(), IsEmpty());
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(EtcdUsersTest, ManyCallsWhoseLoginIsForgottenAtOnceAllGoOn) {
  EnableUsers();
  Client client(AsUser(), clock_);
  Must(Ask(client));
  EndLogins();
  std::vector<std::future<Status>> answers;
  for (int i = 0; i < 8; ++i) answers.push_back(std::async(std::launch::async, [&] { return Ask(client); }));
  for (auto& answer : answers) {
    const Status status = answer.get();
    EXPECT_TRUE(status.ok()) << status.ToString();
  }
}

TEST_F(EtcdUsersTest, AWatchBeginsWithANewLoginIfNeedBe) {
  EnableUsers();
  Client client(AsUser(), clock_);
  Must(Ask(client));
  EndLogins();
  etcdserverpb::WatchCreateRequest request;
  request.set_key("/souk/v1/");
  size_t member = 0;
  auto watch = client.Watch(request, Soon(), member);
  ASSERT_TRUE(watch.ok()) << watch.status().ToString();
  const auto begun = (*watch)->Next(Soon());
  ASSERT_TRUE(begun.ok() && *begun) << begun.status().ToString();
  EXPECT_TRUE((*begun)->created());
  EXPECT_FALSE((*begun)->canceled()) << (*begun)->cancel_reason();
  request.set_key("/others");
  watch = client.Watch(request, Soon(), member);
  ASSERT_TRUE(watch.ok()) << watch.status().ToString();
  ExpectRefused((*watch)->Next(Soon()).status(), "does not permit user \"souk\"", "--prefix=true /souk/v1/");
}

TEST_F(EtcdUsersTest, AWrongPasswordIsNamedAndTheRightOneFoundInTheFile) {
  EnableUsers();
  WriteFile("secret:2");
  ExpectRefused(Open(AsUser()).status(), "refuses the login of user \"souk\"", file_);
  Client client(AsUser(), clock_);
  ExpectRefused(Ask(client), "refuses the login of user \"souk\"", "--ledger-user-file");
  ExpectRefused(Ask(client), "refuses the login of user \"souk\"", "--ledger-user-file");
  EXPECT_EQ(Told().size(), 1U) << "said once";
  WriteFile(kPassword);
  Must(AskUntilAnswered(client));
  // Rotated: the file first, then etcd.
  WriteFile("secret:3");
  Must(etcd_->SetPassword(kUser, "secret:3"));
  Must(Ask(client));
  // A file that can't be used any more is a refusal like another.
  support::WritePrivateFile(file_, "secret");
  EndLogins();
  const Status unusable = Ask(client);
  EXPECT_EQ(unusable.reason(), kRefused);
  EXPECT_THAT(unusable.message(), HasSubstr(file_ + ": has no colon"));
  WriteFile(kPassword);
  Must(AskUntilAnswered(client));
}

TEST_F(EtcdUsersTest, WhoNamesNoUserIsToldToAndWhoMayNotIsToldWhat) {
  EnableUsers();
  ExpectRefused(Open(AsNobody()).status(), "wants a login, and this node has none", "--ledger-user-file=FILE");
  Must(etcd_->Control({"role", "revoke-permission", "souk", "/souk/v1/", "--prefix=true"}));
  ExpectRefused(Open(AsUser()).status(), "does not permit user \"souk\"", "readwrite --prefix=true /souk/v1/");
  // Reading alone is not enough, and what is refused was not written.
  const std::vector<std::string> grant = {"role",      "grant-permission", "souk",
                                          "readwrite", "--prefix=true",    "/souk/v1/"};
  Must(etcd_->Control(grant));
  const auto ledger = Open(AsUser());
  ASSERT_TRUE(ledger.ok()) << ledger.status().ToString();
  Must(etcd_->Control({"role", "grant-permission", "souk", "read", "--prefix=true", "/souk/v1/"}));
  Script script(**ledger);
  ExpectRefused(script.Commit({}, {{"key/a", "1"}}).status(), "does not permit user \"souk\"", "readwrite");
  ExpectRefused(script.Commit({}, {{"key/a", "1"}}).status(), "does not permit user \"souk\"", "readwrite");
  EXPECT_EQ(Told().size(), 1U) << "not at each call";
  const auto read_only = (*ledger)->Status(Soon());
  ASSERT_TRUE(read_only.ok()) << read_only.status().ToString();
  EXPECT_FALSE(read_only->writable);
  EXPECT_THAT(read_only->not_writable_reason, AllOf(HasSubstr("does not permit user"), HasSubstr("readwrite")));
  Must(etcd_->Control(grant));
  EXPECT_EQ(script.ValuesOf("key/"), Values());
  script.MustCommit({{"key/a", "1"}});
  EXPECT_TRUE((*ledger)->Status(Soon())->writable);
  EXPECT_THAT(script.Finish(), IsEmpty());
}

TEST_F(EtcdUsersTest, AUserWhoMayNotIsLeftForAnotherThatTheFileNames) {
  Must(etcd_->Control({"user", "add", "other:" + std::string(kPassword)}));
  EnableUsers();
  support::WritePrivateFile(file_, "other:" + std::string(kPassword) + "\n");
  Client client(AsUser(), clock_);
  ExpectRefused(Ask(client), "does not permit user \"other\"", "name another user in " + file_);
  WriteFile(kPassword);
  Must(AskUntilAnswered(client));
}

TEST_F(EtcdUsersTest, AnEtcdThatAsksForNoLoginIsUsedAndSaidSo) {
  const auto ledger = Open(AsUser());
  ASSERT_TRUE(ledger.ok()) << ledger.status().ToString();
  Script script(**ledger);
  EXPECT_GT(script.MustCommit({{"key/a", "1"}}), 0U);
  EXPECT_THAT(Told(), ElementsAre(HasSubstr("its authentication is off, and user \"souk\" is not asked for")));
  EnableUsers();
  EXPECT_GT(script.MustCommit({{"key/a", "2"}}), 0U) << "it logs in from then on";
  Must(etcd_->Control({"auth", "disable"}));
  EXPECT_GT(script.MustCommit({{"key/a", "3"}}), 0U);
  EXPECT_THAT(script.Finish(), IsEmpty());
}

}  // namespace
}  // namespace souk::storage::etcd
