// SPDX-License-Identifier: Apache-2.0
#include "server/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <iostream>
#include <string_view>

#include "server/catalog/admin.h"
#include "server/ledger_address.h"

namespace souk::server {
namespace {
constexpr int kUsageError = 2;
constexpr unsigned kDrainSecondsMax = 600;

// What a script's empty variable makes of an option: "--data-dir=" would take the next option as its value.
std::string Given(const std::string& value) {
  if (value.empty()) return "the value is empty";
  return value.starts_with("--") ? "\"" + value + "\" is an option, not a value" : "";
}

std::string HostAndPort(const std::string& address) {
  const size_t colon = address.rfind(':');
  const std::string_view port =
      std::string_view(address).substr(colon == std::string::npos ? address.size() : colon + 1);
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool whole = error == std::errc() && end == port.data() + port.size();
  if (whole && colon > 0) return "";
  return "\"" + address + "\" is not HOST:PORT with a port of 0 to 65535; write 127.0.0.1:0 for a free port";
}

// Mutual TLS, or none: a server's certificate alone would let everybody in.
void AddCertificateFiles(CLI::App& app, CertificateFiles& files) {
  CLI::Option* certificate = app.add_option("--tls-cert", files.certificate,
                                            "PEM file of the node's certificate and its chain; with it, gRPC "
                                            "speaks TLS and asks each client for a certificate");
  CLI::Option* key = app.add_option("--tls-key", files.key, "PEM file of that certificate's private key");
  CLI::Option* authorities =
      app.add_option("--tls-ca", files.authorities, "PEM file of the authorities that sign the clients' certificates");
  const std::array options = {certificate, key, authorities};
  for (CLI::Option* option : options) {
    option->check(Given);
    for (CLI::Option* other : options) {
      if (other != option) option->needs(other);
    }
  }
}

// An etcd that asks for no certificate is trusted by its authorities alone.
void AddLedgerFiles(CLI::App& app, CertificateFiles& files, std::string& user_file) {
  CLI::Option* authorities = app.add_option("--ledger-ca", files.authorities,
                                            "PEM file of the authorities that sign the certificates of etcd's "
                                            "members; with it, etcd is spoken to with TLS");
  CLI::Option* certificate = app.add_option("--ledger-cert", files.certificate,
                                            "PEM file of the certificate that etcd shall see of this node");
  CLI::Option* key = app.add_option("--ledger-key", files.key, "PEM file of that certificate's private key");
  CLI::Option* user = app.add_option("--ledger-user-file", user_file,
                                     "File with one line, NAME:PASSWORD, that its owner alone may read: the user "
                                     "of an etcd whose authentication is on");
  for (CLI::Option* option : {authorities, certificate, key, user}) option->check(Given);
  certificate->needs(authorities)->needs(key);
  key->needs(certificate);
}

std::string Ledger(const std::string& text) {
  const auto members = ParseLedger(text);
  return members.ok() ? "" : members.status().message() + ". " + members.status().detail().remedy;
}

// The first argument of the form "--option=", which gives nothing.
const char* FirstWithoutValue(int argc, char** argv) {
  const auto bare = [](const char* argument) {
    const std::string_view text(argument);
    return text.starts_with("--") && text.find('=') == text.size() - 1;
  };
  char** const found = std::find_if(argv + 1, argv + argc, bare);
  return found == argv + argc ? nullptr : *found;
}
}  // namespace

ParsedOptions ParseOptions(int argc, char** argv) {
  Options options;
  CLI::App app("soukd: a node of the Souk data product catalog.");
  app.set_version_flag("--version", "soukd " + std::string(catalog::NodeVersion()));
  app.add_option("--data-dir", options.data_dir, "Folder of the store and the indexes; made if absent")
      ->capture_default_str()
      ->check(Given);
  app.add_option("--grpc-address", options.grpc_address, "HOST:PORT of the gRPC API; port 0 picks a free one")
      ->capture_default_str()
      ->check(HostAndPort);
  app.add_option("--http-address", options.http_address, "HOST:PORT of health and metrics; port 0 picks a free one")
      ->capture_default_str()
      ->check(HostAndPort);
  AddCertificateFiles(app, options.certificates);
  app.add_option("--ledger", options.ledger,
                 "embedded: this node alone; etcd://HOST:PORT,HOST:PORT: one of several, whose ledger etcd keeps")
      ->capture_default_str()
      ->check(Ledger);
  AddLedgerFiles(app, options.ledger_certificates, options.ledger_user_file);
  app.add_option("--ready-file", options.ready_file,
                 "File that appears, complete, when the node serves (key=value lines)")
      ->check(Given);
  app.add_option("--verify-backup", options.verify_backup,
                 "Prove a backup and exit: the folder of an admin backup, or the file of an admin export")
      ->check(Given);
  app.add_option("--drain-seconds", options.drain_seconds, "Time that running calls get after SIGTERM")
      ->capture_default_str()
      ->check(CLI::Range(0U, kDrainSecondsMax));
  if (const char* option = FirstWithoutValue(argc, argv); option != nullptr) {
    std::cerr << option << " has no value\nRun with --help for more information.\n";
    return {std::nullopt, kUsageError};
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return {std::nullopt, app.exit(error) == 0 ? 0 : kUsageError};
  }
  return {options, 0};
}

}  // namespace souk::server
