// SPDX-License-Identifier: Apache-2.0
// The command line of soukd: what is meant, and what is a mistake.
#include "server/options.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/ledger_address.h"

namespace souk::server {
namespace {

ParsedOptions Parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "soukd");
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  return ParseOptions(static_cast<int>(pointers.size()), pointers.data());
}

TEST(Options, GiveWhatIsMeant) {
  const ParsedOptions parsed = Parse({"--data-dir=/d", "--grpc-address", "127.0.0.1:0", "--http-address=[::1]:65535"});
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->data_dir, "/d");
  EXPECT_EQ(parsed.options->grpc_address, "127.0.0.1:0");
  EXPECT_EQ(parsed.options->http_address, "[::1]:65535");
  EXPECT_TRUE(Parse({}).options);
  EXPECT_EQ(Parse({"--verify-backup=/b"}).options->verify_backup, "/b");
  EXPECT_EQ(Parse({"--verify-backup="}).exit_code, 2);
}

TEST(Options, CertificateFilesComeTogether) {
  const ParsedOptions parsed = Parse({"--tls-cert=c.pem", "--tls-key=k.pem", "--tls-ca=a.pem"});
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->certificates, (CertificateFiles{"c.pem", "k.pem", "a.pem"}));
  const std::vector<std::vector<std::string>> bad = {{"--tls-cert=c.pem"},
                                                     {"--tls-key=k.pem", "--tls-ca=a.pem"},
                                                     {"--tls-cert=c.pem", "--tls-key=k.pem"},
                                                     {"--tls-cert=", "--tls-key=k.pem", "--tls-ca=a.pem"}};
  for (const auto& arguments : bad) EXPECT_EQ(Parse(arguments).exit_code, 2) << arguments.front();
}

TEST(Options, NameTheLedger) {
  EXPECT_EQ(*ParseLedger(Parse({}).options->ledger), std::vector<std::string>());
  const ParsedOptions parsed = Parse({"--ledger=etcd://127.0.0.1:2379,[::1]:2379,h3:1"});
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(*ParseLedger(parsed.options->ledger), (std::vector<std::string>{"127.0.0.1:2379", "[::1]:2379", "h3:1"}));
}

TEST(Options, TheWayToTheLedgerHasFilesOfItsOwn) {
  const std::string etcd = "--ledger=etcd://127.0.0.1:2379";
  const ParsedOptions parsed = Parse({etcd, "--ledger-cert=c.pem", "--ledger-key=k.pem", "--ledger-ca=a.pem"});
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->ledger_certificates, (CertificateFiles{"c.pem", "k.pem", "a.pem"}));
  EXPECT_FALSE(parsed.options->certificates.any());
  EXPECT_TRUE(Parse({etcd, "--ledger-ca=a.pem"}).options) << "etcd need not ask for a certificate";
  EXPECT_EQ(Parse({etcd, "--ledger-user-file=u"}).options->ledger_user_file, "u");
  const std::vector<std::vector<std::string>> bad = {{etcd, "--ledger-cert=c.pem", "--ledger-key=k.pem"},
                                                     {etcd, "--ledger-cert=c.pem", "--ledger-ca=a.pem"},
                                                     {etcd, "--ledger-key=k.pem", "--ledger-ca=a.pem"},
                                                     {etcd, "--ledger-ca="},
                                                     {etcd, "--ledger-user-file="}};
  for (const auto& arguments : bad) EXPECT_EQ(Parse(arguments).exit_code, 2) << arguments.back();
}

TEST(Options, RefuseEmptyValuesAndAddressesThatAreNone) {
  std::vector<std::vector<std::string>> bad = {
      {"--data-dir=", "--grpc-address=127.0.0.1:0"},
      {"--data-dir", "--grpc-address=127.0.0.1:0"},
      {"--data-dir", ""},
      {"--data-dir="},
      {"--ready-file=", "x"},
      {"--ready-file", ""},
      {"--drain-seconds="},
      {"--drain-seconds=-1"},
      {"--unknown=1"},
      {"stray"},
  };
  for (const char* option : {"--grpc-address=", "--http-address="}) {
    for (const char* address : {"", "127.0.0.1", "127.0.0.1:", ":7070", "127.0.0.1:65536", "127.0.0.1:99999",
                                "127.0.0.1:abc", "127.0.0.1:-1", "127.0.0.1:7070x", "127.0.0.1: 7070"}) {
      bad.push_back({std::string(option) + address});
    }
  }
  for (const char* ledger :
       {"", "etcd", "etcd://", "etcd://h", "etcd://h:0", "etcd://h:1,", "etcd://h:1/x", "http://h:1"}) {
    bad.push_back({std::string("--ledger=") + ledger});
  }
  for (const auto& arguments : bad) {
    const ParsedOptions parsed = Parse(arguments);
    EXPECT_FALSE(parsed.options) << arguments.front();
    EXPECT_EQ(parsed.exit_code, 2) << arguments.front();
  }
}

}  // namespace
}  // namespace souk::server
