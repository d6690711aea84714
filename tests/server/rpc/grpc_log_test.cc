// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/grpc_log.h"

#include <gtest/gtest.h>

namespace souk::rpc {
namespace {

TEST(GrpcLog, SaysInOurWordsWhyAClientDidNotGetIn) {
  const std::string failed = "Handshake failed with fatal error SSL_ERROR_SSL: error:0A000000:SSL routines::";
  const std::string turned_away = "a client was turned away at the TLS handshake: ";
  EXPECT_EQ(InOurWords(failed + "peer did not return a certificate."), turned_away + "it shows no certificate");
  EXPECT_EQ(InOurWords(failed + "wrong version number."), turned_away + "it speaks no TLS");
  EXPECT_EQ(InOurWords(failed + "certificate verify failed."),
            turned_away + "its certificate has expired or is not signed by an authority of --tls-ca");
  EXPECT_EQ(InOurWords(failed + "no shared cipher."), turned_away + failed + "no shared cipher.");
  EXPECT_EQ(InOurWords("certificate verify failed"), "");
  EXPECT_EQ(InOurWords("Invalid private key."),
            "the certificate files were replaced by some that can't be used, and new clients are kept out: "
            "Invalid private key.");
  EXPECT_EQ(InOurWords(""), "");
}

}  // namespace
}  // namespace souk::rpc
