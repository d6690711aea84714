// SPDX-License-Identifier: Apache-2.0
#include "base/certificates.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cerrno>
#include <ctime>
#include <fstream>
#include <system_error>
#include <vector>

#include "base/clock.h"
#include "base/errors.h"
#include "base/owned.h"

namespace souk {
namespace {

constexpr int64_t kUsPerSecond = 1'000'000;
// The authorities of a whole system are 200 KB.
constexpr off_t kFileBytesMax = 4 * 1024 * 1024;

using Bio = Owned<BIO, BIO_free_all>;
using Certificate = Owned<X509, X509_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;

// What OpenSSL remembers of a failure would otherwise be found by the next who asks, on this thread.
struct CleanErrors {
  ~CleanErrors() { ERR_clear_error(); }
};

StatusOr<std::string> ReadPem(const std::string& path, bool secret) {
  const auto unreadable = [&path](const std::string& problem) {
    return errors::BadCertificate(path, problem, "Name a PEM file that this process may read.");
  };
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return unreadable(std::generic_category().message(errno));
  if (!S_ISREG(info.st_mode)) return unreadable("is no file");
  if (info.st_size > kFileBytesMax) return unreadable("is far too large for one");
  if (secret && (info.st_mode & S_IROTH) != 0) {
    return errors::BadCertificate(path, "is a private key that every user of this machine may read",
                                  "Take that away: chmod o-rwx " + path);
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<size_t>(info.st_size), '\0');
  if (!file.read(text.data(), info.st_size)) return unreadable(std::generic_category().message(errno));
  return text;
}

Bio Source(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

StatusOr<std::vector<Certificate>> ReadCertificates(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadPem(path, false));
  const Bio source = Source(text);
  std::vector<Certificate> certificates;
  while (X509* next = PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)) certificates.emplace_back(next);
  // The end of a good file is a missing "BEGIN" line; whatever else stopped the reading is damage.
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!certificates.empty() && at_end) return certificates;
  return errors::BadCertificate(path, certificates.empty() ? "holds no certificate" : "is damaged",
                                "It must hold \"-----BEGIN CERTIFICATE-----\" blocks (PEM); make one of DER with "
                                "`openssl x509 -inform der`.");
}

StatusOr<Key> ReadKey(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadPem(path, true));
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  Key key(PEM_read_bio_PrivateKey(Source(text).get(), nullptr, no_passphrase, nullptr));
  if (key != nullptr) return key;
  if (text.find("ENCRYPTED") != std::string::npos) {
    return errors::BadCertificate(
        path, "is locked with a passphrase",
        "Unlock it into a file that only this user may read: `openssl pkey -in " + path + " -out unlocked.pem`.");
  }
  return errors::BadCertificate(path, "holds no private key",
                                "It must hold a \"-----BEGIN PRIVATE KEY-----\" block (PEM).");
}

std::string DateOf(const ASN1_TIME* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "a date that can't be read";
  return FormatTimeUs(int64_t{timegm(&parts)} * kUsPerSecond);
}

// What is wrong with its dates; empty if nothing is.
std::string WrongDate(const X509& certificate, time_t now) {
  const ASN1_TIME* from = X509_get0_notBefore(&certificate);
  const ASN1_TIME* until = X509_get0_notAfter(&certificate);
  // X509_cmp_time is -1 for a time that is not later, 0 for one that can't be read.
  if (X509_cmp_time(until, &now) <= 0) return "expired at " + DateOf(until);
  if (X509_cmp_time(from, &now) >= 0) return "is not valid before " + DateOf(from);
  return {};
}

Status CheckIdentity(const CertificateFiles& files, TlsEnd end, time_t now) {
  if (files.certificate.empty() || files.key.empty()) {
    const bool key_only = files.certificate.empty();
    return errors::BadCertificate(key_only ? files.key : files.certificate,
                                  key_only ? "is a key without its certificate" : "is a certificate without its key",
                                  "Name both: --tls-cert and --tls-key.");
  }
  ASSIGN_OR_RETURN(const std::vector<Certificate> chain, ReadCertificates(files.certificate));
  ASSIGN_OR_RETURN(const Key key, ReadKey(files.key));
  X509* own = chain.front().get();
  if (X509_check_private_key(own, key.get()) != 1) {
    return errors::BadCertificate(files.key, "is not the key of the first certificate in " + files.certificate,
                                  "Name the key that the certificate was made with; a chain begins with its own "
                                  "certificate, authorities come after it.");
  }
  if (const std::string wrong = WrongDate(*own, now); !wrong.empty()) {
    return errors::BadCertificate(files.certificate, wrong, "Have it renewed, and compare the machine's clock.");
  }
  const bool server = end == TlsEnd::kServer;
  if (X509_check_purpose(own, server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT, 0) != 1) {
    const std::string purpose = server ? "serverAuth" : "clientAuth";
    return errors::BadCertificate(files.certificate, "is not meant for a " + std::string(server ? "server" : "client"),
                                  "Its extended key usage, where it has one, must name " + purpose + ".");
  }
  return Status::Ok();
}

Status CheckAuthorities(const std::string& path, time_t now) {
  ASSIGN_OR_RETURN(const std::vector<Certificate> authorities, ReadCertificates(path));
  std::string wrong;
  for (const Certificate& authority : authorities) {
    // A bundle keeps old ones beside their successors: one that holds is enough.
    std::string defect = WrongDate(*authority, now);
    if (defect.empty() && X509_check_ca(authority.get()) == 0) defect = "is not the certificate of an authority";
    if (defect.empty()) return Status::Ok();
    wrong = std::move(defect);
  }
  return errors::BadCertificate(path, wrong, "Name the certificate of the authority that signs the other end's.");
}

}  // namespace

Status CheckCertificateFiles(const CertificateFiles& files, TlsEnd end, int64_t now_us) {
  const CleanErrors clean_errors;
  const time_t now = now_us / kUsPerSecond;
  if (!files.certificate.empty() || !files.key.empty()) RETURN_IF_ERROR(CheckIdentity(files, end, now));
  return files.authorities.empty() ? Status::Ok() : CheckAuthorities(files.authorities, now);
}

}  // namespace souk
