// SPDX-License-Identifier: Apache-2.0
// The certificate files of one end of a TLS connection, looked at before they are used: the handshake says little of
// a file that it can't use, and says it to the wrong end. Reads those files and nothing else; thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace souk {

// Paths of PEM files; an empty one is not given.
struct CertificateFiles {
  std::string certificate = {};  // this end's own, then those between it and the authority
  std::string key = {};          // private, without a passphrase
  std::string authorities = {};  // who must have signed the other end's certificate

  // TLS is wanted.
  bool any() const { return !certificate.empty() || !key.empty() || !authorities.empty(); }
  bool operator==(const CertificateFiles&) const = default;
};

enum class TlsEnd { kServer, kClient };

// Checks the files that are given, against each other too: there, readable, PEM, a key for that certificate that
// not everybody may read, dates that hold at `now_us`, a certificate that is meant for that end.
// FAILED_PRECONDITION (CERTIFICATE_UNUSABLE) that names the file, what is wrong with it, and how to mend it.
Status CheckCertificateFiles(const CertificateFiles& files, TlsEnd end, int64_t now_us);

}  // namespace souk
