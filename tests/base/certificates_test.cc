// SPDX-License-Identifier: Apache-2.0
#include "base/certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/clock.h"
#include "tests/support/certificates.h"
#include "tests/support/temp_directory.h"

namespace souk {
namespace {

using std::chrono::hours;
using support::CertificateAuthority;
using ::testing::HasSubstr;

class CertificatesTest : public ::testing::Test {
 protected:
  Status Check(const CertificateFiles& files, TlsEnd end = TlsEnd::kServer) {
    return CheckCertificateFiles(files, end, clock_.NowUs());
  }
  // It is refused, and the message names that file and says that.
  void ExpectRefused(const CertificateFiles& files, const std::string& file, const std::string& problem) {
    const Status status = Check(files);
    EXPECT_EQ(status.code(), Code::kFailedPrecondition) << status.ToString();
    EXPECT_EQ(status.reason(), "CERTIFICATE_UNUSABLE");
    EXPECT_THAT(status.message(), HasSubstr(file + ": "));
    EXPECT_THAT(status.message(), HasSubstr(problem));
    EXPECT_FALSE(status.detail().remedy.empty());
  }
  std::string Write(const std::string& name, const std::string& content) {
    support::WriteFile(folder_ / name, content);
    std::filesystem::permissions(folder_ / name, std::filesystem::perms::owner_read);
    return folder_ / name;
  }

  const SystemClock clock_;
  support::TempDirectory folder_;
  CertificateAuthority authority_{folder_.path(), "authority"};
};

TEST_F(CertificatesTest, GoodFilesPass) {
  const CertificateFiles files = authority_.Issue("node", {.common_name = "node"});
  EXPECT_TRUE(Check(files).ok()) << Check(files).ToString();
  EXPECT_TRUE(Check(files, TlsEnd::kClient).ok());
  EXPECT_TRUE(Check({.authorities = authority_.file()}, TlsEnd::kClient).ok());
  EXPECT_TRUE(Check({}).ok());
}

TEST_F(CertificatesTest, AFileThatIsNoneIsNamed) {
  const CertificateFiles good = authority_.Issue("node");
  const std::string missing = folder_ / "missing.pem";
  const std::string nonsense = Write("nonsense.pem", "not PEM\n");
  const std::string empty = Write("empty.pem", "");
  const std::string cut = Write("cut.pem", support::ReadFile(good.certificate) + "-----BEGIN CERTIFICATE-----\nAA");
  ExpectRefused({missing, good.key, good.authorities}, missing, "No such file");
  ExpectRefused({good.certificate, missing, good.authorities}, missing, "No such file");
  ExpectRefused({good.certificate, good.key, missing}, missing, "No such file");
  ExpectRefused({folder_.path(), good.key, good.authorities}, folder_.path(), "is no file");
  ExpectRefused({nonsense, good.key, good.authorities}, nonsense, "holds no certificate");
  ExpectRefused({empty, good.key, good.authorities}, empty, "holds no certificate");
  ExpectRefused({cut, good.key, good.authorities}, cut, "is damaged");
  ExpectRefused({good.certificate, good.certificate, good.authorities}, good.certificate, "holds no private key");
  ExpectRefused({good.certificate, good.key, good.key}, good.key, "holds no certificate");
}

TEST_F(CertificatesTest, CertificateAndKeyBelongTogether) {
  const CertificateFiles one = authority_.Issue("one");
  const CertificateFiles two = authority_.Issue("two");
  ExpectRefused({one.certificate, two.key, one.authorities}, two.key, "is not the key of the first certificate");
  ExpectRefused({one.certificate, "", one.authorities}, one.certificate, "without its key");
  ExpectRefused({"", one.key, one.authorities}, one.key, "without its certificate");
}

TEST_F(CertificatesTest, AKeyIsASecretWithoutAPassphrase) {
  const CertificateFiles files = authority_.Issue("node");
  std::filesystem::permissions(files.key, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  ExpectRefused(files, files.key, "every user of this machine may read");
  const std::string locked =
      Write("locked.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
  ExpectRefused({files.certificate, locked, files.authorities}, locked, "passphrase");
}

TEST_F(CertificatesTest, DatesHold) {
  const CertificateFiles old = authority_.Issue("old", {.valid_from = hours(-2), .valid_until = hours(-1)});
  ExpectRefused(old, old.certificate, "expired at 2");
  const CertificateFiles early = authority_.Issue("early", {.valid_from = hours(1), .valid_until = hours(2)});
  ExpectRefused(early, early.certificate, "is not valid before 2");
  // Where the authority's certificate is over, a successor beside it is enough.
  const CertificateFiles good = authority_.Issue("good");
  ExpectRefused({good.certificate, good.key, old.certificate}, old.certificate, "expired");
  const std::string bundle =
      Write("bundle.pem", support::ReadFile(old.certificate) + support::ReadFile(authority_.file()));
  EXPECT_TRUE(Check({good.certificate, good.key, bundle}).ok());
}

TEST_F(CertificatesTest, PurposesAreKept) {
  const CertificateFiles client = authority_.Issue("client", {.extended_key_usage = "clientAuth"});
  ExpectRefused(client, client.certificate, "is not meant for a server");
  EXPECT_TRUE(Check(client, TlsEnd::kClient).ok());
  const CertificateFiles leaf = authority_.Issue("leaf", {.extended_key_usage = "serverAuth"});
  ExpectRefused({leaf.certificate, leaf.key, leaf.certificate}, leaf.certificate,
                "is not the certificate of an authority");
}

}  // namespace
}  // namespace souk
