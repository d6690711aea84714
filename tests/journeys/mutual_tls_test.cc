// SPDX-License-Identifier: Apache-2.0
// Journeys of those who call a node over a network: who gets in, under which name, and what the others are told.
#include "tests/journeys/journey.h"
#include "tests/support/certificates.h"

namespace souk::journeys {
namespace {

using std::chrono::hours;
using support::CertificateAuthority;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> Flags(const CertificateFiles& files) {
  return {"--tls-cert=" + files.certificate, "--tls-key=" + files.key, "--tls-ca=" + files.authorities};
}

class MutualTls : public ::testing::Test {
 protected:
  MutualTls() { Start(authority_.Issue("node", {.common_name = "node"})); }

  void Start(const CertificateFiles& files) {
    node_.reset();
    node_ = Must(support::Node::Start({.data_directory = folder_ / "data", .flags = Flags(files)}));
  }
  client::ClientOptions OptionsWith(const CertificateFiles& files) const {
    client::ClientOptions options = ClientOf(node_->grpc_address());
    options.certificates = files;
    options.attempts_max = 1;
    options.actor = "root";  // a claim
    return options;
  }
  Status Call(const CertificateFiles& files) const {
    return client::Client(OptionsWith(files)).ListDomains({}).status();
  }

  support::TempDirectory folder_;
  CertificateAuthority authority_{folder_.path(), "authority"};
  CertificateAuthority stranger_{folder_.path(), "stranger"};
  std::unique_ptr<support::Node> node_;
};

TEST_F(MutualTls, TheActorIsWhomTheCertificateNames) {
  const struct {
    support::CertificateOptions certificate;
    std::string actor;
  } kCallers[] = {
      {{.common_name = "ada"}, "CN=ada"},
      {{.common_name = "x", .names = {"URI:spiffe://mesh/ns/sales/sa/loader"}}, "spiffe://mesh/ns/sales/sa/loader"},
  };
  for (const auto& [certificate, actor] : kCallers) {
    client::Client client(OptionsWith(authority_.Issue("caller", certificate)));
    const Sample sample = {.domain = "sales", .name = "Of " + certificate.common_name};
    Must(client.RegisterProduct(support::RegistrationOf(sample)));
    v1::GetProductRequest request;
    request.set_name(sample.line());
    const v1::Product product = Must(client.GetProduct(request)).product();
    EXPECT_EQ(product.actor(), actor);
    EXPECT_TRUE(product.actor_verified());
  }
}

TEST_F(MutualTls, WhoeverDoesNotGetInIsToldWhyOnBothSides) {
  const CertificateFiles good = authority_.Issue("good", {.common_name = "good"});
  EXPECT_TRUE(Call(good).ok());
  const CertificateFiles foreign = stranger_.Issue("eve", {.common_name = "eve"});
  const Status wrong = Call({foreign.certificate, foreign.key, good.authorities});
  EXPECT_THAT(wrong, FailsWith(Code::kUnauthenticated, "CERTIFICATE_REFUSED"));
  EXPECT_THAT(wrong.message(), HasSubstr("it hung up when it saw our certificate"));
  const Status none = Call({"", "", good.authorities});
  EXPECT_THAT(none, FailsWith(Code::kUnauthenticated, "CERTIFICATE_REFUSED"));
  EXPECT_THAT(none.message(), HasSubstr("it wants a certificate, and we show none"));
  EXPECT_THAT(none.detail().remedy, HasSubstr("--tls-cert"));
  const Status distrust = Call({good.certificate, good.key, stranger_.file()});
  EXPECT_THAT(distrust, FailsWith(Code::kUnavailable, "NODE_NOT_TRUSTED"));
  EXPECT_THAT(distrust.message(), HasSubstr("not signed by our authorities"));
  const Status plain = Call({});
  EXPECT_THAT(plain, FailsWith(Code::kUnavailable, "NODE_NOT_TRUSTED"));
  EXPECT_THAT(plain.message(), HasSubstr("it speaks TLS, and we don't"));
  EXPECT_THAT(node_->Log(), HasSubstr("a client was turned away at the TLS handshake: its certificate has expired or"));
  EXPECT_TRUE(Call(good).ok());
}

TEST_F(MutualTls, ANodeWhoseCertificateIsForElsewhereIsNotTrusted) {
  Start(authority_.Issue("elsewhere", {.common_name = "node", .names = {"DNS:souk.example.com"}}));
  const Status status = Call(authority_.Issue("ada", {.common_name = "ada"}));
  EXPECT_THAT(status, FailsWith(Code::kUnavailable, "NODE_NOT_TRUSTED"));
  EXPECT_THAT(status.message(), HasSubstr("for another address"));
}

TEST_F(MutualTls, OurOwnExpiredCertificateIsNotEvenShown) {
  const Status status = Call(authority_.Issue("old", {.common_name = "ada", .valid_until = hours(-1)}));
  EXPECT_THAT(status, FailsWith(Code::kFailedPrecondition, "CERTIFICATE_UNUSABLE"));
  EXPECT_THAT(status.message(), HasSubstr("old.pem: expired at"));
}

TEST_F(MutualTls, ACertificateWithoutANameGetsInAndMayDoNothing) {
  const CertificateFiles nameless = authority_.Issue("nameless");
  const Status status = Call(nameless);
  EXPECT_THAT(status, FailsWith(Code::kUnauthenticated, "UNAUTHENTICATED"));
  EXPECT_THAT(status.message(), HasSubstr("names nobody"));
}

TEST_F(MutualTls, TheCommandLineTakesFlagsVariablesAndAFile) {
  const CertificateFiles ada = authority_.Issue("ada", {.common_name = "ada"});
  std::vector<std::string> words = Flags(ada);
  words.insert(words.begin(), {"admin", "status"});
  EXPECT_THAT(support::RunSouk(node_->grpc_address(), words), ExitsWith(0));
  support::RunOptions variables;
  variables.environment = {"SOUK_TLS_CA=" + ada.authorities, "SOUK_TLS_CERT=" + ada.certificate,
                           "SOUK_TLS_KEY=" + ada.key};
  EXPECT_THAT(support::RunSouk(node_->grpc_address(), {"admin", "status"}, variables), ExitsWith(0));
  const auto without = support::RunSouk(node_->grpc_address(), {"admin", "status", "--timeout=5s"});
  EXPECT_THAT(without, ExitsWith(6));
  EXPECT_THAT(without.err, AllOf(HasSubstr("it speaks TLS, and we don't"), HasSubstr("--tls-ca")));
  const auto half = support::RunSouk(node_->grpc_address(), {"admin", "status", "--tls-ca=" + ada.authorities});
  EXPECT_THAT(half, ExitsWith(4));
  EXPECT_THAT(half.err, HasSubstr("--tls-cert"));
}

TEST_F(MutualTls, ANodeThatCannotUseItsFilesSaysWhichAndDoesNotStart) {
  node_.reset();
  const CertificateFiles good = authority_.Issue("good", {.common_name = "node"});
  const CertificateFiles old = authority_.Issue("old", {.common_name = "node", .valid_until = hours(-1)});
  const auto refused = [&](const std::vector<std::string>& flags) {
    return support::Node::Start({.data_directory = folder_ / "data", .flags = flags}).status().message();
  };
  EXPECT_THAT(refused(Flags(old)), AllOf(HasSubstr("exited with 1"), HasSubstr("old.pem: expired at")));
  EXPECT_THAT(refused(Flags({good.certificate, old.key, good.authorities})),
              HasSubstr("old.key: is not the key of the first certificate in " + good.certificate));
  EXPECT_THAT(refused({"--tls-cert=" + good.certificate}),
              AllOf(HasSubstr("exited with 2"), HasSubstr("--tls-cert requires --tls-")));
}

TEST_F(MutualTls, OnlyWithItDoesANodeListenToOtherMachines) {
  node_.reset();
  support::NodeOptions options = {.data_directory = folder_ / "data", .grpc_address = "0.0.0.0:0"};
  const auto exposed = support::Node::Start(options);
  ASSERT_FALSE(exposed.ok());
  EXPECT_THAT(exposed.status().message(), AllOf(HasSubstr("refusing to listen for gRPC on 0.0.0.0:0"),
                                                HasSubstr("--tls-cert"), Not(HasSubstr("serving"))));
  options.flags = Flags(authority_.Issue("node", {.common_name = "node"}));
  options.http_address = "0.0.0.0:0";
  EXPECT_THAT(support::Node::Start(options).status().message(), HasSubstr("refusing to listen for HTTP on 0.0.0.0:0"));
  options.http_address = "127.0.0.1:0";
  const auto served = support::Node::Start(options);
  ASSERT_TRUE(served.ok()) << served.status().ToString();
  const std::string port = (*served)->grpc_address().substr((*served)->grpc_address().rfind(':'));
  client::ClientOptions caller = ClientOf("127.0.0.1" + port);
  caller.certificates = authority_.Issue("ada", {.common_name = "ada"});
  EXPECT_TRUE(client::Client(caller).ListDomains({}).ok());
}

}  // namespace
}  // namespace souk::journeys
