// SPDX-License-Identifier: Apache-2.0
// Where settings come from: flags, then the environment, then the configuration file, then the default. Pure but for
// reading that file.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/certificates.h"
#include "base/status.h"
#include "client/cli/environment.h"
#include "souk/v1/consistency.pb.h"

namespace souk::cli {

inline constexpr std::string_view kDefaultAddress = "127.0.0.1:7070";

// --addr, --tls-ca, --tls-cert, --tls-key. Absent: not given. Empty: none, whatever stands elsewhere.
struct ConnectionFlags {
  std::optional<std::string> addresses = {};
  std::optional<std::string> authorities = {};
  std::optional<std::string> certificate = {};
  std::optional<std::string> key = {};
};

// Where the nodes are, and how to prove who is who.
struct Connection {
  std::vector<std::string> addresses;
  CertificateFiles certificates;
};

// The flags. Then SOUK_ADDR, SOUK_TLS_CA, SOUK_TLS_CERT and SOUK_TLS_KEY. Then `addr:`, `tls_ca:`, `tls_cert:` and
// `tls_key:` in $XDG_CONFIG_HOME/souk/config.yaml, which belong together: the file is asked only where neither flag nor
// variable names an address, and its paths are relative to its folder. Then kDefaultAddress without TLS.
// Addresses may be several, separated by commas. INVALID_ARGUMENT with every defect and its line if that file is asked
// and can't be read, is no YAML, or has a key that is not known.
StatusOr<Connection> ResolveConnection(const ConnectionFlags& flags, const Environment& env);

// $XDG_STATE_HOME/souk/spool.
std::filesystem::path SpoolDirectory(const Environment& env);

// "5", "5s", "500ms", "2m", "1h". INVALID_ARGUMENT for anything else, and for zero.
StatusOr<std::chrono::milliseconds> ParseDuration(std::string_view text);

// "latest", "revision:R" (at least R), "as-of:R" (a past revision) or "as-of:TIME" (RFC 3339, or a date alone).
// INVALID_ARGUMENT for anything else.
StatusOr<v1::Consistency> ParseConsistency(std::string_view text);

// An RFC 3339 time, or a date alone (its first moment, UTC). INVALID_ARGUMENT for anything else.
StatusOr<google::protobuf::Timestamp> ParseTime(std::string_view text);

// "a, b,,c" to its parts, without blanks and empty ones.
std::vector<std::string> SplitList(std::string_view text);

}  // namespace souk::cli
