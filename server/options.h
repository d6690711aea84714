// SPDX-License-Identifier: Apache-2.0
// What soukd can be told on its command line.
#pragma once

#include <optional>
#include <string>

#include "base/certificates.h"

namespace souk::server {

struct Options {
  std::string data_dir = "souk-data";
  std::string grpc_address = "127.0.0.1:7070";
  std::string http_address = "127.0.0.1:8080";
  CertificateFiles certificates;         // all three: mutual TLS on the gRPC edge; none: no TLS
  std::string ledger = "embedded";       // as ParseLedger() takes it (server/ledger_address.h)
  CertificateFiles ledger_certificates;  // of the way to etcd: authorities, or all three; none: no TLS
  std::string ledger_user_file;          // names the user of etcd (storage/etcd/user_file.h); empty: none
  std::string ready_file;                // written, complete, when the node serves; empty: none
  std::string verify_backup;             // a backup to be proven instead of serving; empty: none
  // Seconds that running calls get after SIGTERM.
  unsigned drain_seconds = 10;
};

// The options, or an exit code where there is nothing to run (help, version: 0; bad usage: 2).
struct ParsedOptions {
  std::optional<Options> options;
  int exit_code = 0;
};
ParsedOptions ParseOptions(int argc, char** argv);

}  // namespace souk::server
