// SPDX-License-Identifier: Apache-2.0
#include "tests/support/certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <utility>

#include "base/owned.h"
#include "tests/support/temp_directory.h"

namespace souk::support {
namespace {

using Bio = Owned<BIO, BIO_free_all>;
using Certificate = Owned<X509, X509_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Extension = Owned<X509_EXTENSION, X509_EXTENSION_free>;

template <typename T>
T Must(T result) {
  if (!result) throw std::runtime_error("OpenSSL can't make a certificate");
  return result;
}

void Extend(X509* certificate, X509* issuer, int extension, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension made(Must(X509V3_EXT_nconf_nid(nullptr, &context, extension, value.c_str())));
  Must(X509_add_ext(certificate, made.get(), -1));
}

// With a subject and dates; not yet signed.
Certificate Draft(EVP_PKEY* key, const CertificateOptions& options, long serial) {
  Certificate certificate(Must(X509_new()));
  Must(X509_set_version(certificate.get(), 2));  // v3
  Must(ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial));
  Must(X509_gmtime_adj(X509_getm_notBefore(certificate.get()), options.valid_from.count()));
  Must(X509_gmtime_adj(X509_getm_notAfter(certificate.get()), options.valid_until.count()));
  Must(X509_set_pubkey(certificate.get(), key));
  if (options.common_name.empty()) return certificate;
  const auto* name = reinterpret_cast<const unsigned char*>(options.common_name.c_str());
  Must(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8, name, -1, -1, 0));
  return certificate;
}

std::string Text(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<size_t>(size)};
}

std::string Pem(X509* certificate) {
  const Bio bio(Must(BIO_new(BIO_s_mem())));
  Must(PEM_write_bio_X509(bio.get(), certificate));
  return Text(bio.get());
}

std::string Pem(EVP_PKEY* key) {
  const Bio bio(Must(BIO_new(BIO_s_mem())));
  Must(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr));
  return Text(bio.get());
}

Key NewKey() { return Key(Must(EVP_EC_gen("P-256"))); }

// Appears whole, as whoever renews a certificate should do it; for this user only.
std::string Place(const std::filesystem::path& path, const std::string& content) {
  const std::filesystem::path draft = path.string() + ".new";
  WriteFile(draft, content);
  std::filesystem::permissions(draft, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::filesystem::rename(draft, path);
  return path.string();
}

}  // namespace

struct CertificateAuthority::Impl {
  Key key = NewKey();
  Certificate certificate;
  long issued = 1;
};

CertificateAuthority::CertificateAuthority(std::filesystem::path folder, const std::string& name)
    : folder_(std::move(folder)), impl_(std::make_unique<Impl>()) {
  // Before all that it signs, and after.
  const CertificateOptions options = {
      .common_name = name, .valid_from = std::chrono::hours(-24), .valid_until = std::chrono::hours(24)};
  impl_->certificate = Draft(impl_->key.get(), options, impl_->issued);
  X509* own = impl_->certificate.get();
  Must(X509_set_issuer_name(own, X509_get_subject_name(own)));
  Extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
  Must(X509_sign(own, impl_->key.get(), EVP_sha256()));
  file_ = Place(folder_ / (name + ".pem"), Pem(own));
}

CertificateAuthority::~CertificateAuthority() = default;

CertificateFiles CertificateAuthority::Issue(const std::string& name, const CertificateOptions& options) {
  const Key key = NewKey();
  const Certificate certificate = Draft(key.get(), options, ++impl_->issued);
  X509* authority = impl_->certificate.get();
  Must(X509_set_issuer_name(certificate.get(), X509_get_subject_name(authority)));
  std::string names;
  for (const std::string& alternative : options.names) names += (names.empty() ? "" : ",") + alternative;
  if (!names.empty()) Extend(certificate.get(), authority, NID_subject_alt_name, names);
  if (!options.extended_key_usage.empty()) {
    Extend(certificate.get(), authority, NID_ext_key_usage, options.extended_key_usage);
  }
  Must(X509_sign(certificate.get(), impl_->key.get(), EVP_sha256()));
  CertificateFiles files;
  files.certificate = Place(folder_ / (name + ".pem"), Pem(certificate.get()));
  files.key = Place(folder_ / (name + ".key"), Pem(key.get()));
  files.authorities = file_;
  return files;
}

}  // namespace souk::support
