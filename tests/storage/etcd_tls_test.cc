// SPDX-License-Identifier: Apache-2.0
// The way to an etcd that speaks TLS and asks for certificates. A real one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>

#include "storage/etcd/etcd_ledger.h"
#include "tests/storage/ledger_suite_script.h"
#include "tests/support/certificates.h"
#include "tests/support/etcd.h"
#include "tests/support/records.h"
#include "tests/support/temp_directory.h"

namespace souk::storage::etcd {
namespace {

using suite::Script;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EtcdTlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!support::Etcd::IsInstalled()) GTEST_SKIP() << "there is no etcd; ./dev test installs it";
    support::EtcdOptions options{folder_ / "etcd"};
    options.certificates = authority_.Issue("etcd", {.common_name = "etcd"});
    auto etcd = support::Etcd::Start(options);
    ASSERT_TRUE(etcd.ok()) << etcd.status().ToString();
    etcd_ = *std::move(etcd);
  }
  ClientOptions With(const CertificateFiles& files) const {
    ClientOptions options;
    options.endpoints = {etcd_->endpoint()};
    options.certificates = files;
    options.certificates_read_again = std::chrono::seconds(1);
    return options;
  }
  Status Ask(Client& client) {
    etcdserverpb::RangeRequest request;
    request.set_key("/key");
    return client.Range(request, souk::testing::Soon()).status();
  }
  Status AskWith(const CertificateFiles& files) {
    Client client(With(files), clock_);
    return Ask(client);
  }

  SystemClock clock_;
  support::TempDirectory folder_;
  support::CertificateAuthority authority_{folder_ / "ours", "authority"};
  support::CertificateAuthority other_{folder_ / "theirs", "other"};
  std::unique_ptr<support::Etcd> etcd_;
};

TEST_F(EtcdTlsTest, ALedgerIsReadWrittenAndFollowed) {
  EtcdOptions options;
  options.client = With(authority_.Issue("node", {.common_name = "node"}));
  const auto ledger = EtcdLedger::Open(options, clock_, souk::testing::Soon());
  ASSERT_TRUE(ledger.ok()) << ledger.status().ToString();
  Script script(**ledger);
  const Revision first = script.MustCommit({{"key/a", "1"}});
  script.MustCommit({{"key/a", "2"}});
  EXPECT_EQ(script.Feed(first, 10).size(), 1U);
  EXPECT_THAT(script.Finish(), IsEmpty());
}

TEST_F(EtcdTlsTest, WhoIsNotTrustedIsRefusedAndSaysSo) {
  const CertificateFiles good = authority_.Issue("node", {.common_name = "node"});
  EXPECT_TRUE(AskWith(good).ok());
  const CertificateFiles strange = other_.Issue("node", {.common_name = "node"});
  const CertificateFiles none;
  const CertificateFiles no_identity{"", "", good.authorities};
  const CertificateFiles untrusting{good.certificate, good.key, strange.authorities};
  const CertificateFiles untrusted{strange.certificate, strange.key, good.authorities};
  for (const CertificateFiles& files : {none, no_identity, untrusting, untrusted}) {
    const Status refused = AskWith(files);
    EXPECT_EQ(refused.code(), Code::kUnavailable) << files.certificate;
    EXPECT_THAT(refused.message(), HasSubstr("no member accepts a connection"));
  }
}

TEST_F(EtcdTlsTest, AnExpiredCertificateIsNamedAndItsRenewalUsed) {
  const std::chrono::hours ago(-1);
  const CertificateFiles files =
      authority_.Issue("node", {.common_name = "node", .valid_from = 2 * ago, .valid_until = ago});
  Client client(With(files), clock_);
  const Status refused = Ask(client);
  EXPECT_EQ(refused.code(), Code::kUnavailable);
  EXPECT_THAT(refused.message(), HasSubstr("node.pem: expired at"));
  authority_.Issue("node", {.common_name = "node"});
  const Deadline until = souk::testing::Soon();
  Status answer = Ask(client);
  while (!answer.ok() && clock_.Monotonic() < until) answer = Ask(client);
  EXPECT_TRUE(answer.ok()) << answer.ToString();
}

}  // namespace
}  // namespace souk::storage::etcd
