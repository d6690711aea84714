// SPDX-License-Identifier: Apache-2.0
#include "server/auth/certificate.h"

#include <gtest/gtest.h>

namespace souk::auth {
namespace {

TEST(CertificateAuthenticator, TakesTheSpiffeIdBeforeTheSubject) {
  const CertificateAuthenticator authenticator;
  const auto service = authenticator.Identify({.spiffe_id = "spiffe://mesh/ns/sales/sa/loader", .subject = "CN=x"});
  EXPECT_EQ(service->name, "spiffe://mesh/ns/sales/sa/loader");
  EXPECT_TRUE(service->verified);
  EXPECT_EQ(authenticator.Identify({.subject = "CN=ada,O=Example"})->name, "CN=ada,O=Example");
}

TEST(CertificateAuthenticator, AClaimCountsForNothing) {
  const CertificateAuthenticator authenticator;
  EXPECT_EQ(authenticator.Identify({.claimed_name = "root", .subject = "CN=ada"})->name, "CN=ada");
  EXPECT_EQ(authenticator.Identify({.claimed_name = "root"}).status().code(), Code::kUnauthenticated);
}

TEST(CertificateAuthenticator, RefusesANameThatCannotBeRecorded) {
  const CertificateAuthenticator authenticator;
  for (const std::string& name : {std::string(257, 'x'), std::string("CN=a\nb"), std::string("CN=\xff")}) {
    const Status refused = authenticator.Identify({.subject = name}).status();
    EXPECT_EQ(refused.code(), Code::kUnauthenticated);
    EXPECT_FALSE(refused.detail().remedy.empty());
  }
}

}  // namespace
}  // namespace souk::auth
