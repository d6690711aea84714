// SPDX-License-Identifier: Apache-2.0
// Authorities that sign certificates for one test, made on the spot. Throws std::runtime_error where OpenSSL or the
// file system fail. Not thread-safe.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/certificates.h"

namespace souk::support {

struct CertificateOptions {
  std::string common_name = {};                                        // empty: no subject
  std::vector<std::string> names = {"IP:127.0.0.1", "DNS:localhost"};  // subject alternative names, as OpenSSL says
  std::chrono::seconds valid_from = std::chrono::hours(-1);            // from now
  std::chrono::seconds valid_until = std::chrono::hours(1);            // from now
  std::string extended_key_usage = {};                                 // "serverAuth"; empty: for anything
};

class CertificateAuthority {
 public:
  // Its files go below `folder`, which outlives it.
  CertificateAuthority(std::filesystem::path folder, const std::string& name);
  ~CertificateAuthority();
  CertificateAuthority(const CertificateAuthority&) = delete;
  CertificateAuthority& operator=(const CertificateAuthority&) = delete;

  // Its own certificate, for those who trust it.
  const std::string& file() const { return file_; }
  // Writes NAME.pem and NAME.key, in the place of older ones of that name if there are any. The authorities of the
  // answer are this one.
  CertificateFiles Issue(const std::string& name, const CertificateOptions& options = {});

 private:
  struct Impl;
  std::filesystem::path folder_;
  std::string file_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace souk::support
