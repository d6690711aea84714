// SPDX-License-Identifier: Apache-2.0
#include "server/options.h"

#include <CLI/CLI.hpp>

#include "server/catalog/admin.h"

namespace souk::server {
namespace {
constexpr int kUsageError = 2;
constexpr unsigned kDrainSecondsMax = 600;
}  // namespace

ParsedOptions ParseOptions(int argc, char** argv) {
  Options options;
  CLI::App app("soukd: a node of the Souk data product catalog.");
  app.set_version_flag("--version", "soukd " + std::string(catalog::NodeVersion()));
  app.add_option("--data-dir", options.data_dir, "Folder of the store and the indexes; made if absent")
      ->capture_default_str();
  app.add_option("--grpc-address", options.grpc_address, "HOST:PORT of the gRPC API; port 0 picks a free one")
      ->capture_default_str();
  app.add_option("--http-address", options.http_address, "HOST:PORT of health and metrics; port 0 picks a free one")
      ->capture_default_str();
  app.add_option("--ready-file", options.ready_file,
                 "File that appears, complete, when the node serves (key=value lines)");
  app.add_option("--drain-seconds", options.drain_seconds, "Time that running calls get after SIGTERM")
      ->capture_default_str()
      ->check(CLI::Range(0U, kDrainSecondsMax));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return {std::nullopt, app.exit(error) == 0 ? 0 : kUsageError};
  }
  return {options, 0};
}

}  // namespace souk::server
