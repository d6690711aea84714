// SPDX-License-Identifier: Apache-2.0
// When a login is made, and when not: each costs etcd a slow hash.
#include "storage/etcd/login.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/temp_directory.h"

namespace souk::storage::etcd {
namespace {

constexpr int64_t kSecondUs = 1'000'000;

class LoginTest : public ::testing::Test {
 protected:
  LoginTest() { Write("souk:one"); }
  void Write(const std::string& line) { support::WritePrivateFile(file_, line + "\n"); }
  // What an etcd says that knows these users.
  Login::Ask Etcd() {
    return [this](const User& user) -> StatusOr<std::string> {
      const int number = ++asked_;
      if (user.password != password_) return login_.Refused(Refusal::kLogin, "here");
      return user.name + "-" + std::to_string(number);
    };
  }
  StatusOr<std::string> Token() { return login_.Token(Etcd(), SystemClock().Monotonic() + std::chrono::seconds(30)); }

  support::TempDirectory folder_;
  const std::string file_ = folder_ / "etcd.user";
  std::string password_ = "one";
  ManualClock clock_{kSecondUs};
  std::atomic<int> asked_ = 0;
  std::atomic<int> told_ = 0;
  Login login_{file_, [this](const Status&) { ++told_; }, clock_};
};

TEST_F(LoginTest, OneIsKeptUntilEtcdHasForgottenIt) {
  EXPECT_EQ(*Token(), "souk-1");
  EXPECT_EQ(*Token(), "souk-1");
  EXPECT_TRUE(login_.Renews("souk-1", Refusal::kToken));
  EXPECT_EQ(*Token(), "souk-2");
  EXPECT_TRUE(login_.Renews("souk-1", Refusal::kToken)) << "it has been renewed meanwhile";
  EXPECT_EQ(*Token(), "souk-2");
  EXPECT_FALSE(login_.Renews("souk-2", Refusal::kNone));
  EXPECT_EQ(asked_, 2);
}

TEST_F(LoginTest, ManyWhoNeedOneWaitForTheSame) {
  constexpr int kCalls = 8;
  std::atomic<int> begun = 0;
  const Login::Ask slow = [&, ask = Etcd()](const User& user) {
    while (begun < kCalls) std::this_thread::yield();
    return ask(user);
  };
  const Deadline until = SystemClock().Monotonic() + std::chrono::seconds(30);
  std::vector<std::future<StatusOr<std::string>>> tokens;
  for (int i = 0; i < kCalls; ++i) {
    tokens.push_back(std::async(std::launch::async, [&] {
      ++begun;
      return login_.Token(slow, until);
    }));
  }
  for (auto& token : tokens) EXPECT_EQ(*token.get(), "souk-1");
  EXPECT_EQ(asked_, 1);
}

TEST_F(LoginTest, AfterARefusalNobodyAsksForASecond) {
  password_ = "two";
  EXPECT_EQ(Token().status().reason(), kRefused);
  EXPECT_EQ(Token().status().reason(), kRefused);
  EXPECT_EQ(asked_, 1);
  clock_.AdvanceUs(kSecondUs);
  EXPECT_EQ(Token().status().reason(), kRefused);
  EXPECT_EQ(asked_, 2);
  EXPECT_EQ(told_, 1) << "the same is said once a minute";
  Write("souk:two");
  clock_.AdvanceUs(kSecondUs);
  EXPECT_EQ(*Token(), "souk-3");
  // It is well again: what comes now is another refusal.
  password_ = "three";
  EXPECT_TRUE(login_.Renews("souk-3", Refusal::kToken));
  clock_.AdvanceUs(kSecondUs);
  EXPECT_EQ(Token().status().reason(), kRefused);
  EXPECT_EQ(told_, 2);
}

TEST_F(LoginTest, WhoMayNotIsLookedForInTheFileOnceASecond) {
  EXPECT_EQ(*Token(), "souk-1");
  EXPECT_FALSE(login_.Renews("souk-1", Refusal::kPermission)) << "the file says nothing else";
  Write("other:one");
  EXPECT_FALSE(login_.Renews("souk-1", Refusal::kPermission));
  clock_.AdvanceUs(kSecondUs);
  EXPECT_TRUE(login_.Renews("souk-1", Refusal::kPermission));
  EXPECT_EQ(*Token(), "other-2");
}

}  // namespace
}  // namespace souk::storage::etcd
