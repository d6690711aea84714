// SPDX-License-Identifier: Apache-2.0
// Connections that don't come about, and what a caller is told of them. Both ends are real; what a node of ours says
// and refuses is shown by journeys.
#include "client/lib/handshake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>

#include "client/lib/client.h"
#include "tests/client/support/fake_node.h"
#include "tests/support/certificates.h"
#include "tests/support/temp_directory.h"

namespace souk::client {
namespace {

using std::chrono::hours;
using support::CertificateAuthority;
using ::testing::HasSubstr;

constexpr char kGet[] = "RegistryService/GetProduct";
constexpr std::chrono::seconds kPatience{20};

class HandshakeTest : public ::testing::Test {
 protected:
  static void Answer(FakeNode& node) {
    node.Answer<v1::GetProductRequest, v1::GetProductResponse>(kGet, v1::GetProductResponse());
  }
  Status Call(std::vector<std::string> addresses, const Clock* clock = nullptr) {
    ClientOptions options;
    options.addresses = std::move(addresses);
    options.certificates = ours_;
    options.attempts_max = 1;
    options.clock = clock;
    return Client(options).GetProduct({}).status();
  }

  support::TempDirectory folder_;
  CertificateAuthority authority_{folder_.path(), "authority"};
  CertificateAuthority stranger_{folder_.path(), "stranger"};
  const CertificateFiles theirs_ = authority_.Issue("node", {.common_name = "node"});
  CertificateFiles ours_ = authority_.Issue("us", {.common_name = "us"});
};

TEST_F(HandshakeTest, WhatIsRightIsNotFaulted) {
  FakeNode node(theirs_);
  Answer(node);
  EXPECT_TRUE(Call({node.address()}).ok());
  EXPECT_TRUE(ExplainHandshake(node.address(), ours_, kPatience).ok());
}

TEST_F(HandshakeTest, WhatCannotBeReachedIsNotFaultedEither) {
  for (const char* address : {"127.0.0.1:1", "127.0.0.1", "", "nowhere.invalid:1", "[::1]:1", "unix:/nowhere"}) {
    EXPECT_TRUE(ExplainHandshake(address, ours_, kPatience).ok()) << address;
    EXPECT_TRUE(ExplainHandshake(address, {}, kPatience).ok()) << address;
  }
}

TEST_F(HandshakeTest, ANodeWhoseCertificateExpiredIsNotTrusted) {
  FakeNode node(authority_.Issue("old", {.common_name = "node", .valid_until = hours(-1)}));
  const Status status = Call({node.address()});
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_EQ(status.reason(), "NODE_NOT_TRUSTED");
  EXPECT_THAT(status.message(), HasSubstr("certificate has expired"));
  EXPECT_FALSE(status.detail().remedy.empty());
}

TEST_F(HandshakeTest, ANodeThatSpeaksNoTlsIsNotTrusted) {
  FakeNode node;
  const Status status = Call({node.address()});
  EXPECT_EQ(status.reason(), "NODE_NOT_TRUSTED");
  EXPECT_THAT(status.message(), HasSubstr("it speaks no TLS"));
  ours_ = {};
  EXPECT_TRUE(ExplainHandshake(node.address(), ours_, kPatience).ok());
}

TEST_F(HandshakeTest, OurExpiredCertificateIsRefusedByANodeWhoseClockSaysSo) {
  FakeNode node(theirs_);
  Answer(node);
  ours_ = authority_.Issue("ours", {.common_name = "us", .valid_from = hours(-3), .valid_until = hours(-1)});
  const ManualClock slow(SystemClock().NowUs() - std::chrono::microseconds(hours(2)).count());
  const Status status = Call({node.address()}, &slow);
  EXPECT_EQ(status.code(), Code::kUnauthenticated);
  EXPECT_EQ(status.reason(), "CERTIFICATE_REFUSED");
  EXPECT_THAT(status.detail().remedy, HasSubstr("valid by its clock"));
}

// The whole test would end by SIGPIPE.
TEST_F(HandshakeTest, ANodeThatHangsUpAtOnceDoesNotEndTheProgram) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(listener, any, length), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ASSERT_EQ(::getsockname(listener, any, &length), 0);
  constexpr int kTimes = 20;
  auto hanging_up = std::async(std::launch::async, [listener] {
    for (int i = 0; i < kTimes; ++i) ::close(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
  });
  for (int i = 0; i < kTimes; ++i) {
    const std::string port = std::to_string(ntohs(address.sin_port));
    EXPECT_TRUE(ExplainHandshake("127.0.0.1:" + port, ours_, kPatience).ok());
  }
  hanging_up.get();
  ::close(listener);
}

TEST_F(HandshakeTest, ANodeThatIsNotTrustedIsLeftForAnother) {
  FakeNode forged(stranger_.Issue("forged", {.common_name = "node"}));
  FakeNode node(theirs_);
  Answer(forged);
  Answer(node);
  EXPECT_TRUE(Call({forged.address(), node.address()}).ok());
  EXPECT_EQ(forged.calls(kGet), 0);
  const Status status = Call({forged.address(), "127.0.0.1:1"});
  EXPECT_EQ(status.reason(), "NO_NODE");
  EXPECT_THAT(status.message(), HasSubstr("not signed by our authorities"));
}

TEST_F(HandshakeTest, NodesThatAllRefuseUsSaySo) {
  FakeNode one(theirs_);
  FakeNode two(theirs_);
  ours_ = {"", "", theirs_.authorities};
  const Status status = Call({one.address(), two.address()});
  EXPECT_EQ(status.code(), Code::kUnauthenticated);
  EXPECT_EQ(status.reason(), "CERTIFICATE_REFUSED");
  EXPECT_THAT(status.message(), HasSubstr("we show none"));
}

}  // namespace
}  // namespace souk::client
